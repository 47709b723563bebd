//! The pages a person sees. They work without scripts; paths and field names are the real
//! server's.

/// Text that may stand between tags and in attributes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(character),
        }
    }
    out
}

fn page(title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{main}</main>\n\
         <footer>A fake GoToSocial, for tests.</footer>\n</body>\n</html>\n",
        title = escape(title),
    )
}

const STYLE: &str =
    "body { font: 1rem/1.5 sans-serif; margin: 2rem auto; max-width: 34rem; padding: 0 1rem }
label { display: block; margin-top: 1rem }
input { font: inherit; padding: .4rem; width: 100%; box-sizing: border-box }
button { font: inherit; padding: .4rem 1.5rem; margin: 1rem 1rem 0 0 }
code { overflow-wrap: anywhere }
.error { color: #a40000; white-space: pre-wrap; overflow-wrap: anywhere }
footer { margin-top: 3rem; font-size: .85rem }
";

/// For who opens the bare address: what this is, and whom one can be here.
pub(crate) fn front(origin: &str, names: &[&str], password: &str) -> String {
    let people: String = names
        .iter()
        .map(|name| format!("<li><code>{}@example.org</code></li>\n", escape(name)))
        .collect();
    page(
        "A fake GoToSocial",
        &format!(
            "<h1>A fake GoToSocial</h1>\n<p>Log a program in to <code>{}</code>; it will send \
             you to the page where you sign in. These people live here:</p>\n<ul>\n{people}</ul>\n\
             <p>Everybody's password is <code>{}</code>.</p>\n",
            escape(origin),
            escape(password),
        ),
    )
}

pub(crate) fn sign_in(problem: Option<&str>) -> String {
    let problem = problem.map_or(String::new(), |problem| {
        format!(
            "<p class=\"error\" role=\"alert\">{}</p>\n",
            escape(problem)
        )
    });
    page(
        "Sign in",
        &format!(
            "<h1>Sign in</h1>\n{problem}<form action=\"/auth/sign_in\" method=\"POST\">\n\
             <label for=\"username\">Email</label>\n\
             <input type=\"email\" name=\"username\" id=\"username\" autocomplete=\"username\" required autofocus>\n\
             <label for=\"password\">Password</label>\n\
             <input type=\"password\" name=\"password\" id=\"password\" autocomplete=\"current-password\" required>\n\
             <button type=\"submit\">Sign in</button>\n</form>\n"
        ),
    )
}

/// What the consent page shows.
pub(crate) struct Consent<'a> {
    pub(crate) person: &'a str,
    pub(crate) app: &'a str,
    pub(crate) scope: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) can_deny: bool,
}

pub(crate) fn consent(consent: &Consent<'_>) -> String {
    let deny = match consent.can_deny {
        true => "<button type=\"submit\" name=\"deny\" value=\"1\">Deny</button>\n",
        false => "",
    };
    page(
        "Authorize app",
        &format!(
            "<h1>Authorize app</h1>\n<form action=\"/oauth/authorize\" method=\"POST\">\n\
             <p>Hi <b>{}</b>!</p>\n<p>Application <b>{}</b> would like to perform actions on your \
             behalf, with scope <em>{}</em>.</p>\n<p>To continue, the application will redirect \
             to: <code>{}</code></p>\n<button type=\"submit\">Allow</button>\n{deny}</form>\n",
            escape(consent.person),
            escape(consent.app),
            escape(consent.scope),
            escape(consent.redirect_uri),
        ),
    )
}

pub(crate) fn out_of_band(person: &str, scope: &str, code: &str) -> String {
    page(
        "Your code",
        &format!(
            "<h1>Hi <b>{}</b>!</h1>\n<p>Here's your out-of-band token with scope \
             \"<em>{}</em>\", use it wisely:</p>\n<code>{}</code>\n",
            escape(person),
            escape(scope),
            escape(code),
        ),
    )
}

pub(crate) fn error(told: &str) -> String {
    page(
        "An error occured",
        &format!(
            "<h1>An error occured:</h1>\n<pre class=\"error\">{}</pre>\n",
            escape(told)
        ),
    )
}

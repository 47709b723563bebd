//! The HTML pages of a login. They work without scripts; paths and field names are the real
//! server's.

use crate::http::html::{escape, page};

/// The front page: lists the accounts, and their password.
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
        format!("<p class=\"error\" role=\"alert\">{}</p>\n", escape(problem))
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

/// The contents of the consent page.
pub(crate) struct Consent<'a> {
    pub(crate) user: &'a str,
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
            escape(consent.user),
            escape(consent.app),
            escape(consent.scope),
            escape(consent.redirect_uri),
        ),
    )
}

pub(crate) fn out_of_band(user: &str, scope: &str, code: &str) -> String {
    page(
        "Your code",
        &format!(
            "<h1>Hi <b>{}</b>!</h1>\n<p>Here's your out-of-band token with scope \
             \"<em>{}</em>\", use it wisely:</p>\n<code>{}</code>\n",
            escape(user),
            escape(scope),
            escape(code),
        ),
    )
}

//! The HTML pages of a login. They work without scripts; paths and field names are the real
//! server's.

use crate::http::html::{Software, escape, page};
use crate::state::AuthorizationRequest;

/// The front page: lists the accounts, and their password.
pub(crate) fn front(software: Software, origin: &str, names: &[&str], password: &str) -> String {
    let accounts: String = names
        .iter()
        .map(|name| format!("<li><code>{}@example.org</code></li>\n", escape(name)))
        .collect();
    let (name, version) = software;
    let title = format!("A fake {name} {version}");
    page(
        software,
        &title,
        &format!(
            "<h1>{title}</h1>\n<p>Log a program in to <code>{}</code>; it will send \
             you to the page where you sign in, as one of these accounts:</p>\n<ul>\n{accounts}</ul>\n\
             <p>Their password is <code>{}</code>.</p>\n",
            escape(origin),
            escape(password),
        ),
    )
}

/// The sign-in page, with the field names of e-mail address and password.
pub(crate) fn sign_in(
    software: Software,
    [email, password]: [&str; 2],
    problem: Option<&str>,
) -> String {
    let problem = problem.map_or(String::new(), |problem| {
        format!("<p class=\"error\" role=\"alert\">{}</p>\n", escape(problem))
    });
    page(
        software,
        "Sign in",
        &format!(
            "<h1>Sign in</h1>\n{problem}<form action=\"/auth/sign_in\" method=\"POST\">\n\
             <label for=\"username\">Email</label>\n\
             <input type=\"email\" name=\"{email}\" id=\"username\" autocomplete=\"username\" required autofocus>\n\
             <label for=\"password\">Password</label>\n\
             <input type=\"password\" name=\"{password}\" id=\"password\" autocomplete=\"current-password\" required>\n\
             <button type=\"submit\">Sign in</button>\n</form>\n"
        ),
    )
}

/// The contents of the consent page.
pub(crate) struct Consent<'a> {
    pub(crate) user: &'a str,
    pub(crate) app: &'a str,
    pub(crate) request: &'a AuthorizationRequest,
    pub(crate) can_deny: bool,
    /// The form has the request, because the server reads it from there (Mastodon) and not from the
    /// session.
    pub(crate) repeats_request: bool,
}

pub(crate) fn consent(software: Software, consent: &Consent<'_>) -> String {
    let deny = match consent.can_deny {
        true => "<button type=\"submit\" name=\"_method\" value=\"delete\">Deny</button>\n",
        false => "",
    };
    let fields = match consent.repeats_request {
        true => hidden_fields(consent.request),
        false => String::new(),
    };
    page(
        software,
        "Authorize app",
        &format!(
            "<h1>Authorize app</h1>\n<form action=\"/oauth/authorize\" method=\"POST\">\n\
             <p>Hi <b>{}</b>!</p>\n<p>Application <b>{}</b> would like to perform actions on your \
             behalf, with scope <em>{}</em>.</p>\n<p>To continue, the application will redirect \
             to: <code>{}</code></p>\n{fields}<button type=\"submit\">Allow</button>\n{deny}</form>\n",
            escape(consent.user),
            escape(consent.app),
            escape(&consent.request.scope),
            escape(&consent.request.redirect_uri),
        ),
    )
}

/// The parameters of the request.
fn hidden_fields(request: &AuthorizationRequest) -> String {
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let fields = [
        ("client_id", request.client_id.clone()),
        ("redirect_uri", request.redirect_uri.clone()),
        ("code_challenge", text(&request.challenge)),
        ("code_challenge_method", text(&request.challenge_method)),
        ("state", text(&request.state)),
        ("response_type", request.response_type.clone()),
        ("scope", request.scope.clone()),
    ];
    let field = |(name, value): &(&str, String)| {
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n", escape(value))
    };
    fields.iter().map(field).collect()
}

pub(crate) fn out_of_band(software: Software, user: &str, scope: &str, code: &str) -> String {
    page(
        software,
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

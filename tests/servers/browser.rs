//! Recorded pages and redirects for the user's browser.

use gts_oauth_core::{
    App, AuthorizeOptions, BoxError, Callback, Error, Exchange as _, PendingAuthorization,
    RegisterApp, Secret, UserReply, authorization::ExchangeCode,
};
use gts_oauth_tests::Recording;
use gts_oauth_tests::exchange::sevens;
use url::{Url, form_urlencoded};

use crate::outcome;

/// The outcome for a login: a code, an error, or only a page.
pub(crate) fn outcome(recording: &Recording) -> String {
    let exchange = match (redirect_target(recording), shown_code(recording)) {
        (Some(url), _) => by_redirect(recording, &url),
        (None, Some(text)) => paste(recording, &text),
        (None, None) => return "a page".to_owned(),
    };
    match exchange {
        Ok(exchange) => format!("code {}", code(&exchange)),
        Err(error) => outcome::error(&error),
    }
}

/// The target of a redirect to another origin.
fn redirect_target(recording: &Recording) -> Option<String> {
    let target = recording.response_header("location")?;
    let is_foreign = target.starts_with("urn:")
        || target.contains("://") && !target.starts_with(recording.instance().origin());
    is_foreign.then(|| target.to_owned())
}

/// The code on the page: its last word, or its only one.
fn shown_code(recording: &Recording) -> Option<String> {
    let text = recording.visible();
    let announced = text.contains("Authorization code") || text.contains("this token into");
    let bare = text.split('&').next().is_some_and(is_hex);
    let word = text.split_whitespace().next_back()?;
    (recording.status() == 200 && (announced || bare)).then(|| word.to_owned())
}

/// The page of snac contains only the code.
fn is_hex(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The code on the page, pasted.
fn paste(recording: &Recording, text: &str) -> Result<ExchangeCode, Error> {
    let pending = out_of_band();
    pending.code_from_text(&with_state(recording, text, pending.state()))
}

/// The redirect, as a callback.
fn by_redirect(recording: &Recording, url: &str) -> Result<ExchangeCode, Error> {
    let pending = pending("http://127.0.0.1:7777/callback");
    let url = with_state(recording, url, pending.state());
    pending.code_from_callback(&Callback::from_url(&url)?)
}

/// What the user returns with after opening this URL.
pub(crate) fn reply(recording: &Recording, url: &str) -> Result<UserReply, BoxError> {
    let url = Url::parse(url)?;
    let mut pairs = url.query_pairs();
    let ours = pairs.find(|(name, _)| name == "state").ok_or("it has no state")?.1;
    let text = redirect_target(recording).or_else(|| shown_code(recording));
    let text = text.ok_or("neither a code nor a redirect")?;
    Ok(with_state(recording, &text, &ours).into())
}

/// The text with our state instead of the recorded one, in any encoding.
fn with_state(recording: &Recording, text: &str, ours: &str) -> String {
    let Some((before, query)) = text.split_once(['?', '&']) else {
        return text.to_owned();
    };
    let between = &text[before.len()..=before.len()];
    let theirs = state(recording);
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let same = name == "state" && Some(&*value) == theirs.as_deref();
        pairs.append_pair(&name, if same { ours } else { &value });
    }
    format!("{before}{between}{}", pairs.finish())
}

/// The state of the recorded request, in its query or its form.
fn state(recording: &Recording) -> Option<String> {
    let query = recording.request.path.split_once('?').map(|(_, query)| query);
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let by_query = pairs.find(|(name, _)| name == "state").map(|(_, value)| value.into_owned());
    by_query.or_else(|| recording.request.fields().get("state").cloned())
}

fn out_of_band() -> PendingAuthorization {
    pending("urn:ietf:wg:oauth:2.0:oob")
}

fn pending(redirect_uri: &str) -> PendingAuthorization {
    let register = RegisterApp::new("example.org".parse().expect("an instance"), "Probe");
    let redirect_uri = redirect_uri.parse().expect("a redirect URI");
    let register = register.expect("a name").redirect_uri(redirect_uri);
    let app = App::from_credentials(register, "id", Secret::new("secret"));
    let app = app.expect("an app");
    let pending = app.authorize(AuthorizeOptions::new(), sevens());
    pending.expect("the default options")
}

/// The code that would be exchanged.
fn code(exchange: &ExchangeCode) -> String {
    let request = exchange.request();
    let mut pairs = form_urlencoded::parse(request.body());
    let code = pairs.find(|(name, _)| name == "code");
    code.expect("an exchange has a code").1.into_owned()
}

//! What a server showed a person, or sent them back with.

use gts_oauth_core::{
    App, BoxError, Callback, Error, Exchange as _, ExchangeCode, PendingLogin, RegisterApp, Secret,
};
use gts_oauth_tests::Recording;
use gts_oauth_tests::noun::sevens;
use url::{Url, form_urlencoded};

use crate::outcome;

/// What the person brings home from there: a code, an error, or nothing.
pub(crate) fn told(recording: &Recording) -> String {
    let brought = match (came_back_with(recording), shown_code(recording)) {
        (Some(url), _) => by_redirect(recording, &url),
        (None, Some(text)) => paste(recording, &text),
        (None, None) => return "a page".to_owned(),
    };
    match brought {
        Ok(exchange) => format!("code {}", code(&exchange)),
        Err(error) => outcome::error(&error),
    }
}

/// Where the server sends the browser, if that is away from itself.
fn came_back_with(recording: &Recording) -> Option<String> {
    let target = recording.answered_header("location")?;
    let away = target.starts_with("urn:")
        || target.contains("://") && !target.starts_with(recording.instance().origin());
    away.then(|| target.to_owned())
}

/// The words of a page that shows a code: the last of them is it, or the only one.
fn shown_code(recording: &Recording) -> Option<String> {
    let text = recording.visible();
    let says_so = text.contains("Authorization code") || text.contains("this token into");
    let bare = text.split('&').next().is_some_and(is_hex);
    let word = text.split_whitespace().next_back()?;
    (recording.status() == 200 && (says_so || bare)).then(|| word.to_owned())
}

/// snac's page is the code and nothing else.
fn is_hex(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What the page showed, as the answer to an attempt of ours.
fn paste(recording: &Recording, text: &str) -> Result<ExchangeCode, Error> {
    let pending = out_of_band();
    pending.pasted(&with_state(recording, text, pending.state()))
}

/// The redirect, as the answer to an attempt of ours.
fn by_redirect(recording: &Recording, url: &str) -> Result<ExchangeCode, Error> {
    let pending = pending("http://127.0.0.1:7777/callback");
    let url = with_state(recording, url, pending.state());
    pending.callback(&Callback::from_url(&url)?)
}

/// What a person brings back from the address they opened.
pub(crate) fn brought(recording: &Recording, address: &str) -> Result<String, BoxError> {
    let address = Url::parse(address)?;
    let mut pairs = address.query_pairs();
    let ours = pairs
        .find(|(name, _)| name == "state")
        .ok_or("it has no state")?
        .1;
    let text = came_back_with(recording).or_else(|| shown_code(recording));
    Ok(with_state(
        recording,
        &text.ok_or("nothing was brought")?,
        &ours,
    ))
}

/// The text with our state where it has the recorded one, whole and in whatever encoding.
fn with_state(recording: &Recording, text: &str, ours: &str) -> String {
    let Some((before, query)) = text.split_once(['?', '&']) else {
        return text.to_owned();
    };
    let between = &text[before.len()..=before.len()];
    let asked = state(recording);
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let same = name == "state" && Some(&*value) == asked.as_deref();
        pairs.append_pair(&name, if same { ours } else { &value });
    }
    format!("{before}{between}{}", pairs.finish())
}

/// The state that the browser was sent with, whether its address or its form held it.
fn state(recording: &Recording) -> Option<String> {
    let query = recording
        .request
        .path
        .split_once('?')
        .map(|(_, query)| query);
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let by_query = pairs
        .find(|(name, _)| name == "state")
        .map(|(_, value)| value.into_owned());
    by_query.or_else(|| recording.request.fields().get("state").cloned())
}

fn out_of_band() -> PendingLogin {
    pending("urn:ietf:wg:oauth:2.0:oob")
}

fn pending(redirect_uri: &str) -> PendingLogin {
    let register = RegisterApp::new("example.org".parse().expect("an instance"), "Probe");
    let redirect_uri = redirect_uri.parse().expect("a redirect URI");
    let register = register.expect("a name").redirect_uri(redirect_uri);
    let app = App::from_credentials(register, "id", Secret::new("secret"));
    app.expect("an app").authorize(sevens()).start()
}

/// The code that would be exchanged.
fn code(exchange: &ExchangeCode) -> String {
    let request = exchange.request();
    let mut pairs = form_urlencoded::parse(request.body());
    let code = pairs.find(|(name, _)| name == "code");
    code.expect("an exchange has a code").1.into_owned()
}

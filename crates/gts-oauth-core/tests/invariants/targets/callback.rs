//! Callbacks, and texts that users paste.

use arbitrary::Arbitrary;
use gts_oauth_core::authorization::ExchangeCode;
use gts_oauth_core::{AuthorizeOptions, Callback, Error, Exchange, PendingAuthorization};
use url::form_urlencoded;

use super::canary::{CLIENT_SECRET, CODE, TOKEN, assert_debug, assert_error};
use super::request::{assert_sent_to, parts};
use super::sample::{CALLBACK, ORIGIN, TOKEN_ORIGIN, app, discovery, entropy, registration};
use super::text::Text;
use super::twin;

#[derive(Arbitrary, Clone, Debug)]
pub struct Input {
    by_redirect: bool,
    has_metadata: bool,
    text: Text,
}

pub fn check(input: &Input) {
    let mut register = registration(input.by_redirect);
    if input.has_metadata {
        register = register.with_discovery(&discovery());
    }
    let pending = app(register).authorize(AuthorizeOptions::new(), entropy(3)).unwrap();
    let [pending_twin, _] = twin::stored(&pending);
    let state = pending.state();
    let text = input.text.string(&[state, CODE, CLIENT_SECRET, TOKEN]);
    let secrets = [state, CLIENT_SECRET];

    let pasted = pending.code_from_text(&text);
    assert_eq!(twin::outcome(&pasted), twin::outcome(&pending_twin.code_from_text(&text)));
    if let Some(exchange) = accepted(pasted, &secrets) {
        use_exchange(&exchange);
        assert!(!input.by_redirect || has(&text, "state"), "a code without state: {text}");
    }
    let arrived = format!("{CALLBACK}?{text}");
    for callback in [
        Callback::from_query(&text),
        Callback::from_url(&text),
        Callback::at_redirect_uri(&text),
        Callback::at_redirect_uri(&arrived),
    ] {
        let Some(callback) = accepted(callback, &secrets) else { continue };
        assert_debug(&callback, &secrets);
        let exchange = pending.code_from_callback(&callback);
        let again = pending_twin.code_from_callback(&callback);
        assert_eq!(twin::outcome(&exchange), twin::outcome(&again));
        if let Some(exchange) = accepted(exchange, &secrets) {
            assert_eq!(callback.state(), Some(state));
            assert_eq!(callback.error(), None);
            assert!(!input.has_metadata || has(&text, "iss"), "a code without iss: {text}");
            use_exchange(&exchange);
        }
    }
}

/// Whether the text has a parameter with this name.
fn has(text: &str, parameter: &str) -> bool {
    text.split(['?', '&', '#']).any(|pair| {
        let (name, _) = form_urlencoded::parse(pair.as_bytes()).next().unwrap_or_default();
        name.ends_with(parameter)
    })
}

fn accepted<T>(result: Result<T, Error>, secrets: &[&str]) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error) => {
            assert_error(&error, secrets);
            None
        }
    }
}

fn use_exchange(exchange: &ExchangeCode) {
    let request = exchange.request();
    assert_sent_to(&request, &[ORIGIN, TOKEN_ORIGIN]);
    for twin in twin::stored(exchange) {
        assert_eq!(parts(exchange.request()), parts(twin.request()));
    }
    let form = form_urlencoded::parse(request.body()).into_owned();
    let codes: Vec<_> = form.filter(|(name, _)| name == "code").collect();
    assert!(codes.len() == 1 && !codes[0].1.is_empty(), "{codes:?}");
    let _: &PendingAuthorization = exchange.pending();
}

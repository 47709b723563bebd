//! Options of an authorization request of an app, exchange by exchange.

use gts_oauth_core::{AuthorizeOptions, Error, Exchange, RedirectUri};
use url::form_urlencoded;

use crate::recorded::{APP_BY_REDIRECT, CODE, answer};
use crate::scenario::{by_redirect, counted_entropy};

/// An app with two redirect URIs and two scopes.
fn app() -> gts_oauth_core::App {
    let registration = by_redirect().registration();
    let registration = registration.add_redirect_uri(RedirectUri::out_of_band());
    registration.parse(&answer(200, APP_BY_REDIRECT)).unwrap()
}

fn url(options: AuthorizeOptions) -> String {
    let pending = app().authorize(options, counted_entropy()).unwrap();
    pending.url().to_owned()
}

#[test]
fn defaults_request_all_that_is_registered() {
    let pending = app().authorize(AuthorizeOptions::new(), counted_entropy());
    let pending = pending.unwrap();
    assert_eq!(pending.scopes(), app().scopes());
    assert_eq!(pending.redirect_uri(), &app().redirect_uris()[0]);
    for absent in ["force_login", "lang"] {
        assert!(!pending.url().contains(absent), "{}", pending.url());
    }
    assert_eq!(url(AuthorizeOptions::default()), pending.url());
}

#[test]
fn scopes_can_be_fewer() {
    let options = AuthorizeOptions::new().scopes("write".parse().unwrap());
    let pending = app().authorize(options, counted_entropy()).unwrap();
    assert_eq!(pending.scopes().to_string(), "write");
    assert!(pending.url().contains("&scope=write&"), "{}", pending.url());
}

#[test]
fn unregistered_scopes_and_redirect_uri_are_rejected() {
    for options in [
        AuthorizeOptions::new().scopes("read admin".parse().unwrap()),
        AuthorizeOptions::new().redirect_uri("https://evil.example/".parse().unwrap()),
    ] {
        let error = app().authorize(options, counted_entropy()).unwrap_err();
        assert!(matches!(error, Error::Input(_)), "{error:?}");
    }
}

#[test]
fn second_redirect_uri_is_sent_with_the_code() {
    let options = AuthorizeOptions::new().redirect_uri(RedirectUri::out_of_band());
    let pending = app().authorize(options, counted_entropy()).unwrap();
    assert!(pending.redirect_uri().is_out_of_band());
    let body = pending.code_from_text(CODE).unwrap().request().into_body();
    let mut pairs = form_urlencoded::parse(&body);
    let sent = pairs.find(|(name, _)| name == "redirect_uri").unwrap().1;
    assert_eq!(sent, "urn:ietf:wg:oauth:2.0:oob");
}

#[test]
fn force_login_can_be_unset() {
    let options = AuthorizeOptions::new().force_login(true);
    assert!(url(options.clone()).ends_with("&force_login=true"));
    assert_eq!(url(options.force_login(false)), url(AuthorizeOptions::new()));
}

#[test]
fn language_tags_are_checked() {
    for lang in ["de", "pt-BR", "zh-Hant-TW"] {
        let options = AuthorizeOptions::new().lang(lang).unwrap();
        assert!(url(options).ends_with(&format!("&lang={lang}")));
    }
    for lang in ["", "pt_BR", "de DE", "de&x=1", "é"] {
        let error = AuthorizeOptions::new().lang(lang).unwrap_err();
        assert!(matches!(error, Error::Input(fault) if fault.what == "language"), "{lang:?}");
    }
}

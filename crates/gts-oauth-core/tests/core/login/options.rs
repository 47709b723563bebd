//! Options of the authorization request, set on a login.

use gts_oauth_core::{AuthorizeOptions, Error, Login, RedirectUri, RegisterApp, UserReply};

use crate::login::discover::find;
use crate::recorded::{ALICE, APP_BY_REDIRECT, CODE, answer};
use crate::scenario::{
    At, allowed, asks_again, at, by_redirect, counted_entropy, field, out_of_band, state, told,
    with_options,
};
use crate::web::Web;

const CALLBACK: &str = "http://127.0.0.1:7777/callback";
const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

fn scopes(scopes: &str) -> AuthorizeOptions {
    AuthorizeOptions::new().scopes(scopes.parse().unwrap())
}

fn redirect_uri(uri: &str) -> AuthorizeOptions {
    AuthorizeOptions::new().redirect_uri(uri.parse().unwrap())
}

/// A registration of two redirect URIs.
fn two_uris() -> RegisterApp {
    let registration = by_redirect().registration();
    registration.add_redirect_uri(RedirectUri::out_of_band())
}

/// A login that has registered two redirect URIs, with these options from the beginning.
fn authorizing(options: AuthorizeOptions) -> Login {
    let login = Login::new(two_uris(), counted_entropy());
    let mut login = with_options(login, options);
    login.skip_discovery();
    login.handle_response(&answer(200, APP_BY_REDIRECT)).unwrap();
    login
}

#[test]
fn unregistered_scopes_are_rejected() {
    for mut login in by_redirect().every_stage() {
        let before = login.revision();
        let error = login.set_options(scopes("read push")).unwrap_err();
        assert_eq!(login.revision(), before);
        assert!(matches!(error, Error::Input(_)), "{error:?}");
        assert!(error.to_string().contains("register push"), "{error}");
    }
}

#[test]
fn unregistered_redirect_uri_is_rejected() {
    for mut login in by_redirect().every_stage() {
        let error = login.set_options(redirect_uri(OUT_OF_BAND)).unwrap_err();
        assert!(matches!(error, Error::Input(_)), "{error:?}");
        assert!(error.to_string().contains("redirect URI"), "{error}");
    }
}

#[test]
fn redirect_uri_is_sent_as_the_server_spells_it() {
    let ours = "HTTP://127.0.0.1:7777/%63allback";
    let registration = out_of_band().registration();
    let registration = registration.add_redirect_uri(ours.parse().unwrap());
    let login = Login::new(registration, counted_entropy());
    let mut login = with_options(login, redirect_uri(ours));
    login.skip_discovery();
    login.handle_response(&answer(200, APP_BY_REDIRECT)).unwrap();
    assert_eq!(field(&login, "redirect_uri").as_deref(), Some(CALLBACK));
    // Either spelling chooses it.
    for spelling in [ours, CALLBACK] {
        login = with_options(login, redirect_uri(spelling));
        assert_eq!(field(&login, "redirect_uri").as_deref(), Some(CALLBACK));
    }
}

#[test]
fn options_apply_to_a_pending_authorization() {
    let login = by_redirect().authorize();
    let (state_before, revision) = (state(&login), login.revision());
    let challenge = field(&login, "code_challenge");
    let options = scopes("read").force_login(true).lang("de").unwrap();
    let mut login = with_options(login, options);
    assert!(login.revision() > revision, "the revision stayed");
    assert_eq!(field(&login, "scope").as_deref(), Some("read"));
    assert_eq!(field(&login, "force_login").as_deref(), Some("true"));
    assert_eq!(field(&login, "lang").as_deref(), Some("de"));
    // The attempt is the same: a URL that is open already can still be used.
    assert_eq!(state(&login), state_before);
    assert_eq!(field(&login, "code_challenge"), challenge);
    let reply = allowed(&login, CODE);
    login.handle_reply(reply).unwrap();
    assert_eq!(at(&login), At::Exchange);
}

#[test]
fn options_replace_all_set_before() {
    let login = authorizing(scopes("read").force_login(true));
    let login = with_options(login, AuthorizeOptions::new());
    assert_eq!(field(&login, "scope").as_deref(), Some("read write"));
    assert_eq!(field(&login, "force_login"), None);
}

#[test]
fn login_can_request_fewer_scopes() {
    let mut login = authorizing(scopes("read"));
    assert_eq!(field(&login, "scope").as_deref(), Some("read"));
    let reply = allowed(&login, CODE);
    login.handle_reply(reply).unwrap();
    // A server that reports no scopes granted the requested ones.
    let token = answer(200, r#"{"access_token":"T"}"#);
    login.handle_response(&token).unwrap();
    assert_eq!(login.session().unwrap().1.scopes().to_string(), "read");
}

#[test]
fn login_can_use_the_second_redirect_uri() {
    let mut login = authorizing(redirect_uri(OUT_OF_BAND));
    assert_eq!(field(&login, "redirect_uri").as_deref(), Some(OUT_OF_BAND));
    // Out of band, a code alone is accepted.
    login.handle_reply(CODE).unwrap();
    assert_eq!(at(&login), At::Exchange);
    assert_eq!(field(&login, "redirect_uri").as_deref(), Some(OUT_OF_BAND));
    assert_eq!(field(&login, "code").as_deref(), Some(CODE));
}

#[test]
fn first_redirect_uri_is_the_default() {
    let login = authorizing(AuthorizeOptions::new());
    assert_eq!(field(&login, "redirect_uri").as_deref(), Some(CALLBACK));
}

#[test]
fn options_apply_to_later_attempts() {
    let mut login = authorizing(scopes("read").lang("de").unwrap());
    login.handle_reply(UserReply::StartOver).unwrap();
    assert_eq!(field(&login, "scope").as_deref(), Some("read"));
    assert_eq!(field(&login, "lang").as_deref(), Some("de"));
    login.handle_reply(UserReply::NewApp).unwrap();
    login.handle_response(&answer(200, APP_BY_REDIRECT)).unwrap();
    assert_eq!(field(&login, "scope").as_deref(), Some("read"));
    assert_eq!(field(&login, "lang").as_deref(), Some("de"));
}

#[test]
fn other_registration_must_cover_the_options() {
    let mut login = authorizing(scopes("write"));
    let before = told(&login);
    let error = login.register_with(out_of_band().registration()).unwrap_err();
    assert!(matches!(error, Error::Input(_)), "{error:?}");
    assert_eq!(told(&login), before);
}

#[test]
fn unregistered_scopes_are_not_replaced() {
    let login = Login::new(two_uris(), counted_entropy());
    let mut login = with_options(login, scopes("write"));
    login.skip_discovery();
    let fewer = APP_BY_REDIRECT.replace(r#"["read","write"]"#, r#"["read"]"#);
    login.handle_response(&answer(200, &fewer)).unwrap();
    assert_eq!(field(&login, "scope").as_deref(), Some("write"));
    // It can be stored like any other.
    let stored = serde_json::to_string(&login).unwrap();
    let back: Login = serde_json::from_str(&stored).unwrap();
    assert_eq!(told(&back), told(&login));
}

#[test]
fn options_are_limited_to_the_registered_scopes() {
    for (registered, requested, sent) in [
        ("read", "read write", "read"),
        ("read push", "read write", "read"),
        ("read:accounts push", "read write", "read:accounts"),
        ("push", "read write", "read write"),
    ] {
        let registration = two_uris().scopes("read write push".parse().unwrap());
        let login = Login::new(registration, counted_entropy());
        let mut login = with_options(login, scopes(requested));
        login.skip_discovery();
        let app = APP_BY_REDIRECT.replace(r#"["read","write"]"#, &format!("\"{registered}\""));
        login.handle_response(&answer(200, &app)).unwrap();
        assert_eq!(field(&login, "scope").as_deref(), Some(sent), "{registered}");
        let stored = serde_json::to_string(&login).unwrap();
        let back: Login = serde_json::from_str(&stored).unwrap();
        assert_eq!(told(&back), told(&login));
    }
}

#[test]
fn options_request_what_the_server_supports() {
    let metadata =
        r#"{"issuer":"https://example.org","scopes_supported":["read","read:accounts"]}"#;
    let web = Web::default().metadata("https://example.org", metadata);
    let registration = two_uris().scopes("profile write".parse().unwrap());
    let login = Login::new(registration, counted_entropy());
    let mut login = with_options(login, scopes("profile"));
    find(&mut login, &web);
    assert_eq!(field(&login, "scopes").as_deref(), Some("read:accounts write"));
    let app = APP_BY_REDIRECT.replace(r#"["read","write"]"#, r#"["read:accounts","write"]"#);
    login.handle_response(&answer(200, &app)).unwrap();
    // Not `write`, which the options leave out.
    assert_eq!(field(&login, "scope").as_deref(), Some("read:accounts"));
    let stored = serde_json::to_string(&login).unwrap();
    let back: Login = serde_json::from_str(&stored).unwrap();
    assert_eq!(told(&back), told(&login));
}

#[test]
fn options_keep_a_forced_login() {
    let mut login = by_redirect().expecting("bob").verify();
    asks_again(&mut login, &answer(200, ALICE));
    let login = with_options(login, scopes("read"));
    assert_eq!(field(&login, "force_login").as_deref(), Some("true"));
    assert_eq!(field(&login, "scope").as_deref(), Some("read"));
}

#[test]
fn options_keep_their_names_after_discovery() {
    let metadata =
        r#"{"issuer":"https://example.org","scopes_supported":["read","read:accounts"]}"#;
    let web = Web::default().metadata("https://example.org", metadata);
    let registration = || two_uris().scopes("profile write".parse().unwrap());
    let login = Login::new(registration(), counted_entropy());
    let mut login = with_options(login, scopes("profile"));
    find(&mut login, &web);
    login.register_with(registration()).unwrap();
    let app = APP_BY_REDIRECT.replace(r#"["read","write"]"#, r#"["read:accounts","write"]"#);
    login.handle_response(&answer(200, &app)).unwrap();
    // Either name can be used once the app is registered.
    for name in ["profile", "read:accounts"] {
        login = with_options(login, scopes(name));
        assert_eq!(field(&login, "scope").as_deref(), Some("read:accounts"));
    }
    let error = login.set_options(scopes("profile push")).unwrap_err();
    assert!(matches!(error, Error::Input(_)), "{error:?}");
}

//! People who are expected by name, where a login looks for its server first.

use gts_oauth_core::discovery::Discover;
use gts_oauth_core::{Error, ExpectedAccount, Login, RegisterApp};

use crate::login::discover::{GTS, address, find, login, split};
use crate::recorded::{ALICE, APP_OUT_OF_BAND, CODE, TOKEN_READ, answer};
use crate::scenario::{At, at, counted_entropy, problem};
use crate::web::Web;

/// WebFinger of this host, which names the account of the server.
fn fingered_at(host: &str, web: Web, subject: &str) -> Web {
    let resource = format!("acct%3Aalice%40{host}");
    let finger = format!("https://{host}/.well-known/webfinger?resource={resource}");
    let body = format!(
        r#"{{"subject":"acct:{subject}","links":[{{"rel":"self","href":"{GTS}/users/alice"}}]}}"#
    );
    web.json(&finger, &body)
}

/// WebFinger of the domain and of its server: GoToSocial names accounts by the account domain.
fn fingered(web: Web, subject: &str) -> Web {
    fingered_at("gts.example.org", fingered_at("example.org", web, subject), subject)
}

/// A login that expects this account, with the account that the server reports verified.
fn verified_as(expected: &str, web: &Web) -> Login {
    let mut login = login().expect_account(expected.parse::<ExpectedAccount>().unwrap());
    find(&mut login, web);
    login.handle_response(&answer(200, APP_OUT_OF_BAND)).unwrap();
    login.handle_reply(CODE).unwrap();
    login.handle_response(&answer(200, TOKEN_READ)).unwrap();
    let alice = ALICE.replace("http://127.0.0.1:8085", GTS);
    login.handle_response(&answer(200, &alice)).unwrap();
    login
}

#[test]
fn an_account_is_expected_by_its_domain_or_by_its_host() {
    let web = fingered(split(), "alice@example.org");
    for expected in ["alice", "@alice@example.org", "@alice@gts.example.org"] {
        let login = verified_as(expected, &web);
        assert_eq!(at(&login), At::Done, "{expected}");
    }
    for expected in ["bob", "@bob@example.org", "@alice@other.example"] {
        let login = verified_as(expected, &web);
        let error = problem(&login).expect(expected);
        assert!(matches!(error, Error::WrongAccount(_)), "{expected}");
        assert!(error.to_string().contains("@alice@gts.example.org"));
    }
}

/// Anybody can point from their own domain to somebody else's server, where another has their
/// name.
#[test]
fn a_name_at_a_domain_that_the_server_does_not_know_is_nobodys_there() {
    let alias = fingered(split(), "realalice@gts.example.org");
    let unknown = split();
    let only_fingered = fingered(Web::default(), "realalice@gts.example.org");
    let claimed_only_by_the_domain = [split(), Web::default()]
        .map(|web| fingered_at("example.org", web, "alice@example.org"))
        .map(|web| fingered_at("gts.example.org", web, "alice@gts.example.org"));
    for web in [alias, unknown, only_fingered].into_iter().chain(claimed_only_by_the_domain) {
        let login = verified_as("@alice@example.org", &web);
        let error = problem(&login).expect("a problem");
        assert!(matches!(error, Error::WrongAccount(_)), "{error}");
    }
}

#[test]
fn another_registration_keeps_the_name_that_is_looked_for() {
    let alice: ExpectedAccount = "@alice@example.org".parse().unwrap();
    let mut login = login().expect_account(alice);
    let other = RegisterApp::new("example.org".parse().unwrap(), "Another name").unwrap();
    login.register_with(other).unwrap();
    let web = fingered(Web::default(), "alice@example.org").software(GTS, "gotosocial", "0.20.0");
    find(&mut login, &web);
    assert_eq!(address(&login), format!("{GTS}/api/v1/apps"));
}

#[test]
fn shared_app_has_the_account_domain_of_each_login() {
    let web = fingered(split(), "alice@example.org");
    let found = |typed: &str| typed.parse::<Discover>().unwrap().run(&web).unwrap();
    let mut first =
        Login::new(RegisterApp::new(GTS.parse().unwrap(), "Probe").unwrap(), counted_entropy());
    find(&mut first, &web);
    first.handle_response(&answer(200, APP_OUT_OF_BAND)).unwrap();
    let shared = first.pending().unwrap().app().clone();

    let app = shared.with_discovery(&found("@alice@example.org")).unwrap();
    assert_eq!(app.client_id(), shared.client_id());
    assert_eq!(app.client_secret(), shared.client_secret());
    assert_eq!(app.redirect_uris(), shared.redirect_uris());
    for (app, is_expected) in [(&app, true), (&shared, false)] {
        let expected: ExpectedAccount = "@alice@example.org".parse().unwrap();
        let mut login = Login::with_app(app.clone(), counted_entropy()).expect_account(expected);
        login.handle_reply(CODE).unwrap();
        login.handle_response(&answer(200, TOKEN_READ)).unwrap();
        let alice = ALICE.replace("http://127.0.0.1:8085", GTS);
        login.handle_response(&answer(200, &alice)).unwrap();
        assert_eq!(at(&login) == At::Done, is_expected);
    }
}

#[test]
fn app_is_not_used_at_another_server_that_was_found() {
    let mut login = login();
    find(&mut login, &split());
    login.handle_response(&answer(200, APP_OUT_OF_BAND)).unwrap();
    let app = login.pending().unwrap().app();
    let web = Web::default().software("https://other.example", "gotosocial", "0.20.0");
    let other = "other.example".parse::<Discover>().unwrap().run(&web).unwrap();
    let error = app.with_discovery(&other).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid discovery result: its API host is another one than that of the app"
    );
}

//! The person, and what they do to a login.

use gts_oauth_core::{Error, Login};
use gts_oauth_fake::{Dialect, Server};

use crate::sample::{CALLBACK, DENYING, login, login_by_redirect, speaking, waiting};

/// The status and the code of a refusal.
fn refusal(problem: Option<&Error>) -> (u16, &str) {
    match problem {
        Some(Error::Refused(no)) => (no.status.unwrap().as_u16(), &no.code),
        other => panic!("this is no refusal: {other:?}"),
    }
}

#[test]
fn who_allows_brings_the_code_that_the_page_shows() {
    let server = Server::new(7);
    let (_, address) = waiting(&server, login(&server));
    let code = server.person("alice").allow(&address).unwrap();
    assert_eq!(code.len(), 48);
    let of_a_code = |it: char| it.is_ascii_uppercase() || it.is_ascii_digit();
    assert!(code.chars().all(of_a_code), "{code}");
}

#[test]
fn who_allows_by_redirect_brings_the_address_they_are_sent_to() {
    let server = Server::new(7);
    let (login, address) = waiting(&server, login_by_redirect(&server));
    let brought = server.person("alice").allow(&address).unwrap();
    let state = login.pending().unwrap().state();
    let (page, query) = brought.split_once('?').unwrap();
    assert_eq!(page, CALLBACK);
    let fields: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
    assert_eq!(fields.len(), 2, "{query}");
    assert_eq!(fields[0].0, "code");
    assert_eq!(fields[1], ("state".into(), state.into()));
}

#[test]
fn a_code_that_came_too_late_is_typed_again_into_the_same_attempt() {
    let server = Server::new(7);
    let alice = server.person("alice");
    let mut login = login(&server);
    let mut asked = Vec::new();
    let done = login.run(&server, |ask| {
        asked.push(ask.url.to_owned());
        if ask.problem.is_none() {
            return alice.allow_too_late(ask.url);
        }
        assert_eq!(refusal(ask.problem), (400, "invalid_grant"));
        let told = ask.problem.unwrap().to_string();
        assert!(told.contains("has expired"), "{told}");
        alice.allow(ask.url)
    });
    done.unwrap();
    // The same attempt, in which whoever is signed in already is asked once more.
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[1], format!("{}&force_login=true", asked[0]));
}

#[test]
fn a_redirect_that_came_too_late_begins_a_fresh_attempt() {
    for dialect in [Dialect::GoToSocial, Dialect::Mastodon, Dialect::Strict] {
        let server = speaking(dialect);
        let alice = server.person("alice");
        let mut login = login_by_redirect(&server);
        let mut asked = Vec::new();
        let done = login.run(&server, |ask| {
            asked.push(ask.url.to_owned());
            match ask.problem {
                None => alice.allow_too_late(ask.url),
                problem => {
                    assert_eq!(refusal(problem), (400, "invalid_grant"), "{dialect:?}");
                    alice.allow(ask.url)
                }
            }
        });
        done.unwrap();
        assert_eq!(asked.len(), 2);
        assert_ne!(asked[0], asked[1], "{dialect:?}");
    }
}

#[test]
fn who_signs_in_too_slowly_sees_an_error_page_and_the_login_can_be_restarted() {
    let server = Server::new(7);
    let alice = server.person("alice");
    let mut login = login(&server);
    let stop = login.run(&server, |ask| alice.sign_in_too_slowly(ask.url));
    match stop {
        Err(Error::Prompt(page)) => {
            let page = page.to_string();
            let told = page.contains("500") && page.contains("not found in session");
            assert!(told, "{page}");
        }
        other => panic!("the page must be an error: {other:?}"),
    }
    let stuck = login.pending().unwrap().url().to_owned();
    login.restart().unwrap();
    assert_ne!(login.pending().unwrap().url(), stuck);
    login.run(&server, |ask| alice.allow(ask.url)).unwrap();
}

#[test]
fn who_signs_in_just_in_time_is_let_through() {
    let server = Server::new(7);
    let alice = server.person("alice");
    let (_, address) = waiting(&server, login(&server));
    alice.open(&address).unwrap();
    server.advance(std::time::Duration::from_secs(119));
    assert_eq!(alice.allow(&address).unwrap().len(), 48);
}

#[test]
fn who_denies_is_asked_again_with_the_reason() {
    for make in [login, login_by_redirect] {
        for dialect in DENYING {
            let server = speaking(dialect);
            let alice = server.person("alice");
            let mut login = make(&server);
            let done = login.run(&server, |ask| match ask.problem {
                None => alice.deny(ask.url),
                Some(Error::Refused(no)) => {
                    assert_eq!(no.code, "access_denied");
                    alice.allow(ask.url)
                }
                other => panic!("not that they said no: {other:?}"),
            });
            done.unwrap();
        }
    }
}

#[test]
fn an_address_of_another_server_is_not_opened() {
    let server = Server::new(7);
    let alice = server.person("alice");
    for address in [
        "https://other.example/oauth/authorize?client_id=X",
        "https://gts.example.evil.example/oauth/authorize",
        "oauth/authorize",
    ] {
        assert!(alice.allow(address).is_err(), "{address}");
    }
}

#[test]
fn an_app_that_the_server_forgot_is_an_error_page_and_a_new_one_helps() {
    let server = Server::new(7);
    let alice = server.person("alice");
    let (mut login, address) = waiting(&server, login(&server));
    server.forget_apps();
    let page = alice.allow(&address).unwrap_err().to_string();
    assert!(page.starts_with("500"), "{page}");
    login.restart_with_new_app().unwrap();
    login.run(&server, |ask| alice.allow(ask.url)).unwrap();
}

#[test]
fn the_email_address_and_the_password_are_what_the_sign_in_page_takes() {
    let server = Server::new(7);
    let alice = server.person("alice");
    assert_eq!(alice.email(), "alice@example.org");
    let attempt = |password: &str| {
        let fields = [("username", "alice@example.org"), ("password", password)];
        crate::raw::form(&server, "/auth/sign_in", &fields).status()
    };
    assert_eq!(attempt(alice.password()), 302);
    assert_eq!(attempt("guessed"), 401);
}

#[test]
fn a_login_needs_no_second_person_once_it_is_done() {
    let server = Server::new(7);
    let alice = server.person("alice");
    let mut login: Login = login(&server);
    login.run(&server, |ask| alice.allow(ask.url)).unwrap();
    let asked = server.asked().len();
    login.run(&server, |_| unreachable!("it is done")).unwrap();
    assert_eq!(server.asked().len(), asked);
}

//! Accounts, and what their users do in a login.

use gts_oauth_core::{Error, ExpectedAccount, Login, UserReply, error::CallbackError};
use gts_oauth_fake::{AccountState, Dialect, Server};

use crate::raw::Tab;
use crate::sample::{
    CALLBACK, DENYING, is_mastodon, login, login_by_redirect, out_of_band, problem, speaking, text,
    waiting, without_discovery,
};

/// The status and the code of an error response.
fn refusal(problem: Option<&Error>) -> (u16, &str) {
    match problem {
        Some(Error::ErrorResponse(no)) => (no.status.unwrap().as_u16(), &no.code),
        other => panic!("this is no refusal: {other:?}"),
    }
}

#[test]
fn who_allows_brings_the_code_that_the_page_shows() {
    let server = Server::new(7);
    let (_, address) = waiting(&server, login(&server));
    let code = server.account("alice").visit(&address).unwrap();
    assert_eq!(code.len(), 48);
    let of_a_code = |it: char| it.is_ascii_uppercase() || it.is_ascii_digit();
    assert!(code.chars().all(of_a_code), "{code}");
}

#[test]
fn who_allows_by_redirect_brings_the_address_they_are_sent_to() {
    let server = Server::new(7);
    let (login, address) = waiting(&server, login_by_redirect(&server));
    let brought = server.account("alice").visit(&address).unwrap();
    let state = login.pending().unwrap().state();
    let (page, query) = brought.split_once('?').unwrap();
    assert_eq!(page, CALLBACK);
    let fields: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
    assert_eq!(fields.len(), 2, "{query}");
    assert_eq!(fields[0].0, "code");
    assert_eq!(fields[1], ("state".into(), state.into()));
}

#[test]
fn callback_on_the_servers_origin_is_returned() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let callback = format!("{}/callback", server.instance().origin());
        let app = out_of_band(&server).redirect_uri(callback.parse().unwrap());
        let login = without_discovery(Login::new(app, server.entropy()));
        let (_, address) = waiting(&server, login);
        let alice = server.account("alice");
        // The second time, some servers skip the consent page.
        for _ in 0..2 {
            let returned = alice.visit(&address).unwrap();
            assert!(returned.starts_with(&format!("{callback}?code=")), "{dialect:?}: {returned}");
        }
    }
}

#[test]
fn a_code_that_came_too_late_is_typed_again_into_the_same_attempt() {
    let server = Server::new(7);
    let alice = server.account("alice");
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
    // The same attempt, with a sign-in even for users who are signed in.
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[1], format!("{}&force_login=true", asked[0]));
}

#[test]
fn a_redirect_that_came_too_late_begins_a_fresh_attempt() {
    for dialect in [Dialect::GoToSocial, Dialect::Mastodon, Dialect::Strict] {
        let server = speaking(dialect);
        let alice = server.account("alice");
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
    let alice = server.account("alice");
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
    login.handle_reply(UserReply::StartOver).unwrap();
    assert_ne!(login.pending().unwrap().url(), stuck);
    login.run(&server, |ask| alice.allow(ask.url)).unwrap();
}

#[test]
fn who_signs_in_just_in_time_is_let_through() {
    let server = Server::new(7);
    let alice = server.account("alice");
    let (_, address) = waiting(&server, login(&server));
    alice.open(&address).unwrap();
    server.advance(std::time::Duration::from_secs(119));
    assert_eq!(alice.visit(&address).unwrap().len(), 48);
}

#[test]
fn who_denies_is_asked_again_with_the_reason() {
    for make in [login, login_by_redirect] {
        for dialect in DENYING {
            let server = speaking(dialect);
            let alice = server.account("alice");
            let mut login = make(&server);
            let done = login.run(&server, |ask| match ask.problem {
                None => alice.deny(ask.url),
                Some(Error::ErrorResponse(no)) => {
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
    let alice = server.account("alice");
    for address in [
        "https://other.example/oauth/authorize?client_id=X",
        "https://gts.example.evil.example/oauth/authorize",
        "oauth/authorize",
    ] {
        assert!(alice.visit(address).is_err(), "{address}");
    }
}

#[test]
fn an_app_that_the_server_forgot_is_an_error_page_and_a_new_one_helps() {
    let server = Server::new(7);
    let alice = server.account("alice");
    let (mut login, address) = waiting(&server, login(&server));
    server.forget_apps();
    let page = alice.visit(&address).unwrap_err().to_string();
    assert!(page.starts_with("500"), "{page}");
    login.handle_reply(UserReply::NewApp).unwrap();
    login.run(&server, |ask| alice.allow(ask.url)).unwrap();
}

#[test]
fn disabled_account_cannot_sign_in() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let alice = server.account("alice");
        let (_, address) = waiting(&server, login_by_redirect(&server));
        server.set_account_state("alice", AccountState::Disabled);
        let page = alice.visit(&address).unwrap_err().to_string();
        assert_eq!(page, disabled(dialect), "{dialect:?}");
        server.account("bob").visit(&address).unwrap();
    }
}

fn disabled(dialect: Dialect) -> &'static str {
    match is_mastodon(dialect) {
        true => "403: Forbidden: Your login is currently disabled",
        false => "403: Forbidden: this account is disabled",
    }
}

#[test]
fn others_stay_signed_in_when_an_account_is_disabled() {
    let server = speaking(Dialect::Mastodon);
    let (_, bob) = (server.account("alice"), server.account("bob"));
    let (_, url) = waiting(&server, login_by_redirect(&server));
    let tab = Tab::new(&server);
    tab.get(&url);
    tab.sign_in(&bob);
    server.set_account_state("alice", AccountState::Disabled);
    let page = tab.get(&url).page();
    assert!(page.contains("<b>bob</b>"), "{page}");
}

#[test]
fn another_account_can_sign_in_instead() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let (alice, bob) = (server.account("alice"), server.account("bob"));
        let (_, address) = waiting(&server, login_by_redirect(&server));
        server.set_account_state("alice", AccountState::Disabled);
        let tab = Tab::new(&server);
        tab.get(&address);
        let signed_in = tab.submit_sign_in(&alice);
        // Mastodon rejects the user on the page after the sign-in.
        let status = if is_mastodon(dialect) { 302 } else { 403 };
        assert_eq!(signed_in.status(), status, "{dialect:?}");
        let page = tab.sign_in(&bob).page();
        assert!(page.contains("<b>bob</b>"), "{dialect:?}: {page}");
    }
}

#[test]
fn disabling_an_account_signs_it_out() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let alice = server.account("alice");
        let mut first = login_by_redirect(&server);
        let app = first.run(&server, |ask| alice.allow(ask.url)).unwrap().app.clone();
        server.set_account_state("alice", AccountState::Disabled);
        let (_, address) = waiting(&server, Login::with_app(app, server.entropy()));
        let page = alice.visit(&address).unwrap_err().to_string();
        assert_eq!(page, disabled(dialect), "{dialect:?}");
    }
}

#[test]
fn the_email_address_and_the_password_are_what_the_sign_in_page_takes() {
    let server = Server::new(7);
    let alice = server.account("alice");
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
    let alice = server.account("alice");
    let mut login: Login = login(&server);
    login.run(&server, |ask| alice.allow(ask.url)).unwrap();
    let asked = server.requests().len();
    login.run(&server, |_| unreachable!("it is done")).unwrap();
    assert_eq!(server.requests().len(), asked);
}

/// Pastes a text with another login's `state`.
fn is_foreign(login: &mut Login, pasted: &str) -> bool {
    login.handle_reply(pasted).unwrap();
    matches!(problem(login), Some(Error::Callback(CallbackError::WrongState)))
}

#[test]
fn a_redirect_with_a_foreign_state_is_refused_and_the_attempt_lives_on() {
    let server = Server::new(7);
    let alice = server.account("alice");
    let (mut login, address) = waiting(&server, login_by_redirect(&server));
    let brought = text(alice.allow_with_foreign_state(&address).unwrap());
    assert!(is_foreign(&mut login, &brought));
    assert_eq!(login.pending().unwrap().url(), address);
    login.handle_reply(alice.visit(&address).unwrap()).unwrap();
    login.run(&server, |_| unreachable!("allowed")).unwrap();
}

#[test]
fn a_foreign_state_is_refused_out_of_band_too() {
    let server = Server::new(7);
    let alice = server.account("alice");
    let (mut login, address) = waiting(&server, login(&server));
    let brought = text(alice.allow_with_foreign_state(&address).unwrap());
    assert!(brought.starts_with("https://gts.example/oauth/oob?"));
    assert!(is_foreign(&mut login, &brought));
    assert_eq!(login.pending().unwrap().url(), address);
}

#[test]
fn a_browser_with_an_older_log_in_open_shows_that_ones_app_and_state() {
    let server = Server::new(7);
    let alice = server.account("alice");
    let (first, first_address) = waiting(&server, login_by_redirect(&server));
    let (mut second, second_address) = waiting(&server, login_by_redirect(&server));
    alice.open(&first_address).unwrap();
    let brought = alice.visit(&second_address).unwrap();
    assert!(brought.contains(first.pending().unwrap().state()));
    assert!(is_foreign(&mut second, &brought));
    // That session has ended, so the second attempt is shown.
    second.handle_reply(alice.visit(&second_address).unwrap()).unwrap();
}

#[test]
fn other_servers_show_the_app_of_the_address_that_is_opened() {
    for dialect in [Dialect::Mastodon, Dialect::Akkoma, Dialect::Strict] {
        let server = speaking(dialect);
        let alice = server.account("alice");
        let (_, first) = waiting(&server, login_by_redirect(&server));
        let (mut second, address) = waiting(&server, login_by_redirect(&server));
        alice.open(&first).unwrap();
        second.handle_reply(alice.visit(&address).unwrap()).unwrap();
        second.run(&server, |_| unreachable!("allowed")).unwrap();
    }
}

#[test]
fn the_page_names_the_older_log_ins_app() {
    let server = Server::new(7);
    let alice = server.account("alice");
    let named = |name: &str| {
        let app = gts_oauth_core::RegisterApp::new(server.instance(), name).unwrap();
        waiting(&server, gts_oauth_core::Login::new(app, server.entropy())).1
    };
    let (first, second) = (named("first-app"), named("second-app"));
    assert!(alice.open(&first).unwrap().contains("first-app"));
    let page = alice.open(&second).unwrap();
    assert!(page.contains("first-app") && !page.contains("second-app"));
    // Another browser has another session.
    assert!(server.account("bob").open(&second).unwrap().contains("second-app"));
}

#[test]
fn a_second_person_is_not_the_first() {
    let server = Server::new(7);
    let (alice, bob) = (server.account("alice"), server.account("bob"));
    let (mut hers, his) = (login(&server), login(&server));
    let (mut his, address) = waiting(&server, his);
    let hers = hers.run(&server, |ask| alice.allow(ask.url)).unwrap();
    let his = his.run(&server, |_| bob.allow(&address)).unwrap();
    let (hers, his) = (hers.account.as_ref().unwrap(), his.account.as_ref().unwrap());
    assert_eq!((hers.username(), his.username()), ("alice", "bob"));
    assert_ne!(hers.id(), his.id());
}

#[test]
fn another_account_than_expected_is_refused_and_its_token_stays_readable() {
    let server = Server::new(7);
    let (alice, bob) = (server.account("alice"), server.account("bob"));
    let expected: ExpectedAccount = "@alice@gts.example".parse().unwrap();
    let mut login = login_by_redirect(&server).expect_account(expected);
    let mut asked = 0;
    let done = login.run(&server, |ask| {
        asked += 1;
        match ask.problem {
            None => bob.allow(ask.url),
            Some(Error::WrongAccount(wrong)) => {
                assert_eq!(wrong.actual, "@bob@gts.example");
                assert!(ask.url.contains("force_login=true"), "{}", ask.url);
                alice.allow(ask.url)
            }
            other => panic!("not that it was bob: {other:?}"),
        }
    });
    let done = done.unwrap().clone();
    assert_eq!(asked, 2);
    assert_eq!(done.account.unwrap().username(), "alice");
    let (_, stray) = &login.superseded_sessions()[0];
    let bobs = crate::raw::verify(&server, stray.access_token().expose());
    assert_eq!(bobs.text("username"), "bob");
}

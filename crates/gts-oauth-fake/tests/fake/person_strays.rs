//! Redirects that belong to somebody else, and accounts that do.

use gts_oauth_core::{Error, ExpectedAccount, RedirectFault};
use gts_oauth_fake::{Dialect, Server};

use crate::sample::{login, login_by_redirect, speaking, waiting};

fn is_foreign(outcome: Result<(), Error>) -> bool {
    matches!(outcome, Err(Error::Redirect(RedirectFault::WrongState)))
}

#[test]
fn a_redirect_with_a_foreign_state_is_refused_and_the_attempt_lives_on() {
    let server = Server::new(7);
    let alice = server.person("alice");
    let (mut login, address) = waiting(&server, login_by_redirect(&server));
    let brought = alice.allow_with_foreign_state(&address).unwrap();
    assert!(is_foreign(login.pasted(&brought)));
    assert_eq!(login.pending().unwrap().url(), address);
    login.pasted(&alice.allow(&address).unwrap()).unwrap();
    login.run(&server, |_| unreachable!("allowed")).unwrap();
}

#[test]
fn a_foreign_state_is_refused_out_of_band_too() {
    let server = Server::new(7);
    let alice = server.person("alice");
    let (mut login, address) = waiting(&server, login(&server));
    let brought = alice.allow_with_foreign_state(&address).unwrap();
    assert!(brought.starts_with("https://gts.example/oauth/oob?"));
    assert!(is_foreign(login.pasted(&brought)));
    assert_eq!(login.pending().unwrap().url(), address);
}

#[test]
fn a_browser_with_an_older_log_in_open_shows_that_ones_app_and_state() {
    let server = Server::new(7);
    let alice = server.person("alice");
    let (first, first_address) = waiting(&server, login_by_redirect(&server));
    let (mut second, second_address) = waiting(&server, login_by_redirect(&server));
    alice.open(&first_address).unwrap();
    let brought = alice.allow(&second_address).unwrap();
    assert!(brought.contains(first.pending().unwrap().state()));
    assert!(is_foreign(second.pasted(&brought)));
    // That session is over now, so the second attempt is the one that is shown.
    second
        .pasted(&alice.allow(&second_address).unwrap())
        .unwrap();
}

#[test]
fn other_servers_show_the_app_of_the_address_that_is_opened() {
    for dialect in [Dialect::Mastodon, Dialect::Akkoma, Dialect::Strict] {
        let server = speaking(dialect);
        let alice = server.person("alice");
        let (_, first) = waiting(&server, login_by_redirect(&server));
        let (mut second, address) = waiting(&server, login_by_redirect(&server));
        alice.open(&first).unwrap();
        second.pasted(&alice.allow(&address).unwrap()).unwrap();
        second.run(&server, |_| unreachable!("allowed")).unwrap();
    }
}

#[test]
fn the_page_names_the_older_log_ins_app() {
    let server = Server::new(7);
    let alice = server.person("alice");
    let named = |name: &str| {
        let app = gts_oauth_core::RegisterApp::new(server.instance(), name).unwrap();
        waiting(&server, gts_oauth_core::Login::new(app, server.entropy())).1
    };
    let (first, second) = (named("first-app"), named("second-app"));
    assert!(alice.open(&first).unwrap().contains("first-app"));
    let page = alice.open(&second).unwrap();
    assert!(page.contains("first-app") && !page.contains("second-app"));
    // Another browser remembers nothing of it.
    assert!(
        server
            .person("bob")
            .open(&second)
            .unwrap()
            .contains("second-app")
    );
}

#[test]
fn a_second_person_is_not_the_first() {
    let server = Server::new(7);
    let (alice, bob) = (server.person("alice"), server.person("bob"));
    let (mut hers, his) = (login(&server), login(&server));
    let (mut his, address) = waiting(&server, his);
    let hers = hers.run(&server, |ask| alice.allow(ask.url)).unwrap();
    let his = his.run(&server, |_| bob.allow(&address)).unwrap();
    let (hers, his) = (
        hers.account.as_ref().unwrap(),
        his.account.as_ref().unwrap(),
    );
    assert_eq!((hers.username(), his.username()), ("alice", "bob"));
    assert_ne!(hers.id(), his.id());
}

#[test]
fn another_account_than_expected_is_refused_and_its_token_stays_readable() {
    let server = Server::new(7);
    let (alice, bob) = (server.person("alice"), server.person("bob"));
    let expected: ExpectedAccount = "@alice@gts.example".parse().unwrap();
    let mut login = login_by_redirect(&server).expect(expected);
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
    let (_, stray) = &login.strays()[0];
    let bobs = crate::raw::verify(&server, stray.access_token().expose());
    assert_eq!(bobs.text("username"), "bob");
}

//! The authorization endpoint on each server.

use gts_oauth_core::Error;
use gts_oauth_fake::Dialect;

use crate::raw::{CHALLENGE, app};
use crate::sample::{
    CALLBACK, DENYING, OUT_OF_BAND, is_gotosocial, is_mastodon, login_by_redirect, problem,
    speaking, text, waiting,
};

#[test]
fn the_strict_one_alone_refuses_an_authorisation_without_a_challenge() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let (alice, app) = (server.account("alice"), app(&server));
        let address = app.address(&server, &[("redirect_uri", OUT_OF_BAND)]);
        let brought = alice.visit(&address).unwrap();
        let refused = brought.contains("error=invalid_request") && brought.contains("state=mine");
        assert_eq!(refused, dialect == Dialect::Strict, "{dialect:?}: {brought}");
    }
}

#[test]
fn a_challenge_that_is_not_hashed_is_refused_where_pkce_is_enforced() {
    for method in [&[][..], &[("code_challenge_method", "plain")]] {
        for &dialect in Dialect::ALL {
            let server = speaking(dialect);
            let (alice, app) = (server.account("alice"), app(&server));
            let fields = [("redirect_uri", OUT_OF_BAND), ("code_challenge", CHALLENGE)];
            let address = app.address(&server, &[&fields, method].concat());
            let outcome = alice.visit(&address);
            let refused = outcome.map_or(true, |brought| brought.contains("error="));
            let enforced = is_mastodon(dialect) || dialect == Dialect::Strict;
            assert_eq!(refused, enforced, "{dialect:?}, {method:?}");
        }
    }
}

#[test]
fn the_strict_one_says_who_it_is_when_it_sends_people_back() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let (_, address) = waiting(&server, login_by_redirect(&server));
        let brought = server.account("alice").visit(&address).unwrap();
        assert!(brought.starts_with(CALLBACK));
        let named = brought.contains("iss=https%3A%2F%2Fgts.example&");
        assert_eq!(named, dialect == Dialect::Strict, "{dialect:?}: {brought}");
    }
}

#[test]
fn who_denies_is_sent_back_with_access_denied_and_the_state() {
    for dialect in DENYING {
        let server = speaking(dialect);
        let (mut login, address) = waiting(&server, login_by_redirect(&server));
        let state = login.pending().unwrap().state().to_owned();
        let brought = text(server.account("alice").deny(&address).unwrap());
        assert!(brought.contains(&format!("state={state}")), "{brought}");
        login.handle_reply(brought).unwrap();
        match problem(&login) {
            Some(Error::ErrorResponse(error)) => assert_eq!(error.code, "access_denied"),
            other => panic!("{dialect:?}: not denied: {other:?}"),
        }
        // The denial ended this attempt, so the next one differs.
        assert_ne!(login.pending().unwrap().state(), state);
    }
}

#[test]
fn the_others_have_no_button_to_deny() {
    for dialect in Dialect::ALL.iter().copied().filter(|it| !DENYING.contains(it)) {
        let server = speaking(dialect);
        let (_, address) = waiting(&server, login_by_redirect(&server));
        assert!(server.account("alice").deny(&address).is_err(), "{dialect:?}");
    }
}

#[test]
fn gotosocial_alone_sends_people_to_an_address_that_was_never_registered() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let (alice, app) = (server.account("alice"), app(&server));
        let elsewhere = "https://evil.example/callback";
        let address = app.address(
            &server,
            &[
                ("redirect_uri", elsewhere),
                ("code_challenge", CHALLENGE),
                ("code_challenge_method", "S256"),
            ],
        );
        match alice.visit(&address) {
            Ok(brought) => {
                assert!(is_gotosocial(dialect), "{dialect:?} sent them to {brought}");
                assert!(brought.starts_with(elsewhere));
                // 0.18 compares the hosts, and this app has registered none.
                let error = dialect != Dialect::GoToSocial018;
                assert_eq!(brought.contains("error=server_error"), error, "{brought}");
            }
            Err(page) => assert!(!is_gotosocial(dialect), "{dialect:?} showed {page}"),
        }
    }
}

#[test]
fn a_loopback_address_may_have_any_port_on_mastodon_and_pixelfed() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let (_, address) = waiting(&server, login_by_redirect(&server));
        let other_port = address.replace("7777", "7778");
        let outcome = server.account("alice").visit(&other_port);
        let coded = outcome.is_ok_and(|brought| brought.contains("code="));
        let any = matches!(dialect, Dialect::Mastodon43 | Dialect::Mastodon | Dialect::Pixelfed);
        assert_eq!(coded, any, "{dialect:?}");
    }
}

#[test]
fn a_redirect_uri_counts_byte_for_byte_but_for_that_port() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let (_, address) = waiting(&server, login_by_redirect(&server));
        for (one, other) in [("callback", "Callback"), ("127.0.0.1", "localhost")] {
            let outcome = server.account("alice").visit(&address.replace(one, other));
            let coded = outcome.is_ok_and(|brought| brought.contains("code="));
            // 0.18 compares the hosts only.
            let expected = dialect == Dialect::GoToSocial018 && one == "callback";
            assert_eq!(coded, expected, "{dialect:?} takes {other} for {one}");
        }
    }
}

/// The outcome of requesting these scopes where `read` was registered.
fn asking(dialect: Dialect, asked: &str) -> Result<String, String> {
    let server = speaking(dialect);
    let (_, address) = waiting(&server, login_by_redirect(&server));
    let address = address.replace("scope=read", &format!("scope={asked}"));
    let brought = server.account("alice").visit(&address);
    brought.map_err(|page| page.to_string())
}

/// The outcome of requesting scopes.
#[derive(Debug, PartialEq)]
enum Asked {
    Granted,
    /// An error to the app.
    Sent,
    /// An error to the user.
    Shown,
}

fn outcome(dialect: Dialect, asked: &str) -> Asked {
    match asking(dialect, asked) {
        Ok(brought) if brought.contains("error=invalid_scope") => Asked::Sent,
        Ok(brought) if brought.contains("code=") => Asked::Granted,
        Ok(brought) => panic!("{dialect:?} sent them to {brought}"),
        Err(page) => {
            assert!(page.contains("scope"), "{dialect:?}: {page}");
            Asked::Shown
        }
    }
}

#[test]
fn more_than_the_app_registered_is_refused_to_the_app_or_to_the_person() {
    for &dialect in Dialect::ALL {
        let expected = match dialect {
            Dialect::GoToSocial | Dialect::GoToSocial020 | Dialect::Strict => Asked::Sent,
            Dialect::Mastodon43 | Dialect::Mastodon | Dialect::Iceshrimp => Asked::Shown,
            // These grant the known scopes, or all requested ones.
            _ => Asked::Granted,
        };
        assert_eq!(outcome(dialect, "read+write"), expected, "{dialect:?}");
    }
}

#[test]
fn a_part_of_what_the_app_registered_is_granted_unless_words_are_compared() {
    for &dialect in Dialect::ALL {
        let expected = match dialect {
            Dialect::Mastodon43 | Dialect::Mastodon | Dialect::Akkoma => Asked::Shown,
            Dialect::Pixelfed => Asked::Sent,
            _ => Asked::Granted,
        };
        assert_eq!(outcome(dialect, "read:accounts"), expected, "{dialect:?}");
    }
}

#[test]
fn mastodon_reads_the_request_from_the_form() {
    for dialect in [Dialect::Mastodon, Dialect::Mastodon43] {
        let server = speaking(dialect);
        let (one, other) = (app(&server), app(&server));
        let tab = crate::raw::Tab::new(&server);
        tab.get(&one.address(&server, &[("redirect_uri", OUT_OF_BAND)]));
        tab.sign_in(&server.account("alice"));
        // Another tab shows another app before the first one is allowed.
        tab.get(&other.address(&server, &[("redirect_uri", OUT_OF_BAND)]));
        let fields = [
            ("client_id", &*one.id),
            ("redirect_uri", OUT_OF_BAND),
            ("response_type", "code"),
            ("scope", "read"),
        ];
        let allowed = tab.post("/oauth/authorize", &fields);
        let code = crate::raw::code(allowed.header("location").unwrap());
        assert_eq!(one.exchange(&server, &code, None).status(), 200, "{dialect:?}");
    }
}

/// A browser takes the redirect from its cache for two minutes, and the server does not see the
/// request.
#[test]
fn cached_redirect_to_sign_in_ends_in_an_error() {
    let server = speaking(Dialect::GoToSocial);
    let (app, alice) = (app(&server), server.account("alice"));
    let tab = crate::raw::Tab::new(&server);
    let sent = tab.get(&app.address(&server, &[("redirect_uri", OUT_OF_BAND)]));
    assert_eq!(sent.status(), 303);
    assert_eq!(sent.header("cache-control"), Some("private, max-age=120"));
    assert_eq!(tab.sign_in(&alice).status(), 200);
    let allowed = tab.post("/oauth/authorize", &[]);
    let shown = allowed.header("location").unwrap();
    assert_eq!(tab.get(&format!("{}{shown}", server.instance().origin())).status(), 200);
    let error = tab.sign_in(&alice);
    assert_eq!(error.status(), 500);
    assert!(error.page().contains("key redirect_uri not found in session"));
    // A URL that differs is not in the cache.
    let fields = [("redirect_uri", OUT_OF_BAND), ("force_login", "true")];
    assert_eq!(tab.get(&app.address(&server, &fields)).status(), 303);
    assert_eq!(tab.sign_in(&alice).status(), 200);
}

//! The way through the authorisation page, server by server.

use gts_oauth_core::Error;
use gts_oauth_fake::Dialect;

use crate::raw::{CHALLENGE, app};
use crate::sample::{
    ALL, CALLBACK, DENYING, OUT_OF_BAND, is_gotosocial, login_by_redirect, speaking, waiting,
};

#[test]
fn the_strict_one_alone_refuses_an_authorisation_without_a_challenge() {
    for dialect in ALL {
        let server = speaking(dialect);
        let (alice, app) = (server.person("alice"), app(&server));
        let address = app.address(&server, &[("redirect_uri", OUT_OF_BAND)]);
        let brought = alice.allow(&address).unwrap();
        let refused = brought.contains("error=invalid_request") && brought.contains("state=mine");
        assert_eq!(
            refused,
            dialect == Dialect::Strict,
            "{dialect:?}: {brought}"
        );
    }
}

#[test]
fn a_challenge_that_is_not_hashed_is_refused_where_pkce_is_enforced() {
    for method in [&[][..], &[("code_challenge_method", "plain")]] {
        for dialect in ALL {
            let server = speaking(dialect);
            let (alice, app) = (server.person("alice"), app(&server));
            let fields = [("redirect_uri", OUT_OF_BAND), ("code_challenge", CHALLENGE)];
            let address = app.address(&server, &[&fields, method].concat());
            let outcome = alice.allow(&address);
            let refused = outcome.map_or(true, |brought| brought.contains("error="));
            let enforced = matches!(dialect, Dialect::Mastodon | Dialect::Strict);
            assert_eq!(refused, enforced, "{dialect:?}, {method:?}");
        }
    }
}

#[test]
fn the_strict_one_says_who_it_is_when_it_sends_people_back() {
    for dialect in ALL {
        let server = speaking(dialect);
        let (_, address) = waiting(&server, login_by_redirect(&server));
        let brought = server.person("alice").allow(&address).unwrap();
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
        let brought = server.person("alice").deny(&address).unwrap();
        assert!(brought.contains(&format!("state={state}")), "{brought}");
        match login.pasted(&brought) {
            Err(Error::Refused(no)) => assert_eq!(no.code, "access_denied", "{dialect:?}"),
            other => panic!("the person said no, but: {other:?}"),
        }
        // It was about this attempt, so the next one is another.
        assert_ne!(login.pending().unwrap().state(), state);
    }
}

#[test]
fn the_others_have_no_button_to_deny() {
    for dialect in ALL.iter().copied().filter(|it| !DENYING.contains(it)) {
        let server = speaking(dialect);
        let (_, address) = waiting(&server, login_by_redirect(&server));
        assert!(
            server.person("alice").deny(&address).is_err(),
            "{dialect:?}"
        );
    }
}

#[test]
fn gotosocial_alone_sends_people_to_an_address_that_was_never_registered() {
    for dialect in ALL {
        let server = speaking(dialect);
        let (alice, app) = (server.person("alice"), app(&server));
        let elsewhere = "https://evil.example/callback";
        let address = app.address(
            &server,
            &[
                ("redirect_uri", elsewhere),
                ("code_challenge", CHALLENGE),
                ("code_challenge_method", "S256"),
            ],
        );
        match alice.allow(&address) {
            Ok(brought) => {
                assert!(is_gotosocial(dialect), "{dialect:?} sent them to {brought}");
                assert!(brought.starts_with(elsewhere));
                assert!(brought.contains("error=server_error"));
            }
            Err(page) => assert!(!is_gotosocial(dialect), "{dialect:?} showed {page}"),
        }
    }
}

#[test]
fn a_loopback_address_may_have_any_port_on_mastodon_and_pixelfed() {
    for dialect in ALL {
        let server = speaking(dialect);
        let (_, address) = waiting(&server, login_by_redirect(&server));
        let other_port = address.replace("7777", "7778");
        let outcome = server.person("alice").allow(&other_port);
        let coded = outcome.is_ok_and(|brought| brought.contains("code="));
        let any = matches!(
            dialect,
            Dialect::Mastodon42 | Dialect::Mastodon | Dialect::Pixelfed
        );
        assert_eq!(coded, any, "{dialect:?}");
    }
}

#[test]
fn a_redirect_uri_counts_byte_for_byte_but_for_that_port() {
    for dialect in ALL {
        let server = speaking(dialect);
        let (_, address) = waiting(&server, login_by_redirect(&server));
        for (one, other) in [("callback", "Callback"), ("127.0.0.1", "localhost")] {
            let outcome = server.person("alice").allow(&address.replace(one, other));
            let coded = outcome.is_ok_and(|brought| brought.contains("code="));
            assert!(!coded, "{dialect:?} takes {other} for {one}");
        }
    }
}

/// What comes of asking for `asked` where `read` was registered.
fn asking(dialect: Dialect, asked: &str) -> Result<String, String> {
    let server = speaking(dialect);
    let (_, address) = waiting(&server, login_by_redirect(&server));
    let address = address.replace("scope=read", &format!("scope={asked}"));
    let brought = server.person("alice").allow(&address);
    brought.map_err(|page| page.to_string())
}

/// What becomes of a request for scopes.
#[derive(Debug, PartialEq)]
enum Asked {
    Granted,
    /// The app is told that it cannot have them.
    Sent,
    /// The person is.
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
    for dialect in ALL {
        let expected = match dialect {
            Dialect::GoToSocial | Dialect::GoToSocial018 | Dialect::Strict => Asked::Sent,
            Dialect::Mastodon42 | Dialect::Mastodon | Dialect::Iceshrimp => Asked::Shown,
            // They grant what they can, or whatever is asked for.
            _ => Asked::Granted,
        };
        assert_eq!(outcome(dialect, "read+write"), expected, "{dialect:?}");
    }
}

#[test]
fn a_part_of_what_the_app_registered_is_granted_unless_words_are_compared() {
    for dialect in ALL {
        let expected = match dialect {
            Dialect::Mastodon42 | Dialect::Mastodon | Dialect::Akkoma => Asked::Shown,
            Dialect::Pixelfed => Asked::Sent,
            _ => Asked::Granted,
        };
        assert_eq!(outcome(dialect, "read:accounts"), expected, "{dialect:?}");
    }
}

//! Codes and tokens on each server.

use gts_oauth_core::Exchange;
use gts_oauth_fake::{Dialect, Server};

use crate::raw::{self, VERIFIER, app};
use crate::sample::{MAIN, OUT_OF_BAND, alice, is_gotosocial, speaking};

const OTHER: &str = "aBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// The responses to a code that is bound to [`VERIFIER`]: with a wrong verifier, without one, and
/// with the right one.
fn with_verifiers(server: &Server) -> [u16; 3] {
    let (alice, app) = (server.account("alice"), app(server));
    [Some(OTHER), None, Some(VERIFIER)].map(|verifier| {
        let code = alice.visit(&app.challenging(server)).unwrap();
        app.exchange(server, &code, verifier).status()
    })
}

#[test]
fn a_code_without_its_verifier_is_refused_where_pkce_is_enforced() {
    for dialect in [Dialect::Mastodon, Dialect::Mastodon43, Dialect::Strict] {
        let told = with_verifiers(&speaking(dialect));
        assert_eq!(told, [400, 400, 200], "{dialect:?}");
    }
}

#[test]
fn any_verifier_will_do_where_pkce_is_ignored() {
    for dialect in
        [Dialect::GoToSocial, Dialect::GoToSocial020, Dialect::GoToSocial018, Dialect::Akkoma]
    {
        let told = with_verifiers(&speaking(dialect));
        assert_eq!(told, [200, 200, 200], "{dialect:?}");
    }
}

#[test]
fn a_wrong_verifier_does_not_burn_the_code() {
    let server = speaking(Dialect::Mastodon);
    let (alice, app) = (server.account("alice"), app(&server));
    let code = alice.visit(&app.challenging(&server)).unwrap();
    let refused = app.exchange(&server, &code, Some(OTHER));
    assert_eq!(refused.error(), (400, "invalid_grant".to_owned()));
    assert_eq!(app.exchange(&server, &code, Some(VERIFIER)).status(), 200);
}

#[test]
fn mastodon_takes_a_code_without_a_verifier_where_no_challenge_was_sent() {
    let server = speaking(Dialect::Mastodon);
    let (alice, app) = (server.account("alice"), app(&server));
    let address = app.address(&server, &[("redirect_uri", OUT_OF_BAND)]);
    let code = alice.visit(&address).unwrap();
    assert_eq!(app.exchange(&server, &code, None).status(), 200);
}

#[test]
fn a_token_reply_has_each_servers_own_fields() {
    let plain = "access_token created_at scope token_type";
    let akkoma = "access_token created_at expires_in id me refresh_token scope token_type";
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let (alice, app) = (server.account("alice"), app(&server));
        let code = raw::code(&alice.visit(&app.challenging(&server)).unwrap());
        let fields = app.exchange(&server, &code, Some(VERIFIER)).fields();
        let expected = match dialect {
            Dialect::Akkoma => akkoma,
            Dialect::Pixelfed => "access_token expires_in refresh_token token_type",
            Dialect::Friendica => "access_token created_at me scope token_type",
            _ => plain,
        };
        assert_eq!(fields.join(" "), expected, "{dialect:?}");
    }
}

#[test]
fn refresh_token_of_another_app_is_refused() {
    let server = speaking(Dialect::Akkoma);
    let me = alice(&server);
    let refresh = me.session.refresh_token().unwrap().expose();
    let grant = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    assert_eq!(app(&server).token(&server, &grant).status(), 400);
    me.session.verify().send(&server).unwrap();
}

#[test]
fn akkomas_user_tokens_expire_and_no_others() {
    let a_century = std::time::Duration::from_secs(3_153_600_000);
    for dialect in MAIN {
        let server = speaking(dialect);
        let me = alice(&server);
        server.advance(a_century);
        let lives = me.session.verify().send(&server).is_ok();
        assert_eq!(lives, dialect != Dialect::Akkoma, "{dialect:?}");
    }
}

#[test]
fn no_other_server_refreshes() {
    for dialect in MAIN {
        if dialect == Dialect::Akkoma {
            continue;
        }
        let server = speaking(dialect);
        let grant = [("grant_type", "refresh_token"), ("refresh_token", "X")];
        let told = app(&server).token(&server, &grant).error();
        assert_eq!(told, (400, "unsupported_grant_type".to_owned()));
    }
}

#[test]
fn a_grant_that_nobody_does_is_an_internal_error_to_akkoma_alone() {
    for dialect in MAIN {
        let server = speaking(dialect);
        let grant = [("grant_type", "divination")];
        let told = app(&server).token(&server, &grant).error();
        match dialect {
            Dialect::Akkoma => assert_eq!(told, (500, "Bad request".to_owned())),
            _ => assert_eq!(told, (400, "unsupported_grant_type".to_owned())),
        }
    }
}

#[test]
fn each_server_refuses_a_wrong_secret_and_a_bad_code_in_its_own_words() {
    let gotosocial = [(400, "invalid_client"), (400, "sql: no rows in result set")];
    let doorkeeper = [(401, "invalid_client"), (400, "invalid_grant")];
    let akkoma = [(400, "Invalid credentials"), (400, "Invalid credentials")];
    for (dialect, words) in [
        (Dialect::GoToSocial, gotosocial),
        (Dialect::GoToSocial018, gotosocial),
        (Dialect::Mastodon43, doorkeeper),
        (Dialect::Mastodon, doorkeeper),
        (Dialect::Akkoma, akkoma),
        (Dialect::Strict, doorkeeper),
    ] {
        let server = speaking(dialect);
        let mut app = app(&server);
        let bad_code = app.exchange(&server, "NONE", None).error();
        app.secret.push('x');
        let bad_secret = app.exchange(&server, "NONE", None).error();
        let told = words.map(|(status, error)| (status, error.to_owned()));
        assert_eq!([bad_secret, bad_code], told, "{dialect:?}");
    }
}

#[test]
fn an_incomplete_request_is_an_internal_error_to_akkoma_alone() {
    for dialect in MAIN {
        let server = speaking(dialect);
        let told = raw::form(&server, "/oauth/token", &[("client_id", "X")]).error();
        match dialect {
            Dialect::Akkoma => assert_eq!(told, (500, "Bad request".to_owned())),
            _ => assert_eq!(told, (400, "invalid_request".to_owned()), "{dialect:?}"),
        }
    }
}

#[test]
fn an_app_cannot_have_more_for_itself_than_it_registered() {
    let grants_all = [Dialect::Akkoma, Dialect::GoToSocial018];
    for dialect in MAIN.iter().copied().filter(|it| !grants_all.contains(it)) {
        let server = speaking(dialect);
        let grant = [("grant_type", "client_credentials"), ("scope", "write")];
        let (status, error) = app(&server).token(&server, &grant).error();
        let expected = if is_gotosocial(dialect) { 403 } else { 400 };
        assert_eq!(status, expected, "{dialect:?}");
        assert_eq!(error, "invalid_scope");
    }
}

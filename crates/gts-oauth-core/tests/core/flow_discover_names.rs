//! People who are expected by name, where a login looks for its server first.

use gts_oauth_core::{Error, RegisterApp};

use crate::flow_discover::{GTS, address, find, login, split};
use crate::recorded::{ALICE, APP_OUT_OF_BAND, CODE, TOKEN_READ, answer};
use crate::web::Web;

/// What the server says of somebody: GoToSocial calls them by the account domain.
fn fingered(web: Web, subject: &str) -> Web {
    let resource = "acct%3Aalice%40example.org";
    let finger = format!("https://example.org/.well-known/webfinger?resource={resource}");
    let body = format!(
        r#"{{"subject":"acct:{subject}","links":[{{"rel":"self","href":"{GTS}/users/alice"}}]}}"#
    );
    web.json(&finger, &body)
}

fn verified_as(expected: &str, web: &Web) -> Result<(), Error> {
    let mut login = login().expect(expected.parse::<gts_oauth_core::ExpectedAccount>().unwrap());
    find(&mut login, web);
    login.answered(&answer(200, APP_OUT_OF_BAND)).unwrap();
    login.pasted(CODE).unwrap();
    login.answered(&answer(200, TOKEN_READ)).unwrap();
    let alice = ALICE.replace("http://127.0.0.1:8085", GTS);
    login.answered(&answer(200, &alice))
}

#[test]
fn an_account_is_expected_by_its_domain_or_by_its_host() {
    let web = fingered(split(), "alice@example.org");
    for expected in ["alice", "@alice@example.org", "@alice@gts.example.org"] {
        verified_as(expected, &web).unwrap_or_else(|error| panic!("{expected}: {error}"));
    }
    for expected in ["bob", "@bob@example.org", "@alice@other.example"] {
        let error = verified_as(expected, &web).unwrap_err();
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
    for web in [alias, unknown, only_fingered] {
        let error = verified_as("@alice@example.org", &web).unwrap_err();
        assert!(matches!(error, Error::WrongAccount(_)), "{error}");
    }
}

#[test]
fn another_registration_keeps_the_name_that_is_looked_for() {
    let alice = "@alice@example.org".parse::<gts_oauth_core::ExpectedAccount>();
    let mut login = login().expect(alice.unwrap());
    let other = RegisterApp::new("example.org".parse().unwrap(), "Another name").unwrap();
    login.register_with(other).unwrap();
    let web = fingered(Web::default(), "alice@example.org").software(GTS, "gotosocial", "0.20.0");
    find(&mut login, &web);
    assert_eq!(address(&login), format!("{GTS}/api/v1/apps"));
}

//! Naming the account a login is meant for, and telling others from it.

use gts_oauth_core::{Account, Error, Exchange, ExpectedAccount, Instance, Secret, Session};

use crate::recorded::{ALICE, answer};
use crate::sample::session;

/// Alice, as an instance other than the one in the recording would show her.
fn alice_at(origin: &str) -> (Account, Instance) {
    let instance: Instance = origin.parse().unwrap();
    let session = Session::from_token(instance.clone(), Secret::new("any")).unwrap();
    let body = ALICE.replace("http://127.0.0.1:8085", instance.origin());
    let account = session.verify().parse(&answer(200, &body)).unwrap();
    (account, instance)
}

fn check(expected: &str, origin: &str) -> Result<(), Error> {
    let (account, instance) = alice_at(origin);
    let expected: ExpectedAccount = expected.parse().unwrap();
    expected.check(&account, &instance)
}

fn is_taken(expected: &str, origin: &str) {
    check(expected, origin).unwrap_or_else(|error| panic!("{expected} at {origin}: {error}"));
}

fn is_wrong(expected: &str, origin: &str) {
    match check(expected, origin) {
        Err(Error::WrongAccount(_)) => {}
        other => panic!("{expected} at {origin}: {other:?}"),
    }
}

#[test]
fn a_user_name_is_compared_without_regard_to_ascii_case() {
    for name in ["alice", "@alice", " Alice ", "ALICE", "@aLiCe"] {
        is_taken(name, "example.org");
    }
}

#[test]
fn another_user_name_is_wrong() {
    for name in ["bob", "alic", "alice2", "alıce", "àlice"] {
        is_wrong(name, "example.org");
    }
}

#[test]
fn a_full_address_is_compared_by_name_and_host() {
    for address in
        ["@alice@example.org", "alice@example.org", "@Alice@EXAMPLE.org", "@alice@example.org."]
    {
        is_taken(address, "example.org");
    }
}

#[test]
fn another_host_or_another_name_at_the_host_is_wrong() {
    for address in ["@alice@example.com", "@alice@social.example.org", "@bob@example.org"] {
        is_wrong(address, "example.org");
    }
}

#[test]
fn an_idna_host_is_the_same_in_unicode_and_in_punycode() {
    is_taken("@alice@bücher.example", "xn--bcher-kva.example");
    is_taken("@alice@xn--bcher-kva.example", "bücher.example");
    is_taken("@alice@BÜCHER.example", "bücher.example");
    is_wrong("@alice@bucher.example", "bücher.example");
}

#[test]
fn a_loopback_instance_is_a_host_too() {
    is_taken("@alice@127.0.0.1", "http://127.0.0.1:8085");
    is_taken("@alice@localhost", "http://localhost:8085");
}

#[test]
fn expected_port_is_compared_and_shown() {
    is_taken("@alice@example.org:8443", "https://example.org:8443");
    is_taken("@alice@example.org", "https://example.org:8443");
    is_wrong("@alice@example.org:8444", "https://example.org:8443");
    let expected: ExpectedAccount = "@alice@127.0.0.1:8085".parse().unwrap();
    assert_eq!(expected.to_string(), "@alice@127.0.0.1:8085");
}

#[test]
fn the_host_that_the_account_names_itself_is_taken() {
    // An instance at social.example.org whose people live at example.org.
    let (account, _) = alice_at("example.org");
    let instance: Instance = "social.example.org".parse().unwrap();
    let expected: ExpectedAccount = "@alice@example.org".parse().unwrap();
    expected.check(&account, &instance).unwrap();
}

#[test]
fn host_of_another_user_name_does_not_count() {
    let (_, instance) = alice_at("social.example.org");
    let expected: ExpectedAccount = "@alice@example.org".parse().unwrap();
    for (acct, accepted) in [("Alice@example.org", true), ("mallory@example.org", false)] {
        let body = format!(r#"{{"id":"1","username":"alice","acct":"{acct}"}}"#);
        let account = session().verify().parse(&answer(200, body)).unwrap();
        assert_eq!(expected.check(&account, &instance).is_ok(), accepted, "{acct}");
    }
}

#[test]
fn an_id_is_compared_exactly() {
    let (account, instance) = alice_at("example.org");
    let check = |id| ExpectedAccount::id(id).unwrap().check(&account, &instance);
    check("015JSQDQQAWFF3PB5M4C9KAZN3").unwrap();
    for id in ["015jsqdqqawff3pb5m4c9kazn3", "015JSQDQQAWFF3PB5M4C9KAZN", "alice"] {
        assert!(matches!(check(id), Err(Error::WrongAccount(_))), "{id}");
    }
}

#[test]
fn an_id_that_is_empty_is_refused_at_once() {
    assert!(matches!(ExpectedAccount::id(""), Err(Error::Input(_))));
}

#[test]
fn a_name_of_any_length_is_told_in_short() {
    let expected: ExpectedAccount = "bob".parse().unwrap();
    let json = ALICE.replace("alice", &"a".repeat(1_000_000));
    let account = session().verify().parse(&answer(200, &json)).unwrap();
    let instance: Instance = "example.org".parse().unwrap();
    let error = expected.check(&account, &instance).unwrap_err();
    assert!(error.to_string().chars().count() < 800);
}

#[test]
fn a_wrong_account_is_told_by_both_its_names() {
    let error = check("@bob@example.org", "example.org").unwrap_err();
    let Error::WrongAccount(wrong) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(wrong.expected, "@bob@example.org");
    assert_eq!(wrong.actual, "@alice@example.org");
    for name in ["@bob@example.org", "@alice@example.org"] {
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn a_wrong_id_is_told_by_both_ids() {
    let (account, instance) = alice_at("example.org");
    let error =
        ExpectedAccount::id("01AAAAAAAAAAAAAAAAAAAAAAAA").unwrap().check(&account, &instance);
    let error = error.unwrap_err().to_string();
    assert!(error.contains("01AAAAAAAAAAAAAAAAAAAAAAAA"), "{error}");
    assert!(error.contains("015JSQDQQAWFF3PB5M4C9KAZN3"), "{error}");
}

#[test]
fn text_that_names_no_account_is_refused() {
    for text in [
        "",
        "@",
        "@@example.org",
        "two words",
        "@alice@",
        "@alice@exa mple.org",
        "@alice@example.org/path",
    ] {
        let outcome = text.parse::<ExpectedAccount>();
        assert!(matches!(outcome, Err(Error::Input(_))), "{text}: {outcome:?}");
    }
}

#[test]
fn an_address_with_two_names_is_refused_rather_than_cut() {
    let outcome = "@alice@bob@example.org".parse::<ExpectedAccount>();
    let outcome = outcome;
    assert!(matches!(outcome, Err(Error::Input(_))), "{outcome:?}");
}

#[test]
fn the_address_of_somebodys_page_names_them() {
    check("https://example.org/@alice", "example.org").unwrap();
    check("https://example.org/@bob", "example.org").unwrap_err();
    for text in ["https://example.org", "https://example.org/about", "https://@alice"] {
        assert!(text.parse::<ExpectedAccount>().is_err(), "{text}");
    }
}

#[test]
fn expected_account_is_read_again_as_it_was() {
    for typed in [
        "alice",
        "@alice@example.org",
        "@alice@example.org:8443",
        "https://intranet/@alice",
        "https://intranet:8443/@alice",
        "http://127.0.0.1:8085/@alice",
        "@alice@[::1]:8443",
        "@alice@localhost",
    ] {
        let expected: ExpectedAccount = typed.parse().unwrap();
        assert_eq!(expected.to_string().parse::<ExpectedAccount>().unwrap(), expected, "{typed}");
        let stored = serde_json::to_string(&expected).unwrap();
        assert_eq!(serde_json::from_str::<ExpectedAccount>(&stored).unwrap(), expected, "{typed}");
    }
}

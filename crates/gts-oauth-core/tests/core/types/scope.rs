//! Scopes: how they are read and printed, and what each of them permits.

use gts_oauth_core::types::{KNOWN_SCOPES, Scope};
use gts_oauth_core::{Error, Scopes};

fn scope(text: &str) -> Scope {
    text.parse().unwrap()
}

fn scopes(text: &str) -> Scopes {
    text.parse().unwrap()
}

#[test]
fn scopes_are_printed_in_their_order_with_single_spaces() {
    for (typed, printed) in [
        ("read", "read"),
        ("write read", "write read"),
        ("  read \t write:statuses\n", "read write:statuses"),
        ("read  write", "read write"),
        ("read write read", "read write"),
        ("read, write,follow ,", "read write follow"),
        ("admin:write:domain_blocks x-Unknown", "admin:write:domain_blocks x-Unknown"),
        ("", ""),
    ] {
        assert_eq!(scopes(typed).to_string(), printed, "{typed:?}");
    }
}

#[test]
fn a_double_space_makes_no_empty_scope() {
    assert_eq!(scopes("read  write").iter().count(), 2);
    assert!(scopes(" \n ").is_empty());
}

#[test]
fn two_sets_are_equal_whatever_their_order() {
    assert_eq!(scopes("read write"), scopes("write  read read"));
    assert_ne!(scopes("read write"), scopes("read"));
    assert_ne!(scopes("read"), scopes("Read"));
}

#[test]
fn invalid_scope_characters_are_rejected_by_position() {
    for (typed, at) in [("re\"ad", 2), ("read\\", 4), ("lesé", 3), ("a\u{7}", 1)] {
        let error = typed.parse::<Scopes>().unwrap_err();
        assert!(matches!(error, Error::Input(_)));
        let message = error.to_string();
        assert!(message.contains(&format!("the character at byte {at} ")), "{message}");
    }
    assert!("read write".parse::<Scope>().is_err());
    assert!("".parse::<Scope>().is_err());
}

#[test]
fn a_top_level_scope_permits_all_below_it_known_or_not() {
    for (has, wanted) in [
        ("read", "read"),
        ("read", "read:accounts"),
        ("read", "read:banana"),
        ("write", "write:statuses"),
        ("admin", "admin:read"),
        ("admin", "admin:write:reports"),
        ("admin:read", "admin:read:accounts"),
        ("admin:write", "admin:write:domain_blocks"),
        ("profile", "profile:x"),
        ("push", "push:x"),
        ("follow", "follow"),
        ("banana", "banana"),
    ] {
        assert!(scope(has).permits(&scope(wanted)), "{has} → {wanted}");
    }
}

#[test]
fn a_scope_permits_nothing_beside_or_above_it() {
    for (has, wanted) in [
        ("read", "write"),
        ("read", "reader"),
        ("read", "profile"),
        ("read:accounts", "read"),
        ("read:accounts", "read:accounts:x"),
        ("write", "read"),
        ("admin:read", "admin"),
        ("admin:read", "admin:write"),
        ("admin:read:accounts", "admin:read"),
        ("follow", "follow:x"),
        ("follow", "read:follows"),
        ("follow", "write:follows"),
        ("banana", "banana:x"),
        ("Read", "read:accounts"),
        ("read", "Read"),
        ("read", "READ:accounts"),
    ] {
        assert!(!scope(has).permits(&scope(wanted)), "{has} → {wanted}");
    }
}

#[test]
fn a_set_permits_what_any_of_its_scopes_permits() {
    let granted = scopes("read:statuses write");
    assert!(granted.permits(&scope("write:media")));
    assert!(granted.permits(&scope("read:statuses")));
    assert!(!granted.permits(&scope("read:accounts")));
    assert!(!Scopes::default().permits(&scope("read")));
}

#[test]
fn what_was_asked_for_and_not_granted_is_told() {
    for (asked, granted, missing) in [
        ("read write", "read write", ""),
        ("read:accounts write:media", "read write", ""),
        ("read write:media", "read", "write:media"),
        ("read", "read:accounts read:statuses", "read"),
        ("profile read push", "read", "profile push"),
        ("read write", "", "read write"),
        ("", "read", ""),
    ] {
        let told = scopes(asked).missing_from(&scopes(granted));
        assert_eq!(told.to_string(), missing, "{asked:?} of {granted:?}");
    }
}

#[test]
fn follow_is_spelled_out_beside_itself_and_nothing_else_is() {
    let spelled = |text| scopes(text).expand_follow().to_string();
    assert_eq!(
        spelled("read follow push"),
        "read follow push read:follows write:follows read:blocks write:blocks read:mutes \
         write:mutes"
    );
    assert_eq!(
        spelled("follow write:follows"),
        "follow write:follows read:follows read:blocks write:blocks read:mutes write:mutes"
    );
    for unchanged in ["", "read write", "read:follows", "follows"] {
        assert_eq!(spelled(unchanged), unchanged);
    }
}

#[test]
fn known_scopes_are_valid_and_listed_once() {
    let known: Scopes = KNOWN_SCOPES.join(" ").parse().unwrap();
    assert_eq!(known.iter().count(), KNOWN_SCOPES.len());
    for broad in ["read", "write", "admin", "profile", "push", "follow"] {
        assert!(KNOWN_SCOPES.contains(&broad), "{broad}");
    }
}

#[test]
fn text_of_too_many_scopes_is_rejected() {
    let scopes =
        |count| (0..count).map(|it| format!("s{it} ")).collect::<String>().parse::<Scopes>();
    assert_eq!(scopes(1000).unwrap().iter().count(), 1000);
    assert_eq!(scopes(1001).unwrap_err().to_string(), "invalid scopes: more than 1000");
}

#[test]
fn subset_does_not_equal_its_set() {
    let scopes = |text: &str| text.parse::<Scopes>().unwrap();
    assert_eq!(scopes("read write"), scopes("write read"));
    assert_ne!(scopes("read"), scopes("read write"));
    assert_ne!(scopes("read write"), scopes("read"));
}

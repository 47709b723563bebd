//! The scope that a call requires, as the error of a rejected call names it.

use gts_oauth_core::http::Method;
use gts_oauth_core::types::{KNOWN_SCOPES, Scope};
use gts_oauth_core::{Exchange, error::Cause};

use crate::recorded::SCOPE_REFUSED;
use crate::sample::{answer, session};

/// Lines of `METHOD path scope`.
const MASTODON: &str = include_str!("mastodon_scopes.txt");

/// Where the description is wrong: the scope that Mastodon's source requires, and why.
const EXCEPTIONS: [(&str, &str); 1] =
    // `Api::V2::Notifications::AccountsController` only reads.
    [("GET /api/v2/notifications/1/accounts", "read:notifications")];

/// The scope that an error names if the server names none.
fn named(method: &str, path: &str) -> String {
    let method: Method = method.parse().unwrap();
    let call = session().call(method, path).unwrap();
    let error = call.parse(&answer(403, SCOPE_REFUSED)).unwrap_err();
    assert_eq!(error.cause(), Cause::MissingScope, "{path}");
    let named = error.missing_scopes();
    let is_known = |scope: &Scope| KNOWN_SCOPES.contains(&scope.as_str());
    assert!(named.iter().all(is_known), "{named}");
    named.to_string()
}

#[test]
fn required_scopes_are_those_of_mastodon() {
    let operations = MASTODON.lines().filter(|line| !line.starts_with('#'));
    let mut checked = 0;
    for line in operations {
        let (operation, described) = line.rsplit_once(' ').unwrap();
        let (method, path) = operation.split_once(' ').unwrap();
        let exception = EXCEPTIONS.iter().find(|(known, _)| *known == operation);
        let expected = match exception {
            Some((_, scope)) => {
                assert_ne!(*scope, described, "{operation} is no exception any more");
                scope
            }
            // Which scopes an administrator's token has depends on the role.
            None if described.starts_with("admin:") => "",
            None => described,
        };
        assert_eq!(named(method, path), expected, "{operation}");
        checked += 1;
    }
    assert_eq!(checked, 173);
}

#[test]
fn gotosocials_own_calls_require_its_scopes() {
    for (operation, scope) in [
        ("GET /api/v1/apps", "read:applications"),
        ("DELETE /api/v1/apps/1", "write:applications"),
        ("GET /api/v1/tokens", "read:accounts"),
        ("POST /api/v1/tokens/1/invalidate", "write:accounts"),
        ("PUT /api/v1/tokens/1", "write:accounts"),
        ("GET /api/v1/directory", "read:directory"),
        ("GET /api/v1/relay_pushes", "read:relays"),
        ("POST /api/v1/relay_pushes", "write:relays"),
        ("GET /api/v1/interaction_requests", "read:notifications"),
        ("GET /api/v1/reports", "read:reports"),
    ] {
        let (method, path) = operation.split_once(' ').unwrap();
        assert_eq!(named(method, path), scope, "{operation}");
    }
}

#[test]
fn unknown_paths_require_no_known_scope() {
    for path in ["/", "/api", "/api/v1", "/api/v1/instance", "/api/v9/x", "/v1/statuses"] {
        assert_eq!(named("GET", path), "", "{path}");
    }
}

#[test]
fn head_and_queries_do_not_change_the_required_scope() {
    assert_eq!(named("HEAD", "/api/v1/notifications"), "read:notifications");
    assert_eq!(named("GET", "/api/v1/notifications?limit=/follow"), "read:notifications");
    assert_eq!(named("GET", "/api/v1/notifications/"), "read:notifications");
}

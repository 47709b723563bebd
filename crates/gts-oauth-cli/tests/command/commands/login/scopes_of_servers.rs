//! Scopes of servers that differ from GoToSocial's.

use gts_oauth_fake::Dialect;

use super::browser::browse;
use super::scopes::{log_in, requested};
use crate::support::shell::{Shell, served, speaking};

/// Pixelfed has no narrower ones.
#[test]
fn rejected_scopes_name_wider_ones() {
    let (shell, served) = (Shell::new(), served());
    log_in(&shell, &served, &served.account("alice"), &[]);
    let url = "urn:ietf:wg:oauth:2.0:oob?error=invalid_scope";
    let origin = served.origin();
    for (options, command) in [
        (&["--add-scopes", "write:media"][..], "--add-scopes write`"),
        (&["--scopes", "read:accounts write:media"], "--scopes 'read write'`"),
        (&["--scopes", "read push"], "--scopes read`"),
    ] {
        let arguments = [&["login", &*origin], options].concat();
        let outcome = shell.talk(&arguments, |_| Some(url.to_owned()));
        assert_eq!(outcome.code, Some(1));
        assert!(outcome.stderr.contains(command), "{command}: {}", outcome.stderr);
    }
}

#[test]
fn missing_scope_of_pixelfed_is_added() {
    let (shell, served) = (Shell::new(), speaking(Dialect::Pixelfed));
    log_in(&shell, &served, &served.account("alice"), &["--scopes", "read"]);
    let outcome = shell.run(&["api", "/api/v1/statuses", "-f", "status=hello"]);
    assert!(outcome.stderr.contains("--add-scopes write`"), "{}", outcome.stderr);
    log_in(&shell, &served, &served.account("alice"), &["--add-scopes", "write"]);
    assert_eq!(shell.run(&["api", "/api/v1/statuses", "-f", "status=hello"]).code, Some(0));
}

/// Sharkey names more scopes than were requested, and than its token has.
#[test]
fn scopes_that_were_not_requested_do_not_count() {
    let (shell, served) = (Shell::new(), speaking(Dialect::Sharkey));
    let alice = served.account("alice");
    let origin = served.origin();
    let login = |options: &[&str]| {
        let arguments = [&["login", &origin], options].concat();
        browse(&shell, &arguments, |tab| {
            tab.get(&alice.visit(&tab.address).expect("a redirect"));
        })
    };
    assert_eq!(login(&["--scopes", "read"]).code, Some(0));
    let outcome = login(&["--add-scopes", "write:statuses"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(requested(&served), "read write:statuses");
}

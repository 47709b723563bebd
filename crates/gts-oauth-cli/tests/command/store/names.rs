//! Names of accounts on the command line.

use gts_oauth_fake::Fault;
use serde_json::json;

use crate::support::shell::{Shell, logged_in, served};

#[test]
fn accounts_without_a_user_have_different_names() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let mut tokens = Vec::new();
    for scopes in ["write", "push", "write:media"] {
        let arguments = ["login", &served.origin(), "--scopes", scopes];
        let outcome = shell.talk(&arguments, |address| alice.visit(address).ok());
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        tokens.push((outcome.stdout.trim_end().to_owned(), shell.token()));
    }
    let host = served.origin().replace("http://", "");
    let names: Vec<&str> = tokens.iter().map(|(name, _)| name.as_str()).collect();
    let expected = ["", "-2", "-3"].map(|number| format!("@(unknown{number})@{host}"));
    assert_eq!(names, expected);
    let status = shell.run(&["status"]).stdout;
    for (name, token) in &tokens {
        assert_eq!(status.matches(name).count(), 1, "{status}");
        let switched = shell.run(&["switch", "-a", name]);
        assert_eq!(switched.code, Some(0), "{}", switched.stderr);
        let switched = shell.run(&["switch", name]);
        assert_eq!(switched.stdout.trim_end(), name, "{}", switched.stderr);
        assert_eq!(shell.token(), *token);
    }
    // A shell reads parentheses, so they can be left out.
    assert_eq!(shell.run(&["logout", "--account", "unknown-2"]).code, Some(0));
    let left: Vec<String> = [0, 2].map(|at| tokens[at].1.clone()).into();
    let handles = [0, 2].map(|at| tokens[at].0.clone());
    let read = handles.map(|it| shell.run(&["token", "--account", &it]).stdout.trim().to_owned());
    assert_eq!(read.to_vec(), left);
}

#[test]
fn international_hosts_are_named_in_either_spelling() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    // As after a login to the host of this name.
    let stored = shell.stored().replace("127.0.0.1:", "xn--bcher-kva.localhost:");
    std::fs::write(shell.file(), stored).expect("a file");
    let port = served.origin().rsplit(':').next().expect("a port").to_owned();
    for name in [
        format!("@alice@xn--bcher-kva.localhost:{port}"),
        format!("@alice@bücher.localhost:{port}"),
        format!("alice@BÜCHER.localhost:{port}"),
        format!("http://bücher.localhost:{port}"),
        format!("http://bücher.localhost:{port}/"),
        "bücher.localhost".to_owned(),
        "@alice".to_owned(),
    ] {
        let outcome = shell.run(&["token", "--account", &name]);
        assert_eq!(outcome.code, Some(0), "{name}: {}", outcome.stderr);
    }
    for name in ["bucher.localhost", "@bob@bücher.localhost", "@alice@bücher.localhost:1"] {
        assert_eq!(shell.run(&["token", "--account", name]).code, Some(3), "{name}");
    }
}

#[test]
fn the_account_is_an_argument_or_an_option() {
    let (shell, served) = logged_in();
    let alices = shell.token();
    shell.log_in(&served, &served.account("bob"));
    for arguments in [&["token", "alice"][..], &["token", "-a", "alice"]] {
        assert_eq!(shell.run(arguments).stdout.trim_end(), alices);
    }
    let status = shell.run(&["status", "@alice"]);
    assert!(!status.stdout.contains("@bob@"), "{}", status.stdout);
    for command in ["token", "status", "logout"] {
        let outcome = shell.run(&[command, "alice", "--account", "bob"]);
        assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
        assert_eq!(shell.run(&[command, "carol"]).code, Some(3));
    }
    assert_eq!(shell.run(&["logout", "alice", "--all"]).code, Some(2));
    let outcome = shell.run(&["logout", "alice"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(shell.run(&["token", "alice"]).code, Some(3));
    assert_eq!(shell.run(&["token", "bob"]).code, Some(0));
}

#[test]
fn a_user_named_unknown_is_another_account() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let arguments = ["login", &served.origin(), "--scopes", "write"];
    shell.talk(&arguments, |address| alice.visit(address).ok());
    let unnamed = shell.token();
    let unknown = served.account("unknown");
    let arguments = ["login", &served.origin(), "--scopes", "read"];
    shell.talk(&arguments, |address| unknown.visit(address).ok());
    let named = shell.token();
    assert_ne!(unnamed, named);
    let host = served.origin().replace("http://", "");
    for order in ["unknown", "(unknown)"] {
        for (names, token) in [
            ([format!("@(unknown)@{host}"), "(unknown)".to_owned()], &unnamed),
            ([format!("@unknown@{host}"), "unknown".to_owned()], &named),
        ] {
            for name in names {
                let outcome = shell.run(&["token", &name]);
                assert_eq!(outcome.stdout.trim_end(), token, "{name}: {}", outcome.stderr);
                let status = shell.run(&["status", &name, "--offline"]).stdout;
                assert_eq!(status.matches("@127.0.0.1").count(), 1, "{status}");
            }
        }
        assert_eq!(shell.run(&["token", &host]).code, Some(2), "both are there");
        assert_eq!(shell.run(&["switch", order]).code, Some(0));
    }
    let outcome = shell.run(&["logout", &format!("@(unknown)@{host}")]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(shell.token(), named);
}

#[test]
fn a_stored_instance_without_tls_needs_no_scheme() {
    let (shell, served) = logged_in();
    let host = served.origin().replace("http://", "");
    for instance in [format!("@alice@{host}"), host] {
        let alice = served.account("alice");
        let outcome = shell.talk(&["login", &instance], |address| alice.visit(address).ok());
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    }
    assert_eq!(shell.run(&["status"]).stdout.matches("@alice@").count(), 1);
}

#[test]
fn an_unknown_instance_without_tls_names_the_command() {
    let (shell, served) = (Shell::new(), served());
    let (origin, host) = (served.origin(), served.origin().replace("http://", ""));
    let outcome = shell.run(&["login", &host]);
    let command = format!("run `gts-oauth login {origin}`.");
    assert!(outcome.stderr.contains(&command), "{}", outcome.stderr);
    let handle = format!("@alice@{host}");
    let outcome = shell.run(&["login", &handle, "--print-token"]);
    let command = format!("run `gts-oauth login {origin} --expect {handle} --print-token`.");
    assert!(outcome.stderr.contains(&command), "{}", outcome.stderr);
    let alice = served.account("alice");
    let arguments = ["login", &origin, "--expect", &handle];
    let outcome = shell.talk(&arguments, |address| alice.visit(address).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let mut command = shell.command(&["status"]);
    command.env("GTS_OAUTH_TOKEN", "TOKEN").env("GTS_OAUTH_INSTANCE", &host);
    let outcome = shell.run_to(&mut command, "");
    let all = outcome.stdout + &outcome.stderr;
    assert!(all.contains(&format!("set GTS_OAUTH_INSTANCE to {origin}.")), "{all}");
}

#[test]
fn account_named_like_a_host_is_not_that_host() {
    let (shell, served) = (Shell::new(), served());
    let patched =
        Fault::Patched(json!({ "username": "mastodon.social", "acct": "mastodon.social" }));
    served.fail(patched.at("/api/v1/accounts/verify_credentials"));
    shell.log_in(&served, &served.account("mallory"));
    for arguments in [
        ["token", "mastodon.social"],
        ["switch", "mastodon.social"],
        ["token", "https://mastodon.social"],
        ["logout", "mastodon.social:443"],
    ] {
        let outcome = shell.run(&arguments);
        assert_eq!(outcome.code, Some(3), "{arguments:?}: {}", outcome.stderr);
    }
    // As a name, or by its own host.
    let host = served.origin().replace("http://", "");
    for name in ["@mastodon.social", &format!("mastodon.social@{host}"), &host] {
        assert_eq!(shell.run(&["token", name]).code, Some(0), "{name}");
    }
}

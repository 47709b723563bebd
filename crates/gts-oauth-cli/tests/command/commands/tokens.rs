//! `gts-oauth tokens`.

use gts_oauth_fake::Dialect;
use gts_oauth_ureq::{Exchange as _, Ureq};
use serde_json::Value;

use crate::support::shell::{Shell, logged_in, served, speaking};

#[test]
fn tokens_are_ended_for_the_account_that_is_named_before_the_command_or_behind_it() {
    let (shell, served) = (Shell::new(), served());
    for name in ["bob", "alice"] {
        let person = served.account(name);
        let arguments = ["login", &served.origin(), "--scopes", "read,write"];
        let outcome = shell.talk(&arguments, |address| person.visit(address).ok());
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    }
    let id = |name: &str| {
        let tokens = shell.run(&["tokens", "--json", "--account", name]).stdout;
        let tokens: Value = serde_json::from_str(&tokens).expect("JSON");
        tokens[0]["id"].as_str().expect("an id").to_owned()
    };
    let outcome = shell.run(&["tokens", "-a", "bob", "revoke", &id("bob"), "--json"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let gone: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!((&gone["application"], &gone["current"]), (&"gts-oauth".into(), &true.into()));
    // That was bob's own token, which is now invalid.
    assert_eq!(shell.run(&["token", "-a", "bob"]).code, Some(3));
    let outcome = shell.run(&["tokens", "revoke", "-a", "alice", &id("alice")]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(shell.run(&["token"]).code, Some(3));
}

#[test]
fn tokens_that_were_never_used_are_listed() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    for nth in 1..=59 {
        let session = served.session("alice", "read");
        if nth % 3 == 0 {
            session.verify().send(&Ureq::new()).expect("an account");
        }
    }
    let tokens = shell.run(&["tokens", "--json"]).stdout;
    let tokens: Vec<Value> = serde_json::from_str(&tokens).expect("JSON");
    assert_eq!(tokens.len(), 60);
    let unused = tokens.iter().filter(|token| token["last_used"].is_null()).count();
    assert_eq!(unused, 40);
    let shown = shell.run(&["tokens"]).stdout;
    assert_eq!(shown.matches("  last used: never\n").count(), 40, "{shown}");
}

#[test]
fn list_is_what_tokens_does_without_a_command() {
    let (shell, served) = logged_in();
    shell.log_in(&served, &served.account("bob"));
    let bobs = shell.run(&["tokens"]);
    assert_eq!(bobs.code, Some(0), "{}", bobs.stderr);
    assert_eq!(shell.run(&["tokens", "list"]).stdout, bobs.stdout);
    let alices = shell.run(&["tokens", "-a", "alice"]).stdout;
    assert_ne!(alices, bobs.stdout);
    assert_eq!(shell.run(&["tokens", "ls", "-a", "alice"]).stdout, alices);
    assert_eq!(shell.run(&["tokens", "-a", "alice", "ls"]).stdout, alices);
    let json = shell.run(&["tokens", "--json"]).stdout;
    assert_eq!(shell.run(&["tokens", "list", "--json"]).stdout, json);
}

#[test]
fn gotosocial_without_a_list_of_tokens_has_no_page_for_them() {
    let (shell, served) = (Shell::new(), speaking(Dialect::GoToSocial018));
    shell.log_in(&served, &served.account("alice"));
    let outcome = shell.run(&["tokens"]);
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    let end = " has no list of tokens; GoToSocial has one since 0.19.\n";
    assert!(outcome.stderr.ends_with(end), "{}", outcome.stderr);
    let alice = served.account("alice");
    let arguments = ["login", &served.origin(), "--print-token"];
    let outcome = shell.talk(&arguments, |url| alice.visit(url).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let end = "GoToSocial has an endpoint to revoke tokens since 0.19.\n";
    assert!(outcome.stderr.ends_with(end), "{}", outcome.stderr);
}

#[test]
fn tokens_of_one_day_can_be_told_apart() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    served.advance(std::time::Duration::from_secs(90));
    served.session("alice", "read");
    let times = |text: &str| -> Vec<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix("  created:   "));
        lines.map(str::to_owned).collect()
    };
    let shown = times(&shell.run(&["tokens"]).stdout);
    assert_eq!(shown.len(), 2, "{shown:?}");
    assert_ne!(shown[0], shown[1]);
    assert!(shown[0].ends_with(" UTC"), "{shown:?}");
}

#[test]
fn to_end_the_token_of_another_app_leaves_the_login_alone() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let elsewhere = Shell::new();
    elsewhere.log_in(&served, &alice);
    // This token can invalidate tokens, but can neither list them nor read its account.
    let arguments = ["login", &served.origin(), "--scopes", "write"];
    let outcome = shell.talk(&arguments, |address| alice.visit(address).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let tokens = elsewhere.run(&["tokens", "--json"]).stdout;
    let tokens: Value = serde_json::from_str(&tokens).expect("JSON");
    let others = tokens.as_array().expect("a list").iter();
    let id =
        others.clone().find(|it| it["scopes"][0] == "read").expect("the other's")["id"].clone();
    let outcome = shell.run(&["tokens", "revoke", id.as_str().expect("an id"), "--json"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let revoked: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!(revoked["current"], false);
    assert!(!outcome.stderr.contains("logged out"), "{}", outcome.stderr);
    assert!(!shell.token().is_empty());
    assert_eq!(elsewhere.run(&["status"]).code, Some(4));
}

#[test]
fn token_in_use_is_marked() {
    let (shell, served) = (Shell::new(), served());
    // Another token of the same account.
    Shell::new().log_in(&served, &served.account("alice"));
    served.advance(std::time::Duration::from_secs(60));
    shell.log_in(&served, &served.account("alice"));
    let outcome = shell.run(&["tokens"]);
    assert_eq!(outcome.stdout.matches("(current)").count(), 1, "{}", outcome.stdout);
    let tokens: Value =
        serde_json::from_str(&shell.run(&["tokens", "--json"]).stdout).expect("JSON");
    let current: Vec<_> =
        tokens.as_array().expect("a list").iter().filter(|it| it["current"] == true).collect();
    assert_eq!(current.len(), 1);
    let line = format!("{}  gts-oauth (current)", current[0]["id"].as_str().expect("an id"));
    assert!(outcome.stdout.contains(&line), "{}", outcome.stdout);
}

#[test]
fn an_unknown_token_id_names_the_list() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let arguments = ["login", &served.origin(), "--scopes", "read write"];
    assert_eq!(shell.talk(&arguments, |address| alice.visit(address).ok()).code, Some(0));
    let outcome = shell.run(&["tokens", "revoke", "01M840W2G1DSX1BBBZGKH9VWK2"]);
    assert_eq!(outcome.code, Some(1));
    let expected = "no token 01M840W2G1DSX1BBBZGKH9VWK2. `gts-oauth tokens` lists them";
    assert!(outcome.stderr.contains(expected), "{}", outcome.stderr);
}

#[test]
fn unknown_token_id_names_the_list_of_its_account() {
    let (shell, served) = (Shell::new(), served());
    for name in ["alice", "bob"] {
        let account = served.account(name);
        let arguments = ["login", &served.origin(), "--scopes", "read write"];
        assert_eq!(shell.talk(&arguments, |address| account.visit(address).ok()).code, Some(0));
    }
    let outcome = shell.run(&["tokens", "-a", "alice", "revoke", "01M840W2G1DSX1BBBZGKH9VWK2"]);
    let host = served.origin().replace("http://", "");
    let expected = format!("`gts-oauth tokens -a @alice@{host}` lists them");
    assert!(outcome.stderr.contains(&expected), "{}", outcome.stderr);
}

#[test]
fn servers_without_the_list_name_their_page() {
    let (shell, served) = (Shell::new(), speaking(Dialect::Mastodon));
    shell.log_in(&served, &served.account("alice"));
    for arguments in [&["tokens"][..], &["tokens", "revoke", "1"]] {
        let outcome = shell.run(arguments);
        assert_eq!(outcome.code, Some(1));
        let page = format!(" {}/oauth/authorized_applications\n", served.origin());
        assert!(outcome.stderr.ends_with(&page), "{}", outcome.stderr);
    }
}

#[test]
fn unknown_token_in_use_is_noted() {
    let (shell, served) = logged_in();
    let mut command = shell.command(&["tokens"]);
    command.env("GTS_OAUTH_TOKEN", shell.token()).env("GTS_OAUTH_INSTANCE", served.origin());
    let outcome = shell.run_to(&mut command, "");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("the current token is not known"), "{}", outcome.stderr);
    assert!(!shell.run(&["tokens"]).stderr.contains("not known"));
}

#[test]
fn invalidate_is_another_name_of_revoke() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let arguments = ["login", &served.origin(), "--scopes", "read write"];
    assert_eq!(shell.talk(&arguments, |address| alice.visit(address).ok()).code, Some(0));
    let tokens = shell.run(&["tokens", "--json"]).stdout;
    let tokens: Value = serde_json::from_str(&tokens).expect("JSON");
    let id = tokens[0]["id"].as_str().expect("an id");
    let outcome = shell.run(&["tokens", "invalidate", id]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(shell.run(&["token"]).code, Some(3));
}

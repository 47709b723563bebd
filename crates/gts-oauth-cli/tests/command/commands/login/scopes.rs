//! The scopes that a login requests.

use gts_oauth_fake::{Account, Dialect, Served};

use crate::support::shell::{Outcome, Shell, served, speaking};

/// `gts-oauth login` with these options, and a user who allows the app.
pub(super) fn log_in(
    shell: &Shell,
    served: &Served,
    account: &Account,
    options: &[&str],
) -> Outcome {
    let origin = served.origin();
    let arguments = [&["login", &origin], options].concat();
    let outcome = shell.talk(&arguments, |address| account.visit(address).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    outcome
}

/// The scopes of the last registration.
pub(super) fn requested(served: &Served) -> String {
    let requests = served.requests();
    let mut registrations = requests.iter().filter(|it| it.path == "/api/v1/apps");
    registrations.next_back().and_then(|it| it.field("scopes")).expect("an app")
}

#[test]
fn a_second_login_keeps_the_granted_scopes() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    log_in(&shell, &served, &alice, &["--scopes", "read write:statuses"]);
    let outcome = log_in(&shell, &served, &alice, &[]);
    assert_eq!(requested(&served), "read write:statuses");
    let kept = "granted to @alice@127.0.0.1:";
    assert!(outcome.stderr.contains(kept), "{}", outcome.stderr);
    assert!(outcome.stderr.contains(" before: read write:statuses\n"), "{}", outcome.stderr);
    log_in(&shell, &served, &alice, &["--add-scopes", "write:media,read"]);
    assert_eq!(requested(&served), "read write:statuses write:media");
    log_in(&shell, &served, &alice, &["--scopes", "read"]);
    assert_eq!(requested(&served), "read");
}

#[test]
fn scopes_are_added_to_the_current_account() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    log_in(&shell, &served, &alice, &["--scopes", "read"]);
    let add = ["login", "--add-scopes", "write:statuses"];
    let outcome = shell.talk(&add, |address| alice.visit(address).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(requested(&served), "read write:statuses");
    // Without an account, there is nothing to add to.
    let outcome = Shell::new().run(&add);
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("no instance was given"), "{}", outcome.stderr);
}

#[test]
fn granted_scopes_are_printed() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let granted = "The server granted: read write:statuses\n";
    for more in [&[][..], &["--print-token"]] {
        let options = [&["--scopes", "read write:statuses"], more].concat();
        let outcome = log_in(&shell, &served, &alice, &options);
        assert!(outcome.stderr.contains(granted), "{}", outcome.stderr);
    }
}

#[test]
fn unknown_scopes_are_not_requested_again_silently() {
    let (shell, served) = (Shell::new(), served());
    let session = served.session("alice", "read write");
    let mut command = shell.command(&["login", &served.origin(), "--with-token"]);
    assert_eq!(shell.run_to(&mut command, session.access_token().expose()).code, Some(0));
    // They would be lost with the earlier token.
    let outcome = shell.run(&["login", &served.origin(), "--add-scopes", "push"]);
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("Name all of them with --scopes."), "{}", outcome.stderr);
    assert!(served.requests().iter().all(|it| it.path != "/api/v1/apps"));
    let outcome = log_in(&shell, &served, &served.account("alice"), &[]);
    assert!(outcome.stderr.contains("not requested again. Name them"), "{}", outcome.stderr);
    assert_eq!(requested(&served), "read");
}

#[test]
fn a_token_from_elsewhere_requests_no_scopes() {
    let (shell, served) = (Shell::new(), served());
    log_in(&shell, &served, &served.account("alice"), &["--scopes", "read write"]);
    let session = served.session("alice", "read write");
    let mut command = shell.command(&["login", &served.origin(), "--with-token"]);
    let outcome = shell.run_to(&mut command, session.access_token().expose());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("Requesting"), "{}", outcome.stderr);
}

#[test]
fn scopes_are_added_to_the_default_at_first() {
    let (shell, served) = (Shell::new(), served());
    log_in(&shell, &served, &served.account("alice"), &["--add-scopes", "write:media"]);
    assert_eq!(requested(&served), "read write:media");
}

#[test]
fn only_the_named_account_counts_for_kept_scopes() {
    let (shell, served) = (Shell::new(), served());
    let (alice, bob) = (served.account("alice"), served.account("bob"));
    log_in(&shell, &served, &alice, &["--scopes", "read write:lists"]);
    log_in(&shell, &served, &bob, &["--scopes", "read write:media"]);
    assert_eq!(requested(&served), "read write:media");
    log_in(&shell, &served, &bob, &["--expect", "bob"]);
    assert_eq!(requested(&served), "read write:media");
    // It could be either of them.
    let outcome = log_in(&shell, &served, &alice, &[]);
    assert_eq!(requested(&served), "read");
    assert!(outcome.stderr.contains("name it with --expect"), "{}", outcome.stderr);
}

#[test]
fn scopes_that_all_accounts_have_are_kept() {
    let (shell, served) = (Shell::new(), served());
    let (alice, bob) = (served.account("alice"), served.account("bob"));
    log_in(&shell, &served, &alice, &["--scopes", "read write"]);
    log_in(&shell, &served, &bob, &["--scopes", "read:accounts write:media push"]);
    log_in(&shell, &served, &alice, &[]);
    // `read` is the default.
    assert_eq!(requested(&served), "read:accounts write:media read");
}

#[test]
fn lost_scopes_are_reported_with_the_command_that_adds_them() {
    let (shell, served) = (Shell::new(), served());
    let (alice, bob) = (served.account("alice"), served.account("bob"));
    log_in(&shell, &served, &alice, &["--scopes", "read write:lists"]);
    log_in(&shell, &served, &bob, &["--scopes", "read"]);
    let outcome = log_in(&shell, &served, &alice, &[]);
    let lost = "had scopes that the new one lacks: write:lists. To add them, run `gts-oauth ";
    let (_, command) = outcome.stderr.split_once(lost).expect("what is lost");
    let (command, _) = command.split_once('`').expect("its end");
    let command = command.replace('\'', "");
    let arguments: Vec<&str> = command.split(' ').collect();
    let outcome = shell.talk(&arguments, |url| alice.visit(url).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(requested(&served), "read write:lists");
    assert!(!outcome.stderr.contains("lacks"), "{}", outcome.stderr);
}

#[test]
fn account_that_might_be_the_same_is_named() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let unknown = log_in(&shell, &served, &alice, &["--scopes", "write"]).stdout;
    let hint = format!(
        "might be the same account. To revoke its token, run `gts-oauth logout '{}'`",
        unknown.trim()
    );
    let outcome = log_in(&shell, &served, &alice, &["--scopes", "read"]);
    assert!(outcome.stderr.contains(&hint), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("You are logged in as"), "{}", outcome.stderr);
    // It is not new any more.
    let outcome = log_in(&shell, &served, &alice, &["--scopes", "read"]);
    assert!(!outcome.stderr.contains("might be"), "{}", outcome.stderr);
}

#[test]
fn missing_scope_names_a_command_that_keeps_the_others() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    log_in(&shell, &served, &alice, &["--scopes", "read write:media"]);
    let outcome = shell.run(&["api", "/api/v1/statuses", "-f", "status=hello"]);
    let (_, command) = outcome.stderr.split_once("run `gts-oauth ").expect("a command");
    let (command, _) = command.split_once('`').expect("its end");
    let arguments = command.replace('\'', "");
    let arguments: Vec<&str> = arguments.split(' ').collect();
    let outcome = shell.talk(&arguments, |address| alice.visit(address).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(requested(&served), "read write:media write:statuses");
    let outcome = shell.run(&["api", "/api/v1/statuses", "-f", "status=hello"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
}

#[test]
fn an_unreadable_account_names_a_command_that_keeps_the_scopes() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let outcome = log_in(&shell, &served, &alice, &["--scopes", "write"]);
    let command =
        format!("`gts-oauth login '{}' --add-scopes read:accounts`", outcome.stdout.trim());
    assert!(outcome.stderr.contains(&command), "{}", outcome.stderr);
    let unknown = outcome.stdout;
    // Scopes that do not allow it, either.
    assert_eq!(log_in(&shell, &served, &alice, &["--add-scopes", "push"]).stdout, unknown);
    let outcome = log_in(&shell, &served, &alice, &["--add-scopes", "read:accounts"]);
    assert_eq!(requested(&served), "write push read:accounts");
    // Its token replaces the others, which are revoked.
    let revoked = "The earlier token at 127.0.0.1:";
    assert!(outcome.stderr.contains(revoked), "{}", outcome.stderr);
    let status = shell.run(&["status"]).stdout;
    assert!(status.starts_with("@alice@") && !status.contains("unknown"), "{status}");
    let revocations = served.requests().iter().filter(|it| it.path == "/oauth/revoke").count();
    assert_eq!(revocations, 2);
}

#[test]
fn one_of_several_unreadable_accounts_is_not_replaced() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    log_in(&shell, &served, &alice, &["--scopes", "write"]);
    log_in(&shell, &served, &alice, &["--scopes", "push"]);
    let outcome = shell.run(&["login", &served.origin(), "--add-scopes", "read:accounts"]);
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    let status = shell.run(&["status"]).stdout;
    assert_eq!(status.matches("@(unknown").count(), 2, "{status}");
    assert!(!served.requests().iter().any(|it| it.path == "/oauth/revoke"));
}

#[test]
fn a_mistyped_scope_registers_no_app() {
    let (shell, served) = (Shell::new(), served());
    for (scope, hint) in [
        ("raed", "Did you mean `read`?"),
        ("write:medai", "Did you mean `write:media`?"),
        ("READ", "Did you mean `read`?"),
        ("zebras", "`gts-oauth login --help` lists"),
    ] {
        let outcome = shell.run(&["login", &served.origin(), "--scopes", scope]);
        assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
        assert_eq!(outcome.stderr.matches(hint).count(), 1, "{}", outcome.stderr);
        assert!(!served.requests().iter().any(|it| it.path == "/api/v1/apps"));
        let origin = served.origin();
        let allowed = ["login", &origin, "--print-token", "--allow-unknown-scopes"];
        assert_eq!(shell.run(&[&allowed[..], &["--scopes", scope]].concat()).code, Some(1));
        assert_eq!(requested(&served), scope);
        served.clear_requests();
    }
    shell.run(&["login", &served.origin(), "--scopes", "read admin:write:reports"]);
    assert_eq!(requested(&served), "read admin:write:reports");
}

#[test]
fn granted_scopes_of_no_server_are_not_kept() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let unknown = ["--allow-unknown-scopes", "--scopes", "read zebras"];
    log_in(&shell, &served, &alice, &unknown);
    log_in(&shell, &served, &alice, &[]);
    assert_eq!(requested(&served), "read");
}

#[test]
fn an_empty_list_of_scopes_is_refused() {
    for option in ["--scopes", "--add-scopes"] {
        let outcome = Shell::new().run(&["login", "example.org", option, " "]);
        assert_eq!(outcome.code, Some(2));
        let said = outcome.stderr.replace('\n', " ");
        assert!(said.contains("at least one scope"), "{said}");
    }
}

#[test]
fn a_mistyped_scope_is_refused_where_scopes_are_listed() {
    let (shell, served) = (Shell::new(), speaking(Dialect::Mastodon));
    for options in [&["--add-scopes", "write:medai"][..], &["--print-token", "--scopes", "raed"]] {
        let outcome = shell.run(&[&["login", &served.origin()], options].concat());
        assert_eq!(outcome.code, Some(2));
        assert!(outcome.stderr.contains("Did you mean `"), "{}", outcome.stderr);
        assert!(outcome.stderr.contains("--allow-unknown-scopes"), "{}", outcome.stderr);
    }
    assert!(!served.requests().iter().any(|it| it.path == "/api/v1/apps"));
}

#[test]
fn all_unlisted_scopes_are_named_with_those_to_choose_from() {
    for (dialect, scopes, named, list) in [
        (
            Dialect::Mastodon,
            "read read:relays zebras",
            " does not list the scopes `read:relays`, `zebras`. ",
            "It lists: read, ",
        ),
        (
            Dialect::GoToSocial,
            "read read:relays zebras lions",
            "no known server has the scopes `zebras`, `lions`. ",
            "`gts-oauth login --help` lists the known scopes. ",
        ),
    ] {
        let (shell, served) = (Shell::new(), speaking(dialect));
        let origin = served.origin();
        let arguments = ["login", &origin, "--scopes", scopes];
        let outcome = shell.run(&arguments);
        assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
        let flag = "To request them anyway, pass --allow-unknown-scopes.";
        for part in [named, list, flag] {
            assert!(outcome.stderr.contains(part), "{part}: {}", outcome.stderr);
        }
        // The user is not asked for a code.
        assert!(!outcome.stderr.contains("No browser is opened"), "{}", outcome.stderr);
        assert!(!served.requests().iter().any(|it| it.path == "/api/v1/apps"));
        shell.run(&[&arguments[..], &["--allow-unknown-scopes"]].concat());
        assert_eq!(requested(&served), scopes);
    }
}

#[test]
fn granted_scopes_are_not_added_again() {
    let (shell, served) = (Shell::new(), served());
    let logged_in = log_in(&shell, &served, &served.account("alice"), &["--scopes", "read write"]);
    served.clear_requests();
    let origin = served.origin();
    let arguments = ["login", &origin, "--add-scopes", "write,read"];
    let outcome = shell.run(&arguments);
    assert_eq!((outcome.code, &outcome.stdout), (Some(0), &logged_in.stdout));
    assert!(outcome.stderr.contains(" already has the scopes: write read. "), "{}", outcome.stderr);
    let narrower = ["login", &origin, "--add-scopes", "write:statuses"];
    assert!(shell.run(&narrower).stderr.contains(" already has the scopes: write:statuses. "));
    let outcome = shell.run(&[&arguments[..], &["--json"]].concat());
    let account: serde_json::Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!(account["account"], logged_in.stdout.trim());
    assert!(served.requests().is_empty());
}

#[test]
fn account_named_by_its_profile_keeps_its_scopes() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    log_in(&shell, &served, &alice, &["--scopes", "read write push"]);
    let profile = format!("{}/@alice", served.origin());
    let outcome = shell.talk(&["login", &profile], |url| alice.visit(url).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(requested(&served), "read write push");
    assert_eq!(shell.run(&["switch", &profile]).code, Some(0));
}

#[test]
fn account_without_a_user_is_replaced_although_its_user_is_stored() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let known = log_in(&shell, &served, &alice, &["--scopes", "read write"]).stdout;
    let unknown = log_in(&shell, &served, &alice, &["--scopes", "write:statuses"]).stdout;
    let arguments = ["login", unknown.trim(), "--add-scopes", "read:accounts"];
    let outcome = shell.talk(&arguments, |url| alice.visit(url).ok());
    assert_eq!((outcome.code, &outcome.stdout), (Some(0), &known), "{}", outcome.stderr);
    assert_eq!(shell.run(&["status"]).stdout.matches("@127.0.0.1").count(), 1);
    assert!(outcome.stderr.contains("scopes that the new one lacks"), "{}", outcome.stderr);
    // Both earlier tokens are revoked.
    let revocations = served.requests().iter().filter(|it| it.path == "/oauth/revoke").count();
    assert_eq!(revocations, 2);
}

#[test]
fn expected_account_requires_a_scope_that_reads_it() {
    let (shell, served) = (Shell::new(), served());
    let arguments = ["login", &served.origin(), "--expect", "alice", "--scopes", "write:statuses"];
    let outcome = shell.run(&arguments);
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    let command = format!(
        "`gts-oauth login {} --scopes 'write:statuses read:accounts' --expect @alice`",
        served.origin()
    );
    assert!(outcome.stderr.contains(&command), "{}", outcome.stderr);
    assert!(served.requests().is_empty());
    for scopes in ["read:accounts", "profile", "read"] {
        let options = ["--expect", "alice", "--scopes", scopes];
        log_in(&Shell::new(), &served, &served.account("alice"), &options);
    }
}

#[test]
fn account_whose_token_a_login_replaces_is_named_before() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let first = log_in(&shell, &served, &alice, &[]);
    assert!(!first.stderr.contains("You are logged in"), "{}", first.stderr);
    let second = log_in(&shell, &served, &alice, &[]);
    let (before, _) = second.stderr.split_once("Open this").expect("a URL");
    let notice = format!("You are logged in as {}. A new login", first.stdout.trim());
    assert!(before.contains(&notice), "{}", second.stderr);
    let other = log_in(&shell, &served, &alice, &["--print-token"]);
    assert!(!other.stderr.contains("You are logged in"), "{}", other.stderr);
}

#[test]
fn a_scope_that_only_this_server_lists_is_accepted() {
    let (shell, served) = (Shell::new(), speaking(Dialect::Sharkey));
    let outcome = shell.run(&["login", &served.origin(), "--scopes", "read,write:notes"]);
    assert!(outcome.stderr.contains("Open this"), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("does not list"), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("no known server"), "{}", outcome.stderr);
}

#[test]
fn help_lists_the_known_scopes() {
    let outcome = Shell::new().run(&["login", "--help"]);
    for part in ["  read:\n", "  accounts, ", " media,", "  admin:write:\n", " profile,"] {
        assert!(outcome.stdout.contains(part), "{part}: {}", outcome.stdout);
    }
}

#[test]
fn adding_scopes_to_one_of_several_accounts_is_refused() {
    let (shell, served) = (Shell::new(), served());
    let (alice, bob) = (served.account("alice"), served.account("bob"));
    let origin = served.origin();
    let unknown = log_in(&shell, &served, &bob, &["--scopes", "write"]).stdout;
    log_in(&shell, &served, &bob, &["--scopes", "read"]);
    log_in(&shell, &served, &alice, &["--scopes", "read write"]);
    served.clear_requests();
    let outcome = shell.run(&["login", &origin, "--add-scopes", "push", "--waive-iss"]);
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    assert!(served.requests().is_empty());
    let unknown = unknown.trim();
    for command in [
        format!("`gts-oauth login {origin} --add-scopes push --expect @alice --waive-iss`"),
        format!("`gts-oauth login {origin} --add-scopes push --expect @bob --waive-iss`"),
        format!("`gts-oauth login '{unknown}' --add-scopes push --waive-iss`"),
    ] {
        assert!(outcome.stderr.contains(&command), "{command}: {}", outcome.stderr);
    }
    log_in(&shell, &served, &alice, &["--add-scopes", "push", "--expect", "@alice"]);
    assert_eq!(requested(&served), "read write push");
}

#[test]
fn account_without_a_user_can_be_named() {
    let (shell, served) = (Shell::new(), served());
    let (alice, bob) = (served.account("alice"), served.account("bob"));
    log_in(&shell, &served, &alice, &["--scopes", "read write"]);
    let unknown = log_in(&shell, &served, &bob, &["--scopes", "write"]).stdout;
    let outcome = shell.run(&["api", "/api/v1/timelines/home"]);
    let command = format!("`gts-oauth login '{}' --add-scopes ", unknown.trim());
    assert!(outcome.stderr.contains(&command), "{}", outcome.stderr);
    let arguments = ["login", unknown.trim(), "--add-scopes", "read:accounts"];
    let outcome = shell.talk(&arguments, |url| bob.visit(url).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(requested(&served), "write read:accounts");
    let status = shell.run(&["status"]).stdout;
    assert!(status.contains("@bob@") && !status.contains("unknown"), "{status}");
    assert!(status.contains("scopes:   read write\n"), "{status}");
}

#[test]
fn second_account_says_that_it_is_used_now() {
    let (shell, served) = (Shell::new(), served());
    let (alice, bob) = (served.account("alice"), served.account("bob"));
    let first = log_in(&shell, &served, &alice, &[]);
    assert!(!first.stderr.contains("current account"), "{}", first.stderr);
    let second = log_in(&shell, &served, &bob, &[]);
    let (alice_at, bob_at) = (first.stdout.trim(), second.stdout.trim());
    let notice = format!("{bob_at} is now the current account.");
    assert!(second.stderr.contains(&notice), "{}", second.stderr);
    let command = format!("run `gts-oauth switch {alice_at}`.");
    assert!(second.stderr.contains(&command), "{}", second.stderr);
    let again = log_in(&shell, &served, &bob, &["--expect", "bob"]);
    assert!(!again.stderr.contains("current account"), "{}", again.stderr);
}

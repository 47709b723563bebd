//! Tokens that are printed and not stored.

use gts_oauth_fake::{Dialect, Fault};
use gts_oauth_ureq::{Exchange as _, Secret, Session, Ureq};

use super::browser::browse;
use super::scopes::{log_in, requested};
#[cfg(unix)]
use crate::support::pty::{address, assert_done, at_terminal, plain, type_keys};
use crate::support::shell::{Shell, served, speaking};

#[cfg(target_os = "linux")]
#[test]
fn token_that_cannot_be_printed_is_revoked() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let mut command = shell.command(&["login", &served.origin(), "--print-token"]);
    let full = std::fs::File::options().write(true).open("/dev/full").expect("a device");
    let outcome = shell.talk_to(command.stdout(full), |address| alice.visit(address).ok());
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    let fault = "could not write to standard output: No space left on device";
    assert!(outcome.stderr.contains(fault), "{}", outcome.stderr);
    let requests = served.requests();
    assert!(requests.iter().any(|it| it.path == "/oauth/revoke" && it.field("token").is_some()));
}

#[cfg(unix)]
#[test]
fn token_is_not_requested_if_its_output_is_discarded() {
    let (shell, served) = (Shell::new(), served());
    let arguments = ["login", &served.origin(), "--print-token"];
    let mut command = shell.command(&arguments);
    let null = shell.talk_to(command.stdout(std::process::Stdio::null()), |_| None);
    assert_eq!(null.code, Some(2), "{}", null.stderr);
    assert!(null.stderr.contains("Redirect it to a file or a pipe."), "{}", null.stderr);
    let mut closed = std::process::Command::new("sh");
    closed.args(["-c", r#"exec "$0" "$@" >&-"#]).arg(env!("CARGO_BIN_EXE_gts-oauth"));
    let closed = closed.args(arguments).env("GTS_OAUTH_CONFIG_DIR", shell.file()).output();
    assert_eq!(closed.expect("a shell").status.code(), Some(2));
    assert!(served.requests().is_empty());
}

#[cfg(unix)]
#[test]
fn printed_token_without_a_reader_is_an_error() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let mut command = shell.command(&["login", &served.origin(), "--print-token"]);
    let (reader, writer) = std::os::unix::net::UnixStream::pair().expect("two ends");
    drop(reader);
    command.stdout(std::os::fd::OwnedFd::from(writer));
    let outcome = shell.talk_to(&mut command, |address| alice.visit(address).ok());
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("could not write to standard output"), "{}", outcome.stderr);
}

#[test]
fn printed_token_has_no_login_to_resume() {
    let (shell, served) = (Shell::new(), served());
    let login = ["login", &served.origin()];
    for (option, is_stored) in [("--print-token", false), ("--no-browser", true)] {
        let outcome = shell.run(&[&login[..], &[option]].concat());
        assert_eq!(outcome.code, Some(1));
        assert!(outcome.stderr.contains("ended before there was a code"), "{}", outcome.stderr);
        assert_eq!(outcome.stderr.contains("to resume"), is_stored, "{}", outcome.stderr);
        // A mistyped code, again and again.
        let outcome = shell.talk(&[&login[..], &[option]].concat(), |_| Some("code".to_owned()));
        assert!(outcome.stderr.contains("too many invalid codes"), "{}", outcome.stderr);
        assert_eq!(outcome.stderr.contains("same command to resume"), is_stored);
        let timeout = [&login[..], &[option, "--browser", "--timeout", "1"]].concat();
        if !is_stored {
            let outcome = shell.run(&timeout);
            assert!(outcome.stderr.contains("timed out after 1s"), "{}", outcome.stderr);
            assert!(!outcome.stderr.contains("to resume"), "{}", outcome.stderr);
        }
    }
}

/// As with a browser on another machine, which cannot return.
#[cfg(unix)]
#[test]
fn pasted_url_ends_the_wait_for_a_printed_token() {
    let (shell, served) = (Shell::new(), served());
    for program in ["", "true"] {
        let mut command = plain(&shell, &["login", &served.origin(), "--print-token", "--browser"]);
        command.env("BROWSER", program);
        if program.is_empty() {
            command.env("PATH", "/not/there");
        }
        let mut session = at_terminal(command);
        session.exp_string("On another machine").expect("what to do");
        let url = address(&mut session, &served);
        session.exp_string("Waiting for your browser").expect("a countdown");
        let back = served.account("alice").visit(&url).expect("a redirect");
        type_keys(&mut session, &format!("{back}\r"));
        session.exp_string("It is not stored").expect("a token");
        assert_done(session);
        assert!(!shell.file().exists());
    }
}

#[test]
fn printed_token_uses_the_stored_instance() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let log_in = |arguments: &[&str]| {
        let outcome = shell.talk(arguments, |url| alice.visit(url).ok());
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        outcome.stdout
    };
    let handle = log_in(&["login", &served.origin()]);
    let token = log_in(&["login", handle.trim(), "--print-token"]);
    assert_ne!(token.trim(), shell.token());
    // A damaged file does not matter to it.
    std::fs::write(shell.file(), "{").expect("a file");
    log_in(&["login", &served.origin(), "--print-token"]);
}

#[test]
fn a_printed_token_is_not_stored_and_revokes_nothing() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    log_in(&shell, &served, &alice, &[]);
    let (token, stored) = (shell.token(), shell.stored());
    let outcome = log_in(&shell, &served, &alice, &["--print-token", "--scopes", "read write"]);
    let printed = outcome.stdout.trim_end();
    assert!(!printed.contains(char::is_whitespace) && printed != token, "{printed}");
    assert!(!outcome.stderr.contains(printed), "{}", outcome.stderr);
    assert_eq!(shell.stored(), stored);
    assert!(!served.requests().iter().any(|it| it.path == "/oauth/revoke"));
    let origin = served.origin();
    let mut command = shell.command(&["api", "/api/v1/statuses", "-f", "status=hello"]);
    command.env("GTS_OAUTH_TOKEN", printed).env("GTS_OAUTH_INSTANCE", origin);
    assert_eq!(shell.run_to(&mut command, "").code, Some(0));
}

#[test]
fn a_token_is_printed_after_a_login_in_a_browser() {
    let (shell, served) = (Shell::new(), served());
    let arguments = ["login", &served.origin(), "--print-token"];
    let outcome = browse(&shell, &arguments, |tab| {
        tab.get(&served.account("alice").visit(&tab.address).expect("a redirect"));
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let session = Session::from_token(served.instance(), Secret::new(outcome.stdout.trim()));
    assert!(session.expect("a token").verify().send(&Ureq::new()).is_ok());
    assert!(!shell.file().exists());
}

#[test]
fn a_failed_login_for_a_printed_token_leaves_none() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    served.fail(Fault::BadGateway.at("/api/v1/accounts/verify_credentials"));
    let arguments = ["login", &served.origin(), "--print-token"];
    let outcome = shell.talk(&arguments, |address| alice.visit(address).ok());
    assert_eq!((outcome.code, &*outcome.stdout), (Some(1), ""), "{}", outcome.stderr);
    assert!(served.requests().iter().any(|it| it.path == "/oauth/revoke"));
    assert!(!shell.file().exists());
}

#[test]
fn printed_token_names_how_to_revoke_it() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    log_in(&shell, &served, &alice, &["--scopes", "read write"]);
    let before = shell.run(&["tokens", "--json"]).stdout;
    // The command is for another account than the current one.
    log_in(&shell, &served, &served.account("bob"), &["--scopes", "read write"]);
    let outcome = log_in(&shell, &served, &alice, &["--print-token"]);
    let (_, command) =
        outcome.stderr.split_once("To revoke it, run `gts-oauth ").expect("a command");
    let (command, _) = command.split_once('`').expect("its end");
    let id = command.strip_prefix("tokens revoke ").expect("a command");
    let (id, _) = id.split_once(' ').expect("an account");
    assert!(!before.contains(id));
    let arguments: Vec<&str> = command.split(' ').collect();
    assert_eq!(shell.run(&arguments).code, Some(0));
    let token = Secret::new(outcome.stdout.trim());
    let session = Session::from_token(served.instance(), token).expect("a token");
    session.verify().send(&Ureq::new()).expect_err("it is revoked");
    // Without the scope to read the list, and on a server without one.
    let outcome = log_in(&shell, &served, &alice, &["--print-token", "--scopes", "write"]);
    assert!(outcome.stderr.contains("`gts-oauth tokens revoke ID`"), "{}", outcome.stderr);
    let mastodon = speaking(Dialect::Mastodon);
    let outcome = log_in(&shell, &mastodon, &mastodon.account("alice"), &["--print-token"]);
    let page = format!("{}/oauth/authorized_applications\n", mastodon.origin());
    assert!(outcome.stderr.contains(&page), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("gts-oauth tokens"), "{}", outcome.stderr);
}

#[test]
fn a_printed_token_can_be_json() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let outcome = log_in(&shell, &served, &alice, &["--print-token", "--json"]);
    let printed: serde_json::Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!(printed["instance"], served.origin());
    assert_eq!(printed["scopes"], serde_json::json!(["read"]));
    let token = Secret::new(printed["token"].as_str().expect("a token"));
    let session = Session::from_token(served.instance(), token).expect("a token");
    assert!(session.verify().send(&Ureq::new()).is_ok());
    assert!(!shell.file().exists());
}

#[test]
fn a_printed_token_keeps_the_default_scopes() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    log_in(&shell, &served, &alice, &["--scopes", "read write"]);
    log_in(&shell, &served, &alice, &["--print-token"]);
    assert_eq!(requested(&served), "read");
}

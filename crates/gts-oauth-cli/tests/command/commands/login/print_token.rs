//! Tokens that are printed and not stored.

#[cfg(unix)]
use crate::support::pty::{address, assert_done, at_terminal, plain, type_keys};
use crate::support::shell::{Shell, served};

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

//! `gts-oauth login`.

mod browser;
mod chromium;
mod name_token;
mod options;
#[cfg(unix)]
mod paste;
mod print_token;
mod resumed;
mod scopes;
mod scopes_of_servers;
#[cfg(unix)]
mod terminal;
mod with_token;

use std::io::BufReader;

use gts_oauth_fake::{Fault, RecordedRequest, Served};

use crate::support::shell::{Shell, address, next_address, pasted, secrets, served};

/// How often an app was registered.
fn registrations(served: &Served) -> usize {
    let asked = served.requests();
    asked.iter().filter(|it| it.path == "/api/v1/apps").count()
}

/// Denies the first request.
fn registration(served: &Served) -> RecordedRequest {
    let mut asked = served.requests().into_iter();
    let app = asked.find(|it| it.path == "/api/v1/apps");
    app.expect("a registration")
}

#[test]
fn a_pasted_code_logs_in_and_the_handle_is_all_of_standard_output() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let outcome = shell.talk(&["login", &served.origin()], |address| {
        Some(format!("  \"{}\" ", alice.visit(address).expect("a code")))
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let handle = served.origin().replace("http://", "@alice@");
    assert_eq!(outcome.stdout, format!("{handle}\n"));
    let registration = registration(&served);
    assert_eq!(registration.field("client_name").as_deref(), Some("gts-oauth"));
    assert_eq!(registration.field("scopes").as_deref(), Some("read"));
    let version = concat!("gts-oauth/", env!("CARGO_PKG_VERSION"));
    for asked in served.requests() {
        // Except for the user's browser.
        let agent = asked.header("user-agent").expect("a name");
        assert!(agent == version || !asked.path.starts_with("/api"), "{agent}");
    }
}

#[test]
fn the_address_stands_on_a_line_of_its_own_on_standard_error() {
    let (shell, served) = (Shell::new(), served());
    let outcome = shell.run(&["login", &served.origin()]);
    let expected = format!("{}/oauth/authorize?response_type=code&", served.origin());
    assert!(address(&outcome.stderr).is_some_and(|address| address.starts_with(&expected)));
}

#[test]
fn a_refused_code_is_told_and_asked_for_again_with_the_same_app() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let mut addresses = Vec::new();
    let outcome = shell.talk(&["login", &served.origin()], |address| {
        addresses.push(address.to_owned());
        match addresses.len() {
            1 => Some("MISTYPED".to_owned()),
            _ => alice.visit(address).ok(),
        }
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("mistyped"), "{}", outcome.stderr);
    assert_eq!(
        addresses[1],
        format!("{}&force_login=true", addresses[0]),
        "the address that was opened is still good"
    );
    assert_eq!(registrations(&served), 1);
}

#[test]
fn an_empty_line_is_asked_about_again_and_nothing_is_sent() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let mut lines = vec![None, Some(""), Some("  ")];
    let outcome = shell.talk(&["login", &served.origin()], |address| match lines.pop() {
        Some(Some(line)) => Some(line.to_owned()),
        _ => alice.visit(address).ok(),
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("empty input"), "{}", outcome.stderr);
    let exchanges = served.requests().iter().filter(|it| it.path == "/oauth/token").count();
    assert_eq!(exchanges, 1);
}

#[test]
fn the_whole_address_is_taken_and_its_state_checked() {
    let (shell, served) = (Shell::new(), served());
    let (alice, mallory) = (served.account("alice"), served.account("mallory"));
    let mut addresses = Vec::new();
    let outcome = shell.talk(&["login", &served.origin()], |address| {
        addresses.push(address.to_owned());
        match addresses.len() {
            1 => mallory.allow_with_foreign_state(address).map(pasted).ok(),
            _ => alice.visit(address).ok(),
        }
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("another login"), "{}", outcome.stderr);
    assert_eq!(addresses[0], addresses[1], "a forged redirect does not end the attempt");
    assert!(outcome.stdout.starts_with("@alice@"), "{}", outcome.stdout);
}

#[test]
fn a_login_without_a_code_goes_on_later_with_the_same_app() {
    let (shell, served) = (Shell::new(), served());
    let first = shell.run(&["login", &served.origin()]);
    assert_eq!(first.code, Some(1));
    assert!(first.stderr.contains("to resume"), "{}", first.stderr);
    let status = shell.run(&["status"]);
    assert!(status.stderr.contains("is unfinished"), "{}", status.stderr);
    let second = shell.log_in(&served, &served.account("alice"));
    assert_eq!(address(&first.stderr), address(&second.stderr));
    assert_eq!(registrations(&served), 1);
    assert!(!shell.run(&["status"]).stderr.contains("is unfinished"));
}

#[test]
fn a_login_killed_while_it_waits_goes_on_with_the_same_app() {
    let (shell, served) = (Shell::new(), served());
    let mut child = shell.spawn(&["login", &served.origin()]);
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let shown = next_address(&mut stderr, &mut String::new());
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    let outcome = shell.log_in(&served, &served.account("alice"));
    assert_eq!(address(&outcome.stderr), shown);
    assert_eq!(registrations(&served), 1);
}

#[test]
fn a_login_that_nobody_listens_to_is_finished_all_the_same() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let mut child = shell.spawn(&["login", &served.origin()]);
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let shown = next_address(&mut stderr, &mut String::new()).expect("an address");
    drop(stderr);
    let mut stdin = child.stdin.take().expect("a pipe");
    let code = alice.visit(&shown).expect("a code");
    std::io::Write::write_all(&mut stdin, format!("{code}\n").as_bytes()).expect("it reads");
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn a_server_that_is_down_while_it_verifies_loses_no_token() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    served.fail(Fault::BadGateway.at("/api/v1/accounts/verify_credentials"));
    let first = shell.talk(&["login", &served.origin()], |address| alice.visit(address).ok());
    assert_eq!(first.code, Some(1));
    assert!(first.stderr.contains("502"), "{}", first.stderr);
    let second = shell.run(&["login", &served.origin()]);
    assert_eq!(second.code, Some(0), "no code is needed: {}", second.stderr);
}

#[test]
fn an_app_that_the_server_forgot_is_replaced_on_demand() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    shell.run(&["login", &served.origin()]);
    served.forget_apps();
    let mut page = String::new();
    shell.talk(&["login", &served.origin()], |address| {
        page = alice.visit(address).expect_err("an error page").to_string();
        None
    });
    assert!(page.starts_with("500"), "{page}");
    let arguments = ["login", &served.origin(), "--new-app"];
    let outcome = shell.talk(&arguments, |address| served.account("alice").visit(address).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
}

#[test]
fn another_account_than_expected_is_refused_and_its_token_revoked() {
    let (shell, served) = (Shell::new(), served());
    let (alice, bob) = (served.account("alice"), served.account("bob"));
    let mut people = vec![&bob, &alice];
    let arguments = ["login", &served.origin(), "--expect", "@bob"];
    let outcome = shell.talk(&arguments, |address| people.pop()?.visit(address).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("@bob was expected"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("force_login=true"), "{}", outcome.stderr);
    assert!(outcome.stdout.starts_with("@bob@"), "{}", outcome.stdout);
    let asked = served.requests();
    let revoked = asked.iter().find(|it| it.path == "/oauth/revoke").expect("a revocation");
    assert_ne!(revoked.field("token"), Some(shell.token()));
}

#[test]
fn scopes_take_spaces_commas_and_plus_signs() {
    let (shell, served) = (Shell::new(), served());
    shell.run(&["login", &served.origin(), "--scopes", "read,write:statuses follow+push"]);
    assert_eq!(
        registration(&served).field("scopes").as_deref(),
        Some("read write:statuses follow push")
    );
}

#[test]
fn no_secret_is_shown_while_logging_in() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let mut first = true;
    let outcome =
        shell.talk(&["login", &served.origin()], |address| match std::mem::take(&mut first) {
            true => Some("MISTYPEDSECRET".to_owned()),
            false => alice.visit(address).ok(),
        });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let mut secrets = secrets(&served);
    secrets.push(shell.token());
    assert!(secrets.len() > 5, "{}", secrets.len());
    for secret in secrets {
        assert!(!outcome.stderr.contains(&secret), "{}", outcome.stderr);
        assert!(!outcome.stdout.contains(&secret), "{}", outcome.stdout);
    }
}

#[test]
fn an_instance_that_is_none_is_refused_before_anything_is_sent() {
    let shell = Shell::new();
    for (typed, fault) in [
        ("https://me:pass@example.org", "password"),
        ("http://example.org", "--insecure-http"),
        ("https://example.org/about", "path"),
        ("nonsense", "no dot"),
    ] {
        let outcome = shell.run(&["login", typed]);
        assert_eq!(outcome.code, Some(2), "{typed}");
        assert!(outcome.stderr.contains(fault), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("pass@"), "{}", outcome.stderr);
    }
    assert!(!shell.file().exists());
}

/// A replica of the server's database can lag behind.
#[test]
fn new_token_that_is_rejected_once_is_verified_again() {
    let (shell, served) = (Shell::new(), served());
    let rejected = Fault::response(401, &[], r#"{"error":"The access token is invalid"}"#);
    served.fail(rejected.at("/api/v1/accounts/verify_credentials"));
    let outcome = shell.log_in(&served, &served.account("alice"));
    assert!(outcome.stderr.contains("Retrying in"), "{}", outcome.stderr);
    let requests = served.requests();
    let tokens = requests.iter().filter(|it| it.path == "/oauth/token").count();
    assert_eq!(tokens, 1);
}

#[test]
fn new_token_that_is_rejected_twice_asks_again_and_is_revoked() {
    let (shell, served) = (Shell::new(), served());
    let rejected = Fault::response(401, &[], r#"{"error":"The access token was revoked"}"#);
    served.fail(rejected.at("/api/v1/accounts/verify_credentials").times(2));
    let outcome = shell.log_in(&served, &served.account("alice"));
    assert!(outcome.stderr.contains("The access token was revoked"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("of the failed attempt is revoked"), "{}", outcome.stderr);
    let requests = served.requests();
    let tokens = requests.iter().filter(|it| it.path == "/oauth/token").count();
    assert_eq!(tokens, 2);
}

#[test]
fn messages_do_not_name_methods_of_the_library() {
    let shell = Shell::new();
    for arguments in [
        &["login", "http://example.org"][..],
        &["login", "http://example.org/@bob"],
        &["login", "example.org", "--expect", "http://example.org/@bob"],
    ] {
        let outcome = shell.run(arguments);
        assert_ne!(outcome.code, Some(0));
        assert!(!outcome.stderr.contains("Instance::"), "{}", outcome.stderr);
    }
}

#[test]
fn new_is_read_in_any_case() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let mut replies = ["NEW", " New "].into_iter();
    let outcome = shell.talk(&["login", &served.origin()], |address| match replies.next() {
        Some(reply) => Some(reply.to_owned()),
        None => alice.visit(address).ok(),
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(registrations(&served), 3);
}

#[test]
fn url_is_printed_again_only_if_it_changed() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    for how in [&["--no-browser"][..], &["--browser", "--new-app"]] {
        let mut replies = ["\u{e9}", "new"].into_iter();
        let mut command = shell.command(&["login", &served.origin()]);
        command.args(how).env("PATH", "/not/there");
        let mut shown = Vec::new();
        let outcome = shell.talk_to(&mut command, |address| {
            shown.push(address.to_owned());
            // First a text that is no code, then another app.
            match replies.next() {
                Some(reply) => Some(reply.to_owned()),
                None => alice.visit(address).ok(),
            }
        });
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        assert_eq!(shown.len(), 3);
        assert_eq!(shown[0], shown[1]);
        for url in [&shown[0], &shown[2]] {
            assert_eq!(outcome.stderr.matches(&**url).count(), 1, "{}", outcome.stderr);
        }
    }
}

/// A mail or a terminal wrapped it.
#[cfg(unix)]
#[test]
fn lines_that_arrive_at_once_are_one_code() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let mut code = String::new();
    let outcome = shell.talk(&["login", &served.origin()], |address| {
        code = alice.visit(address).ok()?;
        Some(format!("{}\n{}", &code[..9], &code[9..]))
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let requests = served.requests();
    let codes: Vec<_> = requests.iter().filter_map(|it| it.field("code")).collect();
    assert_eq!(codes, [code]);
}

#[test]
fn login_without_input_fails_before_it_registers() {
    let (shell, served) = (Shell::new(), served());
    let mut command = shell.command(&["login", &served.origin()]);
    let output = command.stdin(std::process::Stdio::null()).output().expect("the command ends");
    let said = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("--with-token"), "{said}");
    assert!(served.requests().is_empty());
}

#[test]
fn verbose_login_shows_its_four_steps() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let arguments = ["login", &served.origin(), "--verbose"];
    let outcome = shell.talk(&arguments, |address| alice.visit(address).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let mut rest = &*outcome.stderr;
    for part in [
        "1. Register an app\n> POST ",
        "2. Allow the app in the browser\n",
        "Code or URL: ",
        "3. Exchange the code for a token\n> POST ",
        "4. Verify the token\n> GET ",
    ] {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("{part:?} is missing: {}", outcome.stderr);
        };
        rest = after;
    }
    let quiet = shell.talk(&["login", &served.origin()], |address| alice.visit(address).ok());
    assert!(!quiet.stderr.contains("Register"), "{}", quiet.stderr);
}

#[test]
fn place_of_the_token_is_printed_at_the_first_login() {
    let (shell, served) = (Shell::new(), served());
    let place = "The token will be stored in ";
    let alice = served.account("alice");
    assert!(shell.log_in(&served, &alice).stderr.contains(place));
    assert!(!shell.log_in(&served, &served.account("bob")).stderr.contains(place));
    let arguments = ["login", &served.origin(), "--verbose"];
    let verbose = shell.talk(&arguments, |url| alice.visit(url).ok());
    assert!(verbose.stderr.contains(place), "{}", verbose.stderr);
}

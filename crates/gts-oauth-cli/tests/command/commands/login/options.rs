//! Login options, and recovery from server errors.

use std::sync::{Arc, OnceLock};

use gts_oauth_fake::{Dialect, Fault};
use gts_oauth_tests::{CannedResponse, Player, play, recording};
use serde_json::{Value, json};

use crate::support::custom_server::{ok, serve_all};
use crate::support::shell::{Shell, address, pasted, served, speaking};
use crate::support::web::{Tab, state};

#[test]
fn whoever_is_named_by_their_address_is_expected() {
    let (shell, served) = (Shell::new(), served());
    let (alice, bob) = (served.account("alice"), served.account("bob"));
    let profile = format!("{}/@bob", served.origin());
    let mut people = vec![&bob, &alice];
    let outcome = shell.talk(&["login", &profile], |address| people.pop()?.visit(address).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let expected = format!("but {profile} was expected");
    assert!(outcome.stderr.contains(&expected), "{}", outcome.stderr);
    assert!(outcome.stdout.starts_with("@bob@"), "{}", outcome.stdout);
}

#[test]
fn the_apps_name_and_page_are_registered_and_a_password_is_asked_for() {
    let (shell, served) = (Shell::new(), served());
    let origin = served.origin();
    let outcome = shell.run(&[
        "login",
        &origin,
        "--name",
        "my bot",
        "--website",
        "https://bot.example/",
        "--force-login",
    ]);
    let asked = served.requests();
    let app = asked.iter().find(|it| it.path == "/api/v1/apps").expect("an app");
    assert_eq!(app.field("client_name").as_deref(), Some("my bot"));
    assert_eq!(app.field("website").as_deref(), Some("https://bot.example/"));
    let address = address(&outcome.stderr).expect("an address");
    assert!(address.contains("&force_login=true"), "{address}");
}

#[test]
fn skipping_discovery_asks_for_nothing_before_the_app() {
    let (shell, served) = (Shell::new(), served());
    shell.run(&["login", &served.origin(), "--skip-discovery"]);
    assert_eq!(served.requests()[0].path, "/api/v1/apps");
}

#[test]
fn a_busy_server_is_waited_for() {
    let shell = Shell::new();
    let busy = CannedResponse::new(429, "").header("Retry-After", "0");
    let server = Player::start(vec![
        play("POST", "/api/v1/apps", busy),
        play("POST", "/api/v1/apps", recording(1)),
        play("POST", "/oauth/token", recording(19)),
        play("GET", "/api/v1/accounts/verify_credentials", recording(29)),
    ]);
    let arguments = ["login", &server.origin(), "--skip-discovery"];
    let outcome = shell.talk(&arguments, |_| Some("CODE".to_owned()));
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("Retrying in"), "{}", outcome.stderr);
    server.finish();
}

#[test]
fn a_server_that_is_busy_for_long_is_not_waited_for() {
    let shell = Shell::new();
    let busy = CannedResponse::new(429, "").header("Retry-After", "3600");
    let server = Player::start(vec![play("POST", "/api/v1/apps", busy)]);
    let outcome = shell.run(&["login", &server.origin(), "--skip-discovery"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("rate limited by 127.0.0.1"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("for 1h"), "{}", outcome.stderr);
    server.finish();
}

#[test]
fn rejected_exchange_names_the_command_that_resumes() {
    let shell = Shell::new();
    let busy = CannedResponse::new(429, "").header("Retry-After", "3600");
    let server = Player::start(vec![
        play("POST", "/api/v1/apps", recording(1)),
        play("POST", "/oauth/token", busy),
        play("POST", "/oauth/token", recording(19)),
        play("GET", "/api/v1/accounts/verify_credentials", recording(29)),
    ]);
    let arguments = ["login", &server.origin(), "--skip-discovery"];
    let outcome = shell.talk(&arguments, |_| Some("CODE".to_owned()));
    assert_eq!(outcome.code, Some(1));
    let said = outcome.stderr;
    assert!(said.contains("for 1h. Run the same command to resume"), "{said}");
    // The code is stored, and is not asked for again.
    let outcome = shell.run(&arguments);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    server.finish();
}

/// Kitsune and Pixelfed fail for each unknown code, every time.
#[test]
fn a_code_that_the_server_stumbles_over_can_be_typed_again() {
    let (shell, served) = (Shell::new(), speaking(Dialect::Pixelfed));
    let alice = served.account("alice");
    let mut replies = 0;
    let outcome = shell.talk(&["login", &served.origin()], |address| {
        replies += 1;
        match replies {
            1 => Some("MISTYPED".to_owned()),
            _ => alice.visit(address).ok(),
        }
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("500"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("The code was probably wrong"), "{}", outcome.stderr);
    assert_eq!(replies, 2);
}

#[test]
fn missing_iss_is_accepted_from_the_browser() {
    let (shell, served) = (Shell::new(), speaking(Dialect::Sharkey));
    let alice = served.account("alice");
    let mut command = shell.command(&["login", &served.origin(), "--browser"]);
    command.env("PATH", "/not/there");
    let outcome = shell.talk_about(&mut command, |shown| {
        let tab = Tab::open(shown.link.as_ref()?);
        tab.get(&alice.visit(&tab.address).ok()?);
        None
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
}

#[test]
fn missing_iss_of_a_pasted_address_can_be_waived() {
    let (shell, served) = (Shell::new(), speaking(Dialect::Sharkey));
    let alice = served.account("alice");
    let origin = served.origin();
    let paste = |options: &[&str]| {
        let arguments = [&["login", &origin, "--browser"], options].concat();
        let mut command = shell.command(&arguments);
        shell.talk_to(command.env("PATH", "/not/there"), |url| alice.visit(url).ok())
    };
    let refused = paste(&["--timeout", "1"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("--waive-iss"), "{}", refused.stderr);
    let waived = paste(&["--waive-iss", "--new-app"]);
    assert_eq!(waived.code, Some(0), "{}", waived.stderr);
}

#[test]
fn out_of_band_question_names_the_flags_too() {
    let (shell, served) = (Shell::new(), speaking(Dialect::Sharkey));
    let mut pasted = false;
    let outcome = shell.talk(&["login", &served.origin()], |url| {
        let is_first = !std::mem::replace(&mut pasted, true);
        is_first.then(|| format!("https://app.example/?code=abc&state={}", state(url)))
    });
    assert!(outcome.stderr.contains("without iss (--waive-iss)."), "{}", outcome.stderr);
}

#[test]
fn a_login_that_ended_in_between_is_told_as_json() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let verify = "/api/v1/accounts/verify_credentials";
    served.fail(Fault::BadGateway.at(verify));
    let origin = served.origin();
    let arguments = ["login", &origin, "--json", "--scopes", "read,write:statuses"];
    let first = shell.talk(&arguments, |address| alice.visit(address).ok());
    assert_eq!((first.code, &*first.stdout), (Some(1), ""));
    let second = shell.run(&arguments);
    let told: Value = serde_json::from_str(&second.stdout).expect("JSON");
    assert_eq!(told["instance"], origin.as_str());
    assert_eq!(told["scopes"], serde_json::json!(["read", "write:statuses"]));
}

#[test]
fn what_was_asked_for_and_not_granted_is_told() {
    let shell = Shell::new();
    let server = Player::start(vec![
        play("POST", "/api/v1/apps", recording(1)),
        play("POST", "/oauth/token", recording(19)),
        play("GET", "/api/v1/accounts/verify_credentials", recording(29)),
    ]);
    let origin = server.origin();
    let arguments = ["login", &origin, "--scopes", "read write", "--skip-discovery"];
    let outcome = shell.talk(&arguments, |_| Some("CODE".to_owned()));
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("did not grant: write"), "{}", outcome.stderr);
    server.finish();
}

#[test]
fn program_that_replies_nonsense_ends_the_login() {
    let (shell, served) = (Shell::new(), served());
    served.rate_limit(None);
    for nonsense in ["MISTYPED", "new", "\u{0}"] {
        for where_asked in ["--no-browser", "--browser"] {
            let mut command = shell.command(&["login", &served.origin(), where_asked]);
            let command = command.env("PATH", "/not/there");
            let outcome = shell.talk_to(command, |_| Some(nonsense.to_owned()));
            assert_eq!(outcome.code, Some(1));
            assert!(outcome.stderr.contains("too many invalid codes"), "{}", outcome.stderr);
        }
    }
    // As from `yes`.
    let mut command = shell.command(&["login", &served.origin(), "--new-app"]);
    let outcome = shell.run_to(&mut command, &"y\n".repeat(2_000_000));
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("too many invalid codes"), "{}", outcome.stderr);
    assert!(served.requests().len() < 200);
}

/// The WebFinger document of an account of this domain on this server.
fn links(domain: &str, origin: &str) -> String {
    let links = json!([{ "rel": "self", "href": format!("{origin}/users/alice") }]);
    json!({ "subject": format!("acct:alice@{domain}"), "links": links }).to_string()
}

/// A Mastodon with a local domain that responds to WebFinger only.
#[test]
fn an_account_is_named_by_its_account_domain() {
    let shell = Shell::new();
    let nothing = |path| play("GET", path, CannedResponse::new(404, ""));
    let document = Arc::new(OnceLock::new());
    let served_document = Arc::clone(&document);
    let domain = serve_all(move |target| match target.starts_with("/.well-known/webfinger") {
        true => ok("", served_document.get().map_or("", String::as_str)),
        false => ok("", ""),
    });
    let domain = domain.replace("http://127.0.0.1", "localhost");
    // The self link is on the server, whichever host and port that has.
    let here = links(&domain, "");
    let server = Player::start(vec![
        nothing("/.well-known/nodeinfo"),
        nothing("/.well-known/webfinger"),
        nothing("/.well-known/oauth-authorization-server"),
        play("POST", "/api/v1/apps", recording(1)),
        play("POST", "/oauth/token", recording(19)),
        play("GET", "/api/v1/accounts/verify_credentials", recording(29)),
        play("GET", "/.well-known/webfinger", CannedResponse::new(200, &*here)),
        play("POST", "/api/v1/statuses", CannedResponse::new(403, r#"{"error":"Forbidden"}"#)),
    ]);
    document.set(links(&domain, &server.origin())).expect("set once");
    let outcome = shell.talk(&["login", &server.origin()], |_| Some("CODE".to_owned()));
    let handle = format!("@alice@{domain}");
    assert_eq!(outcome.stdout, format!("{handle}\n"), "{}", outcome.stderr);
    let host = server.origin().replace("http://", "");
    for name in [&handle, &domain, &host] {
        assert_eq!(shell.run(&["token", "--account", name]).code, Some(0), "{name}");
    }
    // The domain leads nowhere.
    let outcome = shell.run(&["api", "/api/v1/statuses", "-f", "status=hello"]);
    let command = format!("login {} --expect alice --add-scopes", server.origin());
    assert!(outcome.stderr.contains(&command), "{}", outcome.stderr);
    server.finish();
}

#[test]
fn hint_of_a_plain_http_server_repeats_the_options() {
    let (shell, served) = (Shell::new(), served());
    let host = served.origin().replace("http://", "");
    for (options, repeated) in [
        (
            &["--print-token", "--scopes", "read,write:lists"][..],
            "--scopes 'read write:lists' --print-token",
        ),
        (&["--add-scopes", "push", "--store", "file"], "--add-scopes push --store file"),
        (
            &[
                "--no-browser",
                "--json",
                "--new-app",
                "--token-name",
                "it's",
                "--name",
                "my bot",
                "--add-scopes",
                "write",
            ],
            "--add-scopes write --name 'my bot' --token-name 'it'\\''s' --no-browser --json --new-app",
        ),
        (&["--browser", "--port", "1", "--timeout", "9"], "--port 1 --timeout 9 --browser"),
    ] {
        let expected = format!("@alice@{host}");
        let arguments = [&["login", &host, "--expect", &expected], options].concat();
        let outcome = shell.run(&arguments);
        assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
        let origin = served.origin();
        let start = format!("run `gts-oauth login {origin} ");
        let said = outcome.stderr.replace("\\\\", "\\");
        assert!(said.contains(&start) && said.contains(&format!("--expect {expected}")), "{said}");
        for part in repeated.split(" --") {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
}

#[test]
fn a_missing_instance_keeps_the_options_in_the_hint() {
    let outcome = Shell::new().run(&["login", "--print-token", "--scopes", "read write"]);
    assert_eq!(outcome.code, Some(2));
    let command = "`gts-oauth login INSTANCE --scopes 'read write' --print-token`";
    assert!(outcome.stderr.contains(command), "{}", outcome.stderr);
}

#[test]
fn text_that_is_no_instance_names_what_was_meant() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    let origin = served.origin();
    served.clear_requests();
    for (arguments, hint) in [
        (&["alice"][..], format!("run `gts-oauth login {origin} --expect @alice`")),
        (&["@alice", "--force-login"], format!("{origin} --expect @alice --force-login`")),
        (&["--scopes", "read", "write:statuses"], "such as read,write:statuses.".to_owned()),
        (&["--with-token", "abc"], "`gts-oauth login INSTANCE --with-token < FILE`".to_owned()),
        (&["bob"], "the host has no dot".to_owned()),
    ] {
        let outcome = shell.run(&[&["login"], arguments].concat());
        assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
        assert!(outcome.stderr.contains(&hint), "{hint}: {}", outcome.stderr);
    }
    assert!(served.requests().is_empty());
}

#[test]
fn third_wrong_callback_ends_the_login() {
    let (shell, served) = (Shell::new(), served());
    let login = ["login", &served.origin()];
    let outcome = shell.talk(&login, |_| Some("https://example.org/?code=x&state=y".to_owned()));
    assert_eq!(outcome.code, Some(1));
    let last = outcome.stderr.lines().last().expect("a message");
    assert!(last.contains("so the login ends here. Run the same command to resume"), "{last}");
    let alice = served.account("alice");
    let outcome = shell.talk(&login, |address| alice.visit(address).ok());
    assert!(
        outcome.stderr.contains("Resuming the unfinished login (scopes: read)."),
        "{}",
        outcome.stderr
    );
    assert_eq!(outcome.code, Some(0));
}

/// The user might not go on.
#[test]
fn token_of_another_account_is_revoked_first() {
    let (shell, served) = (Shell::new(), served());
    let bob = served.account("bob");
    let mut asked = 0;
    let outcome = shell.talk(&["login", &served.origin(), "--expect", "alice"], |address| {
        asked += 1;
        let revoked = served.requests().iter().filter(|it| it.path == "/oauth/revoke").count();
        assert_eq!(revoked, asked - 1);
        bob.visit(address).ok().filter(|_| asked == 1)
    });
    assert_eq!((outcome.code, asked), (Some(1), 2), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("of the failed attempt is revoked"), "{}", outcome.stderr);
}

#[test]
fn token_of_a_failed_attempt_is_revoked_once() {
    for fails in [false, true] {
        let (shell, served) = (Shell::new(), speaking(Dialect::Mastodon));
        let bob = served.account("bob");
        let mut asked = 0;
        let outcome = shell.talk(&["login", &served.origin(), "--expect", "alice"], |address| {
            asked += 1;
            if asked == 1 && fails {
                served.fail(Fault::BadGateway.at("/oauth/revoke"));
            }
            match asked {
                1 => bob.visit(address).ok(),
                _ => bob.deny(address).map(pasted).ok(),
            }
        });
        assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
        let revoked = served.requests().iter().filter(|it| it.path == "/oauth/revoke").count();
        assert_eq!(revoked, if fails { 2 } else { 1 }, "{}", outcome.stderr);
        assert_eq!(outcome.stderr.matches("is revoked.").count(), 1, "{}", outcome.stderr);
    }
}

#[test]
fn token_of_a_failed_attempt_is_revoked_at_the_end() {
    for option in ["--skip-discovery", "--print-token"] {
        let (shell, served) = (Shell::new(), served());
        let mut users = vec![served.account("alice"), served.account("bob")];
        served.fail(Fault::BadGateway.at("/oauth/revoke"));
        let arguments = ["login", &served.origin(), "--expect", "alice", option];
        let outcome = shell.talk(&arguments, |address| users.pop()?.visit(address).ok());
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        assert!(outcome.stderr.contains("Another try follows"), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("could not be revoked"), "{}", outcome.stderr);
        let requests = served.requests();
        let revoked = requests.iter().filter(|it| it.path == "/oauth/revoke");
        let revoked: Vec<_> = revoked.map(|it| it.field("token")).collect();
        assert_eq!((revoked.len(), &revoked[0]), (2, &revoked[1]), "{}", outcome.stderr);
        assert!(
            !shell.file().exists()
                || !shell.stored().contains(&*revoked[0].clone().expect("a token"))
        );
    }
}

#[test]
fn port_without_a_browser_is_reported() {
    let (shell, served) = (Shell::new(), served());
    let outcome = shell.run(&["login", &served.origin(), "--port", "21009"]);
    assert!(outcome.stderr.contains("and --port is not used, because"), "{}", outcome.stderr);
}

#[test]
fn missing_iss_names_the_command_that_waives_it() {
    let (shell, served) = (Shell::new(), speaking(Dialect::Sharkey));
    let alice = served.account("alice");
    let outcome = shell.talk(&["login", &served.origin()], |address| alice.visit(address).ok());
    let command = format!("run `gts-oauth login {} --waive-iss`", served.origin());
    assert!(outcome.stderr.contains(&command), "{}", outcome.stderr);
    // The same command would be refused again.
    let end = format!("so the login ends here. To resume it, {command}.\n");
    assert!(outcome.stderr.ends_with(&end), "{}", outcome.stderr);
    let arguments = ["login", &served.origin(), "--waive-iss"];
    let outcome = shell.talk(&arguments, |address| alice.visit(address).ok());
    assert!(outcome.stderr.contains("Resuming"), "{}", outcome.stderr);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
}

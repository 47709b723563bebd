//! `gts-oauth token`.

use std::sync::{Arc, OnceLock};

use gts_oauth_fake::{Fault, Server};
use serde_json::{Value, json};

use crate::support::custom_server::serve_all;
use crate::support::shell::{Shell, logged_in, speaking};

#[test]
fn the_token_stands_alone_on_standard_output() {
    let (shell, _served) = logged_in();
    let outcome = shell.run(&["token"]);
    let token = outcome.stdout.strip_suffix('\n').expect("a line");
    assert!(token.len() == 48 && token.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert_eq!(outcome.stderr, "");
    assert!(shell.stored().contains(token));
}

#[test]
fn without_a_login_every_command_says_how_to_log_in() {
    let shell = Shell::new();
    for arguments in [&["token"][..], &["status"], &["logout"], &["api", "/api/v1/x"]] {
        let outcome = shell.run(arguments);
        assert_eq!(outcome.code, Some(3));
        assert!(outcome.stderr.contains("gts-oauth login"), "{}", outcome.stderr);
        assert_eq!(outcome.stdout, "");
    }
}

#[test]
fn json_has_what_another_program_needs() {
    let (shell, served) = logged_in();
    let outcome = shell.run(&["token", "--json"]);
    let printed: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    let expected = json!({
        "account": served.origin().replace("http://", "@alice@"),
        "instance": served.origin(),
        "token": shell.token(),
        "scopes": ["read"],
        "missing": [],
        "expires_at": null,
    });
    assert_eq!(printed, expected);
}

#[test]
fn fields_of_an_account_are_the_same_in_every_command() {
    let (shell, served) = (Shell::new(), speaking(gts_oauth_fake::Dialect::Pixelfed));
    let read = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let fields = |printed: &Value| {
        ["account", "instance", "scopes", "missing", "expires_at"].map(|name| printed[name].clone())
    };
    let alice = served.account("alice");
    let reply = |url: &str| alice.visit(url).ok();
    let login = shell.talk(&["login", &served.origin(), "--json"], reply).stdout;
    let login = fields(&read(&login));
    assert!(login[4].is_string(), "{login:?}");
    assert_eq!(fields(&read(&shell.run(&["token", "--json"]).stdout)), login);
    assert_eq!(fields(&read(&shell.run(&["status", "--json"]).stdout)[0]), login);
    // Unknown values are null.
    let token = shell.token();
    let arguments = ["login", &served.origin(), "--with-token", "--json"];
    let other = Shell::new();
    let login = other.run_to(&mut other.command(&arguments), &token).stdout;
    assert_eq!(read(&login)["scopes"], Value::Null);
    let mut command = shell.command(&["token", "--json"]);
    command.env("GTS_OAUTH_TOKEN", token).env("GTS_OAUTH_INSTANCE", served.origin());
    assert_eq!(read(&shell.run_to(&mut command, "").stdout)["account"], Value::Null);
}

#[cfg(unix)]
#[test]
fn variables_can_be_evaluated_by_a_shell() {
    let shell = Shell::new();
    let served = speaking(gts_oauth_fake::Dialect::Pixelfed);
    shell.log_in(&served, &served.account("alice"));
    let lines = shell.run(&["token", "--env"]).stdout;
    let script = format!(
        "{lines}\nprintf '%s %s %s %s' \"$GTS_OAUTH_INSTANCE\" \"$GTS_OAUTH_ACCOUNT\" \
         \"$GTS_OAUTH_TOKEN\" \"$GTS_OAUTH_EXPIRES_AT\""
    );
    let output = std::process::Command::new("sh").args(["-c", &script]).output().expect("a shell");
    let printed = String::from_utf8(output.stdout).expect("text");
    let words: Vec<&str> = printed.split(' ').collect();
    let handle = served.origin().replace("http://", "@alice@");
    assert_eq!(words[..3], [&*served.origin(), &handle, &shell.token()]);
    assert!(words[3].ends_with('Z'), "{printed}");
}

#[test]
fn token_of_the_environment_is_read_as_it_is_copied() {
    let (shell, served) = logged_in();
    let token = shell.token();
    for copied in [
        format!(" {token}\r\n"),
        format!("\"{token}\""),
        format!("Bearer {token}\n"),
        format!("'bearer {token}'"),
        format!("Authorization: Bearer {token}"),
    ] {
        let mut command = shell.command(&["api", "/api/v1/notifications"]);
        command.env("GTS_OAUTH_TOKEN", &copied).env("GTS_OAUTH_INSTANCE", served.origin());
        let outcome = shell.run_to(&mut command, "");
        assert_eq!(outcome.code, Some(0), "{copied}: {}", outcome.stderr);
    }
}

/// The account domain redirects discovery to the API host.
#[test]
fn instance_of_the_environment_can_be_an_account_domain() {
    let api = Arc::new(OnceLock::new());
    let target_host = api.clone();
    let domain = serve_all(move |target| {
        let origin: &String = target_host.get().expect("an origin");
        format!(
            "HTTP/1.1 301 Moved Permanently\r\nConnection: close\r\nContent-Length: 0\r\n\
             Location: {origin}{target}\r\n\r\n"
        )
    });
    let authority = domain.replace("http://", "");
    let served = Server::builder(7).account_domain(&authority).serve().expect("a port");
    api.set(served.origin()).expect("set once");
    let session = served.session("alice", "read");

    let shell = Shell::new();
    let run = |arguments: &[&str]| {
        let mut command = shell.command(arguments);
        command.env("GTS_OAUTH_TOKEN", session.access_token().expose());
        shell.run_to(command.env("GTS_OAUTH_INSTANCE", &domain), "")
    };
    let outcome = run(&["api", "/api/v1/notifications"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let lines = run(&["token", "--env"]).stdout;
    assert!(lines.contains(&format!("GTS_OAUTH_INSTANCE={}\n", served.origin())), "{lines}");
}

#[test]
fn errors_are_json_if_results_are() {
    let shell = Shell::new();
    for (arguments, code) in [
        (&["token", "--json"][..], 3),
        (&["tokens", "--json"], 3),
        (&["status", "--json"], 3),
        (&["login", "nonsense", "--json"], 2),
    ] {
        let outcome = shell.run(arguments);
        assert_eq!(outcome.code, Some(code));
        let error: Value = serde_json::from_str(&outcome.stderr).expect("JSON");
        assert_eq!(error["exit_code"], code);
        assert!(error["error"].as_str().is_some_and(|text| !text.is_empty()), "{error}");
    }
}

#[test]
fn variables_of_an_earlier_account_are_unset() {
    let (shell, _served) = logged_in();
    let printed = shell.run(&["token", "--env"]).stdout;
    assert!(
        printed.ends_with("\nunset GTS_OAUTH_EXPIRES_AT\nunset GTS_OAUTH_INSECURE_HTTP\n"),
        "{printed}"
    );
}

#[test]
fn variables_of_an_insecure_account_are_usable() {
    let shell = Shell::new();
    let environment = [
        ("GTS_OAUTH_INSTANCE", "http://server.invalid"),
        ("GTS_OAUTH_TOKEN", "TOKEN"),
        ("GTS_OAUTH_INSECURE_HTTP", "1"),
    ];
    let run = |environment: &[(&str, &str)], arguments: &[&str]| {
        let mut command = shell.command(arguments);
        shell.run_to(command.envs(environment.iter().copied()), "")
    };
    assert_eq!(run(&environment, &["token"]).stdout, "TOKEN\n");
    let refused = run(&environment[..2], &["token"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("GTS_OAUTH_INSECURE_HTTP=1"), "{}", refused.stderr);
    // Its own URL is accepted: the request then fails for another reason.
    let url = "http://server.invalid/api/v1/x";
    let called = run(&environment, &["api", url]);
    assert!(!called.stderr.contains("invalid path"), "{}", called.stderr);
}

#[test]
fn a_rejected_token_names_one_remedy() {
    let (shell, served) = logged_in();
    shell.log_in(&served, &served.account("bob"));
    served.revoke_all();
    let api = ["api", "/api/v1/notifications"];
    let outcome = shell.run(&api);
    let command = format!("run `gts-oauth login {} --expect bob`.", served.origin());
    assert!(outcome.stderr.contains(&command), "{}", outcome.stderr);
    let mut command = shell.command(&api);
    command.env("GTS_OAUTH_TOKEN", "TOKEN").env("GTS_OAUTH_INSTANCE", served.origin());
    let outcome = shell.run_to(&mut command, "");
    assert_eq!(outcome.code, Some(4));
    assert!(outcome.stderr.contains("Set GTS_OAUTH_TOKEN to a valid token."), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("Log in again"), "{}", outcome.stderr);
}

#[test]
fn variables_are_read_without_quotes_and_line_breaks() {
    let (shell, served) = logged_in();
    let (token, origin) = (shell.token(), served.origin());
    for around in ["\"", "'", "\n", " \t"] {
        let mut command = shell.command(&["status"]);
        command.env("GTS_OAUTH_TOKEN", format!("{around}{token}{around}"));
        command.env("GTS_OAUTH_INSTANCE", format!("{around}{origin}{around}"));
        let outcome = shell.run_to(&mut command, "");
        assert_eq!(outcome.code, Some(0), "{around:?}: {}", outcome.stderr);
    }
    let mut command = shell.command(&["token"]);
    command.env("GTS_OAUTH_TOKEN", "Bearer ").env("GTS_OAUTH_INSTANCE", origin);
    let outcome = shell.run_to(&mut command, "");
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("GTS_OAUTH_TOKEN is not, or is empty"), "{}", outcome.stderr);
}

#[test]
fn command_of_tokens_is_suggested_for_token() {
    let (shell, _served) = logged_in();
    for (typed, meant) in
        [("revoke", "`gts-oauth tokens revoke ID`"), ("list", "`gts-oauth tokens list`")]
    {
        let outcome = shell.run(&["token", typed]);
        assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
        assert!(outcome.stderr.contains(meant), "{}", outcome.stderr);
    }
}

#[test]
fn missing_scope_of_the_environment_names_a_command() {
    let (shell, served) = logged_in();
    let mut command = shell.command(&["api", "/api/v1/statuses", "-f", "status=hello"]);
    command.env("GTS_OAUTH_TOKEN", shell.token()).env("GTS_OAUTH_INSTANCE", served.origin());
    let outcome = shell.run_to(&mut command, "");
    let command =
        format!("login {} --print-token --scopes 'read write:statuses'`", served.origin());
    assert!(outcome.stderr.contains(&command), "{}", outcome.stderr);
    // A server chooses the text.
    let challenge = r#"Bearer error="insufficient_scope", scope="x$(id)""#;
    let missing = Fault::response(403, &[("WWW-Authenticate", challenge)], "{}");
    served.fail(missing.at("/api/v1/statuses"));
    let mut command = shell.command(&["api", "/api/v1/statuses", "-f", "status=hello"]);
    command.env("GTS_OAUTH_TOKEN", shell.token()).env("GTS_OAUTH_INSTANCE", served.origin());
    let outcome = shell.run_to(&mut command, "");
    assert!(!outcome.stderr.contains("x$(id)"), "{}", outcome.stderr);
}

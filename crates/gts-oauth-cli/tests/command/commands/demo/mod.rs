//! `gts-oauth demo`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};

use gts_oauth_fake::Dialect;
use gts_oauth_tests::user::User;
use serde_json::Value;

use crate::support::optional::program;
use crate::support::shell::Shell;

/// A bot in Python's standard library, with its test.
const PYTHON_BOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/command/commands/demo/bot.py");

#[test]
fn the_demo_ends_with_the_account_and_its_notifications() {
    let shell = Shell::new();
    let outcome = shell.run(&["demo"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let (handle, notifications) = outcome.stdout.split_once('\n').expect("two lines");
    assert!(handle.starts_with("@alice@127.0.0.1:"), "{handle}");
    assert_eq!(notifications, "mention by @bob: welcome, @alice\n");
    assert!(!shell.file().exists(), "the demo keeps nothing");
}

#[test]
fn the_demo_shows_each_request_and_its_answer_as_it_goes() {
    let shown = Shell::new().run(&["demo"]).stderr;
    let mut rest = shown.as_str();
    for part in [
        "POST /api/v1/apps",
        "client_name=gts-oauth demo",
        "200 OK",
        "\"client_secret\": \"…\"",
        "/oauth/authorize?response_type=code",
        "signs in as alice@example.org",
        "POST /oauth/token",
        "client_secret=…",
        "code=…",
        "code_verifier=…",
        "200 OK",
        "\"access_token\": \"…\"",
        "GET /api/v1/accounts/verify_credentials",
        "Authorization: Bearer …",
        "200 OK",
        "\"username\": \"alice\"",
        "GET /api/v1/notifications",
        "\"text\": \"welcome, @alice\"",
    ] {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("{part} is not there, or not in its place: {shown}");
        };
        rest = after;
    }
}

#[test]
fn no_secret_is_shown_by_the_demo() {
    let outcome = Shell::new().run(&["demo"]);
    let shown = format!("{}{}", outcome.stdout, outcome.stderr);
    // A verifier looks like the state and the challenge in the URL, which are not secret.
    let shown: Vec<&str> = shown
        .lines()
        .filter(|line| !line.contains("/oauth/authorize?"))
        .flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c)))
        .filter(|word| !word.starts_with("BH2M4u0ptWEl")) // the server's public key
        .collect();
    let uuid = |word: &str| word.len() == 36 && word.split('-').count() == 5;
    let secret: Vec<_> = shown.iter().filter(|word| word.len() >= 43 || uuid(word)).collect();
    assert!(secret.is_empty(), "{secret:?}");
}

/// A running demo server, stopped when dropped.
struct Left(Child);

impl Left {
    fn running(arguments: &[&str]) -> (Self, BufReader<ChildStdout>) {
        let mut child = Shell::new().spawn(arguments);
        let stdout = child.stdout.take().expect("a pipe");
        (Self(child), BufReader::new(stdout))
    }

    fn stop(&mut self) {
        self.0.kill().expect("it runs");
        self.0.wait().expect("it ends");
    }
}

impl Drop for Left {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_demo_left_running_can_be_logged_in_to_until_it_is_killed() {
    let (mut left, mut stdout) = Left::running(&["demo", "--serve", "--json"]);
    let mut line = String::new();
    stdout.read_line(&mut line).expect("a line");
    let told: Value = serde_json::from_str(&line).expect("one object on one line");
    let field = |name: &str| told[name].as_str().expect("text").to_owned();
    let url = field("url");

    let mut alice = User::new(&field("user"), &field("password"));
    let shell = Shell::new();
    let outcome = shell.talk(&["login", &url], |address| alice.read_code(address).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let host = url.replace("http://", "@alice@");
    assert_eq!(outcome.stdout, format!("{host}\n"));
    let notifications = shell.run(&["api", "/api/v1/notifications"]).stdout;
    assert!(notifications.contains("welcome, @alice"), "{notifications}");

    left.stop();
    let address = url.replace("http://", "");
    assert!(TcpStream::connect(address).is_err(), "nobody listens");
}

#[test]
fn help_lists_the_requests_of_the_control_port() {
    let (_left, mut stdout) = Left::running(&["demo", "--serve", "--json"]);
    let mut line = String::new();
    stdout.read_line(&mut line).expect("a line");
    let running: Value = serde_json::from_str(&line).expect("JSON");
    let control = running["control"].as_str().expect("a URL");
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let mut response = agent.get(control).call().expect("a response");
    let error = response.body_mut().read_to_string().expect("text");
    let (_, known) = error.split_once("expected one of ").expect("a list");
    let help = Shell::new().run(&["demo", "--help"]).stdout;
    for request in known.trim_end_matches(['"', '}']).split(", ") {
        let (_, path) = request.split_once(' ').expect("a method");
        assert!(help.contains(path), "{request}");
    }
}

#[test]
fn a_demo_left_running_tells_people_where_it_is_and_who_they_can_be() {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let port = port.expect("a free port").port().to_string();
    let (_left, stdout) = Left::running(&["demo", "--serve", "--port", &port]);
    let lines: Vec<String> = stdout.lines().take(4).map_while(Result::ok).collect();
    assert_eq!(lines[0], format!("url:      http://127.0.0.1:{port}"));
    assert_eq!(lines[1], "user:     alice@example.org");
    assert!(lines[2].starts_with("password: "), "{lines:?}");
    assert!(lines[3].starts_with("control:  http://127.0.0.1:"), "{lines:?}");
}

#[test]
fn running_demo_shows_requests_without_secrets() {
    let mut child = Shell::new().spawn(&["demo", "--serve", "--json", "--verbose"]);
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let _left = Left(child);
    let mut line = String::new();
    stdout.read_line(&mut line).expect("a line");
    let running: Value = serde_json::from_str(&line).expect("JSON");
    let text = |name: &str| running[name].as_str().expect("text").to_owned();
    let mut alice = User::new(&text("user"), &text("password"));
    let shell = Shell::new();
    let outcome = shell.talk(&["login", &text("url")], |address| alice.read_code(address).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let mut said = String::new();
    while !said.contains("/api/v1/accounts/verify_credentials") {
        assert_ne!(stderr.read_line(&mut said).expect("text"), 0, "{said}");
    }
    for shown in ["> POST ", "/api/v1/apps", "> client_name=gts-oauth", "> code=…"] {
        assert!(said.contains(shown), "{said}");
    }
    assert!(!said.contains(&text("password")) && !said.contains(&shell.token()), "{said}");
}

#[test]
fn demo_completes_in_every_dialect() {
    for dialect in Dialect::ALL {
        let outcome = Shell::new().run(&["demo", "--dialect", dialect.name()]);
        assert_eq!(outcome.code, Some(0), "{dialect:?}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(&format!("({})", dialect.name())), "{}", outcome.stderr);
        assert!(outcome.stdout.ends_with("welcome, @alice\n"), "{dialect:?}: {}", outcome.stdout);
    }
}

#[test]
fn unknown_dialects_are_rejected_with_a_list() {
    let outcome = Shell::new().run(&["demo", "--dialect", "misskey"]);
    assert_eq!(outcome.code, Some(2));
    for dialect in Dialect::ALL {
        assert!(outcome.stderr.contains(dialect.name()), "{}", outcome.stderr);
    }
}

#[test]
fn python_bot_is_tested_over_http_alone() {
    let Some(python) = program("python3") else {
        return;
    };
    let (_left, mut stdout) =
        Left::running(&["demo", "--serve", "--dialect", "pixelfed", "--json"]);
    let mut line = String::new();
    stdout.read_line(&mut line).expect("a line");

    let mut bot = Command::new(python);
    bot.args(["-I", PYTHON_BOT]).stdin(Stdio::piped());
    let mut bot = bot.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    bot.stdin.take().expect("a pipe").write_all(line.as_bytes()).expect("it reads");
    let outcome = bot.wait_with_output().expect("it ends");
    let errors = String::from_utf8_lossy(&outcome.stderr);
    assert!(outcome.status.success(), "{errors}");
    assert_eq!(String::from_utf8_lossy(&outcome.stdout).trim(), "passed", "{errors}");
}

#[test]
fn a_port_that_is_taken_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let outcome = Shell::new().run(&["demo", "--serve", "--port", &port]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains(&port), "{}", outcome.stderr);
}

#[test]
fn a_port_or_json_without_a_server_left_running_is_not_understood() {
    for arguments in [&["demo", "--json"][..], &["demo", "--port", "8080"]] {
        let outcome = Shell::new().run(arguments);
        assert_eq!(outcome.code, Some(2));
        assert!(outcome.stderr.contains("--serve"), "{}", outcome.stderr);
    }
}

//! Whole sessions at a terminal as snapshots. `UPDATE_EXPECT=1 cargo test` rewrites them.

use std::net::TcpListener;

use expect_test::expect_file;
use gts_oauth_fake::{Dialect, Fault};
use gts_oauth_ureq::UserReply;

use crate::support::session::Session;
use crate::support::shell::{served, speaking};

fn expect(session: &Session, name: &str) {
    expect_file![format!("sessions/{name}.txt")].assert_eq(session.seen());
}

/// Logs a user in at the start of a session.
fn log_in(session: &mut Session, name: &str, line: &str) {
    let person = session.served.account(name);
    let outcome = session.talk(line, |address| person.visit(address).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    session.call(session.shell.token(), "TOKEN");
}

#[test]
fn from_login_to_logout() {
    let mut session = Session::at(served());
    log_in(&mut session, "alice", "login INSTANCE --scopes read,write:statuses");
    session.run("status");
    session.run("status --json");
    session.run("token");
    session.run("api /api/v1/statuses -f status=hello");
    session.run("api /api/v1/notifications?limit=5");
    session.run("logout");
    session.run("status");
    // Differs in each run.
    let posted = session.seen().lines().find(|line| line.starts_with("| {\"account\""));
    let posted = posted.expect("what was posted").trim_start_matches("| ").to_owned();
    let seen = session.seen().replace(&posted, "(the post)");
    expect_file!["sessions/from_login_to_logout.txt"].assert_eq(&seen);
}

#[test]
fn login_as_json() {
    let mut session = Session::at(served());
    log_in(&mut session, "alice", "login INSTANCE --json");
    expect(&session, "login_as_json");
}

#[test]
fn a_mistyped_code_and_the_wrong_account() {
    let mut session = Session::at(served());
    let (alice, bob) = (session.served.account("alice"), session.served.account("bob"));
    let mut replies = vec![
        Box::new(|address: &str| bob.visit(address).ok()) as Box<dyn Fn(&str) -> _>,
        Box::new(|address: &str| alice.visit(address).ok()),
        Box::new(|_: &str| Some(String::new())),
        Box::new(|_: &str| Some("MISTYPED".to_owned())),
    ];
    session.talk("login INSTANCE --expect bob", |address| replies.pop()?(address));
    expect(&session, "a_mistyped_code_and_the_wrong_account");
}

#[test]
fn a_denied_login() {
    let mut session = Session::at(speaking(Dialect::Mastodon));
    let alice = session.served.account("alice");
    let mut replies = vec![
        Box::new(|address: &str| alice.visit(address).ok()) as Box<dyn Fn(&str) -> _>,
        Box::new(|address: &str| match alice.deny(address) {
            Ok(UserReply::Pasted(denial)) => Some(denial),
            _ => None,
        }),
        Box::new(|_: &str| Some("MISTYPED".to_owned())),
    ];
    session.talk("login INSTANCE", |address| replies.pop()?(address));
    expect(&session, "a_denied_login");
}

#[test]
fn nobody_is_logged_in() {
    let mut session = Session::at(served());
    for line in [
        "status",
        "status --json",
        "token",
        "switch",
        "switch @alice@example.org",
        "api /api/v1/notifications",
        "tokens",
        "tokens revoke 01M840W2G1DSX1BBBZGKH9VWK2",
        "logout",
        "logout --all",
    ] {
        assert_eq!(session.run(line).code, Some(3));
    }
    expect(&session, "nobody_is_logged_in");
}

#[test]
fn the_server_refuses_the_token() {
    let mut session = Session::at(served());
    log_in(&mut session, "alice", "login INSTANCE");
    session.served.revoke_all();
    for line in ["status", "api /api/v1/notifications", "tokens"] {
        assert_eq!(session.run(line).code, Some(4));
    }
    session.run("logout");
    expect(&session, "the_server_refuses_the_token");
}

#[test]
fn the_server_is_in_trouble() {
    let mut session = Session::at(served());
    log_in(&mut session, "alice", "login INSTANCE");
    for (line, path) in [
        ("status", "/api/v1/accounts/verify_credentials"),
        ("api /api/v1/notifications", "/api/v1/notifications"),
        ("tokens", "/api/v1/tokens"),
        ("logout", "/oauth/revoke"),
        ("login INSTANCE", "/.well-known/nodeinfo"),
        ("login INSTANCE", "/api/v1/apps"),
    ] {
        session.served.fail(Fault::BadGateway.at(path));
        assert_eq!(session.run(line).code, Some(1));
    }
    session.served.fail(Fault::BadGateway.at("/oauth/revoke"));
    session.run("logout --force");
    expect(&session, "the_server_is_in_trouble");
}

#[test]
fn nobody_is_at_the_address() {
    let mut session = Session::at(served());
    log_in(&mut session, "alice", "login INSTANCE");
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("a port");
    session.call(free.port().to_string(), "CLOSED");
    session.run(&format!("login http://{free}"));
    expect(&session, "nobody_is_at_the_address");
}

#[test]
fn tokens_of_all_apps() {
    let mut session = Session::at(served());
    log_in(&mut session, "alice", "login INSTANCE --scopes read,write:accounts");
    let tokens = session.shell.run(&["tokens", "--json"]).stdout;
    let tokens: serde_json::Value = serde_json::from_str(&tokens).expect("JSON");
    let id = tokens[0]["id"].as_str().expect("text").to_owned();
    session.call(id.clone(), "ID");
    let name = tokens[0]["name"].as_str().expect("text").to_owned();
    session.call(name, "gts-oauth on HOST");
    session.run("tokens");
    session.run("tokens --json");
    session.run("tokens revoke 01M840W2G1DSX1BBBZGKH9VWK2");
    session.run(&format!("tokens revoke {id}"));
    session.run("tokens");
    expect(&session, "tokens_of_all_apps");
}

#[test]
fn tokens_where_there_is_no_such_list() {
    let mut session = Session::at(speaking(Dialect::Mastodon));
    log_in(&mut session, "alice", "login INSTANCE");
    session.run("tokens");
    expect(&session, "tokens_where_there_is_no_such_list");
}

#[test]
fn several_accounts() {
    let mut session = Session::at(served());
    log_in(&mut session, "alice", "login INSTANCE");
    session.run("switch");
    log_in(&mut session, "bob", "login INSTANCE");
    session.run("switch");
    session.run("status");
    session.run("switch @bob@127.0.0.1");
    let bob = session.served.origin().replace("http://", "@bob@");
    session.run(&format!("switch {bob}"));
    log_in(&mut session, "carol", "login INSTANCE");
    session.run("switch");
    session.run("switch @dave@example.org");
    session.run("logout --all --account carol");
    session.run("logout --all");
    session.run("status");
    expect(&session, "several_accounts");
}

#[test]
fn a_token_from_the_environment() {
    let mut session = Session::at(served());
    log_in(&mut session, "alice", "login INSTANCE");
    log_in(&mut session, "bob", "login INSTANCE");
    let token = session.shell.run(&["token"]).stdout.trim().to_owned();
    session.run("switch");
    let (origin, authority) = (session.served.origin(), session.served.origin());
    session.environment = vec![("GTS_OAUTH_TOKEN", token.clone()), ("GTS_OAUTH_INSTANCE", origin)];
    session.run("status");
    session.run("token");
    session.run("api /api/v1/notifications");
    session.run(&format!("token --account {}", authority.replace("http://", "@alice@")));
    session.run("logout");
    session.run("login INSTANCE");
    session.run("switch");
    session.environment = vec![("GTS_OAUTH_TOKEN", token.clone())];
    session.run("token");
    session.environment =
        vec![("GTS_OAUTH_TOKEN", token), ("GTS_OAUTH_INSTANCE", "http://example.org".to_owned())];
    session.run("token");
    expect(&session, "a_token_from_the_environment");
}

#[test]
fn calls_that_cannot_be_made() {
    let mut session = Session::at(served());
    log_in(&mut session, "alice", "login INSTANCE");
    for line in [
        "api",
        "api notifications",
        "api https://example.org/",
        "api /api/v1/statuses -f status",
        "api /api/v1/statuses -H nonsense",
        "api /api/v1/statuses -H Authorization:x",
        "api /api/v1/statuses -F status=@/not/there",
        "api /api/v1/statuses --input /not/there",
        "api /api/v1/statuses -X G(T",
        "api /api/v1/nothing",
        "api /api/v1/statuses -f status=hello",
        "api /api/v1/timelines/home --paginate -i",
    ] {
        assert_ne!(session.run(line).code, Some(0), "{line}");
    }
    expect(&session, "calls_that_cannot_be_made");
}

#[test]
fn logins_that_cannot_begin() {
    let mut session = Session::at(served());
    for line in [
        "login",
        "login nonsense",
        "login http://example.org",
        "login https://me:pass@example.org",
        "login https://example.org/about",
        "login INSTANCE --scopes a\"b",
        "login INSTANCE --expect @",
        "login INSTANCE --name \u{7}",
        "login INSTANCE --website nonsense",
        "login INSTANCE --timeout 0",
        "login INSTANCE --browser --no-browser",
        "login INSTANCE --with-token",
        "login INSTANCE --with-token --scopes read",
        "login INSTANCE --store keyring",
        "login INSTANCE --store elsewhere",
    ] {
        assert_ne!(session.run(line).code, Some(0), "{line}");
    }
    assert!(!session.shell.file().exists());
    expect(&session, "logins_that_cannot_begin");
}

#[test]
fn the_demo() {
    let mut session = Session::at(served());
    session.run("demo");
    expect(&session, "the_demo");
}

#[test]
fn what_cannot_be_shown_or_written() {
    let mut session = Session::at(served());
    for line in [
        "completions",
        "completions dos",
        "man",
        "man /dev/null/man1",
        "demo --port 0 --serve=yes",
        "demo --json",
        "demo --serve --port 65536",
        "fly",
        "",
    ] {
        assert_ne!(session.run(line).code, Some(0), "{line}");
    }
    expect(&session, "what_cannot_be_shown_or_written");
}

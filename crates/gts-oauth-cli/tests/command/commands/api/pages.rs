//! `gts-oauth api --paginate`.

use gts_oauth_fake::{Fault, Served};
use serde_json::Value;

use super::logged_in;
use crate::support::custom_server;
#[cfg(unix)]
use crate::support::pty::{assert_done, at_terminal, plain, said};
use crate::support::shell::{Outcome, Shell};

/// Seven mentions, fetched in result pages of three.
fn pages(shell: &Shell, served: &Served) -> Outcome {
    for number in 1..=7 {
        served.post("bob", &format!("@alice hello {number}"));
    }
    shell.run(&["api", "/api/v1/notifications?limit=3", "--paginate"])
}

fn texts(stdout: &str) -> Vec<String> {
    let list: Vec<Value> = serde_json::from_str(stdout).expect("a list");
    let texts = list.iter().map(|it| it["status"]["text"].as_str());
    texts.map(|text| text.expect("text").to_owned()).collect()
}

#[test]
fn all_pages_are_one_list_which_ends() {
    let (shell, served) = logged_in();
    let outcome = pages(&shell, &served);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let expected: Vec<_> = (1..=7).rev().map(|it| format!("@alice hello {it}")).collect();
    assert_eq!(texts(&outcome.stdout), expected);
    let asked = served.requests();
    let pages = asked.iter().filter(|it| it.path == "/api/v1/notifications");
    // GoToSocial links a next page from the last one, too; it is empty.
    assert_eq!(pages.count(), 4);
}

#[test]
fn pages_that_cannot_be_had_leave_a_whole_list_of_those_before() {
    let (shell, served) = logged_in();
    served.fail(Fault::BadGateway.at("/api/v1/notifications").after(1));
    let outcome = pages(&shell, &served);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("502"), "{}", outcome.stderr);
    assert_eq!(texts(&outcome.stdout).len(), 3);
}

#[test]
fn what_is_no_list_has_one_page() {
    let (shell, _served) = logged_in();
    let outcome = shell.run(&["api", "/api/v1/instance", "--paginate"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let instance: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert!(instance["uri"].is_string());
    let outcome = shell.run(&["api", "/api/v1/nothing", "--paginate"]);
    assert_eq!(outcome.code, Some(1));
    assert_eq!(outcome.stdout, r#"{"error":"Not Found"}"#);
}

#[test]
fn page_that_is_cut_off_is_an_error() {
    let (shell, _served) = logged_in();
    for body in ["[{\"id\":\"1\"},{\"i", ""] {
        let origin = custom_server::serve(move |_| custom_server::ok("", body));
        let arguments = ["api", "/api/v1/x", "--paginate"];
        let outcome = shell.run_to(&mut custom_server::command(&shell, &origin, &arguments), "");
        assert_eq!((outcome.code, &*outcome.stdout), (Some(1), body), "{}", outcome.stderr);
        assert!(outcome.stderr.contains("not JSON, or cut off"), "{}", outcome.stderr);
    }
}

#[test]
fn pages_that_are_empty_stand_between_others() {
    let shell = Shell::new();
    let origin = custom_server::serve(|target| {
        let number: u8 = target[target.len() - 1..].parse().expect("a number");
        let body = ["[]", "[1, 2]", "[]", "[ 3 ]", "[]"][usize::from(number)];
        let next = format!("Link: </api/v1/x?page={}>; rel=\"next\"\r\n", number + 1);
        custom_server::ok(if number < 4 { &next } else { "" }, body)
    });
    let arguments = ["api", "/api/v1/x?page=0", "--paginate"];
    let outcome = shell.run_to(&mut custom_server::command(&shell, &origin, &arguments), "");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(outcome.stdout, "[1, 2,3]\n");
}

#[test]
fn pages_that_lead_round_and_round_end() {
    let shell = Shell::new();
    let origin = custom_server::serve(|target| {
        let (this, next) = match target {
            "/api/v1/x?page=1" => (1, 2),
            _ => (2, 1),
        };
        let next = format!("Link: </api/v1/x?page={next}>; rel=\"next\"\r\n");
        custom_server::ok(&next, &format!("[{this}]"))
    });
    let arguments = ["api", "/api/v1/x?page=1", "--paginate"];
    let outcome = shell.run_to(&mut custom_server::command(&shell, &origin, &arguments), "");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(outcome.stdout, "[1,2]\n");
}

/// A command at a terminal, for this server.
#[cfg(unix)]
fn at(shell: &Shell, origin: &str, arguments: &[&str]) -> std::process::Command {
    let mut command = plain(shell, arguments);
    command.env("GTS_OAUTH_TOKEN", custom_server::TOKEN).env("GTS_OAUTH_INSTANCE", origin);
    command.env("NO_COLOR", "1");
    command
}

/// A server could send pages without end.
#[cfg(unix)]
#[test]
fn terminal_shows_a_page_before_the_next_is_requested() {
    let shell = Shell::new();
    let (seen, is_seen) = std::sync::mpsc::channel();
    let origin = custom_server::serve(move |target| match target {
        "/api/v1/x?page=1" => {
            let next = "Link: </api/v1/x?page=2>; rel=\"next\"\r\n";
            custom_server::ok(next, r#"["first"]"#)
        }
        _ => {
            is_seen.recv().expect("a terminal");
            custom_server::ok("", r#"["second"]"#)
        }
    });
    let command = at(&shell, &origin, &["api", "/api/v1/x?page=1", "--paginate"]);
    let mut session = at_terminal(command);
    session.exp_string("\"first\"").expect("the first page");
    seen.send(()).expect("a server");
    session.exp_string("\"second\"").expect("the second page");
    assert_done(session);
}

#[cfg(unix)]
#[test]
fn deep_json_is_not_indented_without_end() {
    let shell = Shell::new();
    let (depth, numbers) = (120, "0,".repeat(1000) + "0");
    let body = format!("{}{numbers}{}", "[".repeat(depth), "]".repeat(depth));
    let (length, of_server) = (body.len(), body.clone());
    let origin = custom_server::serve(move |_| custom_server::ok("", &of_server));
    let shown = said(at(&shell, &origin, &["api", "/api/v1/x"]), &[]);
    assert!(shown.len() < 20 * length, "{} of {length}", shown.len());
    assert_eq!(shown.split_whitespace().collect::<String>(), body);
}

//! `text_ui`: progress, and a login that the user cancels.

use gts_oauth_examples::program::{DISCOVERY, LOGIN, Program, Seen};
use gts_oauth_fake::Fault;

const LOGGED_IN: &str = "Logged in as @alice.";
const CANCELLED: &str = "Cancelled. Run it again to continue.";

#[test]
fn shows_each_step() {
    let (success, printed) = Program::new("text_ui", 21).run();
    assert!(success, "{printed}");
    let mut rest = &*printed;
    for step in ["Find", "Register", "Wait", "Fetch", "Look up"] {
        let shown = rest.find(&format!("> {step}"));
        rest = &rest[shown.unwrap_or_else(|| panic!("no {step}, or too early, in:\n{printed}"))..];
    }
    assert!(rest.contains(LOGGED_IN));
}

#[test]
fn killed_between_any_two_steps_it_repeats_none() {
    let program = Program::new("text_ui", 22);
    assert_eq!(program.run_killed(), [DISCOVERY, LOGIN].concat());
}

#[test]
fn mistyped_code_is_shown_and_typed_again() {
    let program = Program::new("text_ui", 23);
    let mut process = program.start();
    assert!(matches!(process.next(|| false), Seen::Asked(_)));
    process.type_line("mistyped");
    let Seen::Asked(url) = process.next(|| false) else { panic!("{:?}", process.end()) };
    process.type_line(&program.code(&url));
    let (success, printed) = process.end();
    assert!(success && printed.contains(LOGGED_IN), "{printed}");
}

#[test]
fn cancelled_prompt_is_shown_again_by_the_next_run() {
    let program = Program::new("text_ui", 24);
    let mut process = program.start();
    assert!(matches!(process.next(|| false), Seen::Asked(_)));
    process.type_line("q");
    let (success, printed) = process.end();
    assert!(success && printed.contains(CANCELLED), "{printed}");
    assert!(program.run().1.contains(LOGGED_IN));
    assert_eq!(program.requested(), [DISCOVERY, LOGIN].concat());
}

#[test]
fn cancelled_wait_ends_without_a_request() {
    let program = Program::new("text_ui", 25);
    program.served().fail(Fault::Throttled.at("/api/v1/apps"));
    let mut process = program.start();
    process.wait_for("Next try in 30s. q cancels.");
    process.type_line("q");
    let (success, printed) = process.end();
    assert!(success && printed.contains(CANCELLED), "{printed}");
    assert_eq!(program.requested(), [&DISCOVERY[..], &[LOGIN[0]]].concat(), "nothing more is sent");
    assert!(program.run().1.contains(LOGGED_IN));
}

#[test]
fn second_q_leaves_during_a_request() {
    let program = Program::new("text_ui", 26);
    program.served().fail(Fault::NoResponse.at("/oauth/token"));
    let mut process = program.start();
    let Seen::Asked(url) = process.next(|| false) else { panic!("{:?}", process.end()) };
    process.type_line(&program.code(&url));
    let is_sent = || program.served().requests().iter().any(|it| it.path == "/oauth/token");
    assert!(matches!(process.next(is_sent), Seen::Stalled));
    process.type_line("q");
    process.wait_for("Cancelling after this request.");
    process.type_line("q");
    assert!(!process.end().0);

    let mut next = program.start();
    assert!(matches!(next.next(|| false), Seen::Ended), "the user is not asked again");
    assert!(next.end().1.contains(LOGGED_IN));
}

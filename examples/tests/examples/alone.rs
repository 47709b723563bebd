//! With no arguments, an example shows all it has to show, and ends well.

use crate::program::run_alone;

#[test]
fn embed_asks_alice_once_and_posts_twice() {
    let said = run_alone("embed");
    assert_eq!(said.matches("alice opens the address").count(), 1);
    assert_eq!(said.matches("posted: http://127.0.0.1").count(), 2);
}

#[test]
fn by_hand_says_who_logged_in_and_gives_the_token_back() {
    let said = run_alone("by_hand");
    assert!(said.contains("You are @alice on http://127.0.0.1"));
    assert!(said.contains("The token is void again."));
}

#[test]
fn custom_stack_waits_out_a_server_without_time() {
    let said = run_alone("custom_stack");
    assert_eq!(said.matches("POST /api/v1/apps: 429").count(), 1);
    assert_eq!(said.matches("POST /oauth/token: 429").count(), 2);
    assert!(said.contains("a token for http://127.0.0.1"));
}

#[test]
fn test_your_bot_greets_carol_once() {
    let said = run_alone("test_your_bot");
    assert!(said.contains("greeted [\"carol\"]\nand the second time []"));
}

#[test]
fn resume_dies_five_times_and_asks_for_everything_once() {
    let said = run_alone("resume");
    assert_eq!(said.matches(": killed").count(), 5);
    assert_eq!(said.matches("POST /oauth/token").count(), 2);
    assert!(said.contains("logged in as @alice"));
    let told = said.split_once("the server was asked is:").unwrap().1;
    assert_eq!(told.trim().lines().count(), 3);
}

#[test]
fn web_backend_logs_alice_in_after_a_restart_and_nobody_else() {
    let said = run_alone("web_backend");
    assert!(said.contains("another cookie: (403, "));
    assert!(said.contains("alice: (200, \"Hello @alice of http://127.0.0.1"));
    assert!(said.contains("presses reload: (410, "));
}

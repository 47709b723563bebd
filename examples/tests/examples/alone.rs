//! Without arguments, every example runs to its end.

use crate::program::run_alone;

#[test]
fn embed_asks_alice_once_and_posts_twice() {
    let printed = run_alone("embed");
    assert_eq!(printed.matches("alice opens the URL").count(), 1);
    assert_eq!(printed.matches("posted: http://127.0.0.1").count(), 2);
}

#[test]
fn by_hand_says_who_logged_in_and_gives_the_token_back() {
    let printed = run_alone("by_hand");
    assert!(printed.contains("You are @alice on http://127.0.0.1"));
    assert!(printed.contains("The token is revoked."));
}

#[test]
fn custom_stack_waits_out_a_server_without_time() {
    let printed = run_alone("custom_stack");
    assert_eq!(printed.matches("POST /api/v1/apps: 429").count(), 1);
    assert_eq!(printed.matches("POST /oauth/token: 429").count(), 2);
    assert!(printed.contains("a token for http://127.0.0.1"));
}

#[test]
fn test_your_bot_greets_carol_once() {
    let printed = run_alone("test_your_bot");
    assert!(printed.contains("greeted [\"carol\"]\ngreeted the second time []"));
}

#[test]
fn resume_is_killed_eight_times_and_sends_each_request_once() {
    let printed = run_alone("resume");
    assert_eq!(printed.matches(": killed").count(), 8);
    assert_eq!(printed.matches("POST /oauth/token").count(), 2);
    assert!(printed.contains("logged in as @alice"));
    let requests = printed.split_once("The server received these requests:").unwrap().1;
    assert_eq!(requests.trim().lines().count(), 6);
}

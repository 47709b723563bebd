//! Programs with an HTTP stack of their own, killed between any two steps.

use std::process::Command;

use gts_oauth_examples::program::{DISCOVERY, LOGIN, Program};

#[test]
fn async_login_repeats_no_step() {
    let program = Program::new("async_loop", 31);
    assert_eq!(program.run_killed(), [DISCOVERY, LOGIN].concat());
    let (success, printed) = program.run();
    assert!(success && printed.contains("a token for http://127.0.0.1"), "{printed}");
    assert!(program.requested().is_empty(), "it is logged in");
}

#[test]
fn login_by_post_alone_repeats_no_step() {
    if curl_is_missing() {
        return;
    }
    let program = Program::new("post_only", 32);
    let [register, exchange, _] = LOGIN;
    assert_eq!(program.run_killed(), [register, exchange, "POST /api/v1/statuses"]);
}

/// Whether a test over the program `curl` must be skipped.
pub(crate) fn curl_is_missing() -> bool {
    let is_missing = Command::new("curl").arg("--version").output().is_err();
    if is_missing {
        assert!(std::env::var_os("GTS_OAUTH_TEST_ALL").is_none(), "curl is missing");
        eprintln!("SKIPPED: curl is missing");
    }
    is_missing
}

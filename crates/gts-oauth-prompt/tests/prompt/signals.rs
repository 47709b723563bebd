//! Requests to end the process that are held back.

use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;

use gts_oauth_prompt::hold_interrupts;
use signal_hook::consts::SIGINT;
use signal_hook::low_level::raise;

#[test]
#[ignore = "ends its process: it is started by the test below"]
fn interrupted_while_held() {
    let held = hold_interrupts(|| {});
    raise(SIGINT).expect("a signal");
    drop(held);
}

/// It may arrive just before it is no longer held back.
#[test]
fn signal_that_was_held_back_ends_the_process() {
    let program = std::env::current_exe().expect("this program");
    for _ in 0..20 {
        let mut child = Command::new(&program);
        child.args(["signals::interrupted_while_held", "--exact", "--ignored"]);
        let output = child.output().expect("it runs");
        assert_eq!(output.status.signal(), Some(SIGINT), "{output:?}");
    }
}

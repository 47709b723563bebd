//! `embed`: a login that is stored, and a status.

use gts_oauth_examples::program::{DISCOVERY, LOGIN, Program};

const POST: &str = "POST /api/v1/statuses";

#[test]
fn later_runs_only_post() {
    let program = Program::new("embed", 11);
    assert!(program.run().0);
    let posted = program.served().requests().pop().unwrap();
    assert_eq!(posted.field("visibility").as_deref(), Some("direct"));
    assert_eq!(program.requested(), [&DISCOVERY[..], &LOGIN, &[POST]].concat());

    let (success, printed) = program.run();
    assert!(success && printed.starts_with("posted: http://127.0.0.1"), "{printed}");
    assert_eq!(program.requested(), [POST]);
}

#[test]
fn killed_between_any_two_steps_it_repeats_none() {
    let program = Program::new("embed", 12);
    assert_eq!(program.run_killed(), [&DISCOVERY[..], &LOGIN, &[POST]].concat());
}

#[test]
fn unreadable_file_starts_no_login() {
    let program = Program::new("embed", 13);
    std::fs::write(program.folder().join("login.json"), "{").unwrap();
    assert!(!program.run().0);
    assert!(program.requested().is_empty());
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_login() {
    let program = Program::new("embed", 14);
    program.run();
    let file = std::fs::metadata(program.folder().join("login.json")).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&file.permissions());
    assert_eq!(mode & 0o777, 0o600);
}

//! Killed after every step.

use tempfile::tempdir;

use crate::program::{LOGIN, asked, fake, run};

#[test]
fn resume_asks_for_each_thing_once_in_whatever_process() {
    let (served, folder) = (fake(21), tempdir().unwrap());
    let mut shown = 0;
    let asked_by_each = [None, Some(LOGIN[0]), None, Some(LOGIN[1]), Some(LOGIN[2])];
    for (revision, expected) in asked_by_each.into_iter().enumerate() {
        let output = run("resume", &served, folder.path(), &[&revision.to_string()]);
        assert!(!output.status.success(), "killed at revision {revision}");
        assert_eq!(asked(&served), Vec::from_iter(expected));
        let said = String::from_utf8(output.stdout).unwrap();
        shown += said.matches("Open http").count();
    }

    let output = run("resume", &served, folder.path(), &[]);
    assert!(output.status.success());
    assert_eq!(output.stdout, b"logged in as @alice");
    assert!(asked(&served).is_empty());
    assert_eq!(shown, 1, "alice was asked once");
}

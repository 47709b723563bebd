//! A login that is killed after every step.

use tempfile::tempdir;

use crate::program::{DISCOVERY, LOGIN, fake, requested, run};

#[test]
fn resume_asks_for_each_thing_once_in_whatever_process() {
    let (served, folder) = (fake(21), tempdir().unwrap());
    let mut shown = 0;
    // The request that leads to each revision; the code leads to the one between.
    let discovery = DISCOVERY.map(Some);
    let login = [Some(LOGIN[0]), None, Some(LOGIN[1]), Some(LOGIN[2])];
    let leading_to = [None].into_iter().chain(discovery).chain(login);
    for (revision, expected) in leading_to.enumerate() {
        let output = run("resume", &served, folder.path(), &[&revision.to_string()]);
        assert!(!output.status.success(), "killed at revision {revision}");
        assert_eq!(requested(&served), Vec::from_iter(expected));
        let printed = String::from_utf8(output.stdout).unwrap();
        shown += printed.matches("Open http").count();
    }

    let output = run("resume", &served, folder.path(), &[]);
    assert!(output.status.success());
    assert_eq!(output.stdout, b"logged in as @alice");
    assert!(requested(&served).is_empty());
    assert_eq!(shown, 1, "alice was asked once");
}

//! The examples as programs, and the fake they run against.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use gts_oauth_examples::sit_at;
use gts_oauth_fake::{Served, Server};

/// Where cargo has put the example: beside the folder of this test.
pub(crate) fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().unwrap().parent().unwrap().join("examples");
    let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(program.exists(), "not built: cargo build --examples");
    program
}

pub(crate) fn fake(seed: u64) -> Served {
    Server::builder(seed).serve().unwrap()
}

/// Runs the example on this fake, with alice at the keyboard.
pub(crate) fn run(name: &str, served: &Served, folder: &Path, more: &[&str]) -> Output {
    let mut process = Command::new(program(name))
        .arg(served.origin())
        .arg(folder)
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = sit_at(&mut process, &served.person("alice")).unwrap();
    let mut output = process.wait_with_output().unwrap();
    output.stdout = said.join("\n").into_bytes();
    output
}

/// Runs the example with no arguments; returns all it says, on both streams.
pub(crate) fn run_alone(name: &str) -> String {
    let output = Command::new(program(name)).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{name}: {errors}");
    String::from_utf8(output.stdout).unwrap() + &errors
}

/// What was asked since the last time.
pub(crate) fn asked(served: &Served) -> Vec<String> {
    let asked = served.asked();
    served.forget_asked();
    let line = |it: &gts_oauth_fake::Asked| format!("{} {}", it.method, it.path);
    asked.iter().map(line).collect()
}

/// What every login asks.
pub(crate) const LOGIN: [&str; 3] = [
    "POST /api/v1/apps",
    "POST /oauth/token",
    "GET /api/v1/accounts/verify_credentials",
];

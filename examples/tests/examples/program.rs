//! The examples as programs, and the fake they run against.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use gts_oauth_examples::use_program;
use gts_oauth_fake::{RecordedRequest, Served, Server};

/// The example's program, in a folder beside that of this test.
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

/// Runs the example on this fake, as alice.
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
    let printed = use_program(&mut process, &served.account("alice")).unwrap();
    let mut output = process.wait_with_output().unwrap();
    output.stdout = printed.join("\n").into_bytes();
    output
}

/// Runs the example without arguments, and returns its output on both streams.
pub(crate) fn run_alone(name: &str) -> String {
    let output = Command::new(program(name)).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{name}: {errors}");
    String::from_utf8(output.stdout).unwrap() + &errors
}

/// The requests since the last call.
pub(crate) fn requested(served: &Served) -> Vec<String> {
    let requests = served.requests();
    served.clear_requests();
    let line = |it: &RecordedRequest| format!("{} {}", it.method, it.path);
    requests.iter().map(line).collect()
}

/// The requests of discovery on GoToSocial, which has no metadata.
pub(crate) const DISCOVERY: [&str; 3] = [
    "GET /.well-known/nodeinfo",
    "GET /nodeinfo/2.1",
    "GET /.well-known/oauth-authorization-server",
];

/// The requests of every login.
pub(crate) const LOGIN: [&str; 3] =
    ["POST /api/v1/apps", "POST /oauth/token", "GET /api/v1/accounts/verify_credentials"];

//! Requests in an environment of their own, in another process.

use std::env;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::process::{Command, Stdio};

use gts_oauth_core::Instance;
use gts_oauth_core::{BoxError, Error, Exchange as _, RegisterApp, Transport};
use gts_oauth_isahc::Isahc;
use gts_oauth_tests::environment::NETWORK_VARIABLES;
use gts_oauth_ureq::Ureq;

use super::Outcome;
use super::programs::{Proxies, program, proxy_at};
use super::server::Server;

/// What sends the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Client {
    Ureq,
    Isahc,
    Command,
    Curl,
}

impl Client {
    pub(crate) const ALL: [Self; 4] = [Self::Ureq, Self::Isahc, Self::Command, Self::Curl];
}

/// The URL that the other process requests.
const URL: &str = "GTS_OAUTH_TESTS_URL";

/// What becomes of a request in this environment, and the output of the client.
pub(crate) fn outcome(
    client: Client,
    url: &str,
    variables: &[(&str, &str)],
    proxies: &Proxies,
    server: &Server,
) -> (Outcome, String) {
    let url = format!("{url}:{}", server.port());
    let mut command = command(client, &url, proxies);
    for variable in NETWORK_VARIABLES {
        command.env_remove(variable);
    }
    command.env("SSL_CERT_FILE", proxies.authorities());
    for (name, value) in variables {
        command.env(name, proxies.value(value));
    }
    // The command sends nothing if no code could be entered.
    let input = proxies.folder().join("input");
    fs::write(&input, "a code\n").expect("a file");
    let input = File::open(input).expect("a file");
    let output = proxies.resolving(&command).stdin(Stdio::from(input)).output();
    let output = output.expect("the client");
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    let outcome = match server.arrival() {
        None => Outcome::Failed,
        Some(address) => proxy_at(address).map_or(Outcome::Direct, Outcome::Through),
    };
    let _ = write!(text, "({})", output.status);
    (outcome, text)
}

fn command(client: Client, url: &str, proxies: &Proxies) -> Command {
    match client {
        Client::Ureq | Client::Isahc => {
            let mut command = Command::new(env::current_exe().expect("this test"));
            let report = match client {
                Client::Ureq => "environment::report_of_ureq",
                _ => "environment::report_of_isahc",
            };
            command.args([report, "--exact", "--ignored", "--nocapture"]).env(URL, url);
            command
        }
        Client::Command => {
            let mut command = Command::new(binary());
            command.args(["login", url, "--insecure-http", "--skip-discovery", "--no-browser"]);
            command.args(["--store", "file"]).env("GTS_OAUTH_CONFIG_DIR", proxies.folder());
            command
        }
        Client::Curl => {
            let mut command = Command::new(program("curl").expect("it is installed"));
            command.args(["--silent", "--show-error", "--max-time", "5", url]);
            command.arg("--proxy-cacert").arg(proxies.authorities());
            command
        }
    }
}

/// The command `gts-oauth`, which `cargo test --workspace` builds beside this test.
fn binary() -> std::path::PathBuf {
    let test = env::current_exe().expect("this test");
    let folder = test.parent().and_then(|deps| deps.parent()).expect("target/debug");
    let binary = folder.join(format!("gts-oauth{}", env::consts::EXE_SUFFIX));
    assert!(binary.is_file(), "build it first: cargo build -p gts-oauth-cli");
    binary
}

#[test]
#[ignore = "the test of the proxies runs it, in a process of its own"]
fn report_of_ureq() {
    report(&Ureq::new());
}

#[test]
#[ignore = "the test of the proxies runs it, in a process of its own"]
fn report_of_isahc() {
    report(&Isahc::new());
}

fn report(http: &dyn Transport) {
    let error = register(http).expect_err("the server registers no app");
    println!("{error}");
}

fn register(http: &dyn Transport) -> Result<(), BoxError> {
    let instance = Instance::insecure_http(&env::var(URL)?)?;
    let app: Result<_, Error> = RegisterApp::new(instance, "proxies")?.send(http);
    Ok(app.map(drop)?)
}

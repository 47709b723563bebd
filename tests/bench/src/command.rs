//! The command as a whole process: its instructions beside those of curl, and with many accounts in
//! its credentials file.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs, process};

use gts_oauth_core::{LoggedIn, Login};
use gts_oauth_fake::{Served, Server};
use serde_json::{Value, json};

use crate::measure::{has_valgrind, instructions_of};

/// The path of the API calls.
const PATH: &str = "/api/v1/accounts/verify_credentials";

/// Prints the rows of the command.
pub fn print() -> ExitCode {
    if !has_valgrind() {
        println!("| rows of the command: valgrind is missing here | | | | |");
        return ExitCode::SUCCESS;
    }
    let served = Server::builder(7).serve().expect("a loopback port");
    served.rate_limit(None);
    let command = Built::new();
    let me = log_in(&served);
    command.store(&me, 1);
    let version = command.count(&["--version"]);
    let token = command.count(&["token"]);
    let call = command.count(&["api", PATH]);
    if Command::new("curl").arg("--version").output().is_ok() {
        print_row("`gts-oauth --version`, `curl --version`", version, curl(&["--version"]), 1.0);
        let bearer = format!("Authorization: Bearer {}", me.session.access_token().expose());
        let url = format!("{}{PATH}", served.origin());
        print_row("`gts-oauth api`, curl", call, curl(&["--header", &bearer, &url]), 1.0);
    } else {
        println!("| rows of curl: curl is missing here | | | | |");
    }
    command.store(&me, 1_000);
    print_row("`gts-oauth token` with 1,000 accounts, one", command.count(&["token"]), token, 2.0);
    print_row("`gts-oauth api` with 1,000 accounts, one", command.count(&["api", PATH]), call, 2.0);
    ExitCode::SUCCESS
}

fn print_row(what: &str, ours: u64, other: u64, goal: f64) {
    let ratio = ours as f64 / other as f64;
    println!("| {what} | {ours} | {other} | {ratio:.2} | ≤ {goal} |");
}

fn curl(arguments: &[&str]) -> u64 {
    instructions_of(&[&["curl", "--disable", "--silent", "--show-error"], arguments].concat(), &[])
}

fn log_in(served: &Served) -> LoggedIn {
    let alice = served.account("alice");
    let mut login: Login = served.login("gts-oauth");
    login.skip_discovery();
    login.run(&**served, |step| alice.allow(step.url)).expect("a session").clone()
}

/// The command as users build it, with a configuration folder of its own that is removed with it.
struct Built {
    program: PathBuf,
    folder: PathBuf,
}

impl Built {
    fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--release", "--locked", "--package", "gts-oauth-cli"]);
        let built = cargo.current_dir(&root).status().expect("cargo");
        assert!(built.success(), "the command cannot be built");
        let folder = env::temp_dir().join(format!("gts-oauth-bench-{}", process::id()));
        fs::create_dir(&folder).expect("a folder");
        Self { program: root.join("target/release/gts-oauth"), folder }
    }

    /// Writes a credentials file of this many accounts, of which the last is real.
    fn store(&self, me: &LoggedIn, accounts: usize) {
        let account = me.account.as_ref().expect("the scopes include the account");
        let host = me.session.instance().authority();
        let entry = |number: usize| -> Value {
            let name = format!("{}{number}", account.username());
            let user = json!({ "id": account.id(), "name": name });
            let missing = &me.missing_scopes;
            json!({
                "handle": format!("@{name}@{host}"),
                "instance": me.session.instance(),
                "id": format!("{}{number}", account.id()),
                "kept": { "file": {
                    "app": me.app, "session": me.session, "person": user, "number": null,
                    "missing": missing, "domain": null,
                } },
            })
        };
        let entries: Vec<Value> = (0..accounts).map(entry).collect();
        let contents = json!({ "version": 1, "accounts": entries, "unfinished": [] });
        let text = serde_json::to_string(&contents).expect("JSON");
        fs::write(self.folder.join("credentials.json"), text).expect("a file");
    }

    fn count(&self, arguments: &[&str]) -> u64 {
        let [program, folder] =
            [&self.program, &self.folder].map(|path| path.to_str().expect("a path in UTF-8"));
        let variables = [("GTS_OAUTH_CONFIG_DIR", folder)];
        instructions_of(&[&[program], arguments].concat(), &variables)
    }
}

impl Drop for Built {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

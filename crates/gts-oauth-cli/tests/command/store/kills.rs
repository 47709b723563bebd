//! Commands that are killed at any moment: no credential is lost, and the next command works.

use std::collections::BTreeMap;
use std::env;
use std::io::{BufReader, Write as _};
use std::process::Child;

use gts_oauth_fake::{Account, Served};
use serde_json::Value;

use crate::support::shell::{Shell, next_address, served};

/// How many commands are killed, by default and by `.ci/long`.
const KILLS: &str = "GTS_OAUTH_TEST_KILLS";
const FEW: u32 = 60;

/// A generator of numbers that are spread evenly (Knuth), the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(limit.max(1))) as u32
    }
}

/// Looks at the process so often, and kills it then. Returns how often it looked, and whether the
/// process was killed.
fn kill_after(mut child: Child, looks: u32) -> (u32, bool) {
    let mut count = 0;
    while child.try_wait().expect("a state").is_none() {
        if count == looks {
            child.kill().expect("it runs");
            child.wait().expect("it ends");
            return (count, true);
        }
        count += 1;
    }
    (count, false)
}

#[test]
fn killed_commands_lose_no_credential() {
    let kills = env::var(KILLS).ok().and_then(|it| it.parse().ok()).unwrap_or(FEW);
    let (shell, served) = (Shell::new(), served());
    served.rate_limit(None);
    for name in ["alice", "bob", "carol"] {
        shell.log_in(&served, &served.account(name));
    }
    let (mut numbers, mut killed, mut late) = (Numbers(7), 0, 0);
    // How often a command of each kind was looked at until it ended by itself.
    let mut looks = [None; 4];
    for round in 0.. {
        if killed >= kills && late > 0 {
            break;
        }
        assert!(round < 20 * kills, "{killed} commands killed, {late} of them late");
        let kind = numbers.below(4) as usize;
        let after = looks[kind].map_or(u32::MAX, |looks: u32| numbers.below(looks + looks / 4));
        let child = match kind {
            0 => shell.spawn(&["switch"]),
            1 => shell.spawn(&["status"]),
            2 => shell.spawn(&["logout", "--account", "@carol"]),
            _ => login_with_code(&shell, &served, &served.account("carol")),
        };
        let (count, was_killed) = kill_after(child, after);
        killed += u32::from(was_killed);
        if !was_killed || looks[kind].is_some_and(|looks| count >= looks) {
            // Killed only after that: it takes longer now.
            looks[kind] = Some(count + u32::from(was_killed) * count / 4);
        }
        let accounts = accounts(&shell);
        let state = |name| accounts.get(name).map(String::as_str);
        for name in ["@alice", "@bob"] {
            assert_eq!(state(name), Some("valid"), "{name} after kill {killed}, of kind {kind}");
        }
        match state("@carol") {
            Some("valid") => {}
            // A killed logout has revoked the token, or removed it, too. An unfinished login
            // continues, if there is one.
            Some("rejected") | None => {
                late += u32::from(was_killed);
                shell.log_in(&served, &served.account("carol"));
            }
            other => panic!("@carol is {other:?} after kill {killed}, of kind {kind}"),
        }
    }
    println!("{killed} commands killed, {late} of them after the server had revoked the token");
}

/// A login that has read the code and continues.
fn login_with_code(shell: &Shell, served: &Served, account: &Account) -> Child {
    let mut child = shell.spawn(&["login", &served.origin()]);
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let url = next_address(&mut stderr, &mut String::new());
    // A login whose code was exchanged before it was killed asks for nothing.
    if let Some(url) = url {
        let code = account.visit(&url).expect("a code");
        writeln!(child.stdin.take().expect("a pipe"), "{code}").expect("it reads");
    }
    // Its messages are read, so that it does not wait for that.
    std::thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()));
    child
}

/// All accounts, with the states of their tokens.
fn accounts(shell: &Shell) -> BTreeMap<String, String> {
    let outcome = shell.run(&["status", "--json"]);
    let status: Vec<Value> = serde_json::from_str(&outcome.stdout)
        .unwrap_or_else(|error| panic!("{error}: {} {}", outcome.stdout, outcome.stderr));
    let accounts = status.iter().map(|account| {
        let handle = account["account"].as_str().expect("a name");
        let name = handle.rsplit_once('@').expect("a host").0;
        (name.to_owned(), account["state"].as_str().expect("a state").to_owned())
    });
    accounts.collect()
}

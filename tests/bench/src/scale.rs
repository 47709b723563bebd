//! Rates under load: logins on the fake, and in a web back end.

use std::process::ExitCode;
use std::time::Duration;

use gts_oauth_core::Login;
use gts_oauth_fake::{Account, Server};

use crate::pending;

/// Prints the rates. `postgres` is the URL of an empty database, if there is one.
pub fn print(postgres: Option<&str>) -> ExitCode {
    print_fake(&[1_000, 3_000, 16_000, 80_000]);
    pending::print(postgres);
    ExitCode::SUCCESS
}

/// Prints the rate of each part of this many logins on one server. The record of requests is
/// cleared after each part, as a long test would.
fn print_fake(parts: &[u32]) {
    let server = Server::new(7);
    server.rate_limit(None);
    let alice = server.account("alice");
    let mut done = 0;
    for part in parts {
        let begun = cpu_time();
        for _ in 0..*part {
            log_in(&server, &alice);
        }
        let rate = f64::from(*part) / (cpu_time() - begun).as_secs_f64();
        println!("fake: {rate:.0} logins a second of CPU time after {done} logins");
        server.clear_requests();
        done += part;
    }
}

fn log_in(server: &Server, alice: &Account) {
    let mut login: Login = server.login("my-bot");
    login.skip_discovery();
    login.run(server, |step| alice.allow(step.url)).expect("a session");
}

/// The CPU time of this thread, which other programs on the machine do not change. Linux only.
pub fn cpu_time() -> Duration {
    let spent = std::fs::read_to_string("/proc/self/schedstat").expect("a Linux system");
    let nanoseconds = spent.split_whitespace().next().expect("three numbers");
    Duration::from_nanos(nanoseconds.parse().expect("nanoseconds"))
}

//! Logins on the fake: how many a second of CPU time, after how many.

use std::time::Instant;

use gts_oauth_core::Login;
use gts_oauth_fake::{Account, Server};

/// Prints the rate of each part of this many logins on one server.
pub fn print_fake(parts: &[u32]) {
    let server = Server::new(7);
    server.rate_limit(None);
    let alice = server.account("alice");
    let mut done = 0;
    for part in parts {
        let begun = Instant::now();
        for _ in 0..*part {
            log_in(&server, &alice);
        }
        let rate = f64::from(*part) / begun.elapsed().as_secs_f64();
        println!("fake: {rate:.0} logins a second after {done} logins");
        done += part;
    }
}

fn log_in(server: &Server, alice: &Account) {
    let mut login: Login = server.login("my-bot");
    login.skip_discovery();
    login.run(server, |step| alice.allow(step.url)).expect("a session");
}

//! A thousand whole logins, from registration to revocation, in one process: the cost of the fake in
//! a test suite. Run with `cargo bench -p gts-oauth-fake`.

use std::time::{Duration, Instant};

use gts_oauth_core::{Exchange, renewal::Revocation};
use gts_oauth_fake::{Account, Server};

const LOGINS: u32 = 1000;

fn main() {
    let server = Server::new(7);
    server.rate_limit(None);
    let alice = server.account("alice");
    let (begun, cpu) = (Instant::now(), cpu_time());
    for _ in 0..LOGINS {
        whole_login(&server, &alice);
    }
    print("wall time", begun.elapsed());
    if let (Some(before), Some(now)) = (cpu, cpu_time()) {
        print("CPU time", now - before);
    }
}

fn whole_login(server: &Server, alice: &Account) {
    let mut login = server.login("my-bot");
    login.skip_discovery();
    let me = login.run(server, |step| alice.allow(step.url));
    let me = me.expect("the login succeeds");
    let revoke = me.app.revoke(&me.session).expect("one instance");
    let outcome = revoke.send(server);
    assert!(matches!(outcome, Ok(Revocation::Accepted)));
}

fn print(what: &str, total: Duration) {
    println!("{LOGINS} whole logins: {total:.1?} of {what}, {:.1?} each", total / LOGINS);
}

/// The CPU time of this thread. `None` on systems other than Linux, which require `unsafe`.
fn cpu_time() -> Option<Duration> {
    let spent = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    let nanoseconds = spent.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

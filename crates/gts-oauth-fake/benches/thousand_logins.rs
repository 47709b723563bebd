//! A thousand whole logins, from registration to revocation, in one process: what a test suite
//! pays for the fake. `cargo bench -p gts-oauth-fake`

use std::time::{Duration, Instant};

use gts_oauth_core::{Exchange, Login, RegisterApp, Revocation};
use gts_oauth_fake::{Person, Server};

const LOGINS: u32 = 1000;

fn main() {
    let server = Server::new(7);
    server.rate_limit(None);
    let alice = server.person("alice");
    let (begun, cpu) = (Instant::now(), cpu_time());
    for _ in 0..LOGINS {
        whole_login(&server, &alice);
    }
    tell("wall time", begun.elapsed());
    if let (Some(before), Some(now)) = (cpu, cpu_time()) {
        tell("CPU time", now - before);
    }
}

fn whole_login(server: &Server, alice: &Person) {
    let register = RegisterApp::new(server.instance(), "my-bot").expect("a good name");
    let mut login = Login::new(register, server.entropy());
    let me = login.run(server, |ask| alice.allow(ask.url));
    let me = me.expect("nothing goes wrong here");
    let revoke = me.app.revoke(&me.session).expect("of one instance");
    let outcome = revoke.send(server);
    assert!(matches!(outcome, Ok(Revocation::Accepted)));
}

fn tell(what: &str, total: Duration) {
    println!(
        "{LOGINS} whole logins: {total:.1?} of {what}, {:.1?} each",
        total / LOGINS
    );
}

/// What this thread has used of the processor; only Linux tells without `unsafe`.
fn cpu_time() -> Option<Duration> {
    let spent = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    let nanoseconds = spent.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

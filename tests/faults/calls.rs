//! Calls with a fault: nothing is sent twice.

use std::thread;

use gts_oauth_core::error::Remedy;
use gts_oauth_core::renewal::Revocation;
use gts_oauth_core::session::TokenStatus;
use gts_oauth_core::{Exchange as _, LoggedIn, Login, RegisterApp, Transport};
use gts_oauth_fake::Server;
use gts_oauth_fake::serde_json::{Map, Value};
use gts_oauth_isahc::Isahc;
use gts_oauth_tests::faults::{Case, Effect, cases};
use gts_oauth_ureq::Ureq;

use crate::report::Report;
use crate::stack::Blocking;

const STATUSES: &str = "/api/v1/statuses";
const REVOKE: &str = "/oauth/revoke";

/// More errors than the most frequent fault causes.
const MOST_ERRORS: usize = 8;

fn logged_in(server: &Server) -> LoggedIn {
    let alice = server.account("alice");
    let app = RegisterApp::new(server.instance(), "my-bot").expect("a name");
    let app = app.scopes("read write".parse().expect("scopes"));
    let mut login = Login::new(app, server.entropy());
    let me = login.run(server, |step| alice.allow(step.url)).expect("a login without faults");
    let me = me.clone();
    server.clear_requests();
    me
}

/// A post is sent once. If it was carried out, no error advises to send it again.
fn check_post(server: &Server, http: &dyn Transport, case: &Case) -> Result<(), String> {
    let post = logged_in(server).session.post(STATUSES).expect("a path").form("status", "hello");
    server.fail(case.at(STATUSES));
    let outcome = post.send(http).and_then(|response| response.json::<Map<String, Value>>());
    let effect = case.effect(false);
    let requests = server.requests().len();
    if requests != 1 {
        return Err(format!("it was sent {requests} times"));
    }
    let posts = usize::from(matches!(effect, Effect::Harmless | Effect::Lost));
    if server.posts().len() != posts {
        return Err(format!("{} posts, in place of {posts}", server.posts().len()));
    }
    match outcome {
        Ok(_) if effect == Effect::Harmless => Ok(()),
        Ok(response) => Err(format!("no error: {response:?}")),
        Err(error) if effect == Effect::Harmless => Err(error.to_string()),
        Err(error) if posts == 1 && error.remedy() != Remedy::Check => {
            Err(format!("{:?}: {error}", error.remedy()))
        }
        Err(_) => Ok(()),
    }
}

/// A revocation can be repeated until the token is invalid. GoToSocial accepts anything, so that only
/// a check shows it.
fn check_revocation(server: &Server, http: &dyn Transport, case: &Case) -> Result<(), String> {
    let LoggedIn { app, session, .. } = logged_in(server);
    let revoke = app.revoke(&session).expect("one instance");
    server.fail(case.at(REVOKE));
    let mut outcomes = Vec::new();
    while outcomes.len() <= MOST_ERRORS {
        let outcome = revoke.send(http);
        let is_accepted = matches!(outcome, Ok(Revocation::Accepted));
        if is_accepted && matches!(session.check_token().send(http), Ok(TokenStatus::Rejected)) {
            return Ok(());
        }
        outcomes.push(outcome);
    }
    Err(format!("the token is valid, after {outcomes:?}"))
}

fn check(name: &str, http: &dyn Transport, server: &Server, case: &Case, report: &mut Report) {
    for (call, checked) in [
        ("post", check_post(server, http, case)),
        ("revocation", check_revocation(server, http, case)),
    ] {
        report.add(&format!("{name}, {call}, {}", case.name), checked);
    }
}

pub(crate) fn in_memory() -> Report {
    let mut report = Report::default();
    for case in cases() {
        let server = Server::new(7);
        check("in memory", &server, &server, &case, &mut report);
    }
    report
}

fn over(name: &str, http: &dyn Transport) -> Report {
    let mut report = Report::default();
    for case in cases().iter().filter(|case| !case.takes_time()) {
        let served = Server::builder(7).serve().expect("a free loopback port");
        check(name, http, &served, case, &mut report);
    }
    report
}

pub(crate) fn over_sockets() -> Vec<Report> {
    thread::scope(|scope| {
        let ureq = scope.spawn(|| over("ureq", &Ureq::new()));
        let isahc = scope.spawn(|| over("isahc", &Isahc::new()));
        let hyper = scope.spawn(|| over("hyper", &Blocking::new()));
        [ureq, isahc, hyper].map(|it| it.join().expect("a report")).into()
    })
}

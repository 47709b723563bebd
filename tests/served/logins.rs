//! Whole logins.

use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, SystemTime};

use gts_oauth_fake::Dialect;
use gts_oauth_isahc::Isahc;
use gts_oauth_ureq::{
    BoxError, Error, Exchange as _, Transport, Ureq, login::AuthorizeStep, renewal::Revocation,
};

use super::{login, serve, user};

#[test]
fn a_program_logs_in_reads_its_notifications_and_gives_the_token_back() -> Result<(), BoxError> {
    assert_whole_story(&Ureq::new())?;
    assert_whole_story(&Isahc::new())
}

fn assert_whole_story(http: &dyn Transport) -> Result<(), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let mut alice = user(&served, "alice");
    served.post("bob", "hello @alice");
    let mut login = login(&served)?;
    let me = login.run(http, |step| Ok(alice.read_code(step.url)?.into()))?;

    let account = me.account.as_ref().ok_or("no account")?;
    assert_eq!(account.username(), "alice");
    assert_eq!(me.session.instance().origin(), served.origin());
    let call = me.session.get("/api/v1/notifications")?;
    let notifications: Vec<serde_json::Value> = call.send(http)?.json()?;
    assert_eq!(notifications[0]["account"]["username"], "bob");
    let revoked = me.app.revoke(&me.session)?.send(http)?;
    assert!(matches!(revoked, Revocation::Accepted));
    let error = me.session.verify().send(http).expect_err("it is revoked");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(401));
    Ok(())
}

#[test]
fn everything_that_came_over_the_socket_is_recorded_in_order() -> Result<(), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let mut alice = user(&served, "alice");
    login(&served)?.run(&Ureq::new(), |step| Ok(alice.read_code(step.url)?.into()))?;
    let requests = served.requests();
    let lines: Vec<String> =
        requests.iter().map(|it| format!("{} {}", it.method, it.path)).collect();
    assert_eq!(
        lines,
        [
            "GET /.well-known/nodeinfo",
            "GET /nodeinfo/2.1",
            "GET /.well-known/oauth-authorization-server",
            "POST /api/v1/apps",
            "GET /oauth/authorize",
            "GET /auth/sign_in",
            "POST /auth/sign_in",
            "GET /oauth/authorize",
            "POST /oauth/authorize",
            "GET /oauth/oob",
            "POST /oauth/token",
            "GET /api/v1/accounts/verify_credentials",
        ]
    );
    assert_eq!(requests[3].field("client_name").as_deref(), Some("my-bot"));
    Ok(())
}

#[test]
fn the_fakes_own_person_allows_what_goes_on_over_the_socket() -> Result<(), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let alice = served.account("alice");
    let mut login = login(&served)?;
    let me = login.run(&Ureq::new(), |step| alice.allow(step.url))?;
    assert_eq!(me.account.as_ref().map(|it| it.username()), Some("alice"));
    Ok(())
}

#[test]
fn two_people_log_in_at_once() -> Result<(), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let names = ["alice", "bob"];
    let logins = names.map(|name| (login(&served), user(&served, name)));
    let logged_in = thread::scope(|scope| {
        let threads = logins.map(|(login, mut user)| {
            scope.spawn(move || -> Result<_, String> {
                let mut login = login.map_err(|error| error.to_string())?;
                let prompt = |step: AuthorizeStep<'_>| Ok(user.read_code(step.url)?.into());
                let me = login.run(&Ureq::new(), prompt);
                me.cloned().map_err(|error| error.to_string())
            })
        });
        threads.map(|thread| thread.join().expect("it does not panic"))
    });
    let [alice, bob] = logged_in;
    let (alice, bob) = (alice?, bob?);
    for (me, name) in [(&alice, "alice"), (&bob, "bob")] {
        let account = me.session.verify().send(&Ureq::new())?;
        assert_eq!(account.username(), name);
    }
    assert_ne!(alice.session.access_token(), bob.session.access_token());
    Ok(())
}

#[test]
fn time_passes_as_everywhere_and_a_test_moves_it_besides() -> Result<(), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let apart = served.now().duration_since(SystemTime::now());
    let apart = apart.unwrap_or_else(|error| error.duration());
    assert!(apart < Duration::from_secs(60), "{apart:?}");

    let mut alice = user(&served, "alice");
    let mut late = true;
    let mut problems = Vec::new();
    login(&served)?.run(&Ureq::new(), |step| {
        problems.extend(step.problem.map(ToString::to_string));
        let code = alice.read_code(step.url)?;
        if std::mem::take(&mut late) {
            served.advance(Duration::from_secs(301));
        }
        Ok(code.into())
    })?;
    assert_eq!(problems.len(), 1, "the first code was dead: {problems:?}");
    Ok(())
}

#[test]
fn token_expires_once_the_clock_is_advanced() -> Result<(), BoxError> {
    for (dialect, seconds, status) in
        [(Dialect::Akkoma, 3_153_600_000, 403), (Dialect::Pixelfed, 31_536_000, 500)]
    {
        let served = serve(dialect);
        let session = served.session("alice", "read");
        let minute = Duration::from_secs(60);
        served.advance(Duration::from_secs(seconds) - minute);
        session.verify().send(&Ureq::new())?;
        served.advance(minute);
        let error = session.verify().send(&Ureq::new()).expect_err("it has expired");
        assert_eq!(error.status().map(|it| it.as_u16()), Some(status), "{dialect:?}");
    }
    Ok(())
}

#[test]
fn once_dropped_its_port_is_free_and_what_it_knew_is_still_there() -> Result<(), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let (address, server) = (served.address(), (*served).clone());
    // A connection that is kept alive, a silent one, and one with an incomplete request.
    let http = Ureq::new();
    let mut alice = user(&served, "alice");
    let mut login = login(&served)?;
    let me = login.run(&http, |step| Ok(alice.read_code(step.url)?.into()))?;
    let _silent = TcpStream::connect(address)?;
    let mut incomplete = TcpStream::connect(address)?;
    std::io::Write::write_all(&mut incomplete, b"GET / HT")?;
    drop(served);

    let refused = me.session.verify().send(&http);
    assert!(matches!(refused, Err(Error::Transport(..))), "{refused:?}");
    drop(TcpListener::bind(address)?);
    let response = server.send(me.session.verify().request())?;
    assert_eq!(response.status(), 200);
    Ok(())
}

#[test]
fn a_port_of_ones_choice_is_taken_or_refused() -> Result<(), BoxError> {
    let free = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let served = gts_oauth_fake::Server::builder(7).serve_on(free)?;
    assert_eq!(served.origin(), format!("http://127.0.0.1:{free}"));
    let taken = gts_oauth_fake::Server::builder(7).serve_on(free);
    let error = taken.expect_err("somebody is there");
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    Ok(())
}

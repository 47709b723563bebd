//! Sessions that are kept valid for years, on servers with and without refresh tokens.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, SystemTime};

use gts_oauth_core::error::{Operation, Remedy};
use gts_oauth_core::renewal::{RenewalStep, RenewingSession};
use gts_oauth_core::session::Call;
use gts_oauth_core::{BoxError, Error, Exchange, LoggedIn, Session, Transport};
use gts_oauth_fake::{Dialect, Fault, Server};

use crate::sample::{logged_in, out_of_band, speaking};

const HALF_A_MINUTE: Duration = Duration::from_secs(30);

/// A server whose token expires in half a minute.
fn expiring(dialect: Dialect) -> (Server, RenewingSession) {
    let server = speaking(dialect);
    let LoggedIn { app, session, .. } = logged_in_to(&server);
    server.advance(session.expires_in().unwrap() - HALF_A_MINUTE);
    server.clear_requests();
    (server, RenewingSession::new(app, session).unwrap())
}

fn logged_in_to(server: &Server) -> LoggedIn {
    let app = out_of_band(server).scopes("read write".parse().unwrap());
    logged_in(server, "alice", app)
}

/// Pixelfed accepts a refresh token once, Akkoma any number of times.
const RENEWABLE: [Dialect; 2] = [Dialect::Pixelfed, Dialect::Akkoma];

fn call(session: &RenewingSession) -> Call {
    session.current().post("/api/v1/statuses").unwrap().form("status", "still here")
}

fn send(session: &mut RenewingSession, server: &Server) -> Result<(), Error> {
    let call = call(session);
    session.send(&call, server, server.now(), |_, _| Ok(())).map(drop)
}

/// How often the server renewed a session, and how often it received a status.
fn counts(server: &Server) -> (usize, usize) {
    let requests = server.requests();
    let refresh = Some("refresh_token".to_owned());
    let renewals = requests.iter().filter(|it| it.field("grant_type") == refresh);
    let posts = requests.iter().filter(|it| it.path == "/api/v1/statuses");
    (renewals.count(), posts.count())
}

#[test]
fn sessions_last_for_years_on_every_server() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let LoggedIn { app, session, .. } = logged_in_to(&server);
        let lifetime = session.expires_in();
        let is_renewable = session.refresh_token().is_some();
        let mut session = RenewingSession::new(app, session).unwrap();
        server.clear_requests();
        let call = session.current().get("/api/v1/accounts/verify_credentials").unwrap();
        for _ in 0..30 {
            server.advance(Duration::from_secs(36 * 86_400));
            session.send(&call, &server, server.now(), |_, _| Ok(())).unwrap();
        }
        // Three years, of which a token of a year lasts the first ten months.
        let is_brief = is_renewable && lifetime < Some(Duration::from_secs(400 * 86_400));
        let expected = if is_brief { 2 } else { 0 };
        assert_eq!(counts(&server).0, expected, "{dialect:?}");
    }
}

#[test]
fn long_absence_needs_no_sign_in() {
    let (server, mut session) = expiring(Dialect::Pixelfed);
    server.advance(Duration::from_secs(1000 * 86_400));
    send(&mut session, &server).unwrap();
    assert_eq!(counts(&server), (1, 1));
}

/// A process stores the session after each step, and is killed after one of them.
#[test]
fn killed_process_continues_after_any_step() {
    for dialect in RENEWABLE {
        for killed_after in 0..4 {
            let (server, session) = expiring(dialect);
            let mut file = serde_json::to_string(&session).unwrap();
            let mut stored = Vec::new();
            assert!(process(&server, &mut file, &mut stored, killed_after).is_none());
            let session = process(&server, &mut file, &mut stored, usize::MAX).unwrap();
            call(&session).send(&server).unwrap();
            assert_eq!(counts(&server), (1, 1), "{dialect:?}, killed after {killed_after}");
            assert_eq!(stored, [session.current().clone()]);
        }
    }
}

/// Carries out this many steps, and writes the session to the file after each. Returns it when it
/// is ready.
fn process(
    server: &Server,
    file: &mut String,
    stored: &mut Vec<Session>,
    steps: usize,
) -> Option<RenewingSession> {
    let mut session: RenewingSession = serde_json::from_str(file).unwrap();
    for _ in 0..steps {
        let now = server.now();
        match session.step(now) {
            RenewalStep::Send { request, .. } => {
                let response = server.send(request).unwrap();
                session.handle_response(&response, now).unwrap();
            }
            RenewalStep::Store { new, .. } if stored.last() != Some(new) => {
                stored.push(new.clone());
                continue; // as if it were killed before `handle_stored`
            }
            RenewalStep::Store { .. } => session.handle_stored(),
            RenewalStep::Ready(_) if steps == usize::MAX => return Some(session),
            RenewalStep::Ready(_) => return None,
        }
        *file = serde_json::to_string(&session).unwrap();
    }
    None
}

#[test]
fn faults_of_a_renewal_stop_no_call() {
    for dialect in RENEWABLE {
        for fault in [
            Fault::RateLimited(Duration::from_secs(300)),
            Fault::Throttled,
            Fault::BadGateway,
            Fault::Redirect("https://example.org/".to_owned()),
            Fault::Empty,
            Fault::Endless,
            Fault::NoResponse,
            Fault::SlowDrip,
            Fault::Reset,
            Fault::response(500, &[], ""),
            Fault::response(400, &[], r#"{"error":"invalid_grant"}"#),
        ] {
            let (server, mut session) = expiring(dialect);
            server.fail(fault.clone().at("/oauth/token"));
            send(&mut session, &server).unwrap_or_else(|error| panic!("{fault:?}: {error}"));
            send(&mut session, &server).unwrap();
            assert!(session.problem().is_some(), "{fault:?}");
            assert_eq!(counts(&server), (1, 2), "{fault:?}");
            server.advance(HALF_A_MINUTE);
            send(&mut session, &server).unwrap();
            assert!(session.problem().is_none(), "{fault:?}");
            assert_eq!(counts(&server), (2, 3), "{fault:?}");
        }
    }
}

/// The server has replaced the old token, and the new one was lost.
#[test]
fn lost_session_is_renewed_where_servers_allow_it() {
    for fault in [Fault::LostResponse, Fault::CutOff] {
        let (server, mut session) = expiring(Dialect::Akkoma);
        server.fail(fault.clone().at("/oauth/token"));
        send(&mut session, &server).unwrap();
        assert!(session.problem().is_none(), "{fault:?}");
    }

    let (server, mut session) = expiring(Dialect::Pixelfed);
    server.fail(Fault::LostResponse.at("/oauth/token"));
    // The old token is tried, and then the old refresh token, once each.
    let error = send(&mut session, &server).unwrap_err();
    assert_eq!(error.operation(), Some(Operation::RefreshSession));
    assert_eq!(error.remedy(), Remedy::SignIn, "{error}");
    assert_eq!(counts(&server), (2, 1));
}

#[test]
fn revoked_session_means_to_sign_in() {
    let (server, mut session) = expiring(Dialect::Akkoma);
    server.revoke_all();
    let error = send(&mut session, &server).unwrap_err();
    assert_eq!(error.remedy(), Remedy::SignIn);
    assert_eq!(counts(&server), (2, 1), "renewed early, and after the rejection");
}

#[test]
fn rejected_token_is_renewed_and_call_sent_again() {
    let (server, mut session) = expiring(Dialect::Akkoma);
    // The administrator has shortened the lifetime, so the server rejects the token early.
    let session_before = session.current().clone();
    let rejected = Fault::response(403, &[], r#"{"error":"Invalid credentials."}"#);
    server.fail(rejected.at("/api/v1/statuses"));
    session = session.leeway(Duration::ZERO);
    send(&mut session, &server).unwrap();
    assert_ne!(session.current(), &session_before);
    assert_eq!(counts(&server), (1, 2));
}

/// Stored sessions with a revision, for several processes.
struct Table(Mutex<(u64, SystemTime, String)>);

impl Table {
    fn read(&self) -> (u64, SystemTime, RenewingSession) {
        let (revision, claimed_until, json) = &*self.0.lock().unwrap();
        (*revision, *claimed_until, serde_json::from_str(json).unwrap())
    }

    fn compare_and_swap(
        &self,
        revision: u64,
        claimed_until: SystemTime,
        session: &RenewingSession,
    ) -> bool {
        let mut row = self.0.lock().unwrap();
        let is_current = row.0 == revision;
        if is_current {
            *row = (revision + 1, claimed_until, serde_json::to_string(session).unwrap());
        }
        is_current
    }
}

/// A session from the table. One process renews it; the others wait for that one.
fn shared(table: &Table, server: &Server, now: SystemTime) -> Result<Session, BoxError> {
    loop {
        let (revision, claimed_until, mut session) = table.read();
        if !session.is_due(now) {
            return Ok(session.current().clone());
        }
        let claim = now + Duration::from_secs(120);
        if now < claimed_until || !table.compare_and_swap(revision, claim, &session) {
            thread::yield_now();
            continue;
        }
        let app = session.app().clone();
        session.renew_if_due(server, now, |new, _old| {
            let new = RenewingSession::new(app.clone(), new.clone())?;
            match table.compare_and_swap(revision + 1, now, &new) {
                true => Ok(()),
                false => Err("another process has replaced the session".into()),
            }
        })?;
        return Ok(session.current().clone());
    }
}

#[test]
fn one_of_several_processes_renews() {
    for dialect in RENEWABLE {
        let (server, session) = expiring(dialect);
        let json = serde_json::to_string(&session).unwrap();
        let table = Table(Mutex::new((0, SystemTime::UNIX_EPOCH, json)));
        let process = || shared(&table, &server, server.now()).unwrap();
        let sessions: Vec<Session> = thread::scope(|scope| {
            let processes: Vec<_> = (0..8).map(|_| scope.spawn(process)).collect();
            processes.into_iter().map(|it| it.join().unwrap()).collect()
        });
        assert_eq!(counts(&server).0, 1, "{dialect:?}");
        for session in &sessions {
            session.verify().send(&server).unwrap();
        }
    }
}

/// Without a claim, Pixelfed rejects the second one. It has the first one's session in the table.
#[test]
fn loser_of_a_race_finds_the_renewed_session() {
    let (server, session) = expiring(Dialect::Pixelfed);
    server.advance(HALF_A_MINUTE);
    let stored = Mutex::new(session.current().clone());
    let mut processes = [(); 2]
        .map(|()| RenewingSession::new(session.app().clone(), session.current().clone()).unwrap());
    let now = server.now();
    let swap = |new: &Session, old: &Session| {
        let mut stored = stored.lock().unwrap();
        if *stored != *old {
            return Err("another process has replaced the session".into());
        }
        *stored = new.clone();
        Ok(())
    };
    processes[0].renew_if_due(&server, now, swap).unwrap();
    assert!(processes[1].renew_if_due(&server, now, swap).is_err());
    let stored = stored.into_inner().unwrap();
    assert_ne!(stored.access_token(), processes[1].current().access_token());
    stored.verify().send(&server).unwrap();
}

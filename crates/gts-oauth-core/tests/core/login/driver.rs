//! Patience with a server, and starting over, as whoever carries out a login chooses.

use std::time::{Duration, SystemTime};

use gts_oauth_core::{
    BoxError, Driver, Error, Login, UserReply, error::Operation, login::AuthorizeStep, types::Retry,
};

use crate::recorded::{
    ALICE, APP_AGAIN, APP_OUT_OF_BAND, CODE, PAGE, REGISTRATION_REFUSED, TOKEN_READ, answer,
    rate_limited, throttled,
};
use crate::scenario::{At, Server, at, nobody, out_of_band, told};

/// Who tries again so many times, and notes how long to wait.
struct Patient {
    tries: usize,
    waits: Vec<Option<Retry>>,
    failures: Vec<(Operation, u32)>,
}

impl Patient {
    fn of(tries: usize) -> Self {
        Self { tries, waits: Vec::new(), failures: Vec::new() }
    }
}

impl Driver for Patient {
    fn ask(&mut self, ask: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        assert!(ask.problem.is_none(), "what was waited for is no problem");
        Ok(CODE.into())
    }

    fn should_retry(&mut self, login: &Login, error: &Error, tries: u32) -> bool {
        self.failures.push((login.operation(), tries));
        self.waits.push(error.retry());
        self.waits.len() <= self.tries
    }
}

#[test]
fn a_patient_driver_is_told_how_long_to_wait_and_gets_through() {
    let server = Server::new([
        rate_limited(),
        answer(200, APP_OUT_OF_BAND),
        throttled(429),
        answer(502, PAGE),
        answer(200, TOKEN_READ),
        answer(200, ALICE),
    ]);
    let mut patient = Patient::of(3);
    let mut login = out_of_band().register();
    login.run_with(&server, &mut patient).unwrap();
    let [Some(Retry::After(long)), Some(Retry::After(short)), None] = patient.waits[..] else {
        panic!("{:?}", patient.waits);
    };
    assert_eq!(short, Duration::from_secs(30));
    assert!(long > short);
    let failures =
        [(Operation::Register, 1), (Operation::ExchangeCode, 1), (Operation::ExchangeCode, 2)];
    assert_eq!(patient.failures, failures);
}

#[test]
fn whoever_has_no_patience_gets_the_error_and_the_login_stands_where_it_was() {
    let mut login = out_of_band().register();
    let before = told(&login);
    let mut patient = Patient::of(1);
    let outcome = login.run_with(&Server::new([rate_limited(), rate_limited()]), &mut patient);
    assert!(matches!(outcome, Err(Error::Unavailable(_))));
    assert_eq!(patient.waits.len(), 2);
    assert_eq!(told(&login), before);
}

#[test]
fn what_the_driver_is_asked_about_is_every_error_that_leaves_the_login_where_it_was() {
    let mut login = out_of_band().register();
    let mut patient = Patient::of(0);
    let server = Server::new([answer(400, REGISTRATION_REFUSED)]);
    let outcome = login.run_with(&server, &mut patient);
    assert!(matches!(outcome, Err(Error::ErrorResponse(_))));
    let outcome = login.run_with(&Server::new([]), &mut patient);
    assert!(matches!(outcome, Err(Error::Transport(..))));
    assert_eq!(patient.waits, [None, None]);
}

#[test]
fn a_moment_is_waited_for_from_now_and_a_past_one_not_at_all() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    let minute = Duration::from_secs(60);
    assert_eq!(Retry::After(minute).wait_from(now), minute);
    assert_eq!(Retry::At(now + minute).wait_from(now), minute);
    assert_eq!(Retry::At(now - minute).wait_from(now), Duration::ZERO);
}

/// A person who sees a page of the server's that says 500, and then a good one.
fn start_over_once(with: UserReply) -> (Vec<String>, Server) {
    let server = Server::new([answer(200, APP_AGAIN), answer(200, TOKEN_READ), answer(200, ALICE)]);
    let server = match with {
        UserReply::NewApp => server,
        _ => Server::new([answer(200, TOKEN_READ), answer(200, ALICE)]),
    };
    let mut visited = Vec::new();
    let mut login = out_of_band().given_app().authorize();
    let ask = |ask: AuthorizeStep<'_>| {
        assert!(ask.problem.is_none(), "starting over is no problem");
        visited.push(ask.url.to_owned());
        match visited.len() {
            1 => Ok(with.clone()),
            _ => Ok(CODE.into()),
        }
    };
    login.run(&server, ask).unwrap();
    assert_eq!(at(&login), At::Done);
    (visited, server)
}

#[test]
fn whoever_sees_an_error_page_starts_over_with_a_new_app() {
    let (visited, server) = start_over_once(UserReply::NewApp);
    assert!(visited[1].contains("01H1F7HJJ9GX5H8PBMAS0NBQY8"));
    assert_eq!(server.asked()[0], "/api/v1/apps");
}

#[test]
fn whoever_is_stuck_starts_over_with_the_same_app() {
    let (visited, server) = start_over_once(UserReply::StartOver);
    assert_ne!(visited[0], visited[1]);
    assert_eq!(server.asked()[0], "/oauth/token");
}

#[test]
fn nobody_is_asked_where_there_is_nothing_to_ask() {
    let mut login = out_of_band().done();
    login.run(&Server::new([]), nobody).unwrap();
}

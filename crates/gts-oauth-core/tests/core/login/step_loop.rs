//! The loop over the steps of a login, with `?` on every call, as its documentation shows it.

use gts_oauth_core::{BoxError, Error, LoggedIn, Login, Step, Transport, UserReply};

use crate::recorded::{ALICE, CODE, NO_ROWS, OTHER_CODE, TOKEN_READ, TOKEN_READ_WRITE, answer};
use crate::scenario::{
    At, Server, Silence, allowed, at, by_redirect, callback, out_of_band, state,
};

/// The loop of the documentation, and the problems that the user was shown.
fn log_in(
    login: &mut Login,
    http: &dyn Transport,
    mut reply: impl FnMut(usize, &Login) -> UserReply,
) -> (Result<LoggedIn, BoxError>, Vec<String>) {
    let mut shown = Vec::new();
    let mut asked = 0;
    let mut log_in = || -> Result<LoggedIn, BoxError> {
        loop {
            match login.step() {
                Step::Send { request, .. } => match http.send(request) {
                    Ok(response) => login.handle_response(&response)?,
                    Err(error) => login.handle_transport_error(error)?,
                },
                Step::Authorize { problem, .. } => {
                    shown.extend(problem.map(ToString::to_string));
                    let reply = reply(asked, login);
                    asked += 1;
                    login.handle_reply(reply)?;
                }
                Step::Done(me) => return Ok(me.clone()),
            }
        }
    };
    let outcome = log_in();
    (outcome, shown)
}

#[test]
fn mistyped_code_does_not_end_the_loop() {
    let server = Server::new([answer(400, NO_ROWS), answer(200, TOKEN_READ), answer(200, ALICE)]);
    let mut login = out_of_band().authorize();
    let texts = ["two words", OTHER_CODE, CODE];
    let (me, shown) = log_in(&mut login, &server, |asked, _| texts[asked].into());
    assert_eq!(me.unwrap().account.unwrap().username(), "alice");
    let [unreadable, rejected] = &shown[..] else {
        panic!("{shown:?}");
    };
    assert!(unreadable.contains("no whitespace"), "{unreadable}");
    assert!(rejected.contains("no rows"), "{rejected}");
}

#[test]
fn denial_does_not_end_the_loop() {
    let server = Server::new([answer(200, TOKEN_READ_WRITE), answer(200, ALICE)]);
    let mut login = by_redirect().authorize();
    let (me, shown) = log_in(&mut login, &server, |asked, login| match asked {
        0 => callback(&format!("error=access_denied&state={}", state(login))).into(),
        _ => allowed(login, CODE).into(),
    });
    assert!(me.is_ok());
    assert_eq!(shown.len(), 1);
    assert!(shown[0].contains("access_denied"), "{shown:?}");
}

#[test]
fn wrong_account_does_not_end_the_loop() {
    let bob = ALICE.replace("alice", "bob");
    let server = Server::new([
        answer(200, TOKEN_READ),
        answer(200, ALICE),
        answer(200, TOKEN_READ),
        answer(200, &bob),
    ]);
    let mut login = out_of_band().expecting("bob").authorize();
    let codes = [CODE, OTHER_CODE];
    let (me, shown) = log_in(&mut login, &server, |asked, _| codes[asked].into());
    assert_eq!(me.unwrap().account.unwrap().username(), "bob");
    assert_eq!(shown.len(), 1);
    assert!(shown[0].contains("@alice@example.org"), "{shown:?}");
}

#[test]
fn lost_response_ends_the_loop_and_loses_nothing() {
    let mut login = out_of_band().exchange();
    let server = Server::new([answer(200, TOKEN_READ)]);
    let (outcome, _) = log_in(&mut login, &server, |_, _| unreachable!());
    let error = outcome.unwrap_err();
    match error.downcast_ref::<Error>() {
        Some(Error::Transport(failed)) => assert!(failed.error.is::<Silence>(), "{}", failed.error),
        other => panic!("{other:?}"),
    }
    assert_eq!(at(&login), At::Verify);
    let server = Server::new([answer(200, ALICE)]);
    let (me, _) = log_in(&mut login, &server, |_, _| unreachable!());
    assert!(me.is_ok());
}

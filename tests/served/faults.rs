//! Every fault on a socket leads to an error in finite time, and the login continues after it.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use gts_oauth_fake::{Dialect, Fault};
use gts_oauth_ureq::ureq::Agent;
use gts_oauth_ureq::{
    BoxError, Error, Exchange as _, Ureq,
    error::{ResponseTooLong, UnexpectedReason},
};

use super::{login, serve, user};

const VERIFY: &str = "/api/v1/accounts/verify_credentials";

/// A login with this fault when the account is verified. Returns its error, after it has continued.
fn login_with(fault: Fault) -> Result<Error, BoxError> {
    let limit = Some(Duration::from_millis(500));
    let agent = Agent::config_builder().timeout_global(limit).build();
    let http = Ureq::with_agent(agent.new_agent());
    let served = serve(Dialect::GoToSocial);
    let alice = served.account("alice");
    let mut login = login(&served)?;
    // A GET is sent once more if the connection is closed.
    let is_closed = matches!(fault, Fault::Reset | Fault::LostResponse);
    served.fail(fault.clone().at(VERIFY).times(if is_closed { 2 } else { 1 }));
    let Err(error) = login.run(&http, |step| alice.allow(step.url)) else {
        return Err(format!("{fault:?} caused no error").into());
    };
    let me = login.run(&http, |_| Err("the code is not lost".into()))?;
    assert_eq!(me.account.as_ref().map(|it| it.username()), Some("alice"), "{fault:?}");
    Ok(error)
}

#[test]
fn an_answer_that_is_not_the_right_one_is_told_with_its_status() -> Result<(), BoxError> {
    for (fault, status) in [
        (Fault::RateLimited(Duration::from_secs(60)), 429),
        (Fault::Throttled, 429),
        (Fault::BadGateway, 502),
        (Fault::Empty, 200),
        (Fault::CutOff, 200),
        (Fault::Redirect("https://example.org/".to_owned()), 302),
        (Fault::response(403, &[("content-type", "text/html")], "<html>blocked</html>"), 403),
    ] {
        let error = login_with(fault.clone())?;
        let reported = error.status().map(|status| status.as_u16());
        assert_eq!(reported, Some(status), "{fault:?}: {error}");
    }
    Ok(())
}

#[test]
fn a_body_without_end_is_given_up_at_the_limit() -> Result<(), BoxError> {
    let error = login_with(Fault::Endless)?;
    let too_long = matches!(&error, Error::UnexpectedResponse(odd) if matches!(odd.reason, UnexpectedReason::TooLong(_)))
        || matches!(&error, Error::Transport(failed) if failed.error.is::<ResponseTooLong>());
    assert!(too_long, "{error:?}");
    Ok(())
}

#[test]
fn silence_a_drip_and_a_cut_connection_are_no_answer() -> Result<(), BoxError> {
    for fault in [Fault::NoResponse, Fault::SlowDrip, Fault::Reset, Fault::LostResponse] {
        let error = login_with(fault.clone())?;
        assert!(matches!(error, Error::Transport(..)), "{fault:?}: {error:?}");
    }
    Ok(())
}

#[test]
fn an_answer_that_is_lost_was_given_all_the_same() -> Result<(), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let alice = served.account("alice");
    let http = Ureq::new();
    let mut login = login(&served)?;
    let me = login.run(&http, |step| alice.allow(step.url))?;
    let revoke = me.app.revoke(&me.session)?;
    served.fail(Fault::LostResponse);
    assert!(matches!(revoke.send(&http), Err(Error::Transport(..))));
    let error = me.session.verify().send(&http).expect_err("it was revoked");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(401));
    Ok(())
}

#[test]
fn a_browser_is_struck_as_well() -> Result<(), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let mut alice = user(&served, "alice");
    served.fail(Fault::BadGateway.at("/oauth/authorize"));
    let mut login = login(&served)?;
    let failed = login.run(&Ureq::new(), |step| Ok(alice.read_code(step.url)?.into()));
    let Err(Error::Prompt(error)) = failed else {
        return Err(format!("{failed:?}").into());
    };
    assert!(error.to_string().contains("502"), "{error}");
    Ok(())
}

/// A request to a server with this fault.
fn request(fault: Fault) -> Result<(gts_oauth_fake::Served, TcpStream), BoxError> {
    let served = serve(Dialect::GoToSocial);
    served.fail(fault);
    let mut socket = TcpStream::connect(served.address())?;
    socket.set_read_timeout(Some(Duration::from_secs(20)))?;
    socket.write_all(b"GET / HTTP/1.1\r\nHost: it\r\n\r\n")?;
    Ok((served, socket))
}

#[test]
fn a_reset_is_one_on_the_wire() -> Result<(), BoxError> {
    for fault in [Fault::Reset, Fault::LostResponse] {
        let (_served, mut socket) = request(fault)?;
        let error = socket.read(&mut [0; 1]).expect_err("it is reset");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    }
    Ok(())
}

#[test]
fn a_drip_is_one_byte_after_another() -> Result<(), BoxError> {
    let (_served, mut socket) = request(Fault::SlowDrip)?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        socket.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    for _ in 0..3 {
        assert_eq!(socket.read(&mut [0; 1024])?, 1);
    }
    Ok(())
}

#[test]
fn who_waits_for_an_answer_is_released_when_the_server_is_dropped() -> Result<(), BoxError> {
    for fault in [Fault::NoResponse, Fault::SlowDrip, Fault::Endless] {
        let (served, mut socket) = request(fault.clone())?;
        if fault != Fault::NoResponse {
            socket.read_exact(&mut [0; 20])?; // it has started
        }
        drop(served);
        match socket.read_to_end(&mut Vec::new()) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {}
            Err(error) => return Err(format!("{fault:?}: {error}").into()),
        }
    }
    Ok(())
}

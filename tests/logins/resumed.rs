//! Logins that stop in the middle, and go on.

use gts_oauth_core::http::{Request, Response, Uri};
use gts_oauth_fake::{Fault, Server};
use gts_oauth_tests::Player;
use gts_oauth_ureq::{BoxError, Error, Login, LoginError, Transport as _, Ureq, login};

use super::{CODE, after_discovery, all_recorded, assert_alice, probe, undiscovered};

/// A transport to another server than the one the request names, as if that one had moved.
fn to(server: &Player) -> impl Fn(Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
    let origin = server.origin();
    move |mut request| {
        let uri: Uri = format!("{origin}{}", request.uri().path()).parse()?;
        *request.uri_mut() = uri;
        Ureq::new().send(request)
    }
}

/// A login whose server dies while the person is at its page.
fn stopped() -> LoginError {
    let server = Player::start(undiscovered([1]));
    let instance = server.instance();
    let mut server = Some(server);
    let outcome = login(probe(instance), |_| {
        let asked = server.take().map(Player::finish).unwrap_or_default();
        assert_eq!(after_discovery(asked).len(), 1);
        Ok(CODE.into())
    });
    outcome.expect_err("the server is gone")
}

#[test]
fn a_server_that_died_leaves_a_login_that_goes_on_with_another_transport() -> Result<(), BoxError> {
    let stopped = stopped();
    assert!(matches!(stopped.error, Error::NoAnswer(..)), "{stopped}");
    assert!(stopped.to_string().contains("nothing is lost"), "{stopped}");
    let mut login = stopped.login.ok_or("no login")?;

    let server = Player::start(all_recorded([19, 29]));
    let me = login.run(&to(&server), |_| Err("it was asked before".into()))?;
    assert_alice(me);
    let asked = server.finish();
    assert_eq!(asked[0].field("code"), CODE, "the code was not lost");
    Ok(())
}

#[test]
fn a_stopped_login_goes_on_in_another_process() -> Result<(), BoxError> {
    let login = stopped().login.ok_or("no login")?;
    let stored = postcard::to_allocvec(&login)?;
    drop(login);

    let server = Player::start(all_recorded([19, 29]));
    let mut login: Login = postcard::from_bytes(&stored)?;
    assert_alice(login.run(&to(&server), |_| Err("it was asked before".into()))?);
    server.finish();
    Ok(())
}

#[test]
fn a_refused_connection_is_no_answer_with_the_clients_own_error() -> Result<(), BoxError> {
    let Error::NoAnswer(_, error) = stopped().error else {
        return Err("another error".into());
    };
    let error = error.downcast::<gts_oauth_ureq::ureq::Error>()?;
    let gts_oauth_ureq::ureq::Error::Io(io) = *error else {
        return Err(error);
    };
    assert_eq!(io.kind(), std::io::ErrorKind::ConnectionRefused);
    Ok(())
}

#[test]
fn a_server_in_trouble_is_asked_the_same_again_when_the_login_goes_on() -> Result<(), BoxError> {
    let served = Server::builder(7).serve()?;
    let alice = served.person("alice");
    served.fail(Fault::BadGateway.at("/oauth/token"));
    served.fail(Fault::Throttled.at("/api/v1/accounts/verify_credentials"));
    let stopped = login(probe(served.instance()), |ask| alice.allow(ask.url));
    let LoginError { error, login, .. } = stopped.expect_err("there was trouble");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(502));

    let mut login = login.ok_or("no login")?;
    let again = |_: gts_oauth_ureq::Ask<'_>| Err("it was asked before".into());
    let busy = login.run(&Ureq::new(), again).map(drop);
    assert!(matches!(busy, Err(Error::Busy(_))), "{busy:?}");
    assert!(login.session().is_some(), "the token is there already");
    let me = login.run(&Ureq::new(), again)?;
    assert_eq!(
        me.account.as_ref().map(|account| account.username()),
        Some("alice")
    );

    let asked = served.asked();
    let exchanges: Vec<_> = asked
        .iter()
        .filter(|it| it.path == "/oauth/token")
        .collect();
    assert_eq!(exchanges.len(), 2);
    assert_eq!(
        exchanges[0].body, exchanges[1].body,
        "the same request went again"
    );
    Ok(())
}

#[test]
fn a_prompt_that_fails_leaves_the_login_where_it_asked() -> Result<(), BoxError> {
    let server = Player::start(undiscovered([1, 19, 29]));
    let stopped = login(probe(server.instance()), |_| Err("no terminal".into()));
    let LoginError { error, login, .. } = stopped.expect_err("nobody was asked");
    assert!(matches!(&error, Error::Prompt(cause) if cause.to_string() == "no terminal"));
    let mut login = login.ok_or("no login")?;
    assert_alice(login.run(&Ureq::new(), |_| Ok(CODE.into()))?);
    server.finish();
    Ok(())
}

//! Logins that stop at a step, and continue.

use gts_oauth_core::error::NetworkFault;
use gts_oauth_core::http::{Request, Response, Uri};
use gts_oauth_fake::{Fault, Server};
use gts_oauth_tests::Player;
use gts_oauth_ureq::{
    BoxError, Error, Instance, Login, Transport as _, Ureq, UserReply, entropy,
    login::AuthorizeStep, ureq,
};

use super::{CODE, after_discovery, all_recorded, assert_alice, probe, undiscovered};

/// A transport that sends each request to this server instead.
fn to(server: &Player) -> impl Fn(Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
    let origin = server.origin();
    move |mut request| {
        let uri: Uri = format!("{origin}{}", request.uri().path()).parse()?;
        *request.uri_mut() = uri;
        Ureq::new().send(request)
    }
}

fn start(instance: Instance) -> Result<Login, BoxError> {
    Ok(Login::new(probe(instance), entropy()?))
}

/// A login that failed because its server stopped while the user was at its page.
fn stopped() -> Result<(Error, Login), BoxError> {
    let server = Player::start(undiscovered([1]));
    let mut login = start(server.instance())?;
    let mut server = Some(server);
    let outcome = login.run(&Ureq::new(), |_| {
        let requests = server.take().map(Player::finish).unwrap_or_default();
        assert_eq!(after_discovery(requests).len(), 1);
        Ok(CODE.into())
    });
    let error = outcome.map(drop).expect_err("the server has stopped");
    Ok((error, login))
}

/// The prompt of a login that does not ask the user again.
fn not_asked(_: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
    Err("it was asked before".into())
}

#[test]
fn a_server_that_died_leaves_a_login_that_goes_on_with_another_transport() -> Result<(), BoxError> {
    let (error, mut login) = stopped()?;
    assert!(matches!(error, Error::Transport(..)), "{error}");
    assert!(error.to_string().contains("the connection was refused"), "{error}");

    let server = Player::start(all_recorded([19, 29]));
    let me = login.run(&to(&server), not_asked)?;
    assert_alice(me);
    let requests = server.finish();
    assert_eq!(requests[0].field("code"), CODE, "the code was not lost");
    Ok(())
}

#[test]
fn a_stopped_login_goes_on_in_another_process() -> Result<(), BoxError> {
    let (_, login) = stopped()?;
    let stored = postcard::to_allocvec(&login)?;
    drop(login);

    let server = Player::start(all_recorded([19, 29]));
    let mut login: Login = postcard::from_bytes(&stored)?;
    assert_alice(login.run(&to(&server), not_asked)?);
    server.finish();
    Ok(())
}

#[test]
fn a_refused_connection_is_no_answer_with_the_clients_own_error() -> Result<(), BoxError> {
    let (Error::Transport(failed), _) = stopped()? else {
        return Err("another error".into());
    };
    assert_eq!(failed.fault, NetworkFault::Refused);
    let source = failed.error.source().and_then(|source| source.downcast_ref());
    let Some(ureq::Error::Io(io)) = source else {
        return Err(failed.error);
    };
    assert_eq!(io.kind(), std::io::ErrorKind::ConnectionRefused);
    Ok(())
}

#[test]
fn a_server_in_trouble_is_asked_the_same_again_when_the_login_goes_on() -> Result<(), BoxError> {
    let served = Server::builder(7).serve()?;
    let alice = served.account("alice");
    served.fail(Fault::BadGateway.at("/oauth/token"));
    served.fail(Fault::Throttled.at("/api/v1/accounts/verify_credentials"));
    let mut login = start(served.instance())?;
    let stopped = login.run(&Ureq::new(), |step| alice.allow(step.url));
    let error = stopped.map(drop).expect_err("a server error");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(502));

    let busy = login.run(&Ureq::new(), not_asked).map(drop);
    assert!(matches!(busy, Err(Error::Unavailable(_))), "{busy:?}");
    assert!(login.session().is_some(), "the token is there already");
    let me = login.run(&Ureq::new(), not_asked)?;
    assert_eq!(me.account.as_ref().map(|account| account.username()), Some("alice"));

    let requests = served.requests();
    let exchanges: Vec<_> = requests.iter().filter(|it| it.path == "/oauth/token").collect();
    assert_eq!(exchanges.len(), 2);
    assert_eq!(exchanges[0].body, exchanges[1].body, "the same request was sent again");
    Ok(())
}

#[test]
fn a_prompt_that_fails_leaves_the_login_where_it_asked() -> Result<(), BoxError> {
    let server = Player::start(undiscovered([1, 19, 29]));
    let mut login = start(server.instance())?;
    let stopped = login.run(&Ureq::new(), |_| Err("no terminal".into()));
    let error = stopped.map(drop).expect_err("the prompt failed");
    assert!(matches!(&error, Error::Prompt(cause) if cause.to_string() == "no terminal"));
    assert_alice(login.run(&Ureq::new(), |_| Ok(CODE.into()))?);
    server.finish();
    Ok(())
}

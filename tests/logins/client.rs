//! What each adapter leaves to its client, and its errors when the client fails.

use std::error::Error as StdError;
use std::time::Duration;

use gts_oauth_core::error::{NetworkFault, TransportError};
use gts_oauth_core::{BoxError, Error, Exchange as _, Transport};
use gts_oauth_isahc::isahc::HttpClient;
use gts_oauth_isahc::isahc::config::Configurable as _;
use gts_oauth_isahc::{Isahc, isahc};
use gts_oauth_tests::{CannedResponse, Player};
use gts_oauth_ureq::ureq::Agent;
use gts_oauth_ureq::ureq::tls::TlsConfig;
use gts_oauth_ureq::{CertificatesUnchecked, Ureq, ureq};

use super::adapter::{all, get, page, session};

const SHORT: Duration = Duration::from_millis(100);

#[test]
fn an_agent_that_checks_no_certificates_is_refused_before_anything_is_sent() -> Result<(), BoxError>
{
    let tls = TlsConfig::builder().disable_verification(true).build();
    let config = Agent::config_builder().tls_config(tls).build();
    let server = Player::start(Vec::new());
    let http = Ureq::from(config.new_agent());
    let refused = session(&server)?.verify().send(&http);
    let Err(Error::Transport(failed)) = refused else {
        return Err(format!("{refused:?}").into());
    };
    assert_eq!(failed.fault, NetworkFault::Configuration);
    assert_eq!(stack_error(&failed.error), Some(&CertificatesUnchecked));
    assert!(server.finish().is_empty());
    Ok(())
}

/// The HTTP stack's error of this type, which is the source of the adapter's.
fn stack_error<E: StdError + 'static>(error: &BoxError) -> Option<&E> {
    error.source()?.downcast_ref()
}

/// The adapter's error if the server closes the connection.
fn hung_up(http: &dyn Transport) -> Result<TransportError, BoxError> {
    let server = page(CannedResponse::hang_up());
    let hung_up = session(&server)?.get("/page")?.send(http);
    server.finish();
    match hung_up {
        Err(Error::Transport(failed)) => Ok(failed),
        other => Err(format!("{other:?}").into()),
    }
}

#[test]
fn a_server_that_hangs_up_gives_no_answer_and_the_clients_own_error() -> Result<(), BoxError> {
    let failed = hung_up(&Ureq::new())?;
    assert_eq!(failed.fault, NetworkFault::Closed);
    assert!(stack_error::<ureq::Error>(&failed.error).is_some(), "{failed:?}");

    let failed = hung_up(&Isahc::new())?;
    assert_eq!(failed.fault, NetworkFault::Closed);
    assert!(stack_error::<isahc::Error>(&failed.error).is_some(), "{failed:?}");
    Ok(())
}

#[test]
fn a_silent_server_is_given_up_at_the_agents_own_limit() -> Result<(), BoxError> {
    let config = Agent::config_builder().timeout_global(Some(SHORT)).build();
    let server = page(CannedResponse::silence());
    let error = get(&server, &Ureq::with_agent(config.new_agent())).expect_err("it is silent");
    let cause = stack_error(&error);
    assert!(matches!(cause, Some(ureq::Error::Timeout(_))), "{error:?}");
    server.finish();
    Ok(())
}

#[test]
fn a_silent_server_is_given_up_at_the_transports_limit_whatever_the_clients_is()
-> Result<(), BoxError> {
    let patient = HttpClient::builder().timeout(Duration::from_secs(3600));
    let patient = Isahc::from(patient.build()?).timeout(SHORT);
    for http in [Isahc::new().timeout(SHORT), patient] {
        let server = page(CannedResponse::silence());
        let error = get(&server, &http).expect_err("it is silent");
        let cause = stack_error(&error);
        assert!(cause.is_some_and(isahc::Error::is_timeout), "{error:?}");
        server.finish();
    }
    Ok(())
}

#[test]
fn no_time_at_all_is_not_taken_for_no_limit() -> Result<(), BoxError> {
    let server = page(CannedResponse::silence());
    let http = Isahc::new().timeout(Duration::ZERO);
    // It may be given up before or after it was sent.
    get(&server, &http).expect_err("it is silent");
    drop(server);
    Ok(())
}

#[test]
fn an_answer_can_be_cloned() -> Result<(), BoxError> {
    for (name, http) in all() {
        let server = page(CannedResponse::new(200, "{}"));
        let response = get(&server, &*http)?;
        assert_eq!(response.clone().body(), response.body(), "{name}");
        server.finish();
    }
    Ok(())
}

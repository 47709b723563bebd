//! What the blocking adapter does on a real socket, whatever its agent was told.

use std::error::Error as _;
use std::time::Duration;

use gts_oauth_core::http::header::{ACCEPT, LOCATION, USER_AGENT};
use gts_oauth_core::http::{Request, Response};
use gts_oauth_tests::{Answer, Player, play, recording};
use gts_oauth_ureq::ureq::Agent;
use gts_oauth_ureq::ureq::config::RedirectAuthHeaders;
use gts_oauth_ureq::ureq::tls::TlsConfig;
use gts_oauth_ureq::{
    BoxError, CertificatesUnchecked, Error, Exchange as _, MAX_BODY, Secret, Session, TooLong,
    Transport as _, Ureq, Why, ureq,
};

use super::probe;

/// The adapter as it comes, and with an agent that was told all that it should not do.
fn both() -> [Ureq; 2] {
    let config = Agent::config_builder()
        .max_redirects(5)
        .max_redirects_will_error(true)
        .redirect_auth_headers(RedirectAuthHeaders::SameHost)
        .http_status_as_error(true)
        .build();
    [Ureq::new(), Ureq::with_agent(config.new_agent())]
}

/// `GET /page`
fn get(server: &Player, http: &Ureq) -> Result<Response<Vec<u8>>, BoxError> {
    let request = Request::get(format!("{}/page", server.origin()))
        .header(USER_AGENT, "gts-oauth-tests")
        .header(ACCEPT, "application/json");
    http.send(request.body(Vec::new())?)
}

/// A server that answers one `GET /page`.
fn page(answer: Answer) -> Player {
    Player::start(vec![play("GET", "/page", answer)])
}

fn session(server: &Player) -> Result<Session, Error> {
    Session::from_token(server.instance(), Secret::new("M2I1M2Y3YJQTMTJLMY0ZNZJK"))
}

#[test]
fn a_redirect_comes_back_as_an_error_and_nothing_is_sent_after_it() -> Result<(), BoxError> {
    for http in both() {
        for status in [301, 302, 303, 307, 308] {
            let moved = Answer::new(status, "").header(LOCATION.as_str(), "/elsewhere?secret=1");
            let plays = vec![
                play("POST", "/api/v1/apps", moved.clone()),
                play("GET", "/api/v1/accounts/verify_credentials", moved),
            ];
            let server = Player::start(plays);
            let register = probe(server.instance()).send(&http).map(drop);
            let verify = session(&server)?.verify().send(&http).map(drop);
            for refused in [register, verify] {
                let Err(Error::Unexpected(odd)) = refused else {
                    return Err(format!("{status}: {refused:?}").into());
                };
                assert_eq!(odd.why, Why::Redirect("/elsewhere".to_owned()));
                assert_eq!(odd.status.map(|status| status.as_u16()), Some(status));
            }
            assert_eq!(server.finish().len(), 2);
        }
    }
    Ok(())
}

#[test]
fn the_recorded_redirect_of_a_token_request_is_not_followed() -> Result<(), BoxError> {
    for http in both() {
        let server = Player::start(vec![play("POST", "/oauth/token", recording(78))]);
        let app = gts_oauth_ureq::App::from_credentials(
            probe(server.instance()),
            "01ST88WW",
            Secret::new("63688859"),
        )?;
        let moved = app.client_credentials().send(&http);
        assert!(matches!(moved, Err(Error::Unexpected(_))), "{moved:?}");
        assert_eq!(server.finish().len(), 1);
    }
    Ok(())
}

#[test]
fn every_status_is_an_answer() -> Result<(), BoxError> {
    for http in both() {
        for status in [
            201, 400, 401, 403, 404, 405, 406, 418, 422, 429, 500, 502, 503,
        ] {
            let server = page(Answer::new(status, "as it is").header("X-Request-Id", "38g8"));
            let answer = get(&server, &http)?;
            assert_eq!(answer.status().as_u16(), status);
            assert_eq!(answer.headers()["x-request-id"], "38g8");
            assert_eq!(answer.body(), b"as it is");
            server.finish();
        }
    }
    Ok(())
}

#[test]
fn a_body_of_exactly_the_limit_is_read() -> Result<(), BoxError> {
    let body = vec![b' '; MAX_BODY];
    for answer in [
        Answer::new(200, body.clone()),
        Answer::new(200, body.clone()).without_length(),
    ] {
        let server = page(answer);
        assert_eq!(get(&server, &Ureq::new())?.body().len(), MAX_BODY);
        server.finish();
    }
    Ok(())
}

#[test]
fn a_body_of_one_byte_more_is_refused() -> Result<(), BoxError> {
    let body = vec![b' '; MAX_BODY + 1];
    for answer in [
        Answer::new(200, body.clone()),
        Answer::new(200, body.clone()).without_length(),
    ] {
        let server = page(answer.clone());
        let refused = get(&server, &Ureq::new()).expect_err("it is too long");
        assert_eq!(refused.downcast_ref(), Some(&TooLong));
        server.finish();

        let server = page(answer);
        let refused = session(&server)?.get("/page")?.send(&Ureq::new());
        let too_long = matches!(&refused, Err(Error::Unexpected(odd)) if odd.why == Why::TooLong);
        assert!(too_long, "{refused:?}");
        server.finish();
    }
    Ok(())
}

#[test]
fn an_agent_that_checks_no_certificates_is_refused_before_anything_is_sent() -> Result<(), BoxError>
{
    let tls = TlsConfig::builder().disable_verification(true).build();
    let config = Agent::config_builder().tls_config(tls).build();
    let server = Player::start(Vec::new());
    let http = Ureq::from(config.new_agent());
    let refused = session(&server)?.verify().send(&http);
    let Err(Error::NoAnswer(cause)) = refused else {
        return Err(format!("{refused:?}").into());
    };
    assert_eq!(cause.downcast_ref(), Some(&CertificatesUnchecked));
    assert!(server.finish().is_empty());
    Ok(())
}

#[test]
fn cookies_are_not_sent_back() -> Result<(), BoxError> {
    let cookie = "session=1; Path=/; HttpOnly; SameSite=Lax";
    let set = Answer::new(200, "{}").header("Set-Cookie", cookie);
    let server = Player::start(vec![
        play("GET", "/page", set),
        play("GET", "/page", Answer::new(200, "{}")),
    ]);
    let http = Ureq::new();
    get(&server, &http)?;
    get(&server, &http)?;
    for asked in server.finish() {
        assert_eq!(asked.header("cookie"), None);
    }
    Ok(())
}

#[test]
fn a_server_that_hangs_up_gives_no_answer_and_the_clients_own_error() -> Result<(), BoxError> {
    let server = page(Answer::hang_up());
    let hung_up = session(&server)?.get("/page")?.send(&Ureq::new());
    let error = hung_up.expect_err("nobody answered");
    assert!(matches!(error, Error::NoAnswer(_)), "{error:?}");
    let cause = error
        .source()
        .and_then(|cause| cause.downcast_ref::<ureq::Error>());
    assert!(cause.is_some(), "{error:?}");
    server.finish();
    Ok(())
}

#[test]
fn an_answer_that_breaks_off_is_no_answer() -> Result<(), BoxError> {
    let short = Answer::new(200, "{\"id\":").without_length();
    let server = page(short.header("Content-Length", "1000"));
    let error = get(&server, &Ureq::new()).expect_err("994 bytes are missing");
    assert!(error.is::<ureq::Error>(), "{error:?}");
    server.finish();
    Ok(())
}

#[test]
fn a_silent_server_is_given_up_at_the_agents_own_limit() -> Result<(), BoxError> {
    let limit = Some(Duration::from_millis(100));
    let config = Agent::config_builder().timeout_global(limit).build();
    let server = page(Answer::silence());
    let error = get(&server, &Ureq::with_agent(config.new_agent())).expect_err("it is silent");
    let cause = error.downcast_ref::<ureq::Error>();
    assert!(matches!(cause, Some(ureq::Error::Timeout(_))), "{error:?}");
    server.finish();
    Ok(())
}

#[test]
fn nothing_is_sent_but_what_was_given_and_what_the_connection_needs() -> Result<(), BoxError> {
    let server = page(Answer::new(200, "{}"));
    get(&server, &Ureq::new())?;
    let asked = server.finish().remove(0);
    for (name, _) in &asked.headers {
        let known = [
            "user-agent",
            "accept",
            "host",
            "connection",
            "accept-encoding",
            "content-length",
        ];
        assert!(
            known.contains(&name.to_ascii_lowercase().as_str()),
            "{name}"
        );
    }
    assert_eq!(asked.header("user-agent"), Some("gts-oauth-tests"));
    assert_eq!(asked.header("accept"), Some("application/json"));
    Ok(())
}

#[test]
fn a_post_without_a_body_says_that_it_has_none() -> Result<(), BoxError> {
    let path = "/api/v1/notifications/clear";
    let server = Player::start(vec![play("POST", path, Answer::new(200, "{}"))]);
    session(&server)?.post(path)?.send(&Ureq::new())?;
    let asked = server.finish().remove(0);
    // Some servers answer 411 otherwise (RFC 9110 §8.6).
    assert_eq!(asked.header("content-length"), Some("0"));
    Ok(())
}

//! The blocking adapters on a real socket, with any configuration of their clients.

use std::time::{Duration, SystemTime};

use gts_oauth_core::http::header::{ACCEPT, CONTENT_TYPE, LOCATION, USER_AGENT};
use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::{
    App, BoxError, Error, Exchange as _, Secret, Session, Transport,
    error::{ResponseTooLong, UnexpectedReason},
    transport::BodyLimit,
};
use gts_oauth_isahc::Isahc;
use gts_oauth_isahc::isahc::HttpClient;
use gts_oauth_isahc::isahc::auth::{Authentication, Credentials};
use gts_oauth_isahc::isahc::config::{Configurable as _, RedirectPolicy};
use gts_oauth_tests::{CannedResponse, Player, play, recording};
use gts_oauth_ureq::Ureq;
use gts_oauth_ureq::ureq::Agent;
use gts_oauth_ureq::ureq::config::RedirectAuthHeaders;

use super::probe;

/// The limit of a request without one.
const MAX_BODY: usize = BodyLimit::PROTOCOL.bytes() as usize;

/// The adapters by default, and with clients that are configured against their obligations.
pub(super) fn all() -> [(&'static str, Box<dyn Transport>); 4] {
    [
        ("ureq", Box::new(Ureq::new())),
        ("ureq, misled", Box::new(Ureq::from(misled_agent()))),
        ("isahc", Box::new(Isahc::new())),
        ("isahc, misled", Box::new(Isahc::from(misled_client()))),
    ]
}

fn misled_agent() -> Agent {
    let config = Agent::config_builder()
        .max_redirects(5)
        .max_redirects_will_error(true)
        .redirect_auth_headers(RedirectAuthHeaders::SameHost)
        .http_status_as_error(true);
    config.build().new_agent()
}

fn misled_client() -> HttpClient {
    let client = HttpClient::builder()
        .redirect_policy(RedirectPolicy::Limit(5))
        .auto_referer()
        .authentication(Authentication::all())
        .credentials(Credentials::new("clark", "qwerty"))
        .expect_continue(true);
    client.build().expect("a client")
}

/// `GET /page`
pub(super) fn get(server: &Player, http: &dyn Transport) -> Result<Response<Vec<u8>>, BoxError> {
    let request = Request::get(format!("{}/page", server.origin()))
        .header(USER_AGENT, "gts-oauth-tests")
        .header(ACCEPT, "application/json");
    http.send(request.body(Vec::new())?)
}

/// A server with a response to one `GET /page`.
pub(super) fn page(response: CannedResponse) -> Player {
    Player::start(vec![play("GET", "/page", response)])
}

pub(super) fn session(server: &Player) -> Result<Session, Error> {
    Session::from_token(server.instance(), Secret::new("M2I1M2Y3YJQTMTJLMY0ZNZJK"))
}

#[test]
fn a_redirect_comes_back_as_an_error_and_nothing_is_sent_after_it() -> Result<(), BoxError> {
    for (name, http) in all() {
        for status in [301, 302, 303, 307, 308] {
            let moved =
                CannedResponse::new(status, "").header(LOCATION.as_str(), "/elsewhere?secret=1");
            let plays = vec![
                play("POST", "/api/v1/apps", moved.clone()),
                play("GET", "/api/v1/accounts/verify_credentials", moved),
            ];
            let server = Player::start(plays);
            let register = probe(server.instance()).send(&*http).map(drop);
            let verify = session(&server)?.verify().send(&*http).map(drop);
            for refused in [register, verify] {
                let Err(Error::UnexpectedResponse(odd)) = refused else {
                    return Err(format!("{name}, {status}: {refused:?}").into());
                };
                assert_eq!(odd.reason, UnexpectedReason::Redirect("/elsewhere".to_owned()));
                assert_eq!(odd.status.map(|status| status.as_u16()), Some(status));
            }
            assert_eq!(server.finish().len(), 2, "{name}");
        }
    }
    Ok(())
}

#[test]
fn the_recorded_redirect_of_a_token_request_is_not_followed() -> Result<(), BoxError> {
    for (name, http) in all() {
        let server = Player::start(vec![play("POST", "/oauth/token", recording(78))]);
        let register = probe(server.instance());
        let app = App::from_credentials(register, "01ST88WW", Secret::new("63688859"))?;
        let moved = app.request_token()?.send(&*http);
        assert!(matches!(moved, Err(Error::UnexpectedResponse(_))), "{name}: {moved:?}");
        assert_eq!(server.finish().len(), 1, "{name}");
    }
    Ok(())
}

/// The server's clock is years late.
#[test]
fn expiry_ignores_the_servers_clock() -> Result<(), BoxError> {
    for (name, http) in all() {
        let body = r#"{"access_token":"NZVL","expires_in":7200}"#;
        let old = CannedResponse::new(200, body).header("Date", "Mon, 23 Nov 2020 10:58:21 GMT");
        let server = Player::start(vec![play("POST", "/oauth/token", old)]);
        let register = probe(server.instance());
        let app = App::from_credentials(register, "01ST88WW", Secret::new("63688859"))?;
        let before = SystemTime::now() - Duration::from_secs(1); // expiry is in whole seconds
        let token = app.request_token()?.send(&*http)?;
        let lifetime = Duration::from_secs(7200);
        let times = before + lifetime..=SystemTime::now() + lifetime;
        assert!(times.contains(&token.expires_at().expect("it expires")), "{name}");
    }
    Ok(())
}

#[test]
fn every_status_is_an_answer() -> Result<(), BoxError> {
    for (name, http) in all() {
        for status in [201, 400, 401, 403, 404, 405, 406, 407, 418, 422, 429, 500, 502, 503] {
            let server =
                page(CannedResponse::new(status, "as it is").header("X-Request-Id", "38g8"));
            let response = get(&server, &*http)?;
            assert_eq!(response.status().as_u16(), status, "{name}");
            assert_eq!(response.headers()["x-request-id"], "38g8", "{name}");
            assert_eq!(response.body(), b"as it is", "{name}");
            server.finish();
        }
    }
    Ok(())
}

#[test]
fn a_server_that_asks_for_a_password_is_given_none() -> Result<(), BoxError> {
    for (name, http) in all() {
        for scheme in ["Basic realm=\"gts\"", "Digest realm=\"gts\", nonce=\"1\""] {
            let asks = CannedResponse::new(401, "{}").header("WWW-Authenticate", scheme);
            let server = page(asks);
            assert_eq!(get(&server, &*http)?.status(), 401, "{name}");
            let requests = server.finish();
            assert_eq!(requests.len(), 1, "{name}");
            assert_eq!(requests[0].header("authorization"), None, "{name}");
        }
    }
    Ok(())
}

#[test]
fn a_body_of_exactly_the_limit_is_read() -> Result<(), BoxError> {
    let response = CannedResponse::new(200, vec![b' '; MAX_BODY]);
    for (name, http) in all() {
        for response in [response.clone(), response.clone().without_length()] {
            let server = page(response);
            assert_eq!(get(&server, &*http)?.body().len(), MAX_BODY, "{name}");
            server.finish();
        }
    }
    Ok(())
}

#[test]
fn a_body_of_one_byte_more_is_refused() -> Result<(), BoxError> {
    let response = CannedResponse::new(200, vec![b' '; MAX_BODY + 1]);
    for (name, http) in all() {
        for response in [response.clone(), response.clone().without_length()] {
            let server = page(response.clone());
            let refused = get(&server, &*http).expect_err("it is too long");
            assert_eq!(
                refused.downcast_ref(),
                Some(&ResponseTooLong { limit: MAX_BODY as u64 }),
                "{name}"
            );
            server.finish();

            let server = page(response);
            let refused = session(&server)?.get("/page")?.body_limit(MAX_BODY as u64).send(&*http);
            let too_long = matches!(&refused, Err(Error::UnexpectedResponse(odd)) if odd.reason == UnexpectedReason::TooLong(MAX_BODY as u64));
            assert!(too_long, "{name}: {refused:?}");
            server.finish();
        }
    }
    Ok(())
}

#[test]
fn cookies_are_not_sent_back() -> Result<(), BoxError> {
    let cookie = "session=1; Path=/; HttpOnly; SameSite=Lax";
    for (name, http) in all() {
        let set = CannedResponse::new(200, "{}").header("Set-Cookie", cookie);
        let server = Player::start(vec![
            play("GET", "/page", set),
            play("GET", "/page", CannedResponse::new(200, "{}")),
        ]);
        get(&server, &*http)?;
        get(&server, &*http)?;
        for request in server.finish() {
            assert_eq!(request.header("cookie"), None, "{name}");
        }
    }
    Ok(())
}

#[test]
fn an_answer_that_breaks_off_is_no_answer() -> Result<(), BoxError> {
    for (name, http) in all() {
        let short = CannedResponse::new(200, "{\"id\":").without_length();
        let server = page(short.header("Content-Length", "1000"));
        let broken = session(&server)?.get("/page")?.send(&*http);
        assert!(matches!(broken, Err(Error::Transport(..))), "{name}: {broken:?}");
        server.finish();
    }
    Ok(())
}

#[test]
fn nothing_is_sent_but_what_was_given_and_what_the_connection_needs() -> Result<(), BoxError> {
    for (name, http) in all() {
        let plays =
            ["GET", "POST"].map(|method| play(method, "/page", CannedResponse::new(200, "{}")));
        let server = Player::start(plays.into());
        get(&server, &*http)?;
        post(&server, &*http)?;
        for request in server.finish() {
            for (header, _) in &request.headers {
                let header = header.to_ascii_lowercase();
                assert!(KNOWN.contains(&header.as_str()), "{name}: {header}");
            }
            assert_eq!(request.header("user-agent"), Some("gts-oauth-tests"));
            assert_eq!(request.header("accept"), Some("application/json"));
        }
    }
    Ok(())
}

const KNOWN: [&str; 7] = [
    "user-agent",
    "accept",
    "content-type",
    "host",
    "connection",
    "accept-encoding",
    "content-length",
];

/// `POST /page`, with a body so long that libcurl would ask first whether it may be sent.
fn post(server: &Player, http: &dyn Transport) -> Result<Response<Vec<u8>>, BoxError> {
    let request = Request::post(format!("{}/page", server.origin()))
        .header(USER_AGENT, "gts-oauth-tests")
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "text/plain");
    http.send(request.body(vec![b' '; MAX_BODY + 1])?)
}

#[test]
fn a_post_without_a_body_says_that_it_has_none() -> Result<(), BoxError> {
    let path = "/api/v1/notifications/clear";
    for (name, http) in all() {
        let server = Player::start(vec![play("POST", path, CannedResponse::new(200, "{}"))]);
        session(&server)?.post(path)?.send(&*http)?;
        let request = server.finish().remove(0);
        // Otherwise some servers respond with 411 (RFC 9110 section 8.6).
        assert_eq!(request.header("content-length"), Some("0"), "{name}");
        assert_eq!(request.header("content-type"), None, "{name}");
    }
    Ok(())
}

/// Some proxies reject a GET with a Content-Length, even if it is zero.
#[test]
fn get_without_a_body_has_no_length() -> Result<(), BoxError> {
    for (name, http) in all() {
        let server = page(CannedResponse::new(200, "{}"));
        get(&server, &*http)?;
        assert_eq!(server.finish()[0].header("content-length"), None, "{name}");
    }
    Ok(())
}

#[test]
fn body_of_a_get_is_sent() -> Result<(), BoxError> {
    for (name, http) in all() {
        let server = page(CannedResponse::new(200, "{}"));
        let request = Request::get(format!("{}/page", server.origin()));
        http.send(request.body(b"a body".to_vec())?)?;
        assert_eq!(server.finish()[0].body, "a body", "{name}");
    }
    Ok(())
}

#[test]
fn body_in_an_unknown_encoding_is_an_error() -> Result<(), BoxError> {
    for (name, http) in all() {
        for (coding, body, is_read) in
            [("x-unknown", "{}", false), ("x-unknown", "", true), ("identity", "{}", true)]
        {
            let server = page(CannedResponse::new(200, body).header("Content-Encoding", coding));
            let result = get(&server, &*http);
            assert_eq!(result.is_ok(), is_read, "{name}, {coding}, {body:?}: {result:?}");
            server.finish();
        }
    }
    Ok(())
}

#[test]
fn status_without_a_body_can_announce_gzip() -> Result<(), BoxError> {
    for (name, http) in all() {
        let server = page(CannedResponse::new(304, "").header("Content-Encoding", "gzip"));
        let response = get(&server, &*http)?;
        assert_eq!((response.status().as_u16(), response.body().len()), (304, 0), "{name}");
        server.finish();
    }
    Ok(())
}

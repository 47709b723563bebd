//! An app's own token, which is asked for again when it has died.

use std::cell::RefCell;
use std::time::{Duration, SystemTime};

use gts_oauth_core::http::Request;
use gts_oauth_core::{BoxError, Error, Exchange, Instance, Secret, Session, renewal::AppToken};

use crate::error::secrets_shown::{assert_hidden, shown};
use crate::recorded::{APP_TOKEN, Answer, TOKEN_REFUSED, answer};
use crate::sample::{CLIENT_SECRET, TOKEN, request_token, with};

/// A server where an app's tokens die, and how often it was asked for one.
struct Mortal {
    alive: RefCell<u32>,
    asked: RefCell<Vec<String>>,
}

impl Mortal {
    fn with(alive: u32) -> Self {
        Self { alive: alive.into(), asked: RefCell::default() }
    }

    fn send(&self, request: &Request<Vec<u8>>) -> Result<Answer, BoxError> {
        let path = request.uri().path().to_owned();
        let mut alive = self.alive.borrow_mut();
        let answered = match path.as_str() {
            "/oauth/token" => {
                *alive += 1;
                answer(200, APP_TOKEN.replace("NDBHZJDM", &format!("TOKEN{alive}")))
            }
            _ => {
                let good = format!("Bearer TOKEN{alive}");
                let token = request.headers()["authorization"].to_str()?;
                match token.starts_with(&good) {
                    true => answer(200, "[]"),
                    false => answer(401, TOKEN_REFUSED),
                }
            }
        };
        self.asked.borrow_mut().push(path);
        Ok(answered)
    }
}

fn app_token(server: &Mortal) -> AppToken {
    let send = |request: Request<Vec<u8>>| server.send(&request);
    request_token().send(&send).unwrap()
}

#[test]
fn an_apps_token_that_died_is_asked_for_again_and_the_call_goes_through() {
    let server = Mortal::with(0);
    let http = |request: Request<Vec<u8>>| server.send(&request);
    let mut token = app_token(&server);
    let call = token.get("/api/v1/custom_emojis").unwrap();
    assert_eq!(token.send(&call, &http).unwrap().body, b"[]");

    *server.alive.borrow_mut() += 7; // GoToSocial's live half as long as it says.
    assert_eq!(token.send(&call, &http).unwrap().body, b"[]");
    assert!(token.access_token().expose().starts_with("TOKEN9"));
    // And the new one is used from then on, for calls made with the old one, too.
    token.send(&call, &http).unwrap();
    let tokens = |it: &&String| *it == "/oauth/token";
    assert_eq!(server.asked.borrow().iter().filter(tokens).count(), 2);
}

#[test]
fn an_apps_token_signs_no_call_to_another_instance() {
    let server = Mortal::with(9);
    let mut token = app_token(&server);
    let elsewhere: Instance = "https://elsewhere.example".parse().unwrap();
    let session = Session::from_token(elsewhere, Secret::new("any")).unwrap();
    let call = session.get("/api/v1/x").unwrap();
    let before = server.asked.borrow().len();
    let send = |request: Request<Vec<u8>>| server.send(&request);
    let refused = token.send(&call, &send);
    assert!(matches!(refused, Err(Error::Input(_))));
    assert_eq!(server.asked.borrow().len(), before);
}

#[test]
fn when_an_apps_token_expires_is_told_as_late_as_the_server_says() {
    let dated = with(answer(200, APP_TOKEN), "date", "Tue, 24 Nov 2026 10:00:00 GMT");
    let token = request_token().parse(&dated).unwrap();
    let ten = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_514_400);
    assert_eq!(token.expires_at(), Some(ten + Duration::from_secs(7200)));
}

#[test]
fn an_apps_token_is_asked_for_again_once_and_only_on_401() {
    let server = Mortal::with(0);
    let mut token = app_token(&server);
    let call = token.get("/api/v1/custom_emojis").unwrap();
    let count = RefCell::new(0);
    let refusing = |request: Request<Vec<u8>>| {
        *count.borrow_mut() += 1;
        match request.uri().path() {
            "/oauth/token" => server.send(&request),
            _ => Ok(answer(401, TOKEN_REFUSED)),
        }
    };
    let error = token.send(&call, &refusing).unwrap_err();
    assert_eq!(error.status().unwrap(), 401);
    assert_eq!(count.replace(0), 3, "the call, a token, the call");

    let forbidding = |_: Request<Vec<u8>>| {
        *count.borrow_mut() += 1;
        Ok::<_, BoxError>(answer(403, TOKEN_REFUSED))
    };
    let error = token.send(&call, &forbidding).unwrap_err();
    assert_eq!(error.status().unwrap(), 403);
    assert_eq!(count.replace(0), 1);
}

#[test]
fn error_of_a_call_hides_the_client_secret() {
    let mut token = app_token(&Mortal::with(0));
    let call = token.get("/api/v1/custom_emojis").unwrap();
    let body = serde_json::json!({ "error": format!("bad {CLIENT_SECRET}") }).to_string();
    let echo = |_: Request<Vec<u8>>| Ok::<_, BoxError>(answer(500, body.as_str()));
    assert_hidden(&shown(&token.send(&call, &echo).unwrap_err()), CLIENT_SECRET);
}

#[test]
fn an_app_that_gets_no_new_token_keeps_the_old_one() {
    let server = Mortal::with(0);
    let mut token = app_token(&server);
    let before = token.clone();
    let call = token.get("/api/v1/custom_emojis").unwrap();
    let refused = |_: Request<Vec<u8>>| Ok::<_, BoxError>(answer(401, TOKEN_REFUSED));
    assert!(matches!(token.send(&call, &refused), Err(Error::ErrorResponse(_))));
    assert_eq!(token, before);
}

#[test]
fn an_apps_token_asks_for_the_same_scopes_again_after_it_was_stored() {
    let credentials = request_token().scopes("read".parse().unwrap());
    let token = credentials.parse(&answer(200, APP_TOKEN)).unwrap();
    let stored = postcard::to_allocvec(&token).unwrap();
    let back: AppToken = postcard::from_bytes(&stored).unwrap();
    assert_eq!(back, token);
    assert_eq!(back.request_again().request().body(), credentials.request().body());
    assert!(!format!("{back:?}").contains(TOKEN));
}

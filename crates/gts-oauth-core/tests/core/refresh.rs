//! New tokens for old: refresh tokens, and an app's own.

use std::cell::RefCell;
use std::time::{Duration, SystemTime};

use gts_oauth_core::http::Request;
use gts_oauth_core::{
    App, AppToken, BoxError, Endpoint, Error, Exchange, Instance, Secret, Session,
};

use crate::recorded::{APP_TOKEN, Answer, TOKEN_REFUSED, answer};
use crate::sample::{
    CLIENT_SECRET, REFRESH_TOKEN, TOKEN, app, client_credentials, encoded, exchange, refresh,
    refreshable, session, with,
};

fn reply(fields: &str) -> Answer {
    answer(200, &format!(r#"{{"access_token":"NEW"{fields}}}"#))
}

fn body(request: &Request<Vec<u8>>) -> &str {
    std::str::from_utf8(request.body()).unwrap()
}

#[test]
fn a_refresh_token_is_sent_with_the_apps_credentials() {
    let request = refresh().request();
    assert_eq!(request.uri(), "https://example.org/oauth/token");
    assert_eq!(request.headers().get("authorization"), None);
    let expected = format!(
        "client_id=01ST88WW&client_secret={}&grant_type=refresh_token&refresh_token={}&redirect_uri={}",
        encoded(CLIENT_SECRET),
        encoded(REFRESH_TOKEN),
        encoded("http://127.0.0.1:7777/cb"),
    );
    assert_eq!(body(&request), expected);
    assert_eq!(refresh().endpoint(), Endpoint::Refresh);
}

#[test]
fn the_new_session_takes_the_old_ones_place() {
    let old = refreshable().user_agent("another/2").unwrap();
    let refresh = app().refresh(&old).unwrap();
    let full = r#","refresh_token":"NEXT","scope":"read:statuses","expires_in":7200"#;
    let new = refresh.parse(&reply(full)).unwrap();
    assert_eq!(new.access_token().expose(), "NEW");
    assert_eq!(new.refresh_token().unwrap().expose(), "NEXT");
    assert_eq!(new.scopes().to_string(), "read:statuses");
    assert_eq!(new.instance(), old.instance());
    assert_eq!(new.verify().request().headers()["user-agent"], "another/2");
}

#[test]
fn what_the_server_does_not_say_stays_as_it_was() {
    let old = refreshable();
    for silent in [
        "",
        r#","refresh_token":null,"scope":"""#,
        r#","refresh_token":"""#,
    ] {
        let new = app().refresh(&old).unwrap().parse(&reply(silent)).unwrap();
        assert_eq!(new.access_token().expose(), "NEW");
        assert_eq!(new.refresh_token(), old.refresh_token(), "{silent}");
        assert_eq!(new.scopes(), old.scopes());
    }
}

#[test]
fn what_another_library_stored_is_taken_over() {
    let instance = app().instance().clone();
    let held = Session::from_token(instance, Secret::new(TOKEN)).unwrap();
    let held = held.with_refresh_token(Secret::new(REFRESH_TOKEN)).unwrap();
    let held = held.with_scopes("read write".parse().unwrap());
    assert_eq!(held.refresh_token().unwrap().expose(), REFRESH_TOKEN);
    let refresh = app().refresh(&held).unwrap();
    assert!(body(&refresh.request()).contains(&encoded(REFRESH_TOKEN)));
    let new = refresh.parse(&reply("")).unwrap();
    assert_eq!(new.scopes().to_string(), "read write");
    assert_eq!(new.refresh_token(), held.refresh_token());
    for bad in ["", "two words", "line\nbreak"] {
        let bad = session().with_refresh_token(Secret::new(bad));
        assert!(matches!(bad, Err(Error::Input(_))));
    }
}

#[test]
fn a_session_without_a_refresh_token_cannot_be_refreshed() {
    let error = app().refresh(&session()).unwrap_err();
    assert!(error.to_string().contains("no refresh token"), "{error}");
}

#[test]
fn a_refresh_token_is_not_sent_to_another_instance() {
    let elsewhere: Instance = "other.example".parse().unwrap();
    let register = gts_oauth_core::RegisterApp::new(elsewhere, "my-bot").unwrap();
    let other = App::from_credentials(register, "id", Secret::new("secret")).unwrap();
    let error = other.refresh(&refreshable()).unwrap_err();
    assert!(error.to_string().contains("another instance"), "{error}");
}

#[test]
fn a_dead_refresh_token_is_told_with_what_to_do() {
    for dead in [
        answer(400, r#"{"error":"invalid_grant"}"#),
        answer(400, r#"{"error":"Invalid credentials"}"#),
        answer(500, "Service panicked"),
        answer(400, ""),
    ] {
        let told = refresh().parse(&dead).unwrap_err().to_string();
        assert!(told.contains("refresh the token"), "{told}");
        assert!(told.contains("log in again"), "{told}");
    }
}

fn expiring(fields: &str, date: Option<&str>) -> Session {
    let answer = answer(200, &format!(r#"{{"access_token":"T"{fields}}}"#));
    let answer = match date {
        Some(date) => with(answer, "date", date),
        None => answer,
    };
    exchange().parse(&answer).unwrap()
}

fn at(seconds: u64) -> Option<SystemTime> {
    Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}

const DATE: &str = "Mon, 23 Nov 2026 10:58:21 GMT"; // 1795431501

#[test]
fn a_token_expires_so_long_after_the_answer_that_gave_it() {
    let session = expiring(r#","expires_in":3599"#, Some(DATE));
    assert_eq!(session.expires_at(), at(1_795_431_501 + 3599));
    // Mastodon hands out an older token again, with the moment it was made.
    let session = expiring(r#","expires_in":3599,"created_at":1"#, Some(DATE));
    assert_eq!(session.expires_at(), at(1_795_431_501 + 3599));
}

#[test]
fn without_a_date_it_expires_so_long_after_it_was_made() {
    for date in [None, Some("yesterday")] {
        let session = expiring(r#","expires_in":60,"created_at":1795431467"#, date);
        assert_eq!(session.expires_at(), at(1_795_431_467 + 60));
    }
    let session = expiring(r#","expires_in":60,"created_at":1795431467005"#, None);
    assert_eq!(session.expires_at(), at(1_795_431_467 + 60));
    assert_eq!(expiring(r#","expires_in":60"#, None).expires_at(), None);
}

#[test]
fn a_token_that_never_expires_never_does() {
    for never in [
        "",
        r#","expires_in":0"#,
        r#","expires_in":null"#,
        r#","expires_in":-1"#,
    ] {
        assert_eq!(expiring(never, Some(DATE)).expires_at(), None, "{never}");
    }
    let centuries = expiring(r#","expires_in":18446744073709551615"#, Some(DATE));
    assert_eq!(centuries.expires_at(), None);
    let century = expiring(r#","expires_in":3153600000"#, Some(DATE));
    assert_eq!(century.expires_at(), at(1_795_431_501 + 3_153_600_000));
}

#[test]
fn when_a_token_expires_is_stored() {
    let session = expiring(r#","expires_in":3599"#, Some(DATE));
    let stored = postcard::to_allocvec(&session).unwrap();
    let back: Session = postcard::from_bytes(&stored).unwrap();
    assert_eq!(back.expires_at(), session.expires_at());
}

/// A server where an app's tokens die, and how often it was asked for one.
struct Mortal {
    alive: RefCell<u32>,
    asked: RefCell<Vec<String>>,
}

impl Mortal {
    fn with(alive: u32) -> Self {
        Self {
            alive: alive.into(),
            asked: RefCell::default(),
        }
    }

    fn send(&self, request: &Request<Vec<u8>>) -> Result<Answer, BoxError> {
        let path = request.uri().path().to_owned();
        let mut alive = self.alive.borrow_mut();
        let answered = match path.as_str() {
            "/oauth/token" => {
                *alive += 1;
                answer(
                    200,
                    &APP_TOKEN.replace("NDBHZJDM", &format!("TOKEN{alive}")),
                )
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
    client_credentials().send(&send).unwrap()
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
    let dated = with(
        answer(200, APP_TOKEN),
        "date",
        "Tue, 24 Nov 2026 10:00:00 GMT",
    );
    let token = client_credentials().parse(&dated).unwrap();
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
fn an_app_that_gets_no_new_token_keeps_the_old_one() {
    let server = Mortal::with(0);
    let mut token = app_token(&server);
    let before = token.clone();
    let call = token.get("/api/v1/custom_emojis").unwrap();
    let refused = |_: Request<Vec<u8>>| Ok::<_, BoxError>(answer(401, TOKEN_REFUSED));
    assert!(matches!(
        token.send(&call, &refused),
        Err(Error::Refused(_))
    ));
    assert_eq!(token, before);
}

#[test]
fn an_apps_token_asks_for_the_same_scopes_again_after_it_was_stored() {
    let credentials = client_credentials().scopes("read".parse().unwrap());
    let token = credentials.parse(&answer(200, APP_TOKEN)).unwrap();
    let stored = postcard::to_allocvec(&token).unwrap();
    let back: AppToken = postcard::from_bytes(&stored).unwrap();
    assert_eq!(back, token);
    assert_eq!(back.renew().request().body(), credentials.request().body());
    assert!(!format!("{back:?}").contains(TOKEN));
}

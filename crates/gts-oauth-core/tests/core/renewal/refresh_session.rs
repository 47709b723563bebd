//! New tokens for old: refresh tokens, and when tokens expire.

use std::time::{Duration, SystemTime};

use gts_oauth_core::http::Request;
use gts_oauth_core::transport::ReceivedAt;
use gts_oauth_core::{App, Error, Exchange, Instance, Secret, Session, error::Operation};

use crate::recorded::{Answer, answer};
use crate::sample::{
    CLIENT_SECRET, REFRESH_TOKEN, TOKEN, app, encoded, exchange, refresh, refreshable,
    request_token, session, with,
};

fn reply(fields: &str) -> Answer {
    answer(200, format!(r#"{{"access_token":"NEW"{fields}}}"#))
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
    assert_eq!(refresh().operation(), Operation::RefreshSession);
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
    for silent in ["", r#","refresh_token":null,"scope":"""#, r#","refresh_token":"""#] {
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
fn rejected_refresh_token_advises_to_log_in() {
    for dead in [
        answer(400, r#"{"error":"invalid_grant"}"#),
        answer(400, r#"{"error":"Invalid credentials"}"#),
        answer(500, "Service panicked"),
        answer(400, ""),
    ] {
        let told = refresh().parse(&dead).unwrap_err().to_string();
        assert!(told.contains("token refresh failed"), "{told}");
        assert!(told.contains("og in again"), "{told}");
    }
}

fn expiring(fields: &str, date: Option<&str>) -> Session {
    let answer = answer(200, format!(r#"{{"access_token":"T"{fields}}}"#));
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
fn without_a_receipt_expiry_is_counted_from_date() {
    let session = expiring(r#","expires_in":3599"#, Some(DATE));
    assert_eq!(session.expires_at(), at(1_795_431_501 + 3599));
    // Mastodon hands out an older token again, with the moment it was made.
    let session = expiring(r#","expires_in":3599,"created_at":1"#, Some(DATE));
    assert_eq!(session.expires_at(), at(1_795_431_501 + 3599));
}

#[test]
fn expiry_is_counted_from_the_receipt() {
    let received = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_690_701); // three days later
    let body = r#"{"access_token":"T","expires_in":3599,"created_at":1}"#;
    let mut response = with(answer(200, body), "date", DATE);
    response.extensions_mut().insert(ReceivedAt::new(received));
    let session = exchange().parse(&response).unwrap();
    assert_eq!(session.expires_at(), Some(received + Duration::from_secs(3599)));
    let app_token = request_token().parse(&response).unwrap();
    assert_eq!(app_token.expires_at(), session.expires_at());

    // Without the transport's help, its caller sets it.
    let session = expiring(r#","expires_in":3599"#, Some(DATE)).received_at(received);
    assert_eq!(session.expires_at(), Some(received + Duration::from_secs(3599)));
    let endless = expiring("", Some(DATE)).received_at(received);
    assert_eq!(endless.expires_at(), None);
}

#[test]
fn impossible_receipt_is_ignored() {
    let before_1970 = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
    let session = expiring(r#","expires_in":3599"#, Some(DATE));
    let expires_at = session.expires_at();
    assert_eq!(session.received_at(before_1970).expires_at(), expires_at);
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
    for never in ["", r#","expires_in":0"#, r#","expires_in":null"#, r#","expires_in":-1"#] {
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

//! Notices that PHP prints before JSON (WordPress with `WP_DEBUG_DISPLAY`).

use gts_oauth_core::error::{Cause, UnexpectedReason};
use gts_oauth_core::http::Response;
use gts_oauth_core::{Error, Exchange, renewal::Revocation};

use crate::recorded::{ALICE, APP_OUT_OF_BAND, TOKEN, TOKEN_READ};
use crate::sample::{answer, exchange, register, revoke, session};

const NOTICE: &str = "<br />\n<b>Deprecated</b>:  Optional parameter $x declared before required \
    parameter $y in <b>/srv/wp-content/plugins/enable-mastodon-apps/app.php</b> on line \
    <b>17</b><br />\n";

fn noticed(times: usize, status: u16, body: &str) -> Response<Vec<u8>> {
    answer(status, NOTICE.repeat(times) + body)
}

#[test]
fn notices_before_json_are_skipped() {
    for times in [1, 2, 5] {
        let app = register().parse(&noticed(times, 200, APP_OUT_OF_BAND)).unwrap();
        assert_eq!(app.client_id(), "01ST88WWRXFV6YDXY3W9WAJSVG");
        let session = exchange().parse(&noticed(times, 200, TOKEN_READ)).unwrap();
        assert_eq!(session.access_token().expose(), TOKEN);
        let account = session.verify().parse(&noticed(times, 200, ALICE)).unwrap();
        assert_eq!((account.username(), account.json()), ("alice", ALICE));
    }
}

#[test]
fn notices_after_a_byte_order_mark_are_skipped() {
    let body = format!("\u{feff}{NOTICE}\r\n{TOKEN_READ}");
    let session = exchange().parse(&answer(200, body)).unwrap();
    assert_eq!(session.access_token().expose(), TOKEN);
}

#[test]
fn notices_before_an_error_are_skipped() {
    for (body, cause) in [
        (r#"{"error":"The access token is invalid"}"#, Cause::TokenRejected),
        (r#"{"message":"Unauthenticated."}"#, Cause::TokenRejected),
        (r#"{"error":"insufficient-permissions"}"#, Cause::MissingScope),
    ] {
        let error = session().verify().parse(&noticed(2, 401, body)).unwrap_err();
        assert_eq!(error.cause(), cause, "{body}");
        assert!(!error.to_string().contains("Deprecated"), "{error}");
    }
}

#[test]
fn position_in_json_does_not_count_notices() {
    let error = exchange().parse(&noticed(1, 200, "{\"access_token\":\n \"M2")).unwrap_err();
    let Error::UnexpectedResponse(unexpected) = error else { panic!("{error:?}") };
    assert_eq!(unexpected.reason, UnexpectedReason::CutOff(2, 4));
}

#[test]
fn notices_before_a_call_are_no_page() {
    let call = session().get("/api/v1/notifications").unwrap();
    let response = call.parse(&noticed(2, 200, "[]")).unwrap();
    assert_eq!(response.json::<Vec<u8>>().unwrap(), [0; 0]);
    let revocation = revoke().parse(&noticed(1, 200, "[]")).unwrap();
    assert!(matches!(revocation, Revocation::Accepted), "{revocation:?}");
}

#[test]
fn pages_that_start_like_a_notice_are_pages() {
    for page in [
        "<br />\n<b>Welcome</b>\n<p>Please sign in.</p>",
        "<br />\n<b>Welcome</b><br />\nPlease sign in.",
        "<br />\n<b>Welcome</b><br />\n<p>Please sign in.</p>",
        "<br />\n<b>Fatal error</b>:  Uncaught Error in <b>/srv/x.php</b> on line <b>1</b><br />\n",
        "<br />{}",
    ] {
        for status in [200, 403] {
            for error in [
                register().parse(&answer(status, page)).unwrap_err(),
                exchange().parse(&answer(status, page)).unwrap_err(),
                session().verify().parse(&answer(status, page)).unwrap_err(),
                session().get("/api/v1/x").unwrap().parse(&answer(status, page)).unwrap_err(),
            ] {
                let is_page = matches!(&error, Error::UnexpectedResponse(it) if it.reason == UnexpectedReason::Html);
                assert!(is_page, "{page:?}, {status}: {error:?}");
            }
        }
    }
}

//! Answers that are neither a yes nor a no, to every exchange: each is an error of its own kind,
//! in words that say what to do.

use std::sync::Mutex;

use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::{
    BoxError, Error, Exchange,
    error::{Operation, Remedy, ResponseTooLong, UnexpectedReason},
    transport::BodyLimit,
};

use crate::sample::{PAGE, all, answer, errors, exchange, with};

const LIMIT: u64 = BodyLimit::PROTOCOL.bytes();
const TOO_LONG: ResponseTooLong = ResponseTooLong { limit: LIMIT };

#[track_caller]
fn assert_why(answer: &Response<Vec<u8>>, why: &UnexpectedReason, phrase: &str) {
    for (endpoint, error) in all(answer) {
        let Error::UnexpectedResponse(odd) = &error else {
            panic!("{endpoint:?}: {error:?}");
        };
        assert_eq!((odd.operation, &odd.reason), (endpoint, why));
        assert!(error.to_string().contains(phrase), "{endpoint:?}: {error}");
    }
}

#[test]
fn html_page_is_reported_as_one() {
    assert_why(&answer(200, PAGE), &UnexpectedReason::Html, "Check the address and try again");
    assert_why(&answer(200, "\u{feff}\n <html>"), &UnexpectedReason::Html, "an HTML page");
}

#[test]
fn empty_response_is_reported_as_one() {
    assert_why(&answer(200, ""), &UnexpectedReason::Empty, "200 with an empty response");
    for (endpoint, error) in all(&answer(200, "")) {
        assert_eq!(error.remedy(), Remedy::Retry, "{endpoint:?}");
    }
    assert_why(&answer(200, " \r\n"), &UnexpectedReason::Empty, "200 with an empty response");
    assert_why(&answer(500, ""), &UnexpectedReason::Empty, "500 with an empty response");
}

#[test]
fn cut_off_json_is_reported_with_its_position() {
    let cut = answer(200, "{\"access_token\":\n \"M2I1");
    assert_why(&cut, &UnexpectedReason::CutOff(2, 6), "JSON that is cut off at line 2, column 6. ");
}

#[test]
fn an_answer_that_is_no_json_is_told_with_its_place() {
    assert_why(
        &answer(200, "CODE"),
        &UnexpectedReason::NotJson(1, 1),
        "not JSON (line 1, column 1)",
    );
}

#[test]
fn an_answer_of_another_shape_is_told_with_its_place() {
    for body in ["\"ok\"", "7", "null", "true"] {
        for (endpoint, error) in all(&answer(200, body)) {
            let Error::UnexpectedResponse(odd) = &error else {
                panic!("{endpoint:?}: {error:?}");
            };
            assert!(matches!(odd.reason, UnexpectedReason::OtherShape(1, _)), "{body}: {error:?}");
        }
    }
}

#[test]
fn an_answer_without_what_it_must_hold_names_the_field() {
    for (endpoint, error) in all(&answer(200, "{}")) {
        let field = match endpoint {
            Operation::Register => "`client_id` is missing",
            Operation::VerifyCredentials => "`username` is missing",
            _ => "`access_token` is missing",
        };
        assert!(error.to_string().contains(field), "{endpoint:?}: {error}");
    }
}

#[test]
fn an_answer_longer_than_the_limit_is_refused_whatever_its_status() {
    for status in [200, 404, 500] {
        let long = answer(status, vec![b' '; LIMIT as usize + 1]);
        for (endpoint, error) in errors(&long) {
            // Calls have a higher limit: see `session::body_limit`.
            if endpoint == Operation::Read || (endpoint, status) == (Operation::RevokeToken, 404) {
                continue;
            }
            assert_too_long(&error.unwrap());
        }
    }
    let mut longest = br#"{"access_token":"T"}"#.to_vec();
    longest.resize(LIMIT as usize, b' ');
    assert!(exchange().parse(&answer(200, longest)).is_ok());
}

fn too_long(error: impl Into<BoxError>) -> Error {
    let error = Mutex::new(Some(error.into()));
    let transport = |_: Request<Vec<u8>>| -> Result<Response<Vec<u8>>, BoxError> {
        Err(error.lock().unwrap().take().unwrap())
    };
    exchange().send(&transport).unwrap_err()
}

#[track_caller]
fn assert_too_long(error: &Error) {
    assert!(
        matches!(error, Error::UnexpectedResponse(odd) if odd.reason == UnexpectedReason::TooLong(LIMIT)),
        "{error:?}"
    );
    let text = error.to_string();
    assert!(text.ends_with("a body of more than 4 MiB. Check the instance address."), "{text}");
}

#[test]
fn transport_reports_a_too_long_response() {
    assert_too_long(&too_long(TOO_LONG));
    // Whose `source` is not the error within, but that error's own source.
    assert_too_long(&too_long(Error::Prompt(TOO_LONG.into())));
}

#[test]
fn io_error_reports_a_too_long_response() {
    // Whose `source` is not the error within, but that error's own source.
    assert_too_long(&too_long(std::io::Error::other(TOO_LONG)));
}

#[test]
fn lost_response_reports_possible_effects() {
    let error = |endpoint| Error::transport(endpoint, &Request::new(()), "timed out").to_string();
    assert!(error(Operation::Write).contains("might have been carried out"));
    assert!(error(Operation::RefreshSession).contains("might have been used"));
}

#[test]
fn transport_error_keeps_its_own_error() {
    let transport = |_: Request<Vec<u8>>| {
        Err::<Response<Vec<u8>>, _>(std::io::Error::from(std::io::ErrorKind::TimedOut))
    };
    let error = exchange().send(&transport).unwrap_err();
    assert!(error.to_string().contains("code exchange failed"), "{error}");
    assert!(error.to_string().contains("it sends the code again"), "{error}");
    let Error::Transport(failed) = &error else { panic!("{error:?}") };
    let cause = failed.error.downcast_ref::<std::io::Error>().unwrap();
    assert_eq!(cause.kind(), std::io::ErrorKind::TimedOut);
}

#[test]
fn redirect_is_reported_and_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let there = with(answer(status, ""), "location", "https://b.example/oauth?x=1#y");
        let why = UnexpectedReason::Redirect("https://b.example/oauth".to_owned());
        assert_why(&there, &why, "If this is the server's real host, log in there");
    }
    // Not a redirect without a target.
    assert_why(&answer(304, ""), &UnexpectedReason::Empty, "304 with an empty response");
}

#[test]
fn bare_json_string_is_shown_without_quotes() {
    let bare = answer(400, r#""Bad \"request\"""#);
    assert_why(&bare, &UnexpectedReason::PlainText, "400 with plain text: “Bad \"request\"”");
    assert_why(
        &answer(400, "404 page not found"),
        &UnexpectedReason::PlainText,
        "“404 page not found”",
    );
}

#[test]
fn gateway_errors_report_that_the_server_is_down() {
    for status in [502, 504] {
        assert_why(&answer(status, PAGE), &UnexpectedReason::Html, "is down. Try again later");
    }
    assert_why(
        &answer(502, PAGE),
        &UnexpectedReason::Html,
        "502 with an HTML page: “Please log in”",
    );
    assert_why(&answer(500, "oops"), &UnexpectedReason::PlainText, "500 with plain text: “oops”");
}

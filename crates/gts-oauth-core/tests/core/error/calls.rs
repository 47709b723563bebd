//! Errors of calls: a program that makes many finds out which one failed.

use gts_oauth_core::error::{NetworkError, NetworkFault, Operation, ResponseTooLong};
use gts_oauth_core::http::{Method, Request, Response};
use gts_oauth_core::session::{ApiResponse, Page};
use gts_oauth_core::{BoxError, Error, Exchange};
use serde_json::Value;

use crate::recorded::{TOKEN_REFUSED, rate_limited};
use crate::sample::{PAGE, answer, session, with};

const PATH: &str = "/api/v1/timelines/home?max_id=what-a-user-searched-for";

fn parsed(response: &Response<Vec<u8>>) -> Result<ApiResponse, Error> {
    session().get(PATH).unwrap().parse(response)
}

fn page(response: &Response<Vec<u8>>) -> Result<Page<Value>, Error> {
    session().pages(PATH).unwrap().parse(response)
}

fn lost(error: impl Into<BoxError>) -> Error {
    let error = std::cell::Cell::new(Some(error.into()));
    let http =
        |_: Request<Vec<u8>>| Err::<Response<Vec<u8>>, _>(error.take().expect("only one request"));
    session().get(PATH).unwrap().send(&http).unwrap_err()
}

#[test]
fn every_error_of_a_call_names_it() {
    let closed = NetworkError::new(NetworkFault::Closed, "the error of the HTTP stack");
    let not_json = answer(200, "[1, 2");
    for error in [
        parsed(&answer(401, TOKEN_REFUSED)).unwrap_err(),
        parsed(&answer(404, "")).unwrap_err(),
        parsed(&answer(502, PAGE)).unwrap_err(),
        parsed(&answer(200, PAGE)).unwrap_err(),
        parsed(&rate_limited()).unwrap_err(),
        parsed(&with(answer(301, ""), "location", "/elsewhere")).unwrap_err(),
        parsed(&not_json).unwrap().json::<Value>().unwrap_err(),
        page(&not_json).unwrap_err(),
        page(&answer(503, "")).unwrap_err(),
        lost(closed),
        lost("an unknown error"),
        lost(ResponseTooLong { limit: 7 }),
    ] {
        let text = error.to_string();
        assert!(text.starts_with("GET /api/v1/timelines/home failed: "), "{text}");
        assert!(!format!("{text} {error:?}").contains("searched"), "{text} {error:?}");
    }
}

#[test]
fn list_that_never_ends_is_named() {
    let link = "<https://example.org/api/v1/bookmarks?max_id=7>; rel=\"next\"";
    let number = std::cell::Cell::new(0);
    let http = |_: Request<Vec<u8>>| -> Result<Response<Vec<u8>>, BoxError> {
        number.set(number.get() + 1);
        let next = link.replace('7', &number.get().to_string());
        Ok(with(answer(200, format!("[{}]", number.get())), "link", &next))
    };
    let pages = session().pages::<Value>("/api/v1/bookmarks").unwrap();
    let text = pages.all(&http).unwrap_err().to_string();
    assert!(text.starts_with("GET /api/v1/bookmarks failed: a list of more than"), "{text}");
}

#[test]
fn typed_calls_are_named_by_their_path() {
    let delete = session().delete_app("01M842HB8F1WDB5KT1MW8ZNNSF").unwrap();
    let text = delete.parse(&answer(404, "")).unwrap_err().to_string();
    let call = "DELETE /api/v1/apps/01M842HB8F1WDB5KT1MW8ZNNSF";
    assert!(text.starts_with(&format!("{call} failed: 404")), "{text}");
}

#[test]
fn long_names_of_calls_are_shortened() {
    let path = format!("/api/v1/{}", "x".repeat(60_000));
    let method = Method::from_bytes(&[b'M'; 60_000]).unwrap();
    for method in [Method::POST, method] {
        let call = session().call(method, &path).unwrap();
        let text = call.parse(&answer(404, "")).unwrap_err().to_string();
        let (name, _) = text.split_once(" failed: ").unwrap();
        assert!(name.ends_with('…') && name.chars().count() <= 201, "{name}");
    }
}

#[test]
fn names_of_calls_are_printable() {
    let request = Request::get("https://example.org/api/v1/\u{202e}\u{200b}x").body(());
    let text = Error::transport(Operation::Read, &request.unwrap(), "lost").to_string();
    assert!(text.starts_with("GET /api/v1/x failed: "), "{text}");
}

#[test]
fn requests_other_than_calls_keep_their_name() {
    let text = session().verify().parse(&answer(404, "")).unwrap_err().to_string();
    assert!(text.starts_with("account verification failed: 404"), "{text}");
}

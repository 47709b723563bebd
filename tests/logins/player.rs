//! Tests of the player itself: no fault is overlooked.

use std::net::TcpStream;

use gts_oauth_core::http::{Request, Response};
use gts_oauth_tests::{CannedResponse, Player, play};
use gts_oauth_ureq::{BoxError, Transport as _, Ureq};

fn get(server: &Player, path: &str) -> Result<Response<Vec<u8>>, BoxError> {
    let request = Request::get(format!("{}{path}", server.origin()));
    Ureq::new().send(request.body(Vec::new())?)
}

fn expecting(path: &str) -> Player {
    Player::start(vec![play("GET", path, CannedResponse::new(200, "here"))])
}

#[test]
fn an_unexpected_request_gets_a_500_and_leaves_the_expected_answer_to_come() -> Result<(), BoxError>
{
    let server = expecting("/here");
    let response = get(&server, "/there")?;
    assert_eq!(response.status(), 500);
    let fault = "GET /there was requested, and GET /here was expected";
    assert_eq!(response.body(), fault.as_bytes());
    assert_eq!(server.take_faults(), [fault]);
    assert_eq!(get(&server, "/here")?.body(), b"here");
    let requests: Vec<String> = server.finish().iter().map(|it| it.line()).collect();
    assert_eq!(requests, ["GET /there", "GET /here"]);
    Ok(())
}

#[test]
fn a_query_is_compared_only_where_one_is_named() -> Result<(), BoxError> {
    let server = expecting("/here");
    assert_eq!(get(&server, "/here?limit=2")?.status(), 200);
    assert_eq!(server.finish()[0].path, "/here?limit=2");
    let server = expecting("/here?limit=2");
    assert_eq!(get(&server, "/here?limit=3")?.status(), 500);
    assert_eq!(server.take_faults().len(), 1);
    Ok(())
}

#[test]
#[should_panic(expected = "GET /there was requested, and nothing was expected")]
fn a_fault_that_nobody_looked_at_fails_the_test() {
    let server = Player::start(Vec::new());
    let _ = get(&server, "/there");
}

#[test]
#[should_panic(expected = "never requested: [\"GET /here\"]")]
fn an_answer_that_nobody_asked_for_fails_the_test() {
    expecting("/here").finish();
}

#[test]
fn a_dropped_server_ends_at_once_and_refuses_connections() -> Result<(), BoxError> {
    let server = expecting("/here");
    let address = server.origin().replace("http://", "");
    // A silent connection does not keep it running.
    let silent = TcpStream::connect(&address)?;
    drop(server);
    assert!(TcpStream::connect(&address).is_err());
    drop(silent);
    Ok(())
}

//! The time at which a response was received.

use std::time::SystemTime;

use gts_oauth_core::http::Method;
use gts_oauth_core::transport::ReceivedAt;

use super::with_causes;
use crate::client::{Client, request};
use crate::report::Obligation::ReportsReceipt;
use crate::run::{Check, Outcome};
use crate::server::{Server, response};

/// One with a body, and one without.
const STATUSES: [u16; 2] = [200, 204];

pub(super) fn checks() -> Vec<Check> {
    let case = |status| {
        let what = format!("the time of a {status}");
        Check::new(ReportsReceipt, what, move |http| is_reported(http, status))
    };
    STATUSES.into_iter().map(case).collect()
}

/// The response is years old by the server's clock.
fn is_reported(http: &Client, status: u16) -> Outcome {
    let date = "Date: Mon, 23 Nov 2020 10:58:21 GMT\r\n";
    let server = Server::http(move |_| response(status, date, b""));
    let uri = format!("{}/oauth/token", server.origin());
    let before = SystemTime::now();
    let response = http.send(request(Method::POST, &uri, b"code=1"));
    let after = SystemTime::now();
    let response =
        response.map_err(|error| format!("an error was returned: {}", with_causes(&error)))?;
    match ReceivedAt::of(&response).map(ReceivedAt::time) {
        Some(time) if before <= time && time <= after => Ok(()),
        Some(time) => Err(format!("{time:?} is not between {before:?} and {after:?}")),
        None => Err("the response has no ReceivedAt".to_owned()),
    }
}

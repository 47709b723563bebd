//! `--paginate`: all pages of a list as one.

use std::process::ExitCode;

use gts_oauth_ureq::{BoxError, Call, Error, Exchange as _, Transport};
use serde::de::IgnoredAny;

use crate::{exit, output};

/// Prints each page as it comes. The list is whole JSON even if a later page cannot be had.
pub(super) fn run(first: Call, http: &dyn Transport) -> Result<ExitCode, BoxError> {
    let answer = http.send(first.request())?;
    let Some(items) = items(answer.body()) else {
        // Nothing that has pages, or a refusal.
        output::body(answer.body())?;
        first.parse(&answer)?;
        return Ok(exit::DONE);
    };
    let reply = first.parse(&answer)?;
    output::bytes(b"[")?;
    output::bytes(items)?;
    let rest = rest(&first, reply.next, http);
    output::bytes(b"]\n")?;
    rest.map(|()| exit::DONE)
}

fn rest(first: &Call, next: Option<Call>, http: &dyn Transport) -> Result<(), BoxError> {
    let mut before = first.request().uri().clone();
    let mut next = next;
    while let Some(call) = next {
        let request = call.request();
        // Some server that names the same page for ever.
        if *request.uri() == before {
            break;
        }
        before = request.uri().clone();
        let answer = http
            .send(request)
            .map_err(|error| Error::no_answer(call.endpoint(), error))?;
        let reply = call.parse(&answer)?;
        match items(answer.body()) {
            None => return Err("a page came that is no list: it was left out".into()),
            Some(b"") => break,
            Some(items) => {
                output::bytes(b",")?;
                output::bytes(items)?;
            }
        }
        next = reply.next;
    }
    Ok(())
}

/// What stands between the brackets of a list.
fn items(body: &[u8]) -> Option<&[u8]> {
    serde_json::from_slice::<Vec<IgnoredAny>>(body).ok()?;
    let inside = body.trim_ascii().strip_prefix(b"[")?.strip_suffix(b"]")?;
    Some(inside.trim_ascii())
}

//! `--paginate`: all pages of a list as one.

use std::collections::HashSet;
use std::process::ExitCode;

use gts_oauth_ureq::{BoxError, Call, Exchange as _, Transport};
use serde::de::IgnoredAny;

use super::{answer, read};
use crate::{exit_code, output};

/// Prints each page when it arrives. The output is valid JSON even if a later page fails.
pub(super) fn run(first: Call, http: &dyn Transport) -> Result<ExitCode, BoxError> {
    let answer = answer(&first, http)?;
    let Some(items) = items(answer.body()) else {
        // Not a list, or an error response.
        output::body(answer.body())?;
        read(&first, &answer)?;
        return Ok(exit_code::DONE);
    };
    let reply = read(&first, &answer)?;
    output::bytes(b"[")?;
    output::bytes(items)?;
    let rest = rest(&first, reply.next, items.is_empty(), http);
    output::bytes(b"]\n")?;
    rest.map(|()| exit_code::DONE)
}

/// `nothing_yet`: whether all pages so far were empty. Some servers send empty pages between
/// others.
fn rest(
    first: &Call,
    next: Option<Call>,
    mut nothing_yet: bool,
    http: &dyn Transport,
) -> Result<(), BoxError> {
    let mut seen = HashSet::from([first.request().uri().clone()]);
    let mut next = next;
    while let Some(call) = next {
        // Some servers link pages in a circle.
        if !seen.insert(call.request().uri().clone()) {
            break;
        }
        let answer = answer(&call, http)?;
        let reply = read(&call, &answer)?;
        match items(answer.body()) {
            None => return Err("a page came that is no list: it was left out".into()),
            Some(b"") => {}
            Some(items) => {
                if !nothing_yet {
                    output::bytes(b",")?;
                }
                output::bytes(items)?;
                nothing_yet = false;
            }
        }
        next = reply.next;
    }
    Ok(())
}

/// Returns the part of a JSON list between its brackets. `None` if the body is not a list.
fn items(body: &[u8]) -> Option<&[u8]> {
    serde_json::from_slice::<Vec<IgnoredAny>>(body).ok()?;
    let inside = body.trim_ascii().strip_prefix(b"[")?.strip_suffix(b"]")?;
    Some(inside.trim_ascii())
}

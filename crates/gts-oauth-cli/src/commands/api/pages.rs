//! `--paginate`: all pages of a list as one.

use std::collections::HashSet;

use gts_oauth_ureq::session::Call;
use gts_oauth_ureq::{BoxError, Exchange as _, Transport};
use serde::de::IgnoredAny;

use super::call::send;
use super::print_and_parse;
use crate::output::JsonOutput;

/// Prints each page when it arrives, so that memory holds only one, however many there are. The output
/// is valid JSON even if a later page fails.
pub(super) fn print(first: Call, http: &dyn Transport) -> Result<(), BoxError> {
    let response = send(&first, http)?;
    let Some(items) = items(response.body()) else {
        // Not a list, or an error response.
        print_and_parse(&first, &response)?;
        return match serde_json::from_slice::<IgnoredAny>(response.body()) {
            Ok(_) => Ok(()),
            Err(error) => Err(format!("the response is not JSON, or cut off: {error}").into()),
        };
    };
    let page = first.parse(&response)?;
    let mut output = JsonOutput::new();
    output.write(b"[")?;
    output.write(items)?;
    let rest = rest(&first, page.next, items.is_empty(), http, &mut output);
    output.write(b"]\n")?;
    output.finish()?;
    rest
}

/// `nothing_yet`: whether all pages so far were empty. Some servers send empty pages between
/// others.
fn rest(
    first: &Call,
    next: Option<Call>,
    mut nothing_yet: bool,
    http: &dyn Transport,
    output: &mut JsonOutput,
) -> Result<(), BoxError> {
    let mut seen = HashSet::from([first.request().uri().clone()]);
    let mut next = next;
    while let Some(call) = next {
        // Some servers link pages in a circle.
        if !seen.insert(call.request().uri().clone()) {
            break;
        }
        let response = send(&call, http)?;
        let page = call.parse(&response)?;
        match items(response.body()) {
            None => return Err("a result page is not a list; it was left out".into()),
            Some(b"") => {}
            Some(items) => {
                if !nothing_yet {
                    output.write(b",")?;
                }
                output.write(items)?;
                nothing_yet = false;
            }
        }
        next = page.next;
    }
    Ok(())
}

/// Returns the part of a JSON list between its brackets. `None` if the body is not a list.
fn items(body: &[u8]) -> Option<&[u8]> {
    serde_json::from_slice::<Vec<IgnoredAny>>(body).ok()?;
    let inside = body.trim_ascii().strip_prefix(b"[")?.strip_suffix(b"]")?;
    Some(inside.trim_ascii())
}

//! A recorded request compared with core's.

use std::collections::BTreeMap;

use gts_oauth_core::http::Request;
use gts_oauth_core::http::header::{AUTHORIZATION, CONTENT_TYPE};
use gts_oauth_tests::Recording;
use gts_oauth_tests::exchange::same_path;
use url::form_urlencoded;

/// `ours`, or how the recorded request differs from core's.
///
/// Not compared: a form or JSON for the same fields, the verifier that core adds, and the token
/// that it also sends in the header of a revocation.
pub(crate) fn compare(ours: &Request<Vec<u8>>, recording: &Recording) -> String {
    let mut differences = Vec::new();
    let theirs = &recording.request;
    if ours.method().as_str() != theirs.method || !same_path(&ours.uri().to_string(), &theirs.path)
    {
        differences.push(format!("we ask {} {}", ours.method(), ours.uri().path()));
    }
    if theirs.header("user-agent").is_none() {
        differences.push("no User-Agent".to_owned());
    }
    match theirs.header("accept") {
        Some("application/json") => {}
        accept => differences.push(format!("Accept {}", accept.unwrap_or("none"))),
    }
    if theirs.body.is_some() && theirs.header("content-type").is_none() {
        differences.push("no Content-Type".to_owned());
    }
    differences.extend(credentials(ours, recording));
    differences.extend(fields(ours, recording));
    match differences.is_empty() {
        true => "ours".to_owned(),
        false => format!("not ours ({})", differences.join(", ")),
    }
}

fn credentials(ours: &Request<Vec<u8>>, recording: &Recording) -> Option<String> {
    let ours_has = ours.headers().contains_key(AUTHORIZATION);
    let revokes = ours.uri().path() == "/oauth/revoke";
    match recording.request.header("authorization") {
        None if ours_has && !revokes => Some("no token".to_owned()),
        Some(theirs) if theirs.starts_with("Basic ") => Some("Basic".to_owned()),
        Some(theirs) if theirs.starts_with("bearer ") => Some("bearer in lower case".to_owned()),
        Some(_) if !ours_has => Some("a token".to_owned()),
        _ => None,
    }
}

fn fields(ours: &Request<Vec<u8>>, recording: &Recording) -> Vec<String> {
    let ours = form(ours);
    let theirs = recording.request.fields();
    let added = ours.keys().filter(|name| !theirs.contains_key(*name) && *name != "code_verifier");
    let added = added.map(|name| format!("without {name}"));
    let left_out = theirs.keys().filter(|name| !ours.contains_key(*name));
    let left_out = left_out.map(|name| format!("with {name}"));
    let other = theirs.iter().filter(|(name, value)| {
        let mine = ours.get(*name);
        *name != "code_verifier" && mine.is_some_and(|mine| mine != *value)
    });
    let other = other.map(|(name, value)| format!("{name}={value:?}"));
    added.chain(left_out).chain(other).collect()
}

fn form(ours: &Request<Vec<u8>>) -> BTreeMap<String, String> {
    let kind = ours.headers().get(CONTENT_TYPE).map(|it| it.as_bytes());
    match kind {
        Some(b"application/json") => serde_json::from_slice(ours.body()).expect("texts only"),
        _ => form_urlencoded::parse(ours.body()).into_owned().collect(),
    }
}

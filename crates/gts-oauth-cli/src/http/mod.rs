//! The HTTP transport of the commands: `--request-timeout`, `--verbose`, and the redaction of
//! secrets.

pub(crate) mod redact;
mod verbose;

use std::time::Duration;

use gts_oauth_ureq::Ureq;

pub(crate) use verbose::{VerboseHttp, print_request};

/// The `User-Agent` of all requests.
pub(crate) const USER_AGENT: &str = concat!("gts-oauth/", env!("CARGO_PKG_VERSION"));

/// The transport of one command.
pub(crate) fn transport(request_timeout: Option<Duration>) -> Ureq {
    match request_timeout {
        Some(limit) => Ureq::new().timeout(limit),
        None => Ureq::new(),
    }
}

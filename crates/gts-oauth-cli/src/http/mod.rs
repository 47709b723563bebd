//! The HTTP transport of the commands: `--request-timeout`, `--verbose`, the redaction of secrets,
//! and a message about a slow server.

pub(crate) mod redact;
mod slow_servers;
mod verbose;

use std::time::Duration;

use gts_oauth_ureq::error::NetworkFault;
use gts_oauth_ureq::{Error, Instance, Ureq};

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

/// The instance to use instead if this error is that its port does not use TLS. `None` for other
/// errors, and if `http://` would be refused.
pub(crate) fn without_tls(error: &Error, instance: &Instance) -> Option<Instance> {
    match error {
        Error::Transport(it) if it.fault == NetworkFault::NotTls => {
            format!("http://{}", instance.authority()).parse().ok()
        }
        _ => None,
    }
}

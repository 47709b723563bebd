//! The HTTP transport of the commands: `--verbose`, and the redaction of secrets.

pub(crate) mod redact;
mod verbose;

pub(crate) use verbose::VerboseHttp;

/// The `User-Agent` of all requests.
pub(crate) const USER_AGENT: &str = concat!("gts-oauth/", env!("CARGO_PKG_VERSION"));

//! Verbose output, slow servers, time limits and proxies.

#[cfg(unix)]
mod patience;
mod proxies;
mod request_timeout;
mod verbose;

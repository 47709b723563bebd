//! Verbose output, slow servers, time limits and proxies.

mod proxies;
mod request_timeout;
#[cfg(unix)]
mod slow_servers;
mod verbose;

//! Verbose output, time limits and proxies.

mod proxies;
mod request_timeout;
mod verbose;

//! Ways to ask a user, against a fake GoToSocial in memory.
//!
//! - `loopback`: logins in a browser, and strangers at their port
//! - `support`: logins that run in a thread, and a browser

mod loopback;
#[cfg(unix)]
mod signals;
mod support;

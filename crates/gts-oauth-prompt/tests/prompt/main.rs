//! Ways to ask a user, against a fake GoToSocial in memory.
//!
//! - `terminal`: reading a reply; the command's tests run the whole prompt
//! - `loopback`: logins in a browser, and strangers at their port
//! - `support`: logins that run in a thread, and a browser

mod loopback;
mod support;
mod terminal;

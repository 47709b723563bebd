//! Recorded responses, read by the exchanges that request them.

pub(crate) mod calls;
pub(crate) mod case;
pub(crate) mod discover;
pub(crate) mod never_sent;
pub(crate) mod register;
mod request;
mod secrets;
pub(crate) mod token;
pub(crate) mod verify_and_revoke;

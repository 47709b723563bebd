//! Domain types and the storage format.

mod instance;
mod rate_limit;
mod redact;
mod samples;
mod scope;
pub(crate) mod stored;
pub(crate) mod stored_tampered;
mod text;

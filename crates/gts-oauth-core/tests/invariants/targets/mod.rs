//! What must hold for every input. A target has an `Input`, which is made from bytes, and a `check`.
//! `tests/invariants` checks generated inputs; `fuzz` searches for others with libFuzzer.

pub mod callback;
pub mod calls;
pub mod exchanges;
pub mod headers;
pub mod login;
pub mod redact;
pub mod renewing;
pub mod scopes;
pub mod stored;
pub mod values;

mod canary;
mod inward;
mod memory;
mod request;
mod response;
mod sample;
mod server;
mod text;
mod twin;

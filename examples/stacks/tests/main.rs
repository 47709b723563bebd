//! The transports and the programs of this package.

mod conformance;
#[path = "../post_only.rs"]
#[allow(dead_code, reason = "it is a program")]
mod post_only;
mod programs;

//! The targets, which the tests of the crate share.

#[path = "../../tests/invariants/targets/mod.rs"]
mod targets;

pub use targets::*;

//! What is known of the world that this crate lives in, each piece with the test that shows it.

#[doc = include_str!("../../docs/traps.md")]
pub mod traps {}

#[doc = include_str!("../../docs/rfcs.md")]
pub mod rfcs {}

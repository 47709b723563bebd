//! How servers differ and what the RFCs require, each with the test that shows it, and guides for
//! the ways to use this crate.

#[doc = include_str!("../../docs/traps.md")]
pub mod traps {}

#[doc = include_str!("../../docs/rfcs.md")]
pub mod rfcs {}

pub mod guides;

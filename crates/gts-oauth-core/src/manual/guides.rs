//! Guides, each with a program that compiles.

#[doc = include_str!("../../docs/guides/own_stack.md")]
pub mod own_stack {}

#[doc = include_str!("../../docs/guides/progress.md")]
pub mod progress {}

#[doc = include_str!("../../docs/guides/redirect.md")]
pub mod redirect {}

#[doc = include_str!("../../docs/guides/renewing.md")]
pub mod renewing {}

#[doc = include_str!("../../docs/guides/testing.md")]
pub mod testing {}

#[doc = include_str!("../../docs/guides/web_backend.md")]
pub mod web_backend {}

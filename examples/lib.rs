//! What the tests of the examples share: the bot that has tests of its own, and programs used as
//! their user would.

#[path = "test_your_bot/bot.rs"]
pub mod bot;
pub mod program;

/// The README's examples, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

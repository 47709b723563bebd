//! What the tests of whole logins share.

mod answer;
mod asked;
pub mod person;
mod player;
mod recording;

pub use answer::Answer;
pub use asked::Asked;
pub use player::{Play, Player, play};
pub use recording::{RECORDINGS, RecordedRequest, Recording, named, names, recording};

/// The README's examples, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

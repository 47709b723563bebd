//! What the tests of whole logins share.

mod answer;
mod asked;
pub mod noun;
pub mod person;
mod player;
mod recording;

pub use answer::Answer;
pub use asked::Asked;
pub use player::{Play, Player, play};
pub use recording::{
    RECORDINGS, RecordedRequest, Recording, SERVERS, named, names, recording, recordings,
};

/// The README's examples, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

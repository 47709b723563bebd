//! What the tests of whole logins share.

pub mod certificates;
pub mod environment;
pub mod exchange;
pub mod faults;
pub mod hosts;
pub mod leaks;
mod player;
mod recording;
mod request;
mod response;
pub mod secrets;
pub mod user;

pub use player::{Play, Player, play};
pub use recording::{
    RECORDINGS, RecordedRequest, Recording, SERVERS, named, names, recording, recordings,
};
pub use request::ReceivedRequest;
pub use response::CannedResponse;

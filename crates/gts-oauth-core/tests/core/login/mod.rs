//! The login state machine, stage by stage.

mod authorize;
mod diagram;
pub(crate) mod discover;
mod discover_names;
mod driver;
mod exchange;
mod logged_in;
mod options;
mod problem;
mod register;
mod run;
mod secrets;
mod shown;
mod start_over;
mod step_loop;
mod superseded;
mod token_as_code;
mod transport_error;
mod verify;
mod verify_rejected;

//! The command, run as a program against a fake GoToSocial on a loopback port.
//!
//! - `commands`: each command; whole sessions as text
//! - `errors_matrix`: every dialect × every problem × every command
//! - `faults_matrix`: every fault × every request of a login
//! - `http`: verbose output
//! - `leaks`: the search for secrets in all that is printed or written
//! - `output`, `exit_code`: printing results, exit codes
//! - `store`: the file, the keyring, concurrent commands, token refresh
//! - `support`: running the command, and the browsers and servers it talks to
//! - `two_events`: every two things that happen to a user, one after the other

mod commands;
mod errors_matrix;
mod exit_code;
mod faults_matrix;
mod http;
mod leaks;
mod output;
mod store;
mod support;
mod two_events;

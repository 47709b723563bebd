//! The fault matrix: every fault × every request × every way to carry out a login, in one process or
//! stored and resumed between every two steps.
//!
//! In every cell, the login completes once the fault is gone. It asks its user again only when the
//! code is dead, and registers another app only when the app is gone. It sends no code and no refresh
//! token again that the server has accepted. The same holds for the renewal of a session, and no
//! call is sent twice.
//!
//! No cell sleeps: the waits that servers request are recorded. On GoToSocial in memory, every
//! combination is a cell, and so are three faults in one login, and logins with an app of before, which
//! register no other one. Fewer are
//!
//! - on other servers: by hand, stored if the login is out of band, in one process if it returns by
//!   redirect;
//! - on sockets, where a cell takes ten times as long: the same half, on GoToSocial, without the two
//!   faults in which a client waits for its own time limit, and without renewals.
//!
//! The command's own matrix is in `crates/gts-oauth-cli/tests/command/faults_matrix.rs`.

mod calls;
mod driver;
mod login;
mod renewal;
mod report;
mod stack;

use gts_oauth_fake::Dialect;
use report::Report;

#[test]
fn logins_on_gotosocial_survive_every_fault() {
    Report::assert(login::on_gotosocial());
}

#[test]
fn logins_on_other_servers_survive_every_fault() {
    Report::assert(login::on_other_servers());
}

#[test]
fn logins_over_sockets_survive_every_fault() {
    Report::assert(login::over_sockets());
}

#[test]
fn renewals_survive_every_fault() {
    Report::assert([Dialect::Pixelfed, Dialect::Akkoma].map(renewal::in_memory));
}

#[test]
fn calls_are_sent_once_whatever_the_fault() {
    Report::assert([calls::in_memory()].into_iter().chain(calls::over_sockets()));
}

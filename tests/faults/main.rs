//! The fault matrix: every fault × every request × every way to carry out a login, in one process or
//! stored and resumed between every two steps.
//!
//! In every cell, the login completes once the fault is gone. It asks its user again only when the
//! code is dead, and registers another app only when the app is gone. It sends no code and no refresh
//! token again that the server has accepted. The same holds for the renewal of a session, and no
//! call is sent twice.
//!
//! No cell sleeps: the waits that servers request are recorded. A cell takes ten times as long on a
//! socket as in memory. There, the two faults in which a client waits for its own time limit are left
//! out, there is one server software in place of two, a login is stored if it is out of band and in
//! one process if it returns by redirect, and no session is renewed.

mod calls;
mod driver;
mod login;
mod renewal;
mod report;
mod stack;

use gts_oauth_fake::Dialect;
use report::Report;

#[test]
fn logins_in_memory_survive_every_fault() {
    let dialects = [Dialect::GoToSocial, Dialect::Mastodon];
    Report::assert(dialects.into_iter().flat_map(login::in_memory));
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

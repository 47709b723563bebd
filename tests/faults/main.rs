//! The fault matrix: every fault × every request × every way to carry out a login, in one process or
//! stored and resumed between every two steps.
//!
//! In every cell, the login completes once the fault is gone. It asks its user again only when the
//! code is dead, and registers another app only when the app is gone. It sends no code and no refresh
//! token again that the server has accepted. The same holds for the renewal of a session, and no
//! call is sent twice.
//!
//! No cell sleeps: the waits that servers request are recorded. On sockets, the two faults in which a
//! client waits for its own time limit are left out, and there is one server software in place of
//! two, because a cell takes ten times as long there as in memory.

mod driver;
mod login;
mod stack;

use gts_oauth_fake::Dialect;
use login::Report;

#[test]
fn logins_in_memory_survive_every_fault() {
    let dialects = [Dialect::GoToSocial, Dialect::Mastodon];
    Report::assert(dialects.into_iter().flat_map(login::in_memory).collect());
}

#[test]
fn logins_over_sockets_survive_every_fault() {
    Report::assert(login::over_sockets());
}

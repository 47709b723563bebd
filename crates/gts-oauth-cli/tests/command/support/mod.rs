//! Running the command, and the browsers, keyrings and servers it talks to.

pub(crate) mod custom_server;
pub(crate) mod optional;
#[cfg(unix)]
pub(crate) mod pty;
pub(crate) mod secret_service;
pub(crate) mod session;
pub(crate) mod shell;
pub(crate) mod web;
pub(crate) mod webdriver;

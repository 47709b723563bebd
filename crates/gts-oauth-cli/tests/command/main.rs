//! The command, run as a program against a fake GoToSocial on a loopback port.

mod calls;
mod credentials;
mod demo;
mod login;
mod logout;
mod shell;

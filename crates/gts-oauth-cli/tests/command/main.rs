//! The command, run as a program against a fake GoToSocial on a loopback port.

mod browser;
mod calls;
mod credentials;
mod demo;
mod login;
mod logout;
mod shell;
mod strays;
mod web;

//! The command, run as a program against a fake GoToSocial on a loopback port.

mod browser;
mod calls;
mod chromium;
mod credentials;
mod demo;
mod help;
mod login;
mod logout;
mod session;
mod sessions;
mod shell;
mod strays;
mod web;
mod webdriver;

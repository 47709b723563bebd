//! The command, run as a program against a fake GoToSocial on a loopback port.

mod api;
mod at_once;
mod browser;
mod calls;
mod chromium;
mod credentials;
mod demo;
mod help;
mod keyring;
mod login;
mod logout;
mod odd;
mod optional;
mod pages;
mod renewal;
mod resumed;
mod secret_service;
mod session;
mod sessions;
mod shell;
mod strays;
#[cfg(unix)]
mod terminal;
mod web;
mod webdriver;
mod wishes;
mod with_token;

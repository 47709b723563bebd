//! Each command, and whole sessions as text.

mod api;
mod demo;
mod help;
mod login;
mod logout;
mod sessions;
mod status;
mod token;
mod tokens;

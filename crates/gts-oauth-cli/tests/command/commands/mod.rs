//! Each command, and whole sessions as text.

mod api;
#[cfg(unix)]
mod completions;
mod demo;
mod help;
mod login;
mod logout;
mod sessions;
mod status;
mod token;
mod tokens;
mod usage;

//! Each command, and whole sessions as text.

mod api;
mod calls;
mod demo;
mod help;
mod login;
mod logout;
mod sessions;

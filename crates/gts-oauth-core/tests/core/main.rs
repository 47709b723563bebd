//! Tests of the protocol core. The folders are those of its source.

mod app;
mod authorization;
mod discovery;
mod error;
mod login;
mod manual;
mod recorded;
mod renewal;
mod sample;
mod scenario;
mod session;
mod transport;
mod types;
mod web;
mod wire;

//! The fake as its users see it: modules mirror the folders of `src`.

mod account;
mod dialects;
mod endpoints;
mod fault;
mod logins;
mod lost_responses;
mod raw;
mod renewing;
mod route;
mod sample;
mod server;
mod state;

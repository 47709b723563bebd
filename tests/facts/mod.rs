//! Facts, by topic.

mod accept;
mod authorize;
mod bodies;
mod client;
mod lists;
mod redirect_uris;
mod routes;
mod token;

//! The facts, by what they are about.

mod accept;
mod authorize;
mod bodies;
mod lists;
mod redirect_uris;
mod routes;
mod token;
mod world;

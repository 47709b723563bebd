//! Registered apps and how they authenticate.

mod client_auth;
mod public_client;
mod redirect_uris;
mod registration;

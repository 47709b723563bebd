//! Registered apps and how they authenticate.

mod client_auth;
mod redirect_uris;

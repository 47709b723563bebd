//! Discovery of the API host and of server metadata (RFC 8414).

mod account_domain;
pub(crate) mod discover;
mod inwards;
pub(crate) mod metadata;
mod odd_documents;
mod redirects;
mod stored;
mod webfinger;

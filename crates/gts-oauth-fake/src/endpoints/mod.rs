//! Request handlers: one file per endpoint, and what several of them share.

pub(crate) mod account_domain;
mod accounts;
mod admin;
mod approve;
mod apps;
mod authorize;
mod bearer_auth;
mod browser_session;
mod callback_url;
mod client_auth;
mod consent;
mod directory;
mod html_pages;
mod instance;
mod media;
mod metadata;
mod nodeinfo;
mod notifications;
mod paging;
mod prior_consent;
mod rate_limit;
mod response_headers;
mod revoke;
mod router;
mod sign_in;
mod statuses;
mod token;
mod tokens;
mod verify_credentials;
mod webfinger;

pub(crate) use router::respond;

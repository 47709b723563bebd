//! Each endpoint, on several servers.

mod account_domain;
mod api;
mod apps;
mod authorize;
mod bearer_auth;
mod media;
mod metadata;
mod prior_consent;
mod rate_limit;
mod revoke;
mod statuses;
mod token;
mod tokens;

//! App tokens, refreshed sessions and revocation.

mod app_token;
mod refresh_session;
mod renewing;
mod renewing_calls;
mod revoke;

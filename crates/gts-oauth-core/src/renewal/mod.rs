//! Renewing and revoking tokens, and tokens of the app itself.

mod app_token;
mod refresh_session;
mod revoke;

pub use app_token::{AppToken, RequestAppToken};
pub use refresh_session::RefreshSession;
pub use revoke::{Revocation, RevokeToken};

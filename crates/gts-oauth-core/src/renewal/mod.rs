//! Renewing and revoking tokens, and tokens of the app itself.

mod app_token;
mod refresh_session;
mod renewing;
mod revoke;

pub use app_token::{AppToken, RequestAppToken};
pub use refresh_session::RefreshSession;
pub use renewing::{RenewalStep, RenewingSession};
pub use revoke::{Revocation, RevokeToken};

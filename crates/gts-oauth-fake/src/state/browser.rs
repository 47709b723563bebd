//! Browser sessions, and the authorization request that each holds.

use std::time::SystemTime;

use super::{State, Token};

/// A browser's session, found by its cookie.
#[derive(Clone, Default)]
pub(crate) struct BrowserSession {
    pub(crate) authorization: Option<AuthorizationRequest>,
    /// The URL to return to after the sign-in, on servers that keep one.
    pub(crate) return_to: Option<String>,
    /// The account that is signed in.
    pub(crate) account_id: Option<String>,
    /// The account that signed in last, on servers that require a sign-in each time.
    pub(crate) user: Option<String>,
    /// The token that was issued in response to a request with this cookie.
    pub(crate) token: Option<String>,
    pub(crate) expires: Option<SystemTime>,
}

/// The parameters of an authorization request (RFC 6749 section 4.1.1).
#[derive(Clone, Default)]
pub(crate) struct AuthorizationRequest {
    pub(crate) response_type: String,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) scope: String,
    pub(crate) state: Option<String>,
    pub(crate) challenge: Option<String>,
    pub(crate) challenge_method: Option<String>,
    pub(crate) force_login: bool,
}

impl State {
    /// The token that the browser's session holds, if it is valid.
    pub(crate) fn session_token(&self, browser: &BrowserSession) -> Option<&Token> {
        self.valid_token(browser.token.as_deref()?).filter(|token| !token.app_deleted)
    }
}

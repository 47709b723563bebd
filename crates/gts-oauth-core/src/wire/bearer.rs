//! A bearer token and the one instance where it is valid (RFC 6750).

use http::uri::PathAndQuery;
use http::{Method, Request};
use serde::{Deserialize, Serialize};

use super::TokenResponse;
use super::token_response::is_token;
use crate::error::Error;
use crate::types::stored::stored;
use crate::types::{Instance, Secret, UserAgent};

/// The common part of a session and an app token. It signs requests for its own origin only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub(crate) struct Bearer {
    pub(crate) instance: Instance,
    pub(crate) user_agent: UserAgent,
    pub(crate) token: TokenResponse,
}

impl Bearer {
    /// A request signed with the token.
    pub(crate) fn request(&self, method: Method, path: PathAndQuery) -> Request<Vec<u8>> {
        let token = Some(&self.token.access_token);
        super::request(method, &self.instance, path, &self.user_agent, token)
    }

    /// The tokens, which errors must not repeat. Empty ones are ignored.
    pub(crate) fn secrets(&self) -> [&str; 2] {
        let refresh = self.token.refresh_token.as_ref();
        [self.token.access_token.expose(), refresh.map_or("", Secret::expose)]
    }

    /// Checks that headers and forms can carry its tokens.
    pub(crate) fn checked(self) -> Result<Self, Error> {
        let refresh = self.token.refresh_token.as_ref();
        if self.token.access_token.is_too_long() || refresh.is_some_and(Secret::is_too_long) {
            return Err(Error::input("token", "longer than 64 KiB"));
        }
        if !is_token(&self.token.access_token) || !refresh.is_none_or(is_token) {
            let fault = "empty, or contains whitespace or characters other than ASCII";
            return Err(Error::input("token", fault));
        }
        Ok(self)
    }
}

stored!(Bearer, Bearer::checked);

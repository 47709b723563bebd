//! Token endpoint responses (RFC 6749 section 5.1).

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::{ResponseReader, fields, is_visible_ascii};
use crate::error::Error;
use crate::time::{date, from_epoch, since_epoch};
use crate::types::{Scopes, Secret};

/// The content of a successful token response (RFC 6749 section 5.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TokenResponse {
    pub(crate) access_token: Secret,
    pub(crate) scopes: Scopes,
    /// Seconds since 1970, by the server's clock.
    pub(crate) created_at: Option<u64>,
    /// Seconds.
    pub(crate) expires_in: Option<u64>,
    /// When the response was received, in seconds since 1970 by the local clock. If its transport
    /// did not report it, when it was sent, by the server's clock.
    pub(crate) received_at: Option<u64>,
    pub(crate) refresh_token: Option<Secret>,
}

impl TokenResponse {
    /// Reads a response. If it has no scopes, `requested` were granted (RFC 6749 section 5.1).
    pub(crate) fn read(response: &ResponseReader<'_>, requested: &Scopes) -> Result<Self, Error> {
        fields::lenient_struct! {
            struct Body {
                access_token: Option<Secret> = fields::secret,
                token_type: bool = fields::is_not_bearer,
                scope: Option<Scopes> = fields::scopes,
                created_at: Option<u64> = fields::epoch,
                expires_in: Option<u64> = fields::seconds,
                refresh_token: Option<Secret> = fields::secret,
            }
        }
        let body: Body = response.object()?;
        let length = |token: &Option<Secret>| token.as_ref().map_or(0, |it| it.expose().len());
        response.check_length("access_token", length(&body.access_token))?;
        response.check_length("refresh_token", length(&body.refresh_token))?;
        let access_token = body.access_token.filter(is_token);
        // The type is not `Bearer`. An unknown type must not be used (RFC 6749 section 7.1).
        if body.token_type {
            return Err(response.missing_field("token_type"));
        }
        // It is not needed for tokens that never expire.
        let received_at = body.expires_in.and_then(|_| date(response.headers));
        Ok(Self {
            access_token: access_token.ok_or_else(|| response.missing_field("access_token"))?,
            scopes: body.scope.unwrap_or_else(|| requested.clone()),
            created_at: body.created_at,
            expires_in: body.expires_in,
            received_at: received_at.and_then(since_epoch),
            refresh_token: body.refresh_token.filter(is_token),
        })
    }

    /// Sets when the response was received. It is not needed for tokens that never expire.
    pub(crate) fn set_received_at(&mut self, time: SystemTime) {
        if self.expires_in.is_some() {
            self.received_at = since_epoch(time).or(self.received_at);
        }
    }

    /// The expiry time. `None` if the token has none.
    ///
    /// It is counted from the response, as in RFC 6749 section 5.1. `created_at` might be that of an
    /// older grant, because Mastodon returns the same token twice.
    pub(crate) fn expires_at(&self) -> Option<SystemTime> {
        let from = self.received_at.or(self.created_at)?;
        from_epoch(from.saturating_add(self.expires_in?))
    }
}

/// Whether headers and forms can carry it.
pub(crate) fn is_token(token: &Secret) -> bool {
    is_visible_ascii(token.expose())
}

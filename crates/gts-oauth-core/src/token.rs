//! `POST /oauth/token`: what is common to all ways to a token.

use std::time::{Duration, SystemTime};

use http::Request;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::client_auth;
use crate::error::Error;
use crate::limits::date;
use crate::scope::Scopes;
use crate::secret::Secret;
use crate::wire::{self, Answer, Form, lenient};

pub(crate) fn post(app: &App, fill: impl FnOnce(Form) -> Form) -> Request<Vec<u8>> {
    let user_agent = &app.registration().user_agent;
    client_auth::post(app, app.token_endpoint(), user_agent, fill)
}

/// What every token reply tells (RFC 6749 §5.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Token {
    pub(crate) access_token: Secret,
    pub(crate) scopes: Scopes,
    /// Seconds since 1970, by the server's clock.
    pub(crate) created_at: Option<u64>,
    /// Seconds.
    pub(crate) expires_in: Option<u64>,
    /// When that was said, in seconds since 1970 by the server's clock.
    pub(crate) answered_at: Option<u64>,
    pub(crate) refresh_token: Option<Secret>,
}

impl Token {
    /// `asked` is what was granted if the server does not say (RFC 6749 §5.1).
    pub(crate) fn read(answer: &Answer<'_>, asked: &Scopes) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Reply {
            #[serde(default, deserialize_with = "lenient::secret")]
            access_token: Option<Secret>,
            #[serde(default = "lenient::yes", deserialize_with = "lenient::is_bearer")]
            token_type: bool,
            #[serde(default, deserialize_with = "lenient::scopes")]
            scope: Option<Scopes>,
            #[serde(default, deserialize_with = "lenient::epoch")]
            created_at: Option<u64>,
            #[serde(default, deserialize_with = "lenient::seconds")]
            expires_in: Option<u64>,
            #[serde(default, deserialize_with = "lenient::secret")]
            refresh_token: Option<Secret>,
        }
        let reply: Reply = answer.object()?;
        let access_token = reply.access_token.filter(is_token);
        // An unknown type must not be used (RFC 6749 §7.1).
        if !reply.token_type {
            return Err(answer.lacks("token_type"));
        }
        // Nobody looks at the clock for tokens that never expire.
        let answered_at = reply.expires_in.and_then(|_| date(answer.headers));
        Ok(Self {
            access_token: access_token.ok_or_else(|| answer.lacks("access_token"))?,
            scopes: reply.scope.unwrap_or_else(|| asked.clone()),
            created_at: reply.created_at,
            expires_in: reply.expires_in,
            answered_at: answered_at.and_then(seconds),
            refresh_token: reply.refresh_token.filter(is_token),
        })
    }

    /// Counted from the answer's own `Date`, as RFC 6749 §5.1 has it: `created_at` may be that of
    /// an older grant (Mastodon hands out one token twice).
    pub(crate) fn expires_at(&self) -> Option<SystemTime> {
        let from = self.answered_at.or(self.created_at)?;
        let moment = from.saturating_add(self.expires_in?);
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(moment))
    }
}

fn seconds(moment: SystemTime) -> Option<u64> {
    let since = moment.duration_since(SystemTime::UNIX_EPOCH);
    since.ok().map(|since| since.as_secs())
}

/// Whether a header can carry it.
pub(crate) fn is_token(token: &Secret) -> bool {
    wire::is_visible_ascii(token.expose())
}

//! Server state: accounts, apps, codes, tokens, statuses, browser sessions, and the rules that
//! change them.
//!
//! [`redeem_code()`] decides that a code is spent, [`issue_token()`] which token a login obtains.

mod account;
mod app;
mod browser;
mod code;
mod ids;
mod issue_token;
mod media;
pub(crate) mod mentions;
pub(crate) mod pkce;
mod records;
mod redeem_code;
pub(crate) mod scopes;
mod status;
mod token;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::dialect::Dialect;

pub use account::AccountState;
pub(crate) use account::{AccountDomain, AccountRecord, PASSWORD};
pub(crate) use app::{App, OUT_OF_BAND};
pub(crate) use browser::{AuthorizationRequest, BrowserSession};
pub(crate) use code::{Approval, Code, CodeError, CodeReuse, CodeRules, issue_code};
pub(crate) use ids::Ids;
pub(crate) use issue_token::{AppTokens, Refresh, Reissue, TokenRules, issue_token};
pub(crate) use media::{Media, MediaFormat};
pub(crate) use records::Records;
pub(crate) use redeem_code::{PresentedCode, redeem_code};
pub(crate) use status::{KeyedStatus, Notification, Status};
pub(crate) use token::Token;

/// Everything behind the server's lock.
pub(crate) struct State {
    pub(crate) dialect: Dialect,
    pub(crate) origin: String,
    /// `None` if accounts are named under the server's own host.
    pub(crate) account_domain: Option<AccountDomain>,
    pub(crate) now: SystemTime,
    pub(crate) ids: Ids,
    pub(crate) accounts: Records<AccountRecord>,
    pub(crate) apps: Records<App>,
    pub(crate) codes: Records<Code>,
    pub(crate) tokens: Records<Token>,
    /// Access tokens that were revoked.
    pub(crate) revoked: BTreeSet<String>,
    pub(crate) browsers: BTreeMap<String, BrowserSession>,
    pub(crate) statuses: Vec<Status>,
    pub(crate) keyed_statuses: Vec<KeyedStatus>,
    pub(crate) media: Vec<Media>,
    pub(crate) notifications: Vec<Notification>,
    /// Requests allowed in five minutes; `None` if there is no limit.
    pub(crate) limit: Option<u32>,
    pub(crate) window: Option<Window>,
    /// Mastodon counts separately for each token, and for some paths.
    pub(crate) windows: BTreeMap<String, Window>,
    pub(crate) vapid_key: String,
    /// Merged into the server metadata.
    pub(crate) metadata: Value,
}

/// A period of the rate limit.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    pub(crate) ends: SystemTime,
    pub(crate) used: u32,
}

impl State {
    /// The time in this many seconds, by the server's clock.
    pub(crate) fn after(&self, seconds: u64) -> SystemTime {
        self.now + Duration::from_secs(seconds)
    }
}

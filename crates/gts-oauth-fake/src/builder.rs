//! Configuring servers.

use std::collections::{BTreeMap, BTreeSet};
#[cfg(feature = "serve")]
use std::time::Instant;
use std::time::{Duration, SystemTime};

use gts_oauth_core::Instance;
use serde_json::{Map, Value};

use crate::dialect::Dialect;
use crate::server::Server;
use crate::state::{AccountDomain, Ids, Records, State};

/// The configuration of a server, by default a GoToSocial at `https://gts.example`.
#[derive(Clone, Debug)]
#[must_use = "a server is there once it is built"]
pub struct ServerBuilder {
    seed: u64,
    dialect: Dialect,
    origin: String,
    limit: Option<u32>,
    account_domain: Option<String>,
    redirected_paths: Vec<String>,
    metadata: Value,
}

/// 1 January 2026, 00:00 UTC: the initial time of each server's clock.
const BEGINNING: u64 = 1_767_225_600;

impl Server {
    /// A GoToSocial 0.22 at `https://gts.example`. The same seed results in the same ids,
    /// secrets, codes and tokens.
    pub fn new(seed: u64) -> Self {
        Self::builder(seed).build()
    }

    /// Another dialect, instance or configuration.
    pub fn builder(seed: u64) -> ServerBuilder {
        ServerBuilder::new(seed)
    }
}

impl ServerBuilder {
    fn new(seed: u64) -> Self {
        let redirected_paths = ["webfinger", "host-meta", "nodeinfo"];
        Self {
            seed,
            dialect: Dialect::default(),
            origin: "https://gts.example".to_owned(),
            limit: Some(300),
            account_domain: None,
            redirected_paths: redirected_paths.map(|name| format!("/.well-known/{name}")).to_vec(),
            metadata: Value::Object(Map::new()),
        }
    }

    /// The server to respond as.
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// The instance of the server.
    pub fn instance(mut self, instance: &Instance) -> Self {
        self.origin = instance.origin().to_owned();
        self
    }

    /// The number of requests allowed in five minutes; `None` if unlimited. GoToSocial's is 300.
    pub fn rate_limit(mut self, limit: impl Into<Option<u32>>) -> Self {
        self.limit = limit.into();
        self
    }

    /// The domain of account names (`@alice@example.org`), if it differs from the instance: a split
    /// domain, as with GoToSocial's `account-domain`. The domain's origin responds too, but only in
    /// memory. It redirects requests for WebFinger, host-meta and nodeinfo to the instance, as
    /// GoToSocial's documentation recommends (`advanced/host-account-domain`). Other requests get a
    /// 404 page.
    ///
    /// ```
    /// use gts_oauth_fake::Server;
    ///
    /// let server = Server::builder(7).account_domain("example.org").build();
    /// assert_eq!(server.instance().origin(), "https://gts.example");
    /// ```
    pub fn account_domain(mut self, domain: &str) -> Self {
        self.account_domain = Some(domain.to_owned());
        self
    }

    /// The paths that the account domain redirects, and no others. Mastodon's documentation lists
    /// WebFinger alone: `&["/.well-known/webfinger"]`.
    pub fn redirected_paths(mut self, paths: &[&str]) -> Self {
        self.redirected_paths = paths.iter().map(|&path| path.to_owned()).collect();
        self
    }

    /// Merges this patch (RFC 7396) into the server metadata (RFC 8414): members are added or
    /// replaced, or removed if `null`. Requires a dialect that has metadata. The server's behavior
    /// does not change, so that tests can make its metadata wrong. There is one exception: without
    /// `client_secret_post` in `token_endpoint_auth_methods_supported`, secrets in a body are
    /// rejected.
    ///
    /// ```
    /// use gts_oauth_fake::{Dialect, Server, serde_json::json};
    ///
    /// // Promises `iss`, and does not send it.
    /// let iss = json!({ "authorization_response_iss_parameter_supported": true });
    /// let server = Server::builder(7).dialect(Dialect::Mastodon).metadata(iss).build();
    /// // Has the issuer of another server.
    /// let issuer = json!({ "issuer": "https://other.example" });
    /// let server = Server::builder(7).dialect(Dialect::Strict).metadata(issuer).build();
    /// ```
    pub fn metadata(mut self, patch: Value) -> Self {
        self.metadata = patch;
        self
    }

    /// Builds the server.
    pub fn build(self) -> Server {
        Server::with_state(self.into_state(), None)
    }

    /// Builds the server for a port, with this origin and in real time.
    #[cfg(feature = "serve")]
    pub(crate) fn build_served(mut self, origin: String) -> Server {
        self.origin = origin;
        let mut state = self.into_state();
        state.now = SystemTime::now();
        Server::with_state(state, Some(Instant::now()))
    }

    fn into_state(self) -> State {
        let account_domain = self
            .account_domain
            .map(|domain| AccountDomain { domain, redirected_paths: self.redirected_paths });
        State {
            dialect: self.dialect,
            origin: self.origin,
            account_domain,
            now: SystemTime::UNIX_EPOCH + Duration::from_secs(BEGINNING),
            ids: Ids::new(self.seed, self.dialect.profile().numeric_ids),
            accounts: Records::default(),
            apps: Records::default(),
            codes: Records::default(),
            tokens: Records::default(),
            revoked: BTreeSet::new(),
            browsers: BTreeMap::new(),
            statuses: Vec::new(),
            keyed_statuses: Vec::new(),
            media: Vec::new(),
            notifications: Vec::new(),
            limit: self.limit,
            window: None,
            windows: BTreeMap::new(),
            vapid_key: "BH2M4u0ptWEl_Q5GOHLDUGQezZkD6Nrqb4s300bEgcOypPW0Y52UQ_5t1yt44DFqHIpmSq-0LcSeK65Neg0KMBc".to_owned(),
            metadata: self.metadata,
        }
    }
}

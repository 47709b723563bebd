//! Servers that are not a plain GoToSocial.

use std::collections::BTreeMap;
#[cfg(feature = "serve")]
use std::time::Instant;
use std::time::{Duration, SystemTime};

use gts_oauth_core::Instance;
use serde_json::{Map, Value};

use crate::dialect::Dialect;
use crate::ids::Ids;
use crate::server::Server;
use crate::world::{AccountDomain, World};

/// A server that is not a plain GoToSocial at `https://gts.example`.
#[derive(Clone, Debug)]
#[must_use = "a server is there once it is built"]
pub struct Builder {
    seed: u64,
    dialect: Dialect,
    origin: String,
    limit: Option<u32>,
    account_domain: Option<String>,
    sent_on: Vec<String>,
    metadata: Value,
}

/// 1 January 2026, 00:00 UTC: when every fake's clock begins, unless its test moves it.
const BEGINNING: u64 = 1_767_225_600;

impl Builder {
    pub(crate) fn new(seed: u64) -> Self {
        let sent_on = ["webfinger", "host-meta", "nodeinfo"];
        Self {
            seed,
            dialect: Dialect::default(),
            origin: "https://gts.example".to_owned(),
            limit: Some(300),
            account_domain: None,
            sent_on: sent_on.map(|it| format!("/.well-known/{it}")).to_vec(),
            metadata: Value::Object(Map::new()),
        }
    }

    /// Speaks like this.
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Lives here.
    pub fn instance(mut self, instance: &Instance) -> Self {
        self.origin = instance.origin().to_owned();
        self
    }

    /// Takes so many requests in five minutes, or any number. A GoToSocial takes 300.
    pub fn rate_limit(mut self, limit: impl Into<Option<u32>>) -> Self {
        self.limit = limit.into();
        self
    }

    /// People are `@alice@example.org`, whatever the instance is called: a split domain, as
    /// GoToSocial's `account-domain` makes it. The origin of that name answers, too, but only in
    /// memory. It sends requests for webfinger, host-meta and nodeinfo on to the instance, as
    /// GoToSocial's documentation has it done (`advanced/host-account-domain`); for all else it
    /// has a page that says 404.
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

    /// The account domain sends on requests for these paths, and for no others. Mastodon's
    /// documentation names webfinger alone: `&["/.well-known/webfinger"]`.
    pub fn sent_on(mut self, paths: &[&str]) -> Self {
        self.sent_on = paths.iter().map(|&path| path.to_owned()).collect();
        self
    }

    /// Server metadata (RFC 8414) merged with this (RFC 7396): members are added or replaced, and
    /// taken out where they are `null`. For a dialect that has metadata. What the server does stays
    /// the same, so that this makes a liar of it; except that without `client_secret_post` among
    /// its `token_endpoint_auth_methods_supported` it takes no secret in a body any more.
    ///
    /// ```
    /// use gts_oauth_fake::{Dialect, Server, serde_json::json};
    ///
    /// // Promises `iss`, and does not send it.
    /// let iss = json!({ "authorization_response_iss_parameter_supported": true });
    /// let server = Server::builder(7).dialect(Dialect::Mastodon).metadata(iss).build();
    /// // Claims to be somebody else.
    /// let issuer = json!({ "issuer": "https://other.example" });
    /// let server = Server::builder(7).dialect(Dialect::Strict).metadata(issuer).build();
    /// ```
    pub fn metadata(mut self, patch: Value) -> Self {
        self.metadata = patch;
        self
    }

    /// The server.
    pub fn build(self) -> Server {
        Server::of(self.world(), None)
    }

    /// The server, for a socket: with an address of its own, and in real time.
    #[cfg(feature = "serve")]
    pub(crate) fn build_served(mut self, origin: String) -> Server {
        self.origin = origin;
        let mut world = self.world();
        world.now = SystemTime::now();
        Server::of(world, Some(Instant::now()))
    }

    fn world(self) -> World {
        let account_domain = self.account_domain.map(|domain| AccountDomain {
            domain,
            sent_on: self.sent_on,
        });
        World {
            dialect: self.dialect,
            origin: self.origin,
            account_domain,
            now: SystemTime::UNIX_EPOCH + Duration::from_secs(BEGINNING),
            ids: Ids::new(self.seed),
            residents: Vec::new(),
            apps: Vec::new(),
            codes: Vec::new(),
            tokens: Vec::new(),
            browsers: BTreeMap::new(),
            statuses: Vec::new(),
            notifications: Vec::new(),
            limit: self.limit,
            window: None,
            registrations: None,
            vapid_key: "BH2M4u0ptWEl_Q5GOHLDUGQezZkD6Nrqb4s300bEgcOypPW0Y52UQ_5t1yt44DFqHIpmSq-0LcSeK65Neg0KMBc".to_owned(),
            metadata: self.metadata,
        }
    }
}

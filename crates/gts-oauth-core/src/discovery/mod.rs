//! Discovery of the API host, its software and its authorization server metadata.

mod account_domain;
mod discover;
mod metadata;
mod nodeinfo;

use serde::{Deserialize, Serialize};

pub use account_domain::{AccountDomainStep, FindAccountDomain};
pub use discover::{Discover, DiscoverStep};
pub(crate) use metadata::Endpoints;
pub use metadata::Metadata;

use crate::error::Error;
use crate::types::Instance;
use crate::types::stored::stored;

/// What [`Discover`] found. Everything except the instance can be unknown: most servers have no
/// metadata.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Discovery {
    requested: Instance,
    instance: Instance,
    has_accounts: bool,
    software: Option<Software>,
    metadata: Option<Metadata>,
    ignored: Option<String>,
}

impl Discovery {
    /// The API host.
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// The host where discovery started: the account domain, if it differs from the API host.
    pub fn requested(&self) -> &Instance {
        &self.requested
    }

    /// The domain of the server's account names, if it differs from the API host: `example.org` of
    /// `@me@example.org`, on the server `gts.example.org`.
    ///
    /// `None` if no user name was known to look up, or if WebFinger at the server does not name the
    /// account by that domain: a domain can point at any server. [`FindAccountDomain`] finds it if
    /// discovery started at the API host.
    pub fn account_domain(&self) -> Option<&Instance> {
        let elsewhere = self.has_accounts && self.requested != self.instance;
        elsewhere.then_some(&self.requested)
    }

    /// The software of the server, as it reports itself.
    pub fn software(&self) -> Option<&Software> {
        self.software.as_ref()
    }

    /// The metadata of the server. `None` if it has none, or if it was
    /// [ignored](Self::ignored_metadata).
    pub fn metadata(&self) -> Option<&Metadata> {
        self.metadata.as_ref()
    }

    /// Why the server's metadata was ignored, for its operator: following it would be dangerous.
    pub fn ignored_metadata(&self) -> Option<&str> {
        self.ignored.as_deref()
    }

    pub(crate) fn checked(self) -> Result<Self, Error> {
        let Some(metadata) = &self.metadata else { return Ok(self) };
        let fault = |fault| Err(Error::input("stored metadata", fault));
        if !metadata.is_issuer(self.instance.origin()) {
            return fault("it belongs to another server");
        }
        if metadata.repeated_parameter().is_some() {
            return fault("its authorization endpoint already has a parameter of requests");
        }
        Ok(self)
    }
}

/// The software of a server, as it names itself in nodeinfo. Display it, but do not decide by it:
/// a fork of that software needs the same treatment under another name. The exception is what no
/// response reveals: with Friendica, register an app for each user, because revoking a token there
/// revokes those of all users of the app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Software {
    /// `gotosocial`, `mastodon`, …
    pub name: String,
    /// `0.20.0+git-57cb4fe`, `4.4.2`. Empty if the server does not report it.
    pub version: String,
}

stored!(Discovery, Discovery::checked);

//! What was found out about a server.

use serde::{Deserialize, Serialize};

use crate::discover::Discover;
use crate::error::Error;
use crate::instance::Instance;
use crate::metadata::Metadata;
use crate::stored::Version;

/// What [`Discover`](crate::Discover) found. Everything but the instance may be unknown, which
/// is no fault: most servers have no metadata.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Discovery {
    pub(crate) asked: Instance,
    pub(crate) instance: Instance,
    pub(crate) known_by_asked: bool,
    pub(crate) software: Option<Software>,
    pub(crate) metadata: Option<Metadata>,
    pub(crate) ignored: Option<String>,
}

impl Discovery {
    /// Where the API is.
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// What was asked for: often the account domain, where that is another host than the API's.
    pub fn asked(&self) -> &Instance {
        &self.asked
    }

    /// The domain of people's addresses, where that is another host than the API's: `example.org`
    /// of `@me@example.org`, who lives on `gts.example.org`. None where it was not asked, because
    /// no name was known, or where the server knows nobody there: anybody can point from their own
    /// domain to somebody else's server.
    pub fn account_domain(&self) -> Option<&Instance> {
        let elsewhere = self.known_by_asked && self.asked != self.instance;
        elsewhere.then_some(&self.asked)
    }

    /// Whether this is what was found about `instance`, by either of its names.
    pub(crate) fn is_of(&self, instance: &Instance) -> bool {
        [&self.asked, &self.instance].contains(&instance)
    }

    /// As if nothing had been found.
    pub(crate) fn forgotten(&self) -> Self {
        Discover::new(self.asked.clone()).skip()
    }

    /// What the server runs, by its own word.
    pub fn software(&self) -> Option<&Software> {
        self.software.as_ref()
    }

    /// What the server says of its authorisation.
    pub fn metadata(&self) -> Option<&Metadata> {
        self.metadata.as_ref()
    }

    /// Why metadata that was there is not believed, for whoever runs the server: it would be
    /// dangerous to follow.
    pub fn ignored(&self) -> Option<&str> {
        self.ignored.as_deref()
    }
}

/// The software of a server, as it names itself in `nodeinfo`. To be shown, not to be trusted:
/// whatever a program does differently for one server, a fork of it will need too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Software {
    /// `gotosocial`, `mastodon`, …
    pub name: String,
    /// `0.20.0+git-57cb4fe`, `4.4.2`; may be empty.
    pub version: String,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    version: Version,
    asked: Instance,
    instance: Instance,
    known_by_asked: bool,
    software: Option<Software>,
    metadata: Option<Metadata>,
    ignored: Option<String>,
}

impl From<Discovery> for Stored {
    fn from(discovery: Discovery) -> Self {
        Self {
            version: Version,
            asked: discovery.asked,
            instance: discovery.instance,
            known_by_asked: discovery.known_by_asked,
            software: discovery.software,
            metadata: discovery.metadata,
            ignored: discovery.ignored,
        }
    }
}

impl TryFrom<Stored> for Discovery {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        if let Some(metadata) = &stored.metadata {
            metadata.check(&stored.instance)?;
        }
        Ok(Self {
            asked: stored.asked,
            instance: stored.instance,
            known_by_asked: stored.known_by_asked,
            software: stored.software,
            metadata: stored.metadata,
            ignored: stored.ignored,
        })
    }
}

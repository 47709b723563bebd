//! Where exactly to ask: an origin and a path.

use std::fmt;

use http::uri::PathAndQuery;
use serde::{Deserialize, Serialize};
use url::{Position, Url};

use crate::error::Error;
use crate::instance::Instance;

/// One address on a server. Its origin is checked like every other.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub(crate) struct Address {
    pub(crate) instance: Instance,
    pub(crate) path: PathAndQuery,
}

impl Address {
    pub(crate) fn new(instance: &Instance, path: &'static str) -> Self {
        Self {
            instance: instance.clone(),
            path: PathAndQuery::from_static(path),
        }
    }

    /// What `target` means where it was read here (RFC 3986 §5), without its fragment. None
    /// where it is no address, or of an origin that this one
    /// [may not lead to](Instance::leads_to).
    pub(crate) fn join(&self, target: &str) -> Option<Self> {
        let there = self.target(target)?;
        Some(Self {
            instance: self.instance.leads_to(&there[..Position::BeforePath])?,
            path: path(&there)?,
        })
    }

    /// The same; but what is on this very host by another scheme or port is on this one: servers
    /// behind a proxy do not know what they are called outside.
    pub(crate) fn join_as_seen_here(&self, target: &str) -> Option<Self> {
        let there = self.target(target)?;
        if there.host_str() != Some(self.instance.host()) {
            return self.join(target);
        }
        let plain = there.username().is_empty() && there.password().is_none();
        let web = matches!(there.scheme(), "https" | "http");
        Some(Self {
            instance: self.instance.clone(),
            path: path(&there).filter(|_| plain && web)?,
        })
    }

    fn target(&self, target: &str) -> Option<Url> {
        Url::parse(&self.to_string()).ok()?.join(target).ok()
    }
}

/// Its path and query. `example.org:/oauth/token` has a scheme of its own, and no host at all.
fn path(address: &Url) -> Option<PathAndQuery> {
    let path = &address[Position::BeforePath..Position::AfterQuery];
    let path = Some(path).filter(|path| address.has_host() && path.starts_with('/'));
    PathAndQuery::try_from(path?).ok()
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.instance, self.path)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the query: it may name the person who looks for their server.
        write!(f, "{}{}", self.instance, self.path.path())
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    instance: Instance,
    path: String,
}

impl From<Address> for Stored {
    fn from(Address { instance, path }: Address) -> Self {
        Self {
            instance,
            path: path.to_string(),
        }
    }
}

impl TryFrom<Stored> for Address {
    type Error = Error;

    fn try_from(Stored { instance, path }: Stored) -> Result<Self, Error> {
        let fault = || Error::input("stored address", "its path is no path");
        let parsed = PathAndQuery::try_from(path.as_str()).map_err(|_| fault())?;
        match path.starts_with('/') {
            true => Ok(Self {
                instance,
                path: parsed,
            }),
            false => Err(fault()),
        }
    }
}

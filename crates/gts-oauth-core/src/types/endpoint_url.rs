//! Endpoint URLs (RFC 6749 section 3): an origin and a path.

use std::fmt;

use http::Uri;
use http::uri::PathAndQuery;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::{Position, Url};

use super::Instance;
use crate::error::Error;

/// The length of a URL from which on the `http` crate rejects it. Parsing a longer one takes several
/// times its length in memory.
pub(crate) const MAX_URL: usize = 65_534;

/// The URL of an endpoint. Its origin is checked like every instance.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EndpointUrl {
    pub(crate) instance: Instance,
    #[serde(serialize_with = "write_path", deserialize_with = "read_path")]
    pub(crate) path: PathAndQuery,
}

impl EndpointUrl {
    pub(crate) fn new(instance: &Instance, path: &'static str) -> Self {
        Self { instance: instance.clone(), path: PathAndQuery::from_static(path) }
    }

    pub(crate) fn uri(&self) -> Uri {
        self.instance.uri(self.path.clone())
    }

    /// Resolves `target` against this URL (RFC 3986 section 5), without its fragment. `None` if it
    /// is not a URL, or if its origin is not [allowed](Instance::linked_origin).
    pub(crate) fn join(&self, target: &str) -> Option<Self> {
        let url = self.resolve(target)?;
        Some(Self {
            instance: self.instance.linked_origin(&url[..Position::BeforePath])?,
            path: path(&url)?,
        })
    }

    /// Like [`join`](Self::join), on this origin or one of those that the caller allowed, and on no
    /// other.
    pub(crate) fn join_on(&self, target: &str, allowed: &[Instance]) -> Option<Self> {
        let url = self.resolve(target)?;
        let there = Instance::insecure_http(&url[..Position::BeforePath]).ok()?;
        let mut origins = [&self.instance].into_iter().chain(allowed);
        let instance = origins.find(|it| it.origin() == there.origin())?;
        Some(Self { instance: instance.clone(), path: path(&url)? })
    }

    /// Like [`join`](Self::join). A URL on this host with another scheme or port stays on this
    /// origin, because servers behind a proxy do not know their public URL.
    pub(crate) fn join_on_this_host(&self, target: &str) -> Option<Self> {
        let url = self.resolve(target)?;
        if url.host_str() != Some(self.instance.host()) {
            return self.join(target);
        }
        let without_credentials = url.username().is_empty() && url.password().is_none();
        let is_http = matches!(url.scheme(), "https" | "http");
        Some(Self {
            instance: self.instance.clone(),
            path: path(&url).filter(|_| without_credentials && is_http)?,
        })
    }

    fn resolve(&self, target: &str) -> Option<Url> {
        let target = Some(target).filter(|target| target.len() <= MAX_URL)?;
        Url::parse(&self.to_string()).ok()?.join(target).ok()
    }
}

/// The path and query. `example.org:/oauth/token` has a scheme and no host.
fn path(url: &Url) -> Option<PathAndQuery> {
    let path = &url[Position::BeforePath..Position::AfterQuery];
    let path = Some(path).filter(|path| url.has_host() && path.starts_with('/'));
    PathAndQuery::try_from(path?).ok()
}

impl fmt::Display for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.instance, self.path)
    }
}

impl fmt::Debug for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the query, which can contain a user name.
        write!(f, "{}{}", self.instance, self.path.path())
    }
}

fn write_path<S: Serializer>(path: &PathAndQuery, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(path.as_str())
}

fn read_path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathAndQuery, D::Error> {
    let path = String::deserialize(deserializer)?;
    let parsed = PathAndQuery::try_from(path.as_str()).ok().filter(|_| path.starts_with('/'));
    let invalid = || Error::input("stored URL", "invalid path");
    parsed.ok_or_else(|| D::Error::custom(invalid()))
}

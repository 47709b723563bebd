//! Scopes (RFC 6749 section 3.3).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Cause, Error};

/// The scopes that permit all scopes below them (GoToSocial, `internal/api/util/scopes.go`).
const TOP_LEVEL: [&str; 7] =
    ["profile", "push", "read", "write", "admin", "admin:read", "admin:write"];

/// The scopes that `follow` covers (Mastodon, `docs/api/oauth-scopes`).
const FOLLOW: [&str; 6] =
    ["read:follows", "write:follows", "read:blocks", "write:blocks", "read:mutes", "write:mutes"];

/// One scope: `read`, `write:statuses`, `admin:read:reports`.
///
/// Every scope token of RFC 6749 section 3.3 is accepted, because servers know different scopes.
/// GoToSocial grants unknown scopes, which permit nothing.
///
/// ```
/// use gts_oauth_core::types::Scope;
///
/// let read: Scope = "read".parse()?;
/// assert!(read.permits(&"read:accounts".parse()?));
/// assert!(!read.permits(&"write".parse()?));
/// # Ok::<(), gts_oauth_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scope(String);

impl Scope {
    /// The scope as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A scope of the specifications, which is valid.
    pub(crate) fn known(name: &'static str) -> Self {
        Self(name.to_owned())
    }

    /// Whether a token with this scope has the scope `requested`, by GoToSocial's rule.
    ///
    /// They are equal, or this is a top-level scope and `requested` is below it. Top-level scopes
    /// are `profile`, `push`, `read`, `write`, `admin`, `admin:read` and `admin:write`. The
    /// comparison is case-sensitive.
    pub fn permits(&self, requested: &Scope) -> bool {
        if self == requested {
            return true;
        }
        TOP_LEVEL.contains(&self.as_str())
            && requested.0.strip_prefix(self.as_str()).is_some_and(|below| below.starts_with(':'))
    }
}

impl FromStr for Scope {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        // scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
        let is_invalid = |c: char| !matches!(c, '\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e');
        match text.find(is_invalid) {
            _ if text.is_empty() => Err(Error::input("scope", "empty")),
            Some(at) => Err(Error::input(
                "scope",
                format!("the character at byte {at} is not allowed (RFC 6749 section 3.3)"),
            )),
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error {
    /// The scopes that the token lacks, for [`Cause::MissingScope`]. Empty if the server did not
    /// name them, and the call is not known.
    ///
    /// ```
    /// use gts_oauth_core::{Exchange, Secret, Session};
    /// use http::Response;
    ///
    /// let session = Session::from_token("example.org".parse()?, Secret::new("M2I1M2Y3YJQTMTJL"))?;
    /// let post = session.with_scopes("read".parse()?).post("/api/v1/statuses")?;
    /// // GoToSocial's response.
    /// let response = Response::builder()
    ///     .status(403)
    ///     .body(r#"{"error":"Forbidden: token has insufficient scope permission"}"#)?;
    /// let error = post.parse(&response).unwrap_err();
    /// assert_eq!(error.missing_scopes().to_string(), "write:statuses");
    /// # Ok::<(), gts_oauth_core::BoxError>(())
    /// ```
    pub fn missing_scopes(&self) -> Scopes {
        let names = match self.cause() {
            Cause::MissingScope => self.missing_scope_names().unwrap_or_default(),
            _ => "",
        };
        names.parse().unwrap_or_default()
    }
}

/// The maximum number of scopes in a text. No server has as many, and sets compare each scope with each
/// other one.
pub(crate) const MAX_SCOPES: usize = 1000;

/// A set of scopes, in their original order.
///
/// Parsed from text with white space or commas between scopes, and printed with single spaces, which
/// every server accepts. Equality ignores the order. A text can have at most 1,000 scopes.
///
/// ```
/// use gts_oauth_core::Scopes;
///
/// let requested: Scopes = "read write:statuses".parse()?;
/// let granted: Scopes = "read".parse()?;
/// assert_eq!(requested.missing_from(&granted).to_string(), "write:statuses");
/// # Ok::<(), gts_oauth_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// The scopes, each once.
    pub fn iter(&self) -> std::slice::Iter<'_, Scope> {
        self.0.iter()
    }

    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of these [permits](Scope::permits) `requested`.
    pub fn permits(&self, requested: &Scope) -> bool {
        self.0.iter().any(|scope| scope.permits(requested))
    }

    /// Adds the scopes that `follow` covers (`read:` and `write:` of `follows`, `blocks` and
    /// `mutes`). GoToSocial grants `follow` without effect; other servers know no finer scopes.
    /// Sets without `follow` are unchanged.
    ///
    /// ```
    /// use gts_oauth_core::Scopes;
    ///
    /// let scopes: Scopes = "read follow".parse()?;
    /// assert!(scopes.expand_follow().permits(&"write:follows".parse()?));
    /// # Ok::<(), gts_oauth_core::Error>(())
    /// ```
    pub fn expand_follow(self) -> Self {
        if !self.contains("follow") {
            return self;
        }
        let finer = FOLLOW.map(Scope::known);
        self.0.into_iter().chain(finer).collect()
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.iter().any(|scope| scope.as_str() == name)
    }

    /// Intersection with the requested scopes. Some servers register more scopes than requested;
    /// those must not be requested from the user. If the intersection is empty, the requested scopes:
    /// the server rejects them, or grants them (Mitra registers other scopes and enforces none).
    pub(crate) fn limited_to(self, requested: &Scopes) -> Scopes {
        let intersection: Self = self.iter().filter(|it| requested.permits(it)).cloned().collect();
        if intersection.is_empty() { requested.clone() } else { intersection }
    }

    /// The scopes that `granted` does not permit: requested and not granted.
    pub fn missing_from(&self, granted: &Scopes) -> Scopes {
        self.iter().filter(|scope| !granted.permits(scope)).cloned().collect()
    }
}

impl FromStr for Scopes {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let scopes = text.split(|c: char| c.is_whitespace() || c == ',');
        let scopes = scopes.filter(|scope| !scope.is_empty());
        if scopes.clone().nth(MAX_SCOPES).is_some() {
            return Err(Error::input("scopes", format!("more than {MAX_SCOPES}")));
        }
        scopes.map(Scope::from_str).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        let mut set = Vec::new();
        for scope in scopes {
            if !set.contains(&scope) {
                set.push(scope);
            }
        }
        Self(set)
    }
}

impl<'a> IntoIterator for &'a Scopes {
    type Item = &'a Scope;
    type IntoIter = std::slice::Iter<'a, Scope>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PartialEq for Scopes {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().all(|scope| other.0.contains(scope))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(Scope::as_str).collect();
        f.write_str(&names.join(" "))
    }
}

super::stored::text_form!(Scope, Scopes);

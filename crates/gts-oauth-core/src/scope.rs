//! What a token may do.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::metadata::Metadata;

/// The scopes that permit everything below them (GoToSocial, `internal/api/util/scopes.go`).
const TOP_LEVEL: [&str; 7] = [
    "profile",
    "push",
    "read",
    "write",
    "admin",
    "admin:read",
    "admin:write",
];

/// What `follow` stands for (Mastodon, `docs/api/oauth-scopes`).
const FOLLOW: [&str; 6] = [
    "read:follows",
    "write:follows",
    "read:blocks",
    "write:blocks",
    "read:mutes",
    "write:mutes",
];

/// One scope: `read`, `write:statuses`, `admin:read:reports`.
///
/// Any token of RFC 6749 §3.3 is one, known or not: servers differ in what they know, and
/// GoToSocial grants unknown scopes, which then permit nothing.
///
/// ```
/// use gts_oauth_core::Scope;
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

    /// Whether a token with this scope may do what `wanted` stands for, by GoToSocial's rule:
    /// equal, or this is a top-level scope (`profile`, `push`, `read`, `write`, `admin`,
    /// `admin:read`, `admin:write`) and `wanted` stands below it. Case matters.
    pub fn permits(&self, wanted: &Scope) -> bool {
        if self == wanted {
            return true;
        }
        TOP_LEVEL.contains(&self.as_str())
            && wanted
                .0
                .strip_prefix(self.as_str())
                .is_some_and(|below| below.starts_with(':'))
    }
}

impl FromStr for Scope {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        // scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
        let bad = |c: char| !matches!(c, '\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e');
        match text.find(bad) {
            _ if text.is_empty() => Err(Error::input("scope", "it is empty")),
            Some(at) => Err(Error::input(
                "scope",
                format!("the character at {at} may not stand in a scope (RFC 6749 §3.3)"),
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

/// A set of scopes, in the order in which they were named.
///
/// Read from text with white space between them (more than one is no fault), printed with
/// single spaces, as every server takes them. Two sets are equal whatever their order.
///
/// ```
/// use gts_oauth_core::Scopes;
///
/// let asked: Scopes = "read write:statuses".parse()?;
/// let granted: Scopes = "read".parse()?;
/// assert_eq!(asked.missing_from(&granted).to_string(), "write:statuses");
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

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of these [permits](Scope::permits) `wanted`.
    pub fn permits(&self, wanted: &Scope) -> bool {
        self.0.iter().any(|scope| scope.permits(wanted))
    }

    /// Beside `follow`, what it stands for (`read:` and `write:` of `follows`, `blocks` and
    /// `mutes`): GoToSocial grants `follow`, to no effect, while others know nothing finer. Sets
    /// without `follow` stay as they are.
    ///
    /// ```
    /// use gts_oauth_core::Scopes;
    ///
    /// let scopes: Scopes = "read follow".parse()?;
    /// assert!(scopes.with_follow_spelled_out().permits(&"write:follows".parse()?));
    /// # Ok::<(), gts_oauth_core::Error>(())
    /// ```
    pub fn with_follow_spelled_out(self) -> Self {
        if !self.contains("follow") {
            return self;
        }
        let finer = FOLLOW.map(|name| Scope(name.to_owned()));
        self.0.into_iter().chain(finer).collect()
    }

    /// The scopes to ask for in their stead where the server lists those it knows
    /// ([`Metadata::scopes`]): `read:accounts`, or else `read`, for a `profile` that is not there;
    /// beside `follow` what it stands for. All others stay, for the server to refuse: to ask for
    /// more than was wished would be worse.
    ///
    /// Where nothing is listed, ask for `read:accounts` rather than `profile`: it lets a token
    /// tell whose it is on every server that has finer scopes than `read`.
    pub fn known_to(&self, metadata: &Metadata) -> Self {
        let Some(known) = metadata.scopes() else {
            return self.clone();
        };
        let instead = |scope: &Scope| match scope.as_str() {
            "profile" if !known.contains("profile") => {
                let finer = known.contains("read:accounts");
                let name = if finer { "read:accounts" } else { "read" };
                Scope(name.to_owned())
            }
            _ => scope.clone(),
        };
        let wished: Self = self.iter().map(instead).collect();
        let spelled_out = wished.clone().with_follow_spelled_out();
        let here = |scope: &Scope| wished.0.contains(scope) || known.0.contains(scope);
        spelled_out.0.into_iter().filter(here).collect()
    }

    fn contains(&self, name: &str) -> bool {
        self.iter().any(|scope| scope.as_str() == name)
    }

    /// Those of these scopes that are wished for, or that are in what is: some servers register
    /// apps for more than they were asked, which is then not to be asked of people. All of them, if
    /// the server has none of those words.
    pub(crate) fn limited_to(self, wished: &Scopes) -> Scopes {
        let within: Self = self
            .iter()
            .filter(|it| wished.permits(it))
            .cloned()
            .collect();
        match within.is_empty() {
            true => self,
            false => within,
        }
    }

    /// Those of these scopes that `granted` does not permit: what was asked for and not given.
    pub fn missing_from(&self, granted: &Scopes) -> Scopes {
        self.iter()
            .filter(|scope| !granted.permits(scope))
            .cloned()
            .collect()
    }
}

impl FromStr for Scopes {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        text.split_whitespace().map(Scope::from_str).collect()
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
        for (position, scope) in self.iter().enumerate() {
            if position > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

crate::stored::text_form!(Scope, Scopes);

//! What a token may do.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;

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

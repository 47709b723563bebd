//! What requests say of the program that sends them.

use std::fmt;
use std::str::FromStr;

use http::HeaderValue;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// A `User-Agent`: never blank, for GoToSocial answers 418 to that, and of visible ASCII.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct UserAgent(HeaderValue);

/// `gts-oauth-core/0.1.0`
const OURS: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

impl UserAgent {
    /// The name, where its characters permit, and what speaks for it.
    pub(crate) fn of(name: &str) -> Self {
        format!("{name} ({OURS})").parse().unwrap_or_default()
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// Of a program that says nothing.
impl Default for UserAgent {
    fn default() -> Self {
        Self(HeaderValue::from_static(OURS))
    }
}

impl FromStr for UserAgent {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let value = HeaderValue::try_from(text.trim()).ok();
        value
            .filter(|value| value.to_str().is_ok_and(|text| !text.is_empty()))
            .map(Self)
            .ok_or_else(|| Error::input("user agent", "it is blank, or not of visible ASCII"))
    }
}

impl fmt::Display for UserAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.to_str().unwrap_or(OURS))
    }
}

crate::stored::text_form!(UserAgent);

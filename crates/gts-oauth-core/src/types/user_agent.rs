//! The `User-Agent` header (RFC 9110 section 10.1.5).

use std::fmt;
use std::str::FromStr;

use http::HeaderValue;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// A `User-Agent` of visible ASCII. It is never blank, because GoToSocial responds to that with
/// 418.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct UserAgent(pub(crate) HeaderValue);

/// `gts-oauth-core/0.1.0`
const THIS_CRATE: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

impl UserAgent {
    /// The name of the app, if its characters are allowed, and the name of this crate.
    pub(crate) fn of(name: &str) -> Self {
        format!("{name} ({THIS_CRATE})").parse().unwrap_or_default()
    }
}

/// The name of this crate, for requests without an app.
impl Default for UserAgent {
    fn default() -> Self {
        Self(HeaderValue::from_static(THIS_CRATE))
    }
}

impl FromStr for UserAgent {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let value = HeaderValue::try_from(text.trim()).ok();
        value
            .filter(|value| value.to_str().is_ok_and(|text| !text.is_empty()))
            .map(Self)
            .ok_or_else(|| Error::input("user agent", "blank, or not visible ASCII"))
    }
}

impl fmt::Display for UserAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.to_str().unwrap_or(THIS_CRATE))
    }
}

super::stored::text_form!(UserAgent);

//! Where the person is sent back to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::error::Error;
use crate::instance::Instance;

/// Where the server sends the person after they allowed the app (RFC 6749 §3.1.2).
///
/// Kept byte for byte as given, for servers compare it byte for byte. On your own machine use
/// a loopback IP literal (`http://127.0.0.1:7777/callback`, RFC 8252 §7.3 and §8.3) and bind
/// the port before you register it: GoToSocial allows no other port than the registered one.
///
/// ```
/// use gts_oauth_core::RedirectUri;
///
/// let callback: RedirectUri = "http://127.0.0.1:7777/callback".parse()?;
/// assert!(!callback.is_out_of_band());
/// assert!(RedirectUri::default().is_out_of_band());
/// # Ok::<(), gts_oauth_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RedirectUri(String);

const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

impl RedirectUri {
    /// `urn:ietf:wg:oauth:2.0:oob`: the server shows the person the code, to be pasted. The
    /// default.
    pub fn out_of_band() -> Self {
        Self(OUT_OF_BAND.to_owned())
    }

    /// Whether the person brings a code rather than a redirect.
    pub fn is_out_of_band(&self) -> bool {
        self.0 == OUT_OF_BAND
    }

    /// The URI as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// This URI with the server's name as one more part of its path, so that no other server's
    /// answer arrives there: the defence against servers that are mixed up with each other (RFC
    /// 9700 §4.4.2.2) that works without `iss`, which few servers send. Compare the place with
    /// [`Callback::arrived_at`](crate::Callback::arrived_at).
    ///
    /// Out of band there is no redirect, and this changes nothing.
    ///
    /// ```
    /// use gts_oauth_core::{Instance, RedirectUri};
    ///
    /// let callback: RedirectUri = "https://app.example/callback".parse()?;
    /// let own = callback.own_to(&"gts.example.org".parse()?);
    /// assert_eq!(own.as_str(), "https://app.example/callback/gts.example.org");
    /// # Ok::<(), gts_oauth_core::Error>(())
    /// ```
    pub fn own_to(&self, instance: &Instance) -> Self {
        if self.is_out_of_band() {
            return self.clone();
        }
        let (page, query) = match self.0.find('?') {
            Some(at) => self.0.split_at(at),
            None => (self.0.as_str(), ""),
        };
        let slash = if page.ends_with('/') { "" } else { "/" };
        // Ports and the brackets of IPv6 addresses are no trouble to any server's reader so.
        let host = instance
            .authority()
            .replace(['[', ']'], "")
            .replace(':', "-");
        Self(format!("{page}{slash}{host}{query}"))
    }

    /// Whether a browser that was sent here arrives at `place`: a URL without its query, whole or
    /// from its path on.
    pub(crate) fn is_at(&self, place: &str) -> bool {
        let here = Url::parse(self.0.split('?').next().unwrap_or_default());
        let (Ok(here), false) = (here, self.is_out_of_band()) else {
            return false;
        };
        if place.starts_with('/') && !place.starts_with("//") {
            return here.join(place).is_ok_and(|it| it.path() == here.path());
        }
        Url::parse(place).is_ok_and(|place| place == here)
    }

    /// Whether a server that answers with `other` means this one: GoToSocial writes URIs anew,
    /// with the scheme and the host in lower case and unreserved characters unescaped.
    pub(crate) fn is_same_as(&self, other: &str) -> bool {
        self.0 == other || matches!((normal(&self.0), normal(other)), (Some(a), Some(b)) if a == b)
    }
}

/// The URI with what RFC 3986 §6.2.2 calls equivalent written in one way.
fn normal(uri: &str) -> Option<String> {
    let uri = String::from(Url::parse(uri).ok()?);
    let mut out = String::with_capacity(uri.len());
    let mut rest = uri.as_str();
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let byte = after
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte {
            Some(byte) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
                out.push(byte.into());
                rest = &after[2..];
            }
            Some(_) => {
                out.push('%');
                out.push_str(&after[..2].to_ascii_uppercase());
                rest = &after[2..];
            }
            None => {
                out.push('%');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Some(out)
}

impl Default for RedirectUri {
    fn default() -> Self {
        Self::out_of_band()
    }
}

impl FromStr for RedirectUri {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let fault = |fault: &str| Err(Error::input("redirect URI", fault));
        if let Some(at) =
            text.find(|c: char| c <= ' ' || !c.is_ascii() || c == '\u{7f}' || c == '\\')
        {
            return fault(&format!("the character at byte {at} has no place in a URI"));
        }
        let Ok(url) = Url::parse(text) else {
            return fault("it is not an absolute URI");
        };
        if text.contains('#') {
            return fault("it has a fragment, which a redirect URI may not have (RFC 6749 §3.1.2)");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return fault("it holds a user name or a password");
        }
        match url.scheme() {
            "javascript" | "data" | "blob" | "file" | "vbscript" | "about" => {
                fault("its scheme runs or reads something on the person's machine")
            }
            "urn" if text != OUT_OF_BAND => fault("the only urn: is urn:ietf:wg:oauth:2.0:oob"),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

crate::stored::text_form!(RedirectUri);

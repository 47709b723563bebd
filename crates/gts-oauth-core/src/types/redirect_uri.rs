//! Redirect URIs (RFC 6749 section 3.1.2).

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Instance, MAX_URL};
use crate::error::Error;

/// A redirect URI: where the server sends the user after authorization (RFC 6749 section 3.1.2).
///
/// It is kept byte for byte, because servers compare it so. On your own machine use a loopback IP
/// address (`http://127.0.0.1:7777/callback`, RFC 8252 sections 7.3 and 8.3). Bind the port before
/// registering it: GoToSocial accepts no other port than the registered one.
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
    /// `urn:ietf:wg:oauth:2.0:oob`: the server shows the code to the user, who pastes it. The
    /// default.
    pub fn out_of_band() -> Self {
        Self(OUT_OF_BAND.to_owned())
    }

    /// Whether the user pastes a code instead of being redirected.
    pub fn is_out_of_band(&self) -> bool {
        self.0 == OUT_OF_BAND
    }

    /// The URI as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// This URI with the server's host and port as one more segment of its path, so that no callback
    /// of another host arrives there. The scheme is not in it: `http` and `https` of one host share a
    /// URI. An IPv6 address or a port looks like a host with hyphens or an underscore, which no public
    /// server has. It defends against mix-up attacks (RFC 9700 section 4.4.2.2)
    /// without `iss`, which few servers send.
    /// [`Callback::at_redirect_uri`](crate::Callback::at_redirect_uri) compares it.
    ///
    /// It follows discovery: if the API host is another one, the app is registered with the redirect
    /// URI for that host. Only at such a URI a missing `iss` is accepted from a server whose metadata
    /// requires it (Sharkey).
    ///
    /// Out of band it is unchanged, because there is no callback.
    ///
    /// ```
    /// use gts_oauth_core::{Instance, RedirectUri};
    ///
    /// let callback: RedirectUri = "https://app.example/callback".parse()?;
    /// let own = callback.for_instance(&"gts.example.org".parse()?);
    /// assert_eq!(own.as_str(), "https://app.example/callback/gts.example.org");
    /// # Ok::<(), gts_oauth_core::Error>(())
    /// ```
    pub fn for_instance(&self, instance: &Instance) -> Self {
        if self.is_out_of_band() {
            return self.clone();
        }
        let (base, query) = self.parts();
        let slash = if base.ends_with('/') { "" } else { "/" };
        Self(format!("{base}{slash}{}{query}", segment(instance)))
    }

    /// Whether it was made by [`for_instance`](Self::for_instance) for this instance.
    pub(crate) fn is_for(&self, instance: &Instance) -> bool {
        let segment = segment(instance);
        // The host of a URI without a path is no segment.
        let path = Url::parse(self.parts().0).map(|url| url.path().to_owned()).unwrap_or_default();
        let is_last = |text: &str| text.rsplit_once('/').is_some_and(|(_, last)| last == segment);
        is_last(&path) && is_last(self.parts().0)
    }

    /// The redirect URI for `to`, if it was made for `from`; otherwise unchanged.
    pub(crate) fn moved(&self, from: &Instance, to: &Instance) -> Self {
        if !self.is_for(from) {
            return self.clone();
        }
        let (base, query) = self.parts();
        let base = &base[..base.len() - segment(from).len()];
        Self(format!("{base}{}{query}", segment(to)))
    }

    /// The part before the query, and the query with its `?`.
    fn parts(&self) -> (&str, &str) {
        self.0.split_at(self.0.find('?').unwrap_or(self.0.len()))
    }

    /// The port: 80 or 443 if it is not written. `None` out of band, and for a scheme of an app.
    ///
    /// An app that was registered with a loopback port can be used again only at that port.
    ///
    /// ```
    /// use gts_oauth_core::RedirectUri;
    ///
    /// let callback: RedirectUri = "http://127.0.0.1:7777/callback".parse()?;
    /// assert_eq!(callback.port(), Some(7777));
    /// assert_eq!(RedirectUri::out_of_band().port(), None);
    /// # Ok::<(), gts_oauth_core::Error>(())
    /// ```
    pub fn port(&self) -> Option<u16> {
        Url::parse(&self.0).ok()?.port_or_known_default()
    }

    /// Whether `url` is this redirect URI. `url` has no query, and is whole or only a path.
    pub(crate) fn is_at(&self, url: &str) -> bool {
        let own = Url::parse(self.0.split('?').next().unwrap_or_default());
        let (Ok(own), false) = (own, self.is_out_of_band()) else {
            return false;
        };
        if url.starts_with('/') && !url.starts_with("//") {
            return own.join(url).is_ok_and(|it| it.path() == own.path());
        }
        Url::parse(url).is_ok_and(|url| url == own)
    }

    /// Whether the server means this URI with `other`. GoToSocial rewrites URIs with the scheme and
    /// the host in lower case and unreserved characters unescaped.
    pub(crate) fn is_same_as(&self, other: &str) -> bool {
        let is_short = other.len() <= MAX_URL;
        self.0 == other
            || is_short
                && matches!((normalized(&self.0), normalized(other)), (Some(a), Some(b)) if a == b)
    }
}

/// The path segment of an instance: host and port. Every server parses this form of ports and IPv6
/// addresses.
fn segment(instance: &Instance) -> String {
    let host = instance.host().trim_matches(['[', ']']);
    let port = instance.authority().strip_prefix(instance.host()).unwrap_or_default();
    let host = match host.parse::<Ipv6Addr>() {
        Ok(ip) => ip.segments().map(|group| format!("{group:x}")).join("-"),
        Err(_) => host.to_owned(),
    };
    host + &port.replace(':', "_")
}

/// The URI in the normal form of RFC 3986 section 6.2.2. `None` if not an absolute URI.
fn normalized(uri: &str) -> Option<String> {
    let uri = String::from(Url::parse(uri).ok()?);
    let mut parts = uri.split('%');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let hex = part.get(..2).unwrap_or_default();
        match u8::from_str_radix(hex, 16) {
            Ok(byte) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
                out.push(byte.into());
            }
            Ok(_) => out.extend(["%", &hex.to_ascii_uppercase()]),
            Err(_) => out.extend(["%", hex]),
        }
        out.push_str(&part[hex.len()..]);
    }
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
        let invalid = |reason: &str| Err(Error::input("redirect URI", reason));
        if let Some(at) =
            text.find(|c: char| c <= ' ' || !c.is_ascii() || c == '\u{7f}' || c == '\\')
        {
            return invalid(&format!("the character at byte {at} is not allowed in a URI"));
        }
        let Ok(url) = Url::parse(text) else {
            return invalid("not an absolute URI");
        };
        if text.contains('#') {
            return invalid("fragments are not allowed (RFC 6749 section 3.1.2)");
        }
        // An empty user name, too: `x://@` has no host, but `x://@/a` would have one.
        let authority = text.split_once("://").map_or("", |(_, rest)| rest);
        let has_at = authority.split(['/', '?']).next().is_some_and(|it| it.contains('@'));
        if has_at || !url.username().is_empty() || url.password().is_some() {
            return invalid("user names and passwords are not allowed");
        }
        match url.scheme() {
            "javascript" | "data" | "blob" | "file" | "vbscript" | "about" => {
                invalid("the scheme can run or read something on the user's machine")
            }
            "urn" if text != OUT_OF_BAND => {
                invalid("the only urn: URI is urn:ietf:wg:oauth:2.0:oob")
            }
            _ => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

super::stored::text_form!(RedirectUri);

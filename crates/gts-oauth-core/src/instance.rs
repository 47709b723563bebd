//! Where a server's API lives.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::error::Error;
use crate::text::is_invisible;

/// The origin of a server: its scheme, host and port, checked once and kept in one canonical
/// form, the only one that is ever emitted.
///
/// It is read from what people type:
///
/// ```
/// use gts_oauth_core::Instance;
///
/// for typed in ["example.org", "https://Example.org/", "@me@example.org", "https://example.org/@me"] {
///     let instance: Instance = typed.parse()?;
///     assert_eq!(instance.origin(), "https://example.org");
/// }
/// assert_eq!("bücher.example".parse::<Instance>()?.origin(), "https://xn--bcher-kva.example");
/// assert!("http://example.org".parse::<Instance>().is_err());
/// # Ok::<(), gts_oauth_core::Error>(())
/// ```
///
/// Without a scheme it is `https`, for loopback addresses too. `http://` is taken for loopback
/// addresses (127.0.0.0/8, `[::1]`), `localhost` and what ends in `.localhost` (RFC 6761 §6.3); for
/// anything else, `.onion` included, it takes [`Instance::insecure_http`]. What the crates `url` and `http` would read differently
/// (backslashes, percent signs, numbers that stand for addresses) is refused.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Instance {
    origin: Arc<str>,
    authority: Authority,
    https: bool,
    insecure_http: bool,
}

impl Instance {
    /// Reads an instance as [`parse`](str::parse) does, and also takes `http://` for any host.
    /// Everything sent there, tokens included, can be read and changed on the way. The
    /// permission is kept with the instance when it is stored.
    ///
    /// # Errors
    /// [`Error::Input`] if the text is not an instance.
    pub fn insecure_http(text: &str) -> Result<Self, Error> {
        Ok(parse(text, true)?.0)
    }

    /// An instance and the user name that was typed with it: `@me@example.org`,
    /// `https://example.org/@me`.
    pub(crate) fn with_name(text: &str) -> Result<(Self, Option<String>), Error> {
        parse(text, false)
    }

    /// Another origin that this one names. From `https` only to `https`; the permission for
    /// `http` holds for the host it was given for; and nobody elsewhere leads to this very machine.
    pub(crate) fn leads_to(&self, origin: &str) -> Option<Self> {
        let (other, _) = parse(origin, self.insecure_http).ok()?;
        let same_host = other.authority == self.authority;
        let allowed = other.https || !self.https && (!other.insecure_http || same_host);
        let inwards = is_loopback(other.host()) && !is_loopback(self.host());
        (allowed && !inwards).then_some(other)
    }

    /// `https://example.org`, with the port where it is not the scheme's own.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host without port: a domain (in its ASCII form), an IPv4 address, or an IPv6 address
    /// in brackets.
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// The host, with the port where it is not the scheme's own: `127.0.0.1:8085`.
    pub fn authority(&self) -> &str {
        self.authority.as_str()
    }

    pub(crate) fn uri(&self, path: PathAndQuery) -> Uri {
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(if self.https {
            Scheme::HTTPS
        } else {
            Scheme::HTTP
        });
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(path);
        Uri::from_parts(parts).expect("a scheme, an authority and a path make a URI")
    }
}

impl FromStr for Instance {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Ok(parse(text, false)?.0)
    }
}

impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Instance({})", self.origin)
    }
}

/// The instance, and the user name that stands with it.
fn parse(text: &str, insecure_http: bool) -> Result<(Instance, Option<String>), Error> {
    let text = text.trim();
    refuse_characters(text)?;
    let typed_scheme = text.split_once("://");
    let (scheme, rest) = typed_scheme.unwrap_or(("https", text));
    let https = match scheme.to_ascii_lowercase().as_str() {
        "https" => true,
        "http" => false,
        _ => return fault("its scheme is neither https nor http"),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (rest, page) = rest.split_at(end);
    let page_of = read_page(page)?;
    let (name, rest) = match typed_scheme {
        Some(_) if rest.contains('@') => {
            return fault(CREDENTIALS);
        }
        Some(_) => (None, rest),
        None => split_user(rest)?,
    };
    let scheme = if https { "https" } else { "http" };
    let url = Url::parse(&format!("{scheme}://{rest}/"))
        .or_else(|error| fault(format!("its host cannot be read: {error}")))?;
    let host = checked_host(&url, rest)?;
    if typed_scheme.is_none() && !host.contains(['.', '[']) && host != "localhost" {
        return fault("its host has no dot: if it is one all the same, write https:// before it");
    }
    if url.port() == Some(0) {
        return fault("its port is 0");
    }
    let loopback = is_loopback(&host);
    if !https && !loopback && !insecure_http {
        return fault(
            "it is http://, where everybody on the way can read the token: use https://, or \
             allow it expressly (Instance::insecure_http)",
        );
    }
    let authority = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host,
    };
    let instance = Instance {
        origin: format!("{scheme}://{authority}").into(),
        authority: authority
            .parse()
            .or_else(|_| fault("its host holds characters that HTTP has no place for"))?,
        https,
        insecure_http: !https && !loopback,
    };
    Ok((instance, name.or(page_of).map(str::to_owned)))
}

const CREDENTIALS: &str = "it has a user name or a password before the host: leave them out";

/// Characters that deceive the eye, or that two parsers read in two ways.
fn refuse_characters(text: &str) -> Result<(), Error> {
    for (at, character) in text.char_indices() {
        let what = match character {
            '\\' => "a backslash",
            '%' => "a percent sign",
            _ if character.is_whitespace() => "white space",
            _ if is_invisible(character) => "an invisible or control character",
            _ => continue,
        };
        return fault(format!("it holds {what} at byte {at}"));
    }
    if text.is_empty() {
        return fault("it is empty");
    }
    Ok(())
}

/// What may stand behind the host: nothing, `/`, or the page of a profile, `/@me`, whose name is
/// returned.
fn read_page(page: &str) -> Result<Option<&str>, Error> {
    let part = match page.chars().next() {
        None => return Ok(None),
        Some('/') => "path",
        Some('?') => "query",
        Some(_) => "fragment",
    };
    let name = page.strip_prefix("/@").unwrap_or_default();
    let name = name.strip_suffix('/').unwrap_or(name);
    if page == "/" || is_user_name(name) {
        return Ok(Some(name).filter(|name| !name.is_empty()));
    }
    fault(format!("it has a {part} after the host: leave it out"))
}

/// The user name, if there is one, and the host of `example.org`, `me@example.org`,
/// `@me@example.org` and `acct:me@example.org`.
fn split_user(text: &str) -> Result<(Option<&str>, &str), Error> {
    let text = text.strip_prefix("acct:").unwrap_or(text);
    let bare = text.strip_prefix('@').unwrap_or(text);
    match bare.split_once('@') {
        Some((name, host)) if is_user_name(name) && !host.contains('@') => Ok((Some(name), host)),
        Some((name, host)) if name.contains(':') || host.contains('@') => fault(CREDENTIALS),
        Some(_) => fault("what stands before the @ is not a user name"),
        None if text.starts_with('@') => fault("it is a user name without a host"),
        None => Ok((None, text)),
    }
}

pub(crate) fn is_user_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// The canonical host, where it is what everybody would read in `typed`.
fn checked_host(url: &Url, typed: &str) -> Result<String, Error> {
    let typed = typed.to_ascii_lowercase();
    match url.host() {
        Some(Host::Domain(domain)) => {
            let domain = domain.strip_suffix('.').unwrap_or(domain);
            if domain.split('.').any(str::is_empty) {
                return fault("its host has an empty part between two dots");
            }
            if let Some(odd) = domain
                .chars()
                .find(|c| !c.is_alphanumeric() && !"-_.".contains(*c))
            {
                return fault(format!("its host holds {odd:?}, which host names do not"));
            }
            Ok(domain.to_owned())
        }
        Some(Host::Ipv4(address)) => {
            let address = address.to_string();
            match typed.strip_prefix(&address) {
                Some("") => Ok(address),
                Some(port) if port.starts_with(':') => Ok(address),
                _ => fault(
                    "its host is a number that stands for an address: write 127.0.0.1 in full",
                ),
            }
        }
        Some(Host::Ipv6(address)) => Ok(format!("[{address}]")),
        None => fault("it has no host"),
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "[::1]"
        || host
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback())
}

fn fault<T>(fault: impl Into<String>) -> Result<T, Error> {
    Err(Error::input("instance", fault))
}

#[derive(Serialize, Deserialize)]
struct Stored {
    origin: String,
    insecure_http: bool,
}

impl From<Instance> for Stored {
    fn from(instance: Instance) -> Self {
        Self {
            origin: instance.origin.to_string(),
            insecure_http: instance.insecure_http,
        }
    }
}

impl TryFrom<Stored> for Instance {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        Ok(parse(&stored.origin, stored.insecure_http)?.0)
    }
}

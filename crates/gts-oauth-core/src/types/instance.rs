//! Instances: the origin of a server (RFC 6454 section 4).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::text::is_invisible;
use crate::error::Error;
use crate::transport::Network;

/// The origin of a server: scheme, host and port, checked once and kept in one canonical form.
///
/// It is parsed from what users type:
///
/// ```
/// use gts_oauth_core::Instance;
///
/// for input in ["example.org", "https://Example.org/", "@me@example.org", "https://example.org/@me"] {
///     let instance: Instance = input.parse()?;
///     assert_eq!(instance.origin(), "https://example.org");
/// }
/// assert_eq!("bücher.example".parse::<Instance>()?.origin(), "https://xn--bcher-kva.example");
/// assert!("http://example.org".parse::<Instance>().is_err());
/// # Ok::<(), gts_oauth_core::Error>(())
/// ```
///
/// Without a scheme it is `https`, for loopback addresses too. `http://` is accepted for loopback
/// addresses (127.0.0.0/8, `[::1]`), `localhost` and names under `.localhost` (RFC 6761
/// section 6.3), which `gts-oauth-ureq` and `gts-oauth-isahc` connect to on this machine only: a
/// transport of your own should, too, because some resolvers look them up in DNS. For all other hosts,
/// `.onion` included, use [`Instance::insecure_http`].
///
/// Input that the crates `url` and `http` would read differently is rejected: backslashes, percent
/// signs, numeric hosts.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Instance {
    origin: Arc<str>,
    authority: Authority,
    https: bool,
    insecure_http: bool,
}

impl Instance {
    /// Parses an instance, and accepts `http://` for any host. Everything sent there, tokens
    /// included, can be read and changed in transit. The permission is stored with the instance.
    ///
    /// If it accepts a text that is otherwise rejected, the missing encryption is the reason:
    ///
    /// ```
    /// use gts_oauth_core::{Error, Instance};
    ///
    /// /// Parses what the user typed, with a hint to an option of the program.
    /// fn parse(typed: &str) -> Result<Instance, String> {
    ///     typed.parse().map_err(|error: Error| match Instance::insecure_http(typed) {
    ///         Ok(instance) => format!("{instance} is not encrypted; to use it, pass --insecure"),
    ///         Err(_) => error.to_string(),
    ///     })
    /// }
    /// assert!(parse("http://example.org").unwrap_err().contains("--insecure"));
    /// ```
    ///
    /// # Errors
    /// [`Error::Input`] if the text is not an instance.
    pub fn insecure_http(text: &str) -> Result<Self, Error> {
        Ok(parse(text, true)?.0)
    }

    /// The instance and the user name in `@me@example.org` or `https://example.org/@me`.
    pub(crate) fn with_name(text: &str) -> Result<(Self, Option<String>), Error> {
        parse(text, false)
    }

    /// Another origin that a document of this one names. `https` leads only to `https`. The
    /// permission for `http` is valid for its own host only. A host leads to another one on the
    /// internet, or in its own kind of network: no server chooses a host inside that the user did not.
    pub(crate) fn linked_origin(&self, origin: &str) -> Option<Self> {
        let (other, _) = parse(origin, self.insecure_http).ok()?;
        let same_host = other.authority == self.authority;
        let allowed = other.https || !self.https && (!other.insecure_http || same_host);
        let network = Network::of_host(other.host());
        let is_outside = network == Network::Public || network == Network::of_host(self.host());
        (allowed && (is_outside || same_host)).then_some(other)
    }

    /// `https://example.org`, with the port unless it is the default one.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host without the port: a domain in ASCII, an IPv4 address, or an IPv6 address in
    /// brackets.
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// The host, with the port unless it is the default one: `127.0.0.1:8085`.
    pub fn authority(&self) -> &str {
        self.authority.as_str()
    }

    pub(crate) fn uri(&self, path: PathAndQuery) -> Uri {
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(if self.https { Scheme::HTTPS } else { Scheme::HTTP });
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

/// The instance, and the user name next to it.
fn parse(text: &str, insecure_http: bool) -> Result<(Instance, Option<String>), Error> {
    let text = text.trim();
    reject_characters(text)?;
    reject_misspelt_scheme(text)?;
    let explicit_scheme = text.split_once("://");
    let (scheme, rest) = explicit_scheme.unwrap_or(("https", text));
    let https = match scheme.to_ascii_lowercase().as_str() {
        "https" => true,
        "http" => false,
        _ => return invalid("unsupported URL scheme, expected https or http"),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (rest, path) = rest.split_at(end);
    let user_in_path = read_path(path)?;
    let (name, rest) = match explicit_scheme {
        Some(_) if rest.contains('@') => return invalid(CREDENTIALS),
        Some(_) => (None, rest),
        None => split_user(rest)?,
    };
    let scheme = if https { "https" } else { "http" };
    let url = Url::parse(&format!("{scheme}://{rest}/")).or_else(|error| invalid(fault(error)))?;
    let host = checked_host(&url, rest)?;
    if explicit_scheme.is_none() && !host.contains(['.', '[']) && host != "localhost" {
        return invalid("the host has no dot; if it is correct, write https:// before it");
    }
    if url.port() == Some(0) {
        return invalid(INVALID_PORT);
    }
    let loopback = is_loopback(&host);
    if !https && !loopback && !insecure_http {
        return invalid(
            "http:// is not encrypted, so the token could be intercepted; use https://",
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
            .or_else(|_| invalid("the host contains characters that HTTP does not allow"))?,
        https,
        insecure_http: !https && !loopback,
    };
    Ok((instance, name.or(user_in_path).map(str::to_owned)))
}

const CREDENTIALS: &str = "user name or password before the host; remove it";

const INVALID_PORT: &str = "the port must be a number from 1 to 65535";

/// Rejects `https:/`, `https//` and `https:`, which read as a host and a path, or a port.
fn reject_misspelt_scheme(text: &str) -> Result<(), Error> {
    let lower = text.to_ascii_lowercase();
    let rest = lower.strip_prefix("http").map(|rest| rest.strip_prefix('s').unwrap_or(rest));
    match rest {
        Some(rest) if !rest.starts_with("://") && rest.starts_with([':', '/']) => {
            invalid("incomplete scheme; write https:// before the host")
        }
        _ => Ok(()),
    }
}

/// What the parser of URLs says of the host and the port, in words that follow "invalid instance".
fn fault(error: url::ParseError) -> &'static str {
    use url::ParseError::{EmptyHost, InvalidIpv4Address, InvalidIpv6Address, InvalidPort};
    match error {
        InvalidPort => INVALID_PORT,
        EmptyHost => "no host",
        InvalidIpv4Address | InvalidIpv6Address => "the host is not a valid IP address",
        _ => "the host is not a valid domain name",
    }
}

/// The longest text of an instance, in bytes. A domain name has at most 253 characters (RFC 1035).
const MAX_LENGTH: usize = 2000;

/// Rejects characters that mislead readers, or that two parsers read differently.
fn reject_characters(text: &str) -> Result<(), Error> {
    for (at, character) in text.char_indices() {
        let what = match character {
            '\\' => "a backslash",
            '%' => "a percent sign",
            _ if character.is_whitespace() => "whitespace",
            _ if is_invisible(character) => "an invisible or control character",
            _ => continue,
        };
        return invalid(format!("{what} at byte {at}"));
    }
    if text.is_empty() {
        return invalid("empty");
    }
    if text.len() > MAX_LENGTH {
        return invalid(format!("longer than {MAX_LENGTH} bytes"));
    }
    Ok(())
}

/// The user name in the path of a profile page, `/@me`. Only that, `/` or nothing is accepted after
/// the host.
fn read_path(path: &str) -> Result<Option<&str>, Error> {
    let part = match path.chars().next() {
        None => return Ok(None),
        Some('/') => "path",
        Some('?') => "query",
        Some(_) => "fragment",
    };
    let name = path.strip_prefix("/@").unwrap_or_default();
    let name = name.strip_suffix('/').unwrap_or(name);
    if path == "/" || is_user_name(name) {
        return Ok(Some(name).filter(|name| !name.is_empty()));
    }
    invalid(format!("{part} after the host; servers under a path are not supported"))
}

/// The user name and the host of `example.org`, `me@example.org`, `@me@example.org` and
/// `acct:me@example.org`.
fn split_user(text: &str) -> Result<(Option<&str>, &str), Error> {
    let text = text.strip_prefix("acct:").unwrap_or(text);
    let bare = text.strip_prefix('@').unwrap_or(text);
    match bare.split_once('@') {
        Some((name, host)) if is_user_name(name) && !host.contains('@') => Ok((Some(name), host)),
        Some((name, host)) if name.contains(':') || host.contains('@') => invalid(CREDENTIALS),
        Some(_) => invalid("invalid user name before the @"),
        None if text.starts_with('@') => invalid("user name without a host"),
        None => Ok((None, text)),
    }
}

pub(crate) fn is_user_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// The canonical host, if it is what a reader sees in `input`.
fn checked_host(url: &Url, input: &str) -> Result<String, Error> {
    let input = input.to_ascii_lowercase();
    match url.host() {
        Some(Host::Domain(domain)) => {
            let domain = domain.strip_suffix('.').unwrap_or(domain);
            if domain.split('.').any(str::is_empty) {
                return invalid("the host has an empty label");
            }
            if let Some(odd) = domain.chars().find(|c| !c.is_alphanumeric() && !"-_.".contains(*c))
            {
                return invalid(format!(
                    "the host contains {odd:?}, which is not allowed in host names"
                ));
            }
            Ok(domain.to_owned())
        }
        Some(Host::Ipv4(address)) => {
            let address = address.to_string();
            match input.strip_prefix(&address) {
                Some(port) if port.is_empty() || port.starts_with(':') => Ok(address),
                _ => invalid(
                    "numeric host names are not accepted; write IPv4 addresses in dotted form, such as 127.0.0.1",
                ),
            }
        }
        // As `url` writes it: `Ipv6Addr` writes a mapped address with points.
        Some(host @ Host::Ipv6(_)) => Ok(host.to_string()),
        None => invalid("no host"),
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "[::1]"
        || host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

fn invalid<T>(reason: impl Into<String>) -> Result<T, Error> {
    Err(Error::input("instance", reason))
}

#[derive(Serialize, Deserialize)]
struct Stored {
    origin: String,
    insecure_http: bool,
}

impl From<Instance> for Stored {
    fn from(instance: Instance) -> Self {
        Self { origin: instance.origin.to_string(), insecure_http: instance.insecure_http }
    }
}

impl TryFrom<Stored> for Instance {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        Ok(parse(&stored.origin, stored.insecure_http)?.0)
    }
}

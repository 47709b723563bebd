//! Proxies of the environment, chosen as curl chooses them: `https_proxy`, `ALL_PROXY`,
//! `NO_PROXY` (<https://curl.se/docs/manpage.html#ENVIRONMENT>).
//!
//! This module reads no environment: an HTTP stack of your own passes its variables, and uses the
//! same proxies as this project's adapters.
//!
//! ```
//! use gts_oauth_core::transport::proxies::Proxies;
//!
//! let proxies = Proxies::from_vars(|name| std::env::var_os(name));
//! match proxies.of(&"https://example.org/".parse()?)? {
//!     Some(proxy) => println!("connect through {}", proxy.url()),
//!     None => println!("connect directly"),
//! }
//! # Ok::<(), gts_oauth_core::BoxError>(())
//! ```
//!
//! # Rules
//!
//! - For `https`: the first of `https_proxy`, `HTTPS_PROXY`, `all_proxy`, `ALL_PROXY` that is not
//!   empty. For `http`: of `http_proxy`, `all_proxy`, `ALL_PROXY`. `HTTP_PROXY` is not read,
//!   because a CGI server sets it from a header of the client (<https://httpoxy.org>).
//! - `no_proxy`, then `NO_PROXY`: hosts that are connected to directly, separated by commas or
//!   spaces. A name includes the names below it, with or without a dot before it. IP addresses and
//!   ranges (`192.0.2.0/24`, `2001:db8::/32`) are those of the URL: no name is resolved. `*` alone
//!   is every host. Ports and other wildcards match nothing.
//! - A value without a scheme is an HTTP proxy; `socks` is `socks4`. The default port is 443 for
//!   `https`, otherwise 1080.
//! - A value that is no URL of a proxy is an error.
//!
//! # Different from curl
//!
//! - `localhost`, names below it, 127.0.0.0/8 and `[::1]` are always connected to directly: no
//!   proxy leads to this machine. The name in the URL decides, not its address.
//! - IPv6 addresses are also accepted in brackets, and IPv6 ranges in every version: those of
//!   curl 7.88 match nothing.

use std::ffi::OsString;
use std::fmt;
use std::net::IpAddr;

use http::Uri;
use url::Url;

use super::no_proxy::{NoProxy, address, bare};
use crate::error::{NetworkError, NetworkFault};

const FOR_HTTP: [&str; 3] = ["http_proxy", "all_proxy", "ALL_PROXY"];
const FOR_HTTPS: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const EXCLUDED: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// The schemes of proxies, and the default port of each.
const SCHEMES: [(&str, u16); 6] = [
    ("http", 1080),
    ("https", 443),
    ("socks4", 1080),
    ("socks4a", 1080),
    ("socks5", 1080),
    ("socks5h", 1080),
];

/// The proxies that the environment configures, by the scheme of the requested URL.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    http: Option<Setting>,
    https: Option<Setting>,
    excluded: NoProxy,
}

/// A variable, and the proxy that it names. `None` if it is not valid.
#[derive(Clone, Debug)]
struct Setting {
    variable: &'static str,
    proxy: Option<EnvProxy>,
}

impl Proxies {
    /// The proxies of these variables: `Proxies::from_vars(|name| std::env::var_os(name))`.
    pub fn from_vars(var: impl Fn(&str) -> Option<OsString>) -> Self {
        let excluded = first(&EXCLUDED, &var).map(|(_, list)| list);
        Self {
            http: Setting::first(&FOR_HTTP, &var),
            https: Setting::first(&FOR_HTTPS, &var),
            excluded: NoProxy::parse(&excluded.unwrap_or_default().to_string_lossy()),
        }
    }

    /// The proxy of a request to this URI. `None` if it is sent directly.
    ///
    /// # Errors
    /// [`NetworkFault::Proxy`] with the name of the variable, if its value is not a URL of a proxy.
    /// The request must not be sent then.
    pub fn of(&self, uri: &Uri) -> Result<Option<&EnvProxy>, NetworkError> {
        let setting = match uri.scheme_str() {
            Some("http") => &self.http,
            _ => &self.https,
        };
        let host = uri.host().unwrap_or_default();
        match setting {
            Some(setting) if !is_loopback(host) && !self.excluded.contains(host) => {
                setting.proxy().map(Some)
            }
            _ => Ok(None),
        }
    }
}

impl Setting {
    fn first(names: &[&'static str], var: impl Fn(&str) -> Option<OsString>) -> Option<Self> {
        let (variable, value) = first(names, var)?;
        let url = value.to_str().and_then(proxy_url);
        Some(Self { variable, proxy: url.map(|url| EnvProxy { variable, url }) })
    }

    fn proxy(&self) -> Result<&EnvProxy, NetworkError> {
        self.proxy.as_ref().ok_or_else(|| {
            let fault = NetworkFault::Proxy(self.variable.to_owned());
            NetworkError::new(fault, "its value is not the URL of a proxy")
        })
    }
}

/// The first variable with a value.
fn first(
    names: &[&'static str],
    var: impl Fn(&str) -> Option<OsString>,
) -> Option<(&'static str, OsString)> {
    let mut values = names.iter().filter_map(|name| Some((*name, var(name)?)));
    values.find(|(_, value)| !value.is_empty())
}

/// The URL of a proxy, with its scheme and port.
fn proxy_url(value: &str) -> Option<String> {
    // The parser would ignore them.
    if value.contains(|it: char| it.is_whitespace() || it.is_control()) {
        return None;
    }
    let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "socks" => "socks4".to_owned(),
        scheme => scheme.to_owned(),
    };
    let (_, default_port) = SCHEMES.iter().find(|(name, _)| *name == scheme)?;
    // The parser has special rules for the hosts of this scheme. Its default port is not one that
    // a proxy uses.
    let url = Url::parse(&format!("ws://{rest}")).ok()?;
    let host = url.host_str().filter(|host| !host.is_empty())?;
    let port = match url.port() {
        Some(port) => port,
        None if has_port_80(rest) => 80,
        None => *default_port,
    };
    let credentials = match (url.username(), url.password()) {
        ("", None) => String::new(),
        (user, None) => format!("{user}@"),
        (user, Some(password)) => format!("{user}:{password}@"),
    };
    Some(format!("{scheme}://{credentials}{host}:{port}"))
}

/// Whether the port is written, which the parser omits.
fn has_port_80(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let port = authority.rsplit_once(':').map(|(_, port)| port.parse());
    port == Some(Ok(80_u16))
}

/// Whether the host is written as one of this machine.
fn is_loopback(host: &str) -> bool {
    match address(host) {
        Some(IpAddr::V4(address)) => address.is_loopback(),
        Some(IpAddr::V6(address)) => address.is_loopback(),
        None => {
            let name = bare(host).to_ascii_lowercase();
            name == "localhost" || name.ends_with(".localhost")
        }
    }
}

/// A proxy of the environment.
///
/// As text: `ALL_PROXY (http://127.0.0.1:3128)`, without user name and password.
#[derive(Clone, PartialEq, Eq)]
pub struct EnvProxy {
    variable: &'static str,
    url: String,
}

impl EnvProxy {
    /// The variable that names it: `ALL_PROXY`.
    pub fn variable(&self) -> &'static str {
        self.variable
    }

    /// Its URL, with user name and password: `socks5h://user:63688859@127.0.0.1:1080`.
    ///
    /// The scheme is one of `http`, `https`, `socks4`, `socks4a`, `socks5` and `socks5h`. There is
    /// always a port, and no path.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl fmt::Display for EnvProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.url.split_once("://").unwrap_or_default();
        let address = rest.rsplit('@').next().unwrap_or_default();
        write!(f, "{} ({scheme}://{address})", self.variable)
    }
}

impl fmt::Debug for EnvProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EnvProxy({self})")
    }
}

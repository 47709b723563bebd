//! Which proxy a request is sent through: the adapters, the command, and curl, in the same
//! environment and over real proxies (tinyproxy, microsocks, Dante) on loopback ports. stunnel adds TLS
//! to tinyproxy.
//!
//! Each proxy connects from a loopback address of its own, so the server sees which one was used.
//! `instance.test` is a name that resolves to 127.0.0.1, by a list of hosts of its own, and is not
//! written as a loopback address.

mod environment;
mod programs;
mod server;
mod stunnel;

use std::fmt;

use environment::{Client, outcome};
use programs::Proxies;
use server::Server;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It arrived without a proxy.
    Direct,
    /// It arrived through this proxy.
    Through(Proxy),
    /// It did not arrive.
    Failed,
}

use Outcome::{Direct, Failed, Through};

/// The proxies, each with its own address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proxy {
    /// HTTP.
    Tinyproxy,
    /// HTTP, with a user name and a password.
    TinyproxyWithPassword,
    /// SOCKS 5.
    Microsocks,
    /// SOCKS 5, with a user name and a password.
    MicrosocksWithPassword,
    /// SOCKS 4 and 5.
    Dante,
}

use Proxy::{Dante, Microsocks, MicrosocksWithPassword, Tinyproxy, TinyproxyWithPassword};

/// A row: variables, the URL without its port, what ureq and the command do, and what isahc and curl do.
struct Row {
    variables: &'static [(&'static str, &'static str)],
    url: &'static str,
    ours: Outcome,
    isahc: Outcome,
    curl: Outcome,
    /// The variable that the error names.
    names: Option<&'static str>,
}

const fn row(
    variables: &'static [(&'static str, &'static str)],
    url: &'static str,
    ours: Outcome,
) -> Row {
    Row { variables, url, ours, isahc: ours, curl: ours, names: None }
}

impl Row {
    /// An error that names this variable.
    const fn naming(self, variable: &'static str) -> Self {
        Self { names: Some(variable), ..self }
    }

    /// isahc cannot check the certificate of a proxy. Its error names this variable.
    const fn not_by_isahc(self, variable: &'static str) -> Self {
        Self { isahc: Failed, names: Some(variable), ..self }
    }

    const fn curl(self, curl: Outcome) -> Self {
        Self { curl, ..self }
    }
}

const NAME: &str = "http://instance.test";
const TLS: &str = "https://instance.test";

/// `$HTTP`, `$HTTP_AUTH`, `$SOCKS`, `$SOCKS_AUTH` and `$DANTE` stand for `host:port` of a proxy;
/// `$TLS`, `$TLS_AUTH` and `$TLS_UNKNOWN` for stunnel in front of the first two, and with the
/// certificate of an unknown authority.
const ROWS: &[Row] = &[
    row(&[], NAME, Direct),
    row(&[], "http://127.0.0.1", Direct),
    // HTTP proxies, in each variable.
    row(&[("http_proxy", "http://$HTTP")], NAME, Through(Tinyproxy)),
    row(&[("http_proxy", "$HTTP")], NAME, Through(Tinyproxy)),
    row(&[("ALL_PROXY", "http://$HTTP")], NAME, Through(Tinyproxy)),
    row(&[("all_proxy", "http://$HTTP")], NAME, Through(Tinyproxy)),
    // CGI sets this variable from a header.
    row(&[("HTTP_PROXY", "http://$HTTP")], NAME, Direct),
    row(&[("https_proxy", "http://$HTTP")], NAME, Direct),
    row(&[("HTTPS_PROXY", "http://$HTTP")], NAME, Direct),
    // The scheme's own variable first.
    row(
        &[("ALL_PROXY", "socks5h://$SOCKS"), ("http_proxy", "http://$HTTP")],
        NAME,
        Through(Tinyproxy),
    ),
    row(
        &[("ALL_PROXY", "socks5h://$SOCKS"), ("all_proxy", "http://$HTTP")],
        NAME,
        Through(Tinyproxy),
    ),
    row(
        &[("ALL_PROXY", "socks5h://$SOCKS"), ("https_proxy", "http://$HTTP")],
        NAME,
        Through(Microsocks),
    ),
    // SOCKS.
    row(&[("ALL_PROXY", "socks5://$SOCKS")], NAME, Through(Microsocks)),
    row(&[("ALL_PROXY", "socks5h://$SOCKS")], NAME, Through(Microsocks)),
    row(&[("all_proxy", "socks5://$DANTE")], NAME, Through(Dante)),
    row(&[("all_proxy", "socks5h://$DANTE")], NAME, Through(Dante)),
    row(&[("ALL_PROXY", "socks4://$DANTE")], NAME, Through(Dante)),
    row(&[("http_proxy", "socks5h://$SOCKS")], NAME, Through(Microsocks)),
    // https, through a tunnel.
    row(&[], TLS, Direct),
    row(&[("https_proxy", "http://$HTTP")], TLS, Through(Tinyproxy)),
    row(&[("HTTPS_PROXY", "http://$HTTP")], TLS, Through(Tinyproxy)),
    row(&[("HTTPS_PROXY", "socks5h://$SOCKS")], TLS, Through(Microsocks)),
    row(&[("http_proxy", "http://$HTTP")], TLS, Direct),
    row(&[("ALL_PROXY", "socks4://$DANTE")], TLS, Through(Dante)),
    row(&[("HTTPS_PROXY", "http://$HTTP"), ("NO_PROXY", "test")], TLS, Direct),
    row(&[("HTTPS_PROXY", "http://127.0.0.1:1")], TLS, Failed).naming("HTTPS_PROXY"),
    row(&[("HTTPS_PROXY", "http://$HTTP")], "https://127.0.0.1", Direct).curl(Through(Tinyproxy)),
    // Passwords.
    row(&[("ALL_PROXY", "http://alice:63688859@$HTTP_AUTH")], NAME, Through(TinyproxyWithPassword)),
    row(
        &[("ALL_PROXY", "socks5h://alice:63688859@$SOCKS_AUTH")],
        NAME,
        Through(MicrosocksWithPassword),
    ),
    row(&[("ALL_PROXY", "socks5h://alice:wrong@$SOCKS_AUTH")], NAME, Failed).naming("ALL_PROXY"),
    // TLS to the proxy.
    row(&[("http_proxy", "https://$TLS")], NAME, Through(Tinyproxy)).not_by_isahc("http_proxy"),
    row(&[("ALL_PROXY", "https://$TLS")], NAME, Through(Tinyproxy)).not_by_isahc("ALL_PROXY"),
    row(&[("all_proxy", "https://alice:63688859@$TLS_AUTH")], NAME, Through(TinyproxyWithPassword))
        .not_by_isahc("all_proxy"),
    row(&[("https_proxy", "https://$TLS")], TLS, Through(Tinyproxy)).not_by_isahc("https_proxy"),
    row(
        &[("HTTPS_PROXY", "https://alice:63688859@$TLS_AUTH")],
        TLS,
        Through(TinyproxyWithPassword),
    )
    .not_by_isahc("HTTPS_PROXY"),
    row(&[("ALL_PROXY", "https://$TLS")], TLS, Through(Tinyproxy)).not_by_isahc("ALL_PROXY"),
    row(&[("https_proxy", "https://$TLS")], NAME, Direct),
    row(&[("https_proxy", "https://$TLS"), ("no_proxy", "test")], TLS, Direct),
    row(&[("HTTPS_PROXY", "https://$TLS")], "https://127.0.0.1", Direct).curl(Through(Tinyproxy)),
    row(&[("https_proxy", "https://alice:wrong@$TLS_AUTH")], TLS, Failed).naming("https_proxy"),
    row(&[("http_proxy", "https://$TLS_UNKNOWN")], NAME, Failed).naming("http_proxy"),
    row(&[("https_proxy", "https://$TLS_UNKNOWN")], TLS, Failed).naming("https_proxy"),
    row(&[("ALL_PROXY", "https://$HTTP")], NAME, Failed).naming("ALL_PROXY"),
    row(&[("ALL_PROXY", "https://$HTTP")], TLS, Failed).naming("ALL_PROXY"),
    row(&[("ALL_PROXY", "https://127.0.0.1:1")], NAME, Failed).naming("ALL_PROXY"),
    row(&[("HTTPS_PROXY", "https://127.0.0.1:1")], TLS, Failed).naming("HTTPS_PROXY"),
    // Proxies that cannot be used.
    row(&[("ALL_PROXY", "http://127.0.0.1:1")], NAME, Failed).naming("ALL_PROXY"),
    row(&[("all_proxy", "socks5h://127.0.0.1:1")], NAME, Failed).naming("all_proxy"),
    row(&[("http_proxy", "http://nonexistent.invalid:3128")], NAME, Failed).naming("http_proxy"),
    row(&[("ALL_PROXY", "ftp://127.0.0.1:1")], NAME, Failed).naming("ALL_PROXY"),
    row(&[("ALL_PROXY", "http://[")], NAME, Failed).naming("ALL_PROXY"),
    // Exceptions.
    row(&[("ALL_PROXY", "http://$HTTP"), ("NO_PROXY", "instance.test")], NAME, Direct),
    row(&[("ALL_PROXY", "http://$HTTP"), ("no_proxy", ".test")], NAME, Direct),
    row(&[("ALL_PROXY", "http://$HTTP"), ("no_proxy", "test")], NAME, Direct),
    row(&[("ALL_PROXY", "socks5h://$SOCKS"), ("NO_PROXY", "a.example, test")], NAME, Direct),
    row(&[("ALL_PROXY", "http://$HTTP"), ("NO_PROXY", "*")], NAME, Direct),
    row(&[("ALL_PROXY", "http://127.0.0.1:1"), ("NO_PROXY", "test")], NAME, Direct),
    row(&[("ALL_PROXY", "http://$HTTP"), ("NO_PROXY", "stance.test")], NAME, Through(Tinyproxy)),
    row(&[("ALL_PROXY", "http://$HTTP"), ("NO_PROXY", "")], NAME, Through(Tinyproxy)),
    row(
        &[("ALL_PROXY", "http://$HTTP"), ("no_proxy", "a.example"), ("NO_PROXY", "*")],
        NAME,
        Through(Tinyproxy),
    ),
    // A host that is written as a loopback address: unlike curl, never through the environment's.
    row(&[("ALL_PROXY", "http://$HTTP")], "http://127.0.0.1", Direct).curl(Through(Tinyproxy)),
    row(&[("http_proxy", "http://$HTTP")], "http://localhost", Direct).curl(Through(Tinyproxy)),
    row(&[("ALL_PROXY", "socks5h://$SOCKS")], "http://localhost", Direct).curl(Through(Microsocks)),
    row(&[("ALL_PROXY", "http://127.0.0.1:1")], "http://localhost", Direct).curl(Failed),
    row(&[("ALL_PROXY", "http://[")], "http://127.0.0.1", Direct).curl(Failed),
];

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in self.variables {
            write!(f, "{name}={value} ")?;
        }
        f.write_str(self.url)
    }
}

#[test]
fn proxies_are_chosen_alike_and_never_bypassed() {
    let Some(proxies) = Proxies::start() else { return };
    let (mut cells, mut faults) = (0, Vec::new());
    println!("{:<75} ours, isahc, curl", "environment and URL");
    for row in ROWS {
        println!("{:<75} {:?}, {:?}, {:?}", row.to_string(), row.ours, row.isahc, row.curl);
        for client in Client::ALL {
            let server = Server::start();
            let (seen, output) = outcome(client, row.url, row.variables, &proxies, &server);
            let expected = match client {
                Client::Ureq | Client::Command => row.ours,
                Client::Isahc => row.isahc,
                Client::Curl => row.curl,
            };
            cells += 1;
            if seen != expected {
                faults
                    .push(format!("{client:?}, {row}: {seen:?}, expected {expected:?}\n{output}"));
            }
            let is_named = expected == Failed && client != Client::Curl;
            if let (Some(name), true) = (row.names, is_named) {
                if !output.contains(name) || output.contains("63688859") || output.contains("wrong")
                {
                    faults.push(format!("{client:?}, {row}: the error does not fit\n{output}"));
                }
            }
        }
    }
    println!("{cells} cells");
    assert!(faults.is_empty(), "{} of {cells} cells:\n{}", faults.len(), faults.join("\n"));
}

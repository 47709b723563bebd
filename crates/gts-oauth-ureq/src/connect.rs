//! New connections of the transport's own agent.
//!
//! ureq resolves the host before it looks for an idle connection, with a thread if there is a time
//! limit. Here both happen only for a new connection. ureq also waits for the first address during
//! two thirds of the limit, even if another one works.

use std::cell::Cell;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use gts_oauth_core::http::Uri;
use ureq::config::Config;
use ureq::unversioned::resolver::{ArrayVec, DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::time::{Duration as Limit, Instant};
use ureq::unversioned::transport::{
    ConnectProxyConnector, ConnectionDetails, Connector, Either, NextTimeout, RustlsConnector,
    SocksConnector, TcpConnector, Transport,
};
use ureq::{Agent, Error, Proxy, ProxyProtocol, Timeout};

use crate::deadline::Watch;

/// How long one of several addresses is tried, in the first and in the second round. In the third,
/// the addresses share the rest of the time.
///
/// A handshake takes one round trip: 500 ms are enough for most networks, two seconds for a
/// satellite. RFC 8305 section 5 would try the next address after 250 ms, but in parallel.
const ROUNDS: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(2), Duration::MAX];

thread_local! {
    static PROGRESS: Cell<Progress> = const { Cell::new(Progress::Reused) };
}

/// How far the last request of this thread came. ureq connects in the thread of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// There was an idle connection.
    Reused,
    /// The host is being resolved or connected to.
    Connecting,
    /// The proxy is being connected to.
    ConnectingProxy,
    /// There is a new connection.
    Connected,
}

impl Progress {
    /// A new request begins in this thread.
    pub(crate) fn reset() {
        PROGRESS.set(Self::Reused);
    }

    pub(crate) fn get() -> Self {
        PROGRESS.get()
    }
}

/// An agent that connects as this module describes.
pub(crate) fn agent(config: Config) -> Agent {
    let tunnel = ().chain(SocksConnector::default()).chain(ConnectProxyConnector::default());
    let connector =
        tunnel.chain(Attempts::default()).chain(Watch).chain(RustlsConnector::default());
    Agent::with_parts(config, Resolving(connector), OnDemand)
}

/// Resolves nothing: [`Resolving`] does, if a connection is needed.
#[derive(Debug)]
struct OnDemand;

impl Resolver for OnDemand {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        Ok(self.empty())
    }
}

/// Resolves the host, unless a proxy does, and connects.
#[derive(Debug)]
struct Resolving<C>(C);

impl<C: Connector> Connector for Resolving<C> {
    type Out = C::Out;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        // No request has TLS settings of its own. If it had, ureq would read the root certificates
        // for each connection, and could not resume TLS sessions.
        let details = &ConnectionDetails { request_level: false, ..copy(details) };
        if Progress::get() == Progress::ConnectingProxy {
            // ureq connects to the proxy, which it has resolved.
            return self.0.connect(details, chained);
        }
        PROGRESS.set(Progress::Connecting);
        let resolver = DefaultResolver::default();
        let proxy = details.config.proxy();
        let addrs = match proxy {
            Some(proxy) if !proxy.resolve_target() => resolver.empty(),
            proxy => {
                let timeout = NextTimeout { reason: Timeout::Resolve, ..details.timeout };
                let found = resolver.resolve(details.uri, details.config, timeout)?;
                usable(found, proxy, details.uri.host().unwrap_or_default())?
            }
        };
        if proxy.is_some() {
            PROGRESS.set(Progress::ConnectingProxy);
        }
        let resolved = ConnectionDetails { addrs, resolver: &resolver, ..copy(details) };
        let connected = self.0.connect(&resolved, chained)?;
        PROGRESS.set(Progress::Connected);
        Ok(connected)
    }
}

/// SOCKS4 has no IPv6 addresses. `localhost` and the names below it are this machine (RFC 6761 section
/// 6.3), also if the resolver looks them up in DNS.
fn usable(
    addrs: ResolvedSocketAddrs,
    proxy: Option<&Proxy>,
    host: &str,
) -> Result<ResolvedSocketAddrs, Error> {
    let is_socks4 = proxy.is_some_and(|proxy| proxy.protocol() == ProxyProtocol::Socks4);
    let name = host.strip_suffix('.').unwrap_or(host);
    let top = name.rsplit('.').next().unwrap_or_default();
    let is_local = top.eq_ignore_ascii_case("localhost");
    let is_usable = |it: &SocketAddr| {
        (!is_socks4 || it.is_ipv4()) && (!is_local || it.ip().to_canonical().is_loopback())
    };
    let addrs = list(addrs.iter().copied().filter(is_usable));
    if addrs.is_empty() { Err(Error::HostNotFound) } else { Ok(addrs) }
}

/// Connects to the addresses one after another, in rounds.
#[derive(Debug, Default)]
struct Attempts(TcpConnector);

impl<In: Transport> Connector<In> for Attempts {
    type Out = <TcpConnector as Connector<In>>::Out;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        if chained.is_some() {
            // The proxy has connected.
            PROGRESS.set(Progress::Connecting);
            return Ok(chained.map(Either::A));
        }
        let mut untried = alternating(&details.addrs);
        let mut last = Error::HostNotFound;
        for round in ROUNDS {
            let mut slow = Vec::new();
            let mut waiting = untried.len();
            for address in untried {
                let alone = waiting == 1 && slow.is_empty();
                let limit = match remaining(details) {
                    Some(rest) if rest.is_zero() => {
                        return Err(Error::Timeout(details.timeout.reason));
                    }
                    Some(rest) if alone => Limit::Exact(rest),
                    Some(rest) => Limit::Exact(share(rest, round, waiting)),
                    None => Limit::NotHappening,
                };
                waiting -= 1;
                match self.0.connect(&attempt(details, address, limit), None) {
                    Ok(connected) => return Ok(connected),
                    Err(error @ Error::Timeout(_)) => {
                        slow.push(address);
                        last = error;
                    }
                    Err(error @ Error::Io(_)) => last = error,
                    Err(error) => return Err(error),
                }
            }
            untried = slow;
        }
        Err(last)
    }
}

/// How long one of the waiting addresses is tried.
fn share(rest: Duration, round: Duration, waiting: usize) -> Duration {
    round.min(rest / waiting as u32)
}

/// The addresses, of both versions of IP in turn (RFC 8305 section 4).
fn alternating(addrs: &[SocketAddr]) -> Vec<SocketAddr> {
    let Some(first) = addrs.first() else { return Vec::new() };
    let (mut preferred, mut other) = (Vec::new(), Vec::new());
    for address in addrs {
        let same = address.is_ipv4() == first.is_ipv4();
        if same { &mut preferred } else { &mut other }.push(*address);
    }
    let mut turns = Vec::new();
    let (mut preferred, mut other) = (preferred.into_iter(), other.into_iter());
    while turns.len() < addrs.len() {
        turns.extend(preferred.next());
        turns.extend(other.next());
    }
    turns
}

/// The time until the limit for connecting. `None` if there is none.
fn remaining(details: &ConnectionDetails) -> Option<Duration> {
    match (details.timeout.after, details.now, (details.current_time)()) {
        (Limit::Exact(limit), Instant::Exact(begun), Instant::Exact(now)) => {
            Some(limit.saturating_sub(now.saturating_duration_since(begun)))
        }
        _ => None,
    }
}

fn attempt<'a>(
    details: &ConnectionDetails<'a>,
    address: SocketAddr,
    after: Limit,
) -> ConnectionDetails<'a> {
    let timeout = NextTimeout { after, ..details.timeout };
    let now = (details.current_time)();
    ConnectionDetails { addrs: list([address]), timeout, now, ..copy(details) }
}

fn copy<'a>(details: &ConnectionDetails<'a>) -> ConnectionDetails<'a> {
    ConnectionDetails {
        uri: details.uri,
        addrs: details.addrs.clone(),
        config: details.config,
        request_level: details.request_level,
        resolver: details.resolver,
        now: details.now,
        timeout: details.timeout,
        current_time: details.current_time.clone(),
        run_connector: details.run_connector.clone(),
        register_shutdown: details.register_shutdown.clone(),
    }
}

fn list(addrs: impl IntoIterator<Item = SocketAddr>) -> ResolvedSocketAddrs {
    let mut list = ArrayVec::from_fn(|_| SocketAddr::new(IpAddr::from([0; 4]), 0));
    addrs.into_iter().for_each(|address| list.push(address));
    list
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::{Duration, Proxy, ROUNDS, alternating, list, share, usable};

    #[test]
    fn slow_address_leaves_time_for_the_others() {
        let seconds = Duration::from_secs;
        assert!(share(seconds(10), ROUNDS[0], 2) <= Duration::from_millis(500));
        assert!(share(seconds(9), ROUNDS[1], 2) <= seconds(2));
        assert_eq!(share(seconds(4), ROUNDS[2], 2), seconds(2));
        assert_eq!(share(Duration::from_millis(200), ROUNDS[0], 2), Duration::from_millis(100));
    }

    #[test]
    fn names_under_localhost_are_this_machine() {
        let parse = |address: &str| address.parse::<SocketAddr>().unwrap();
        let (here, elsewhere) = (parse("127.0.0.1:80"), parse("192.0.2.1:80"));
        for host in ["localhost", "gts.localhost", "GTS.LOCALHOST", "gts.localhost."] {
            let found = usable(list([elsewhere, here]), None, host).unwrap();
            assert_eq!(found[..], [here], "{host}");
            assert!(usable(list([elsewhere]), None, host).is_err(), "{host}");
        }
        assert_eq!(usable(list([elsewhere]), None, "localhost.example").unwrap()[..], [elsewhere]);
    }

    #[test]
    fn socks4_has_only_ipv4() {
        let addrs = ["[2001:db8::1]:80", "192.0.2.1:80"];
        let addrs = addrs.map(|address| address.parse::<SocketAddr>().unwrap());
        for (proxy, expected) in [("socks4", &addrs[1..]), ("socks5", &addrs[..])] {
            let proxy = Proxy::new(&format!("{proxy}://192.0.2.9:1080")).unwrap();
            assert_eq!(&usable(list(addrs), Some(&proxy), "example.org").unwrap()[..], expected);
        }
    }

    #[test]
    fn versions_of_ip_take_turns() {
        let addrs = ["[::1]:1", "[::2]:1", "[::3]:1", "192.0.2.1:1"];
        let addrs = addrs.map(|address| address.parse::<SocketAddr>().unwrap());
        assert_eq!(alternating(&addrs), [addrs[0], addrs[3], addrs[1], addrs[2]]);
        assert_eq!(alternating(&[]), []);
    }
}

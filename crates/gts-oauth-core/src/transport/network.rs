//! Networks that are not the public internet (RFC 6890, RFC 6761).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The network that a host is in, as far as its name or address says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Network {
    /// The internet. A name can still resolve to any address.
    Public,
    /// Loopback and unspecified addresses, and names for them.
    ThisMachine,
    /// Private addresses, shared ones of carriers, and names that only a local network has.
    Private,
    /// Link-local addresses. Clouds have their metadata services there.
    LinkLocal,
    /// Multicast, broadcast, documentation and reserved addresses.
    Reserved,
}

/// Whether the address is on the public internet: not this machine, a private network, a link, a
/// group of hosts or a reserved range, and not one of these inside an IPv6 address.
///
/// It is for transports that check the [addresses they connect to](crate::Transport#hosts-inside-a-network).
///
/// ```
/// use gts_oauth_core::transport::is_public;
///
/// assert!(is_public("93.184.215.14".parse()?));
/// for inside in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "fd00::1"] {
///     assert!(!is_public(inside.parse()?));
/// }
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
pub fn is_public(address: IpAddr) -> bool {
    Network::of_address(address) == Network::Public
}

impl Network {
    /// The network of a host in canonical form: a domain, an IPv4 address, or an IPv6 address in
    /// brackets.
    pub(crate) fn of_host(host: &str) -> Self {
        let literal = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        match literal.unwrap_or(host).parse() {
            Ok(address) => Self::of_address(address),
            Err(_) => Self::of_name(host),
        }
    }

    /// Names that many systems resolve without DNS (RFC 6761 section 6.3), and top-level domains that
    /// are not in the public DNS. Those for local networks are in RFC 6762 (with its appendix G),
    /// RFC 8375 and ICANN's reservation of `internal`; ICANN delegates no `corp`, `home` and `mail`,
    /// because networks use them. Clusters have `svc`, `consul` and `docker`. Those for tests are in
    /// RFC 6761. Names without a dot are local, too.
    fn of_name(name: &str) -> Self {
        let (rest, top) = name.rsplit_once('.').unwrap_or(("", name));
        let last_of_rest = rest.rsplit('.').next().unwrap_or_default();
        let is_localhost = |label: &str| matches!(label, "localhost" | "localhost4" | "localhost6");
        match top {
            "localhost" | "localhost4" | "localhost6" | "ip6-localhost" | "ip6-loopback" => {
                Self::ThisMachine
            }
            "localdomain" | "localdomain4" | "localdomain6" if is_localhost(last_of_rest) => {
                Self::ThisMachine
            }
            "local" | "internal" | "localdomain" => Self::Private,
            "corp" | "home" | "intranet" | "lan" | "mail" | "private" => Self::Private,
            "consul" | "docker" | "svc" => Self::Private,
            "invalid" | "test" => Self::Private,
            "arpa" if last_of_rest == "home" => Self::Private,
            _ if rest.is_empty() => Self::Private,
            _ => Self::Public,
        }
    }

    fn of_address(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => Self::of_v6(address),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        match address.octets() {
            [0 | 127, ..] => Self::ThisMachine,
            [10, ..] | [192, 168, ..] | [172, 16..=31, ..] | [100, 64..=127, ..] => Self::Private,
            // The second is that of Azure.
            [169, 254, ..] | [168, 63, 129, 16] => Self::LinkLocal,
            // Of protocols, documentation, 6to4 relays, benchmarks; multicast, and the future.
            [192, 0, 0 | 2, _] | [192, 88, 99, _] | [198, 18 | 19, ..] => Self::Reserved,
            [198, 51, 100, _] | [203, 0, 113, _] | [224..=255, ..] => Self::Reserved,
            _ => Self::Public,
        }
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        let embedded = |high: u16, low: u16| {
            let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
            Self::of_v4(Ipv4Addr::new(a, b, c, d))
        };
        match address.segments() {
            // IPv4-mapped, IPv4-compatible (RFC 4291 section 2.5.5; `::1` is 0.0.0.1), and translated
            // (RFC 2765).
            [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => embedded(high, low),
            [0, 0, 0, 0, 0xffff, 0, high, low] => embedded(high, low),
            // NAT64 (RFC 6052), and 6to4 (RFC 3056).
            [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
            [0x2002, high, low, ..] => embedded(high, low),
            // NAT64 of a local network (RFC 8215), and unique local addresses (RFC 4193).
            [0x64, 0xff9b, 1, ..] | [0xfc00..=0xfdff, ..] => Self::Private,
            [0xfe80..=0xfebf, ..] => Self::LinkLocal,
            // Of protocols (Teredo among them) and documentation.
            [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Self::Reserved,
            // Global unicast addresses (RFC 4291 section 2.4), as far as they are assigned.
            [0x2000..=0x3fff, ..] => Self::Public,
            _ => Self::Reserved,
        }
    }
}

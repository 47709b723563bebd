//! Hosts without a proxy: the list in `NO_PROXY`.

use std::net::IpAddr;

/// A list of hosts, as curl reads it.
#[derive(Clone, Debug, Default)]
pub(super) struct NoProxy {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
enum Entry {
    All,
    /// In lower case, without a dot before and after it.
    Domain(String),
    /// An address, and how many of its first bits matter.
    Range(IpAddr, u32),
}

impl NoProxy {
    pub(super) fn parse(list: &str) -> Self {
        if list == "*" {
            return Self { entries: vec![Entry::All] };
        }
        let entries = list.split([',', ' ', '\t']).filter_map(Entry::parse);
        Self { entries: entries.collect() }
    }

    /// Whether the list contains this host of a URI.
    pub(super) fn contains(&self, host: &str) -> bool {
        let address = address(host);
        let name = bare(host).to_ascii_lowercase();
        self.entries.iter().any(|entry| match (entry, address) {
            (Entry::All, _) => true,
            (Entry::Range(network, bits), Some(address)) => is_within(address, *network, *bits),
            (Entry::Domain(domain), None) => {
                let above = name.strip_suffix(domain.as_str());
                above.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            _ => false,
        })
    }
}

impl Entry {
    /// `None` if it matches nothing.
    fn parse(entry: &str) -> Option<Self> {
        let (network, bits) = match entry.split_once('/') {
            Some((network, bits)) => (network, Some(bits)),
            None => (entry, None),
        };
        match (address(network), bits) {
            (Some(address), None) => Some(Self::Range(address, width(address))),
            (Some(address), Some(bits)) => {
                let bits = bits.parse().ok().filter(|bits| *bits <= width(address))?;
                Some(Self::Range(address, bits))
            }
            (None, _) => {
                let domain = bare(entry.strip_prefix('.').unwrap_or(entry));
                (!domain.is_empty()).then(|| Self::Domain(domain.to_ascii_lowercase()))
            }
        }
    }
}

/// The host without the dot of a fully qualified name.
pub(super) fn bare(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

/// The host as an IP address. An IPv6 address can be in brackets.
pub(super) fn address(host: &str) -> Option<IpAddr> {
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    inner.unwrap_or(host).parse().ok()
}

fn width(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

fn is_within(address: IpAddr, network: IpAddr, bits: u32) -> bool {
    let different = match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            u128::from(address.to_bits() ^ network.to_bits())
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => address.to_bits() ^ network.to_bits(),
        _ => return false,
    };
    different.checked_shr(width(address) - bits).unwrap_or(0) == 0
}

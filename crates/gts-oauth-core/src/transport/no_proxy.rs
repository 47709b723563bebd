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

#[cfg(test)]
mod tests {
    use super::NoProxy;

    fn is_direct(list: &str, host: &str) -> bool {
        NoProxy::parse(list).contains(host)
    }

    /// As the program curl 7.88.1 connected.
    #[test]
    fn hosts_are_excluded_as_by_curl() {
        let cases: [(&str, &[&str], &[&str]); 24] = [
            ("*", &["a.test", "192.0.2.1"], &[]),
            // Elsewhere an asterisk means nothing.
            ("*,a.test", &["a.test"], &["b.test"]),
            (" *", &[], &["b.test"]),
            ("*.example.org", &[], &["example.org", "a.example.org"]),
            ("example.*", &[], &["example.org"]),
            (
                "example.org",
                &["example.org", "a.example.org", "EXAMPLE.ORG", "example.org."],
                &["notexample.org", "org"],
            ),
            (".example.org", &["example.org", "a.example.org"], &["notexample.org"]),
            ("..example.org", &[], &["example.org", "a.example.org"]),
            ("example.org.", &["example.org", "a.example.org"], &[]),
            ("EXAMPLE.org", &["example.org"], &[]),
            ("org", &["example.org"], &[]),
            ("example.org:80", &[], &["example.org"]),
            ("a.test,b.test", &["a.test", "b.test"], &["c.test"]),
            ("a.test b.test", &["a.test", "b.test"], &[]),
            (" a.test , b.test ", &["a.test", "b.test"], &[]),
            ("a.test\tb.test", &["a.test", "b.test"], &[]),
            ("a.test,,b.test", &["b.test"], &["c.test"]),
            (",", &[], &["a.test"]),
            ("", &[], &["a.test"]),
            ("192.0.2.1", &["192.0.2.1"], &["192.0.2.10", "a.192.0.2.1.test"]),
            ("2.1,.0.2.1,192.0.2", &[], &["192.0.2.1"]),
            ("192.0.2.0/24", &["192.0.2.7"], &["192.0.3.7", "a.test"]),
            ("192.0.2.128/25", &["192.0.2.129"], &["192.0.2.1"]),
            ("2001:db8::1", &["[2001:db8::1]", "[2001:db8:0::1]"], &["[2001:db8::2]"]),
        ];
        for (list, direct, proxied) in cases {
            for host in direct {
                assert!(is_direct(list, host), "{list}: {host}");
            }
            for host in proxied {
                assert!(!is_direct(list, host), "{list}: {host}");
            }
        }
    }

    /// curl 7.88.1 finds no host in these ranges, and none in brackets.
    #[test]
    fn ipv6_ranges_and_brackets_are_read() {
        assert!(is_direct("2001:db8::/32", "[2001:db8:1::5]"));
        assert!(is_direct("2001:DB8::/32", "[2001:db8::1]"));
        assert!(is_direct("2001:db8::1/128", "[2001:db8::1]"));
        assert!(is_direct("[2001:db8::1]", "[2001:db8::1]"));
        assert!(is_direct("::/0", "[2001:db8::1]"));
        assert!(is_direct("0.0.0.0/0", "192.0.2.1"));
        assert!(!is_direct("2001:db8::/32", "[2001:db9::1]"));
        assert!(!is_direct("::/0", "192.0.2.1"));
    }

    /// curl reads `/x` as all bits.
    #[test]
    fn range_with_a_wrong_length_matches_nothing() {
        for list in ["192.0.2.0/33", "192.0.2.0/x", "192.0.2.0/", "2001:db8::/129"] {
            assert!(!is_direct(list, "192.0.2.0"), "{list}");
            assert!(!is_direct(list, "[2001:db8::]"), "{list}");
        }
    }
}

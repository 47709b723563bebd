//! Hosts that are excluded from proxies (`NO_PROXY`).

use super::proxies::{A, choice};

fn is_direct(list: &str, host: &str) -> bool {
    choice(&format!("http://{host}/"), &[("ALL_PROXY", A), ("NO_PROXY", list)]) == "direct"
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

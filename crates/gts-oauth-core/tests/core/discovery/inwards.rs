//! Hosts inside a network, to which no other server leads.

use gts_oauth_core::transport::is_public;

use crate::discovery::discover::{api_of, found};
use crate::recorded::answer;
use crate::web::Web;

/// Hosts of this machine and of local networks.
const INSIDE: [&str; 56] = [
    "0.0.0.0",
    "0.1.2.3",
    "127.0.0.1",
    "127.255.0.9",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "203.0.113.1",
    "[::]",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:10.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b:1::1]",
    "[2002:7f00:1::]",
    "[::ffff:0:127.0.0.1]",
    "[fc00::1]",
    "[fdff::1]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[100::1]",
    "[2001::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "localhost",
    "a.localhost",
    "localhost.localdomain",
    "localhost6.localdomain6",
    "intranet",
    "printer",
    "printer.local",
    "metadata.google.internal",
    "router.home.arpa",
    "vault.lan",
    "nas.home",
    "git.corp",
    "db.private",
    "wiki.intranet",
    "smtp.mail",
    "gts.default.svc",
    "gts.service.consul",
    "gts.docker",
    "gts.test",
    "gts.invalid",
    "168.63.129.16",
];

const PUBLIC: [&str; 14] = [
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.1",
    "172.15.0.1",
    "172.32.0.1",
    "100.63.0.1",
    "100.128.0.1",
    "[2606:4700::1111]",
    "[::ffff:1.1.1.1]",
    "[::ffff:0:101:101]",
    "[64:ff9b::1.1.1.1]",
    "gts.example.org",
    "localhost.example.org",
    "gts.e164.arpa",
];

fn nodeinfo(href: &str) -> String {
    let rel = "http://nodeinfo.diaspora.software/ns/schema/2.0";
    format!(r#"{{"links":[{{"rel":"{rel}","href":"{href}"}}]}}"#)
}

fn webfinger(href: &str) -> String {
    format!(r#"{{"subject":"acct:me@example.org","links":[{{"rel":"self","href":"{href}"}}]}}"#)
}

/// What a server at example.org, or elsewhere, can do to lead to another host.
fn leading(from: &str, to: &str) -> [Web; 3] {
    let links = format!("{from}/.well-known/nodeinfo");
    let host = from.split_once("://").unwrap().1;
    let resource = format!("acct:me@{host}").replace(':', "%3A").replace('@', "%40");
    let resource = resource.replace('[', "%5B").replace(']', "%5D");
    let finger = format!("{from}/.well-known/webfinger?resource={resource}");
    let there = || Web::default().software(to, "gotosocial", "0.20.0");
    [
        there().moved(&links, &format!("{to}/.well-known/nodeinfo")),
        there().json(&links, &nodeinfo(&format!("{to}/nodeinfo/2.0"))),
        there().page(&links, answer(404, "")).json(&finger, &webfinger(&format!("{to}/users/me"))),
    ]
}

fn account_at(origin: &str) -> String {
    format!("{origin}/@me")
}

#[test]
fn public_server_leads_to_no_host_inside() {
    for host in INSIDE {
        let to = format!("https://{host}");
        for web in leading("https://example.org", &to) {
            assert_eq!(api_of(&account_at("https://example.org"), &web), "https://example.org");
            assert!(
                !web.asked().iter().any(|url| !url.starts_with("https://example.org/")),
                "{host}"
            );
        }
    }
}

#[test]
fn public_server_leads_to_public_hosts() {
    for host in PUBLIC {
        // As IPv6 addresses are written in their canonical form.
        let to = format!("https://{host}").replace(":1.1.1.1]", ":101:101]");
        for web in leading("https://example.org", &to) {
            assert_eq!(api_of(&account_at("https://example.org"), &web), to);
        }
    }
}

#[test]
fn user_can_name_any_host() {
    for host in ["https://10.0.0.1", "https://localhost", "https://[fd00::1]", "https://intranet"] {
        let web = Web::default().software(host, "gotosocial", "0.20.0");
        assert_eq!(found(host, &web).instance().origin(), host);
    }
}

#[test]
fn server_inside_leads_to_its_own_kind_of_network() {
    for (from, to, is_followed) in [
        ("https://10.0.0.1", "https://192.168.0.1", true),
        ("https://10.0.0.1", "https://gts.example.org", true),
        ("https://10.0.0.1", "https://127.0.0.1", false),
        ("https://10.0.0.1", "https://169.254.169.254", false),
        ("https://[fd00::1]", "https://10.0.0.1", true),
        ("https://[fe80::1]", "https://169.254.0.1", true),
        ("https://[::1]", "https://127.0.0.1:8443", true),
        ("https://127.0.0.1", "https://localhost:8443", true),
        ("https://localhost", "https://127.0.0.1:8443", true),
        ("https://localhost", "https://10.0.0.1", false),
        ("https://localhost", "https://nas.localdomain", false),
        ("https://10.0.0.1", "https://nas.localdomain", true),
        ("https://intranet", "https://gts.internal", true),
    ] {
        for web in leading(from, to) {
            let api = api_of(&account_at(from), &web);
            assert_eq!(api, if is_followed { to } else { from });
        }
    }
}

#[test]
fn https_leads_to_no_http_on_this_machine() {
    for (from, to) in [
        ("https://localhost", "http://127.0.0.1:8080"),
        ("https://127.0.0.1", "http://localhost:8080"),
        ("https://a.localhost", "http://b.localhost"),
    ] {
        for web in leading(from, to) {
            assert_eq!(api_of(&account_at(from), &web), from);
        }
    }
}

#[test]
fn address_check_agrees_with_discovery() {
    let addresses = |hosts: &[&str]| -> Vec<std::net::IpAddr> {
        let literals = hosts.iter().map(|host| host.trim_matches(['[', ']']));
        literals.filter_map(|host| host.parse().ok()).collect()
    };
    assert!(addresses(&INSIDE).len() > 25);
    assert!(!addresses(&INSIDE).into_iter().any(is_public));
    assert!(addresses(&PUBLIC).into_iter().all(is_public));
}

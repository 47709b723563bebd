//! What people type for their server: what is taken, what is refused and in which words, and
//! that no two parsers read the outcome in two ways.

use gts_oauth_core::http::Uri;
use gts_oauth_core::{Error, Exchange, Instance, Secret, Session};
use url::Url;

fn origin(typed: &str) -> String {
    match typed.parse::<Instance>() {
        Ok(instance) => instance.origin().to_owned(),
        Err(error) => panic!("{typed:?} is refused: {error}"),
    }
}

#[track_caller]
fn assert_refused(typed: &str, fault: &str) {
    let error = typed.parse::<Instance>().expect_err(typed);
    let message = error.to_string();
    assert!(matches!(error, Error::Input(_)), "{typed:?}: {error:?}");
    assert!(message.starts_with("invalid instance: "), "{message}");
    assert!(message.contains(fault), "{typed:?} should name {fault:?}: {message}");
}

/// What is taken, and the origin it stands for.
const TAKEN: [(&str, &str); 39] = [
    ("example.org", "https://example.org"),
    ("https://example.org", "https://example.org"),
    ("https://example.org/", "https://example.org"),
    ("example.org/", "https://example.org"),
    ("@me@example.org", "https://example.org"),
    ("me@example.org", "https://example.org"),
    ("me@example.org/", "https://example.org"),
    ("m.e_-1@example.org", "https://example.org"),
    ("https://example.org/@me", "https://example.org"),
    ("https://example.org/@me/", "https://example.org"),
    ("EXAMPLE.org", "https://example.org"),
    ("HTTPS://Example.ORG/", "https://example.org"),
    ("Http://LocalHost", "http://localhost"),
    ("  example.org\n", "https://example.org"),
    ("\t@me@example.org ", "https://example.org"),
    ("\u{a0}example.org\u{3000}", "https://example.org"),
    ("bücher.example", "https://xn--bcher-kva.example"),
    ("BÜCHER.example", "https://xn--bcher-kva.example"),
    ("@ich@bücher.example", "https://xn--bcher-kva.example"),
    ("xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ("faß.example", "https://xn--fa-hia.example"),
    ("ｅｘａｍｐｌｅ.org", "https://example.org"),
    ("example。org", "https://example.org"),
    ("example.org:8085", "https://example.org:8085"),
    ("me@example.org:8085", "https://example.org:8085"),
    ("https://example.org:8085/@me", "https://example.org:8085"),
    ("example.org:443", "https://example.org"),
    ("example.org:80", "https://example.org:80"),
    ("http://127.0.0.1:80", "http://127.0.0.1"),
    ("example.org.", "https://example.org"),
    ("https://example.org.:8085/", "https://example.org:8085"),
    ("http://127.0.0.1:8085", "http://127.0.0.1:8085"),
    ("127.0.0.1:8085", "https://127.0.0.1:8085"),
    ("http://127.255.3.4", "http://127.255.3.4"),
    ("localhost:8085", "https://localhost:8085"),
    ("http://[::1]:8085", "http://[::1]:8085"),
    ("https://[::ffff:217.0.0.1]", "https://[::ffff:d900:1]"),
    ("[2001:DB8:0:0::1]", "https://[2001:db8::1]"),
    ("https://intranet", "https://intranet"),
];

#[test]
fn everything_people_type_becomes_one_canonical_origin() {
    for (typed, wanted) in TAKEN {
        assert_eq!(origin(typed), wanted, "{typed:?}");
    }
}

#[test]
fn a_profiles_address_copied_without_its_scheme_is_taken() {
    assert_eq!(origin("example.org/@me"), "https://example.org");
    assert_eq!(origin("example.org:8085/@me/"), "https://example.org:8085");
}

#[test]
fn what_is_taken_is_read_alike_by_url_and_by_http_and_by_itself() {
    for (typed, _) in TAKEN {
        let instance: Instance = typed.parse().unwrap();
        assert_read_alike(&instance);
        assert_eq!(instance.origin().parse::<Instance>().unwrap(), instance);
        assert_eq!(instance.to_string(), instance.origin());
    }
}

#[test]
fn what_is_taken_without_encryption_is_read_alike_too() {
    for typed in ["http://example.org", "http://a.onion:81", "http://10.0.0.7"] {
        let instance = Instance::insecure_http(typed).unwrap();
        assert_read_alike(&instance);
        let again = Instance::insecure_http(instance.origin()).unwrap();
        assert_eq!(again, instance);
    }
}

/// The requests' URI, `http` reading the origin and `url` reading it all name one host and port.
fn assert_read_alike(instance: &Instance) {
    let url = Url::parse(instance.origin()).unwrap();
    assert_eq!(url.origin().ascii_serialization(), instance.origin());
    assert_eq!(url.host_str(), Some(instance.host()));
    let session = Session::from_token(instance.clone(), Secret::new("T")).unwrap();
    for uri in [instance.origin().parse::<Uri>().unwrap(), session.verify().request().uri().clone()]
    {
        assert_eq!(uri.host(), Some(instance.host()));
        assert_eq!(uri.port_u16(), url.port());
        assert_eq!(uri.scheme_str(), Some(url.scheme()));
        assert_eq!(uri.authority().unwrap(), instance.authority());
    }
}

#[test]
fn credentials_in_an_instance_are_rejected() {
    for typed in [
        "https://me@example.org",
        "https://me:sesame@example.org/",
        "https://:sesame@example.org",
        "https://example.org@evil.example",
        "https://example.org:443@evil.example",
    ] {
        assert_refused(typed, "user name or password before the host");
    }
    assert_refused("me:sesame@example.org", "user name or password");
    assert_refused("m e@example.org", "whitespace");
    assert_refused("m+e@example.org", "invalid user name before the @");
    assert_refused("@a@b@example.org", "user name or password");
}

#[test]
fn a_refused_instance_is_not_repeated_for_it_may_hold_a_password() {
    for typed in ["https://me:sesame@example.org", "me:sesame@example.org"] {
        let error = typed.parse::<Instance>().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("sesame"));
    }
}

#[test]
fn ambiguous_characters_in_an_instance_are_rejected() {
    assert_refused("https://example.org\\@evil.example", "a backslash at byte 19");
    assert_refused("example.org\\", "a backslash at byte 11");
    assert_refused("example%2eorg", "a percent sign at byte 7");
    assert_refused("[fe80::1%25eth0]", "a percent sign");
    assert_refused("exam ple.org", "whitespace at byte 4");
    assert_refused("exam\nple.org", "whitespace at byte 4");
    for invisible in [
        '\0',
        '\u{7}',
        '\u{1b}',
        '\u{7f}',
        '\u{85}',
        '\u{ad}',
        '\u{200b}',
        '\u{200d}',
        '\u{200e}',
        '\u{202e}',
        '\u{2066}',
        '\u{2069}',
        '\u{feff}',
        '\u{e0041}',
    ] {
        let typed = format!("exam{invisible}ple.org");
        let named = if invisible.is_whitespace() {
            "whitespace at byte 4"
        } else {
            "an invisible or control character at byte 4"
        };
        assert_refused(&typed, named);
    }
}

#[test]
fn invalid_ports_are_rejected() {
    let ports = ["example.org:0", "example.org:99999", "example.org:65536", "example.org:http"];
    for typed in ports.into_iter().chain(["https://example.org:000/"]) {
        assert_refused(typed, "invalid instance: the port must be a number from 1 to 65535");
    }
}

#[test]
fn faults_of_the_host_are_named_once() {
    assert_refused("[::1::2]", "invalid instance: the host is not a valid IP address");
    assert_refused("xn--a.example", "invalid instance: the host is not a valid domain name");
}

#[test]
fn incomplete_scheme_is_named() {
    for typed in ["https:/example.org", "https//example.org", "HTTP:example.org", "http:/me@a.b"] {
        assert_refused(typed, "incomplete scheme; write https:// before the host");
    }
    for typed in ["http.example", "https.example/", "https-everywhere.example"] {
        assert!(typed.parse::<Instance>().is_ok(), "{typed}");
    }
}

#[test]
fn anything_after_the_host_is_rejected() {
    assert_refused("example.org/about", "path after the host");
    assert_refused("https://example.org/users/me", "path after the host");
    assert_refused("https://example.org//", "path after the host");
    assert_refused("example.org?x=1", "query after the host");
    assert_refused("https://example.org#top", "fragment after the host");
}

#[test]
fn url_of_a_post_has_no_password() {
    assert_refused("https://example.org/@me/123", "path after the host");
    assert_refused("example.org/@me/123", "path after the host");
}

#[test]
fn other_schemes_are_rejected() {
    for typed in ["ftp://example.org", "javascript://example.org", "://a.b"] {
        assert_refused(typed, "unsupported URL scheme, expected https or http");
    }
}

#[test]
fn input_without_a_host_is_rejected() {
    assert_refused("", "invalid instance: empty");
    assert_refused(" \n", "invalid instance: empty");
    assert_refused("@me", "user name without a host");
    assert_refused("@", "user name without a host");
    assert_refused("mastodon", "the host has no dot");
    assert_refused("a..b", "an empty label");
    assert_refused("example.org..", "an empty label");
    assert_refused(".example.org", "an empty label");
    assert_refused("https://", "no host");
    assert_refused("https:///", "no host");
    for typed in ["me@", "."] {
        assert!(typed.parse::<Instance>().is_err(), "{typed:?}");
    }
}

#[test]
fn long_instance_is_rejected() {
    let instance = |length: usize| "a".repeat(length - ".example".len()) + ".example";
    assert!(instance(2000).parse::<Instance>().is_ok());
    assert_refused(&instance(2001), "longer than 2000 bytes");
    assert_refused(&instance(20_000), "longer than 2000 bytes");
}

#[test]
fn numeric_hosts_are_rejected() {
    for typed in [
        "http://127.1",
        "0x7f.1",
        "2130706433",
        "http://0177.0.0.1",
        "127.0.0.01",
        "127.0.0.1.",
        "１２７.０.０.１",
        "http://１２７.０.０.１:8085",
        "127。0。0。1",
    ] {
        assert_refused(typed, "numeric host names are not accepted");
    }
}

#[test]
fn http_is_accepted_for_loopback_only() {
    for typed in [
        "http://example.org",
        "http://me.onion",
        "http://10.0.0.7",
        "http://127.0.0.1.example.org",
        "http://localhost.example.org",
        "http://notlocalhost",
        "http://[::ffff:127.0.0.1]",
        "http://0.0.0.0",
    ] {
        assert_refused(typed, "not encrypted, so the token could be intercepted; use https://");
        let error = typed.parse::<Instance>().unwrap_err().to_string();
        assert!(!error.contains("insecure_http"), "names of this crate are no text for users");
    }
    for typed in
        ["http://localhost:8085", "http://social.localhost", "http://127.0.0.9", "http://[::1]"]
    {
        assert_eq!(origin(typed), typed);
    }
}

#[test]
fn http_is_taken_for_any_host_where_it_is_allowed_expressly() {
    for typed in ["http://example.org", "http://me.onion", "http://10.0.0.7:81"] {
        let instance = Instance::insecure_http(typed).unwrap();
        assert_eq!(instance.origin(), typed);
    }
    assert!(Instance::insecure_http("http://me:sesame@example.org").is_err());
    assert!(Instance::insecure_http("ftp://example.org").is_err());
}

#[test]
fn permission_for_http_does_not_turn_other_addresses_into_http() {
    for typed in ["example.org", "https://example.org", "http://localhost"] {
        let permitted = Instance::insecure_http(typed).unwrap();
        assert_eq!(permitted, typed.parse::<Instance>().unwrap());
    }
}

#[test]
fn host_and_authority_are_what_a_program_shows() {
    let plain: Instance = "@me@Bücher.example".parse().unwrap();
    assert_eq!(plain.host(), "xn--bcher-kva.example");
    assert_eq!(plain.authority(), "xn--bcher-kva.example");
    let local: Instance = "http://[::1]:8085".parse().unwrap();
    assert_eq!(local.host(), "[::1]");
    assert_eq!(local.authority(), "[::1]:8085");
}

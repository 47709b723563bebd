//! What a server's metadata (RFC 8414) is believed to say, and when it is not.

use gts_oauth_core::{
    AuthorizeOptions, Exchange, RegisterApp,
    discovery::{Discover, Discovery, Metadata},
};
use serde_json::{Value, json};

use crate::recorded::{APP_OUT_OF_BAND, CODE, answer};
use crate::sample::entropy;
use crate::web::Web;

const HERE: &str = "https://example.org";

/// What Mastodon 4.3 says.
fn full() -> Value {
    json!({
        "issuer": "https://example.org/",
        "authorization_endpoint": "https://example.org/oauth/authorize",
        "token_endpoint": "https://example.org/oauth/token",
        "revocation_endpoint": "https://example.org/oauth/revoke",
        "app_registration_endpoint": "https://example.org/api/v1/apps",
        "scopes_supported": ["read", "profile", "write", "follow", "read:follows"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "service_documentation": "https://docs.example/",
    })
}

pub(crate) fn with(field: &str, value: Value) -> Value {
    let mut metadata = full();
    metadata[field] = value;
    metadata
}

pub(crate) fn found(metadata: &Value) -> Discovery {
    let web = Web::default().metadata(HERE, &metadata.to_string());
    "example.org".parse::<Discover>().unwrap().run(&web).unwrap()
}

fn believed(metadata: &Value) -> Metadata {
    let found = found(metadata);
    assert_eq!(found.ignored_metadata(), None);
    found.metadata().cloned().expect("metadata")
}

fn ignored(metadata: &Value) -> String {
    let found = found(metadata);
    assert_eq!(found.metadata(), None, "ignored whole");
    found.ignored_metadata().expect("the reason is kept").to_owned()
}

#[test]
fn capabilities_are_read() {
    let metadata = believed(&full());
    assert_eq!(metadata.issuer(), "https://example.org/");
    assert!(metadata.supports_pkce());
    assert!(!metadata.requires_iss());
    assert!(metadata.supports_revocation());
    assert!(metadata.supports_multiple_redirect_uris());
    let scopes = metadata.scopes().unwrap();
    assert_eq!(scopes.to_string(), "read profile write follow read:follows");
}

#[test]
fn what_is_not_said_is_not_there() {
    let metadata = believed(&json!({"issuer": "https://example.org"}));
    assert!(!metadata.supports_pkce(), "RFC 8414 §2: absent means none");
    assert!(!metadata.requires_iss());
    assert!(!metadata.supports_revocation());
    assert!(!metadata.supports_multiple_redirect_uris());
    assert_eq!(metadata.scopes(), None);
}

#[test]
fn odd_values_are_as_good_as_none() {
    for odd in [json!(null), json!(7), json!("S256"), json!({}), json!([7, null])] {
        let mut metadata = full();
        for field in ["scopes_supported", "code_challenge_methods_supported"] {
            metadata[field] = odd.clone();
        }
        metadata["authorization_response_iss_parameter_supported"] = json!("true");
        let metadata = believed(&metadata);
        assert!(!metadata.supports_pkce(), "{odd}");
        assert!(!metadata.requires_iss());
    }
}

#[test]
fn plain_alone_is_no_pkce() {
    let metadata = with("code_challenge_methods_supported", json!(["plain"]));
    assert!(!believed(&metadata).supports_pkce());
}

#[test]
fn the_issuer_may_end_in_a_slash_and_must_be_this_server() {
    for issuer in ["https://example.org", "https://example.org/"] {
        assert_eq!(believed(&with("issuer", json!(issuer))).issuer(), issuer);
    }
    for issuer in [
        "https://evil.example",
        "http://example.org",
        "https://example.org//",
        "https://example.org/oauth",
        "https://example.org:8443",
        "https://example.org.evil.example/",
        "https://example.org@evil.example/",
    ] {
        let reason = ignored(&with("issuer", json!(issuer)));
        assert!(reason.contains("issuer is another server"), "{reason}");
    }
    let reason = ignored(&with("issuer", json!(null)));
    assert!(reason.contains("names no issuer"), "{reason}");
}

#[test]
fn metadata_with_an_endpoint_elsewhere_is_ignored_whole() {
    for field in ["authorization_endpoint", "token_endpoint", "revocation_endpoint"] {
        for url in [
            "https://evil.example/oauth/token",
            "http://example.org/oauth/token",
            "https://example.org:444/oauth/token",
            "https://example.org@evil.example/",
            // Whoever reads only how it begins is misled.
            "https://evil.example@example.org/oauth/token",
            "https://:evil.example@example.org/oauth/token",
            // What has a scheme like the host, and no host at all.
            "example.org:/oauth/token",
            "example.org:@evil.example/oauth/token",
            "example.org:.evil.example/oauth/token",
            "javascript:alert(1)",
            "urn:x",
        ] {
            let reason = ignored(&with(field, json!(url)));
            assert!(reason.contains(field), "{reason}");
        }
    }
}

#[test]
fn endpoints_elsewhere_are_believed_where_the_caller_allows_that_host() {
    // The caller can also name a host inside their network.
    for host in ["https://auth.example", "https://10.0.0.1:8443"] {
        let mut metadata = full();
        metadata["token_endpoint"] = json!(format!("{host}/token"));
        let web = Web::default().metadata(HERE, &metadata.to_string());
        let discover: Discover = "example.org".parse().unwrap();
        let discover = discover.allow_endpoints_at(host.parse().unwrap());
        let found = discover.run(&web).unwrap();
        let exchange = exchange_of(&found);
        assert_eq!(exchange.uri(), format!("{host}/token").as_str());
    }
}

/// The request that exchanges a code with an app registered where this was found.
fn exchange_of(found: &Discovery) -> gts_oauth_core::http::Request<Vec<u8>> {
    let register = RegisterApp::new(found.instance().clone(), "Probe").unwrap();
    let app = register.with_discovery(found).parse(&answer(200, APP_OUT_OF_BAND)).unwrap();
    let pending = app.authorize(AuthorizeOptions::new(), entropy()).unwrap();
    pending.code_from_text(CODE).unwrap().request()
}

#[test]
fn endpoints_of_the_servers_own_are_used() {
    let mut metadata = full();
    metadata["authorization_endpoint"] = json!("https://example.org/auth?realm=a");
    metadata["token_endpoint"] = json!("/auth/token");
    metadata["revocation_endpoint"] = json!("https://example.org/auth/revoke");
    let found = found(&metadata);
    let register = RegisterApp::new(found.instance().clone(), "Probe").unwrap();
    let app = register.with_discovery(&found).parse(&answer(200, APP_OUT_OF_BAND)).unwrap();
    let pending = app.authorize(AuthorizeOptions::new(), entropy()).unwrap();
    let expected = "https://example.org/auth?realm=a&response_type=code&";
    assert!(pending.url().starts_with(expected), "{}", pending.url());
    let exchange = pending.code_from_text(CODE).unwrap();
    assert_eq!(exchange.request().uri(), "https://example.org/auth/token");
    let token = app.request_token().unwrap().request();
    assert_eq!(token.uri(), "https://example.org/auth/token");
    let session = crate::sample::session();
    let revoke = app.revoke(&session).unwrap().request();
    assert_eq!(revoke.uri(), "https://example.org/auth/revoke");
}

/// A request must not have a parameter twice (RFC 6749 section 3.1).
#[test]
fn authorization_endpoint_with_a_parameter_of_the_request_is_ignored() {
    for query in ["state=a", "realm=a&scope", "realm=a&st%61te=", "client_id=1"] {
        let url = format!("https://example.org/auth?{query}");
        let reason = ignored(&with("authorization_endpoint", json!(url)));
        assert!(
            reason.starts_with("its authorization_endpoint already has the parameter "),
            "{reason}"
        );
        let here = with("token_endpoint", json!(format!("https://example.org/token?{query}")));
        believed(&here);
    }
}

#[test]
fn without_metadata_endpoints_are_at_the_usual_paths() {
    let nothing = found(&json!([]));
    assert_eq!((nothing.metadata(), nothing.ignored_metadata()), (None, None));
    let uri = exchange_of(&nothing).uri().to_string();
    assert_eq!(uri, "https://example.org/oauth/token");
}

#[test]
fn the_secret_stands_in_the_header_only_where_nothing_else_is_read() {
    let in_body = |methods: Value| {
        let request = exchange_of(&found(&with("token_endpoint_auth_methods_supported", methods)));
        let body = String::from_utf8(request.body().clone()).unwrap();
        let header = request.headers().get("authorization").cloned();
        match (body.contains("client_secret="), header) {
            (true, None) => true,
            (false, Some(header)) => {
                assert!(header.is_sensitive());
                // id:secret, as RFC 6749 §2.3.1 encodes them.
                let expected = "Basic MDFTVDg4V1dSWEZWNllEWFkzVzlXQUpTVkc6NjM2ODg4NTktNmViOC00Njc2LThkZDctYmVmYzUyY2Y4OWVl";
                assert_eq!(header, expected);
                assert!(!body.contains("63688859"), "{body}");
                false
            }
            both => panic!("{both:?}"),
        }
    };
    assert!(in_body(json!(["client_secret_basic", "client_secret_post"])));
    assert!(in_body(json!(["client_secret_post"])));
    assert!(in_body(json!(["private_key_jwt"])));
    assert!(in_body(json!(null)), "Sharkey says nothing, and reads the body");
    assert!(!in_body(json!(["client_secret_basic"])));
}

#[test]
fn metadata_of_a_server_that_is_down_is_an_error() {
    let url = "https://example.org/.well-known/oauth-authorization-server";
    // Servers return the first three for paths that they do not know.
    for (status, is_error) in [(404, false), (500, false), (501, false), (502, true), (503, true)] {
        let web = Web::default().page(url, answer(status, "error"));
        let found = "example.org".parse::<Discover>().unwrap().run(&web);
        assert_eq!(found.is_err(), is_error, "{status}");
    }
}

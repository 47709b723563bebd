//! Redirect URIs: which are taken, and that what a server registered is compared with what was
//! asked, in whatever spelling the server chose.

use gts_oauth_core::{
    App, AuthorizeOptions, Error, Exchange, RedirectUri, error::UnexpectedReason,
};
use serde_json::{Value, json};

use crate::sample::{answer, encoded, entropy, register};

const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// Registers an app with `asked`, at a server that replies with `echo` among the rest.
fn registered(asked: &[&str], echo: Value) -> Result<App, Error> {
    let mut register = register().redirect_uri(asked[0].parse().unwrap());
    for uri in &asked[1..] {
        register = register.add_redirect_uri(uri.parse().unwrap());
    }
    let mut reply = json!({"client_id": "1", "client_secret": "63688859"});
    for (name, value) in echo.as_object().unwrap() {
        reply[name] = value.clone();
    }
    register.parse(&answer(200, reply.to_string()))
}

#[track_caller]
fn assert_registered(asked: &[&str], echo: Value, kept: &[&str]) {
    let app = registered(asked, echo).unwrap();
    let uris: Vec<&str> = app.redirect_uris().iter().map(RedirectUri::as_str).collect();
    assert_eq!(uris, kept);
}

#[test]
fn addresses_of_every_kind_of_program_are_taken_byte_for_byte() {
    for uri in [
        OUT_OF_BAND,
        "http://127.0.0.1:7777/callback",
        "http://[::1]:7777/",
        "HTTPS://App.Example/cb?x=%7E",
        "https://app.example",
        "org.example.app:/callback",
    ] {
        let parsed: RedirectUri = uri.parse().unwrap();
        assert_eq!(parsed.as_str(), uri);
        assert_eq!(parsed.is_out_of_band(), uri == OUT_OF_BAND);
    }
}

#[test]
fn invalid_redirect_uris_name_the_fault() {
    for (uri, fault) in [
        ("/callback", "not an absolute URI"),
        ("app.example/cb", "not an absolute URI"),
        ("", "not an absolute URI"),
        ("https://app.example/cb#x", "fragment"),
        ("https://me:pw@app.example/", "user names and passwords are not allowed"),
        ("https://me@app.example/", "user names and passwords are not allowed"),
        ("https:me@app.example/", "user names and passwords are not allowed"),
        ("htJps://@", "user names and passwords are not allowed"),
        ("https://app.example/a b", "byte 21 is not allowed"),
        ("https://app.example\nhttps://b.example", "byte 19 is not allowed"),
        ("https://bücher.example/", "byte 9 is not allowed"),
        ("https://app.example\\cb", "byte 19 is not allowed"),
        ("javascript:alert(1)", "the scheme can run"),
        ("data:text/html,x", "the scheme can run"),
        ("file:///etc/passwd", "the scheme can run"),
        ("urn:ietf:wg:oauth:2.0:oob:auto", "the only urn: URI is urn:ietf:wg:oauth:2.0:oob"),
        ("URN:ietf:wg:oauth:2.0:oob", "the only urn: URI is urn:ietf:wg:oauth:2.0:oob"),
    ] {
        let error = uri.parse::<RedirectUri>().expect_err(uri);
        assert!(matches!(error, Error::Input(_)));
        assert!(error.to_string().contains(fault), "{uri}: {error}");
    }
}

#[test]
fn the_servers_spelling_of_a_redirect_uri_is_the_one_sent_from_then_on() {
    let asked = "HTTP://LocalHost:7777/%7Eme%2dx";
    let kept = "http://localhost:7777/~me-x";
    let app = registered(&[asked], json!({"redirect_uris": [kept]})).unwrap();
    let pending = app.authorize(AuthorizeOptions::new(), entropy()).unwrap();
    let spelled = format!("redirect_uri={}&", encoded(kept));
    assert!(pending.url().contains(&spelled), "{}", pending.url());
    let query = format!("{asked}?code=C&state={}", pending.state());
    let exchange = pending.code_from_text(&query).unwrap();
    let body = String::from_utf8(exchange.request().into_body()).unwrap();
    assert!(body.contains(&spelled), "{body}");
    let app_token = app.request_token().unwrap().request().into_body();
    assert!(String::from_utf8(app_token).unwrap().contains(&spelled));
}

#[test]
fn ones_own_spelling_of_a_redirect_uri_chooses_the_servers() {
    let asked = "HTTP://LocalHost:7777/%7Eme";
    let kept = "http://localhost:7777/~me";
    let both = ["http://127.0.0.1:7777/cb", asked];
    let echo = json!({"redirect_uris": ["http://127.0.0.1:7777/cb", kept]});
    let app = registered(&both, echo).unwrap();
    let options = AuthorizeOptions::new().redirect_uri(asked.parse().unwrap());
    let pending = app.authorize(options, entropy()).unwrap();
    assert_eq!(pending.redirect_uri().as_str(), kept);
}

#[test]
fn a_reply_that_names_the_uri_in_any_known_form_is_understood() {
    let uri = "http://127.0.0.1:7777/cb";
    for echo in [
        json!({"redirect_uri": uri}),
        json!({"redirect_uris": [uri]}),
        json!({"redirect_uris": uri}),
        json!({"redirect_uri": uri, "redirect_uris": [uri]}),
        json!({"redirect_uri": uri, "redirect_uris": []}),
        json!({"redirect_uri": uri, "redirect_uris": null}),
        json!({"redirect_uri": format!("{uri}\nhttps://other.example/")}),
        json!({"redirect_uris": ["https://other.example/", uri]}),
    ] {
        assert_registered(&[uri], echo, &[uri]);
    }
}

#[test]
fn a_server_that_names_no_uri_is_believed() {
    let uri = "http://127.0.0.1:7777/cb";
    for echo in [json!({}), json!({"redirect_uri": null}), json!({"redirect_uri": ""})] {
        assert_registered(&[uri], echo, &[uri]);
    }
}

#[test]
fn several_uris_keep_the_order_in_which_they_were_asked_for() {
    let (first, second) = ("http://127.0.0.1:7777/cb", OUT_OF_BAND);
    for echo in [
        json!({"redirect_uri": format!("{second}\n{first}")}),
        json!({"redirect_uri": format!("{first} {second}")}),
        json!({"redirect_uris": [second, first]}),
    ] {
        assert_registered(&[first, second], echo, &[first, second]);
    }
}

#[test]
fn a_server_that_adds_a_slash_to_a_bare_host_is_understood() {
    let echo = json!({"redirect_uris": ["http://127.0.0.1:7777/"]});
    assert_registered(&["http://127.0.0.1:7777"], echo, &["http://127.0.0.1:7777/"]);
}

#[test]
fn another_registered_redirect_uri_is_an_error() {
    let asked = "http://127.0.0.1:7777/cb";
    for other in [
        OUT_OF_BAND,
        "http://127.0.0.1:7778/cb",
        "http://127.0.0.1:7777/CB",
        "http://127.0.0.1:7777/cb/",
        "https://127.0.0.1:7777/cb",
        "http://127.0.0.1:7777/cb?x",
        "http://127.0.0.1:7777/%63b%2Fx",
    ] {
        let error = registered(&[asked], json!({"redirect_uri": other})).unwrap_err();
        let Error::UnexpectedResponse(odd) = &error else {
            panic!("{error:?}");
        };
        assert_eq!(odd.reason, UnexpectedReason::OtherRedirectUri(other.to_owned()));
        assert!(error.to_string().contains(other), "{error}");
        assert!(error.to_string().contains("the callback would fail"), "{error}");
    }
}

#[test]
fn one_of_two_registered_redirect_uris_is_an_error() {
    let asked = ["http://127.0.0.1:7777/cb", OUT_OF_BAND];
    let error = registered(&asked, json!({"redirect_uri": asked[0]})).unwrap_err();
    assert!(error.to_string().contains("Register exactly one simple redirect URI"), "{error}");
}

#[test]
fn an_encoded_slash_is_not_a_slash() {
    let echo = json!({"redirect_uri": "http://127.0.0.1:7777/a/b"});
    assert!(registered(&["http://127.0.0.1:7777/a%2Fb"], echo).is_err());
    let echo = json!({"redirect_uri": "http://127.0.0.1:7777/a%2Fb"});
    let kept = "http://127.0.0.1:7777/a%2Fb";
    assert_registered(&["http://127.0.0.1:7777/a%2fb"], echo, &[kept]);
}

#[test]
fn an_attempt_comes_back_only_where_the_app_registered() {
    let app = registered(&["http://127.0.0.1:7777/cb", OUT_OF_BAND], json!({})).unwrap();
    let second = AuthorizeOptions::new().redirect_uri(OUT_OF_BAND.parse().unwrap());
    let pending = app.authorize(second, entropy()).unwrap();
    assert!(pending.redirect_uri().is_out_of_band());
    let other = AuthorizeOptions::new().redirect_uri("http://127.0.0.1:7778/cb".parse().unwrap());
    let message = app.authorize(other, entropy()).unwrap_err().to_string();
    assert!(message.contains("did not register it"), "{message}");
}

#[test]
fn port_is_written_or_that_of_the_scheme() {
    let port = |uri: &str| uri.parse::<RedirectUri>().unwrap().port();
    assert_eq!(port("http://127.0.0.1:7777/callback"), Some(7777));
    assert_eq!(port("http://[::1]/"), Some(80));
    assert_eq!(port("https://app.example/"), Some(443));
    assert_eq!(port("org.example.app:/callback"), None);
    assert_eq!(port(OUT_OF_BAND), None);
}

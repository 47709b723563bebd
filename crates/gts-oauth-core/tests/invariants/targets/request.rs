//! What must hold for every request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gts_oauth_core::http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use gts_oauth_core::http::{HeaderMap, Method, Request, Uri};
use url::{Url, form_urlencoded};

/// Asserts that the request is sent to one of these origins, however its URI is read.
pub fn assert_sent_to(request: &Request<Vec<u8>>, origins: &[&str]) {
    let uri = request.uri();
    let (scheme, authority) = (uri.scheme_str().unwrap(), uri.authority().unwrap());
    let origin = format!("{scheme}://{authority}");
    assert!(origins.contains(&&*origin), "a request to {origin}, which is not in {origins:?}");
    let text = uri.to_string();
    let url = Url::parse(&text).expect("a URL");
    assert_eq!(url.origin(), Url::parse(&origin).unwrap().origin(), "{text}");
    assert_eq!(url.fragment(), None, "{text}");
    assert!(text.parse::<Uri>().is_ok(), "{text}");
    assert!(request.headers().contains_key(USER_AGENT), "{text}");
}

/// The parts of a request that are compared.
pub fn parts(request: Request<Vec<u8>>) -> (Method, Uri, HeaderMap, Vec<u8>) {
    let (head, body) = request.into_parts();
    (head.method, head.uri, head.headers, body)
}

/// The secrets in the request, which its response can repeat.
pub fn secrets(request: &Request<Vec<u8>>) -> Vec<String> {
    const NAMES: [&str; 5] = ["client_secret", "code", "code_verifier", "token", "refresh_token"];
    let mut secrets: Vec<String> = Vec::new();
    let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap());
    if header(CONTENT_TYPE).is_some_and(|it| it.starts_with("application/json")) {
        let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
        secrets.extend(NAMES.iter().filter_map(|name| body[*name].as_str()).map(str::to_owned));
    } else {
        let pairs = form_urlencoded::parse(request.body());
        let secret = pairs.filter(|(name, _)| NAMES.contains(&&**name));
        secrets.extend(secret.map(|(_, value)| value.into_owned()));
    }
    let authorization = header(AUTHORIZATION).unwrap_or_default();
    if let Some(token) = authorization.strip_prefix("Bearer ") {
        secrets.push(token.to_owned());
    }
    if let Some(basic) = authorization.strip_prefix("Basic ") {
        let pair = String::from_utf8(STANDARD.decode(basic).unwrap()).unwrap();
        let (_, secret) = pair.split_once(':').unwrap();
        let encoded = format!("secret={secret}");
        let mut decoded = form_urlencoded::parse(encoded.as_bytes());
        secrets.extend(decoded.next().map(|(_, secret)| secret.into_owned()));
        secrets.push(basic.to_owned());
    }
    secrets
}

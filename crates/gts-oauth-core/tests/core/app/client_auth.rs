//! An app that proves itself in the header, to the servers that take nothing else.

use gts_oauth_core::error::Cause;
use gts_oauth_core::{App, AuthorizeOptions, Exchange, RegisterApp};
use serde_json::json;

use crate::discovery::metadata::{found, with};
use crate::sample::{
    CODE, STATE, answer, app_of, encoded, entropy, exchange, refresh, request_token,
    with as with_header,
};

/// `01ST88WW:` and the secret, each part encoded as in a form, and then both in base64.
const PAIR: &str = "MDFTVDg4V1c6UXg3S3Z3JTJCJTJGJTNEJTI2JTIyJTVDKyVDMyVBOTlaclRiMg==";

fn app() -> App {
    let methods = json!(["client_secret_basic"]);
    let found = found(&with("token_endpoint_auth_methods_supported", methods));
    let register = RegisterApp::new(found.instance().clone(), "my-bot").unwrap();
    let register = register.redirect_uri("http://127.0.0.1:7777/cb".parse().unwrap());
    app_of(register.with_discovery(&found))
}

#[test]
fn id_and_secret_are_encoded_before_they_are_put_together() {
    let credentials = app().request_token().unwrap().request();
    let pending = app().authorize(AuthorizeOptions::new(), entropy()).unwrap();
    let pasted = format!("http://127.0.0.1:7777/cb?code={}&state={STATE}", encoded(CODE));
    let exchange = pending.code_from_text(&pasted).unwrap().request();
    for request in [credentials, exchange] {
        let header = &request.headers()["authorization"];
        assert_eq!(header, &format!("Basic {PAIR}"));
        assert!(header.is_sensitive());
        let body = String::from_utf8(request.body().clone()).unwrap();
        assert!(!body.contains("client_secret=") && !body.contains("client_id="), "{body}");
    }
}

#[test]
fn the_header_is_a_secret_like_any_other() {
    let app = app();
    let session = crate::sample::refreshable();
    let echo = answer(400, format!("bad header: Basic {PAIR}!"));
    let pending = app.authorize(AuthorizeOptions::new(), entropy()).unwrap();
    let pasted = format!("http://127.0.0.1:7777/cb?code={}&state={STATE}", encoded(CODE));
    for error in [
        pending.code_from_text(&pasted).unwrap().parse(&echo).unwrap_err(),
        app.request_token().unwrap().parse(&echo).unwrap_err(),
        app.refresh(&session).unwrap().parse(&echo).unwrap_err(),
        app.revoke(&session).unwrap().parse(&echo).unwrap_err(),
    ] {
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("bad header"), "{shown}");
        assert!(!shown.contains("Uxg3S3Z3") && !shown.contains("UXg3S3Z3"), "{shown}");
    }
}

/// RFC 6749 section 5.2.
#[test]
fn challenge_for_the_client_hides_no_error_code() {
    let rejected = answer(401, r#"{"error":"invalid_client"}"#);
    let rejected = with_header(rejected, "www-authenticate", "Basic realm=\"OAuth\"");
    for error in [
        exchange().parse(&rejected).unwrap_err(),
        refresh().parse(&rejected).unwrap_err(),
        request_token().parse(&rejected).unwrap_err(),
    ] {
        assert_eq!(error.cause(), Cause::UnknownClient, "{error}");
    }
}

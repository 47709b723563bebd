//! Public clients: apps without a client secret (RFC 6749 section 2.1).

use gts_oauth_core::error::Cause;
use gts_oauth_core::{App, AuthorizeOptions, Error, Exchange, Login, RegisterApp, Secret};
use http::Request;
use serde_json::json;

use crate::discovery::metadata::{found, with};
use crate::sample::{CODE, answer, entropy, refreshable, register};

fn app_of(registration: RegisterApp) -> App {
    App::public_client(registration, "https://app.example/client.json").unwrap()
}

/// Every request of the app to an endpoint of OAuth.
fn requests(app: &App) -> Vec<Request<Vec<u8>>> {
    let pending = app.authorize(AuthorizeOptions::new(), entropy()).unwrap();
    let session = refreshable();
    let revoke = app.revoke(&session).unwrap();
    vec![
        pending.code_from_text(CODE).unwrap().request(),
        app.refresh(&session).unwrap().request(),
        revoke.request(),
        revoke.as_json().request(),
    ]
}

#[test]
fn requests_have_the_client_id_and_no_secret() {
    let basic = with("token_endpoint_auth_methods_supported", json!(["client_secret_basic"]));
    let found = found(&basic);
    let registrations = [
        RegisterApp::new("example.org".parse().unwrap(), "my-bot").unwrap(),
        RegisterApp::new(found.instance().clone(), "my-bot").unwrap().with_discovery(&found),
    ];
    for app in registrations.map(app_of) {
        for request in requests(&app) {
            let body = String::from_utf8_lossy(request.body()).into_owned();
            assert!(body.contains("client_id"), "{body}");
            assert!(!body.contains("client_secret"), "{body}");
            let header = request.headers().get("authorization");
            assert!(header.is_none_or(|it| !it.to_str().unwrap().starts_with("Basic")), "{body}");
        }
    }
}

#[test]
fn public_client_is_stored() {
    let app = app_of(register());
    let stored = serde_json::to_value(&app).unwrap();
    assert_eq!(stored["data"]["client_secret"], json!(null));
    let back: App = serde_json::from_value(stored.clone()).unwrap();
    assert!(back == app && back.client_secret().is_none());
    // Other programs leave the field out.
    let mut without = stored;
    without["data"].as_object_mut().unwrap().remove("client_secret");
    assert!(serde_json::from_value::<App>(without).unwrap() == app);
}

#[test]
fn public_client_has_no_token_of_its_own() {
    let error = app_of(register()).request_token().unwrap_err();
    assert!(matches!(error, Error::Input(_)));
    assert!(error.to_string().contains("no client secret"), "{error}");
}

#[test]
fn empty_credentials_are_refused() {
    assert!(App::public_client(register(), "").is_err());
    assert!(App::from_credentials(register(), "01ST88WW", Secret::new("")).is_err());
}

#[test]
fn server_that_requires_a_secret_ends_the_run() {
    for (status, rejected) in [
        (401, r#"{"error":"invalid_client"}"#),
        // GoToSocial
        (
            400,
            r#"{"error":"invalid_request","error_description":"Bad Request: client_secret was not set in the token request form"}"#,
        ),
    ] {
        let registration = RegisterApp::new("example.org".parse().unwrap(), "my-bot").unwrap();
        let mut login = Login::with_app(app_of(registration), entropy());
        let mut asked = 0;
        let server = |_: Request<Vec<u8>>| Ok::<_, Error>(answer(status, rejected));
        let outcome = login.run(&server, |_| {
            asked += 1;
            Ok(CODE.into())
        });
        assert_eq!(outcome.unwrap_err().cause(), Cause::UnknownClient);
        assert_eq!(asked, 1);
    }
}

#[test]
fn public_client_logs_in() {
    let registration = RegisterApp::new("example.org".parse().unwrap(), "my-bot").unwrap();
    let mut login = Login::with_app(app_of(registration), entropy());
    login.handle_reply(CODE).unwrap();
    login.handle_response(&answer(200, r#"{"access_token":"M2I1M2Y3","scope":"read"}"#)).unwrap();
    assert!(login.session().unwrap().0.client_secret().is_none());
}

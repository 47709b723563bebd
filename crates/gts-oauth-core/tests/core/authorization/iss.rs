//! Which server a callback comes from (RFC 9207), so that two are not mixed up.

use crate::scenario::with_options;
use gts_oauth_core::{
    App, AuthorizeOptions, Callback, Error, Exchange, PendingAuthorization, RedirectUri,
    RegisterApp, authorization::ExchangeCode, error::CallbackError,
};
use serde_json::{Value, json};

use crate::discovery::metadata::found;
use crate::recorded::{APP_BY_REDIRECT, answer};
use crate::sample::{self, STATE, entropy};

const CALLBACK: &str = "http://127.0.0.1:7777/callback";

fn promising() -> Value {
    json!({
        "issuer": "https://example.org/",
        "authorization_response_iss_parameter_supported": true,
    })
}

/// An app at a server with this metadata.
fn app(metadata: &Value) -> App {
    let register = RegisterApp::new("example.org".parse().unwrap(), "Probe").unwrap();
    let register = register.redirect_uri(CALLBACK.parse().unwrap());
    let register = register.scopes("read write".parse().unwrap());
    let register = register.with_discovery(&found(metadata));
    register.parse(&answer(200, APP_BY_REDIRECT)).unwrap()
}

fn begun(metadata: &Value, options: AuthorizeOptions) -> PendingAuthorization {
    app(metadata).authorize(options, entropy()).unwrap()
}

/// Options that accept a code without `iss`.
fn waived() -> AuthorizeOptions {
    AuthorizeOptions::new().allow_missing_iss(true)
}

fn came_back(pending: &PendingAuthorization, rest: &str) -> Result<ExchangeCode, Error> {
    let query = format!("code=C0DE&state={STATE}{rest}");
    pending.code_from_callback(&Callback::from_query(&query).unwrap())
}

fn is_fault(reply: Result<ExchangeCode, Error>, fault: CallbackError) -> String {
    match reply {
        Err(error @ Error::Callback(found)) if found == fault => error.to_string(),
        other => panic!("{fault:?}: {other:?}"),
    }
}

#[test]
fn an_iss_that_is_this_servers_is_taken_whether_it_was_promised_or_not() {
    for metadata in [promising(), json!({"issuer": "https://example.org"}), json!([])] {
        let pending = begun(&metadata, AuthorizeOptions::new());
        for iss in ["https%3A%2F%2Fexample.org", "https://example.org/"] {
            came_back(&pending, &format!("&iss={iss}")).unwrap();
        }
    }
}

#[test]
fn an_iss_that_is_another_servers_is_refused_and_the_code_goes_nowhere() {
    for metadata in [promising(), json!({"issuer": "https://example.org"}), json!([])] {
        let pending = begun(&metadata, waived());
        for iss in [
            "https://evil.example",
            "http://example.org",
            "https://example.org.evil.example",
            "https://example.org/oauth",
            "example.org",
        ] {
            let told =
                is_fault(came_back(&pending, &format!("&iss={iss}")), CallbackError::WrongIssuer);
            assert!(told.contains("another server"), "{told}");
        }
    }
}

#[test]
fn missing_iss_is_rejected_unless_allowed() {
    let pending = begun(&promising(), AuthorizeOptions::new());
    let told = is_fault(came_back(&pending, ""), CallbackError::NoIssuer);
    assert!(told.contains("allow callbacks without iss"), "{told}");
    is_fault(came_back(&pending, "&iss="), CallbackError::NoIssuer);

    came_back(&begun(&promising(), waived()), "").unwrap();
    came_back(&begun(&json!({"issuer": "https://example.org"}), AuthorizeOptions::new()), "")
        .unwrap();
}

#[test]
fn whether_iss_is_waived_is_stored() {
    let pending = begun(&promising(), waived());
    let stored = serde_json::to_string(&pending).unwrap();
    let pending: PendingAuthorization = serde_json::from_str(&stored).unwrap();
    came_back(&pending, "").unwrap();
}

#[test]
fn a_login_waives_it_too() {
    for (options, taken) in [(AuthorizeOptions::new(), false), (waived(), true)] {
        let login = gts_oauth_core::Login::with_app(app(&promising()), entropy());
        let mut login = with_options(login, options);
        let query = format!("code=C0DE&state={STATE}");
        let reply = login.handle_reply(Callback::from_query(&query).unwrap());
        assert_eq!(reply.is_ok(), taken);
    }
}

#[test]
fn a_bare_code_that_was_pasted_has_no_iss() {
    let register = RegisterApp::new("example.org".parse().unwrap(), "Probe").unwrap();
    let app = sample::app_of(register.with_discovery(&found(&promising())));
    let pending = app.authorize(AuthorizeOptions::new(), entropy()).unwrap();
    pending.code_from_text("C0DE").unwrap();
    // An address that was pasted is a redirect like any other.
    let address = format!("https://example.org/oauth/oob?code=C0DE&state={STATE}");
    is_fault(pending.code_from_text(&address), CallbackError::NoIssuer);
    pending.code_from_text(&format!("{address}&iss=https://example.org")).unwrap();
}

#[test]
fn an_error_of_another_server_is_not_told_as_this_ones() {
    let pending = begun(&promising(), AuthorizeOptions::new());
    let query = format!("error=access_denied&state={STATE}&iss=https://evil.example");
    let reply = pending.code_from_callback(&Callback::from_query(&query).unwrap());
    is_fault(reply, CallbackError::WrongIssuer);
    // One that names nobody is told: it says no and nothing more.
    let query = format!("error=access_denied&state={STATE}");
    let reply = pending.code_from_callback(&Callback::from_query(&query).unwrap());
    assert!(matches!(reply, Err(Error::ErrorResponse(_))));
}

#[test]
fn repeated_iss_is_rejected() {
    let query = "code=C0DE&iss=https://example.org&iss=https://evil.example";
    let fault = Callback::from_query(query).unwrap_err().to_string();
    assert!(fault.contains("`iss` is repeated"), "{fault}");
}

fn for_instance(uri: &str, instance: &str) -> String {
    let uri: RedirectUri = uri.parse().unwrap();
    uri.for_instance(&instance.parse().unwrap()).to_string()
}

#[test]
fn each_server_may_have_a_redirect_uri_of_its_own() {
    let base = "https://app.example/callback";
    assert_eq!(for_instance(base, "example.org"), format!("{base}/example.org"));
    assert_eq!(
        for_instance("https://app.example/cb/?a=b", "bücher.example"),
        "https://app.example/cb/xn--bcher-kva.example?a=b"
    );
    assert_eq!(
        for_instance("http://127.0.0.1:7777", "http://[::1]:8085"),
        "http://127.0.0.1:7777/0-0-0-0-0-0-0-1_8085"
    );
    assert_eq!(
        for_instance("com.example.app:/cb", "http://127.0.0.1:8085"),
        "com.example.app:/cb/127.0.0.1_8085"
    );
    assert!(
        RedirectUri::out_of_band().for_instance(&"a.example".parse().unwrap()).is_out_of_band()
    );
    // What it makes can be registered.
    let made = for_instance(base, "example.org");
    assert_eq!(made.parse::<RedirectUri>().unwrap().to_string(), made);
}

#[test]
fn callback_at_another_redirect_uri_is_rejected() {
    let pending = begun(&json!([]), AuthorizeOptions::new());
    let arrive = |place: &str| {
        let url = format!("{place}?code=C0DE&state={STATE}");
        pending.code_from_callback(&Callback::at_redirect_uri(&url).unwrap())
    };
    for place in [CALLBACK, "/callback", "HTTP://127.0.0.1:7777/callback"] {
        arrive(place).unwrap_or_else(|error| panic!("{place}: {error}"));
    }
    for place in [
        "/callback/evil.example",
        "/",
        "",
        "callback",
        "//127.0.0.1:7777/callback",
        "http://127.0.0.1:7778/callback",
        "https://127.0.0.1:7777/callback",
        "http://localhost:7777/callback",
    ] {
        let told = is_fault(arrive(place), CallbackError::WrongRedirectUri);
        assert!(told.contains("another URL than the redirect URI"), "{told}");
    }
    // Whoever does not say where it arrived is not asked.
    let url = format!("/elsewhere?code=C0DE&state={STATE}");
    pending.code_from_callback(&Callback::from_url(&url).unwrap()).unwrap();
}

/// An authorization with a redirect URI of this server alone, whose metadata requires `iss`.
fn with_own_redirect_uri() -> PendingAuthorization {
    let register = RegisterApp::new("example.org".parse().unwrap(), "Probe").unwrap();
    let own = for_instance(CALLBACK, "example.org");
    let register = register.redirect_uri(own.parse().unwrap());
    let register = register.with_discovery(&found(&promising()));
    sample::app_of(register).authorize(AuthorizeOptions::new(), entropy()).unwrap()
}

#[test]
fn own_redirect_uri_replaces_iss() {
    let pending = with_own_redirect_uri();
    let code = format!("?code=C0DE&state={STATE}");
    for place in ["/callback/example.org", "http://127.0.0.1:7777/callback/example.org"] {
        let callback = Callback::at_redirect_uri(&format!("{place}{code}")).unwrap();
        pending.code_from_callback(&callback).unwrap();
    }
    let evil = Callback::at_redirect_uri(&format!("/callback/evil.example{code}")).unwrap();
    is_fault(pending.code_from_callback(&evil), CallbackError::WrongRedirectUri);
}

#[test]
fn own_redirect_uri_replaces_no_iss_of_pasted_text() {
    let pending = with_own_redirect_uri();
    let url = format!("{}?code=C0DE&state={STATE}", pending.redirect_uri());
    is_fault(pending.code_from_text(&url), CallbackError::NoIssuer);
    let unknown_place = Callback::from_url(&url).unwrap();
    is_fault(pending.code_from_callback(&unknown_place), CallbackError::NoIssuer);
}

#[test]
fn shared_redirect_uri_replaces_no_iss() {
    let pending = begun(&promising(), AuthorizeOptions::new());
    let url = format!("{CALLBACK}?code=C0DE&state={STATE}");
    let callback = Callback::at_redirect_uri(&url).unwrap();
    is_fault(pending.code_from_callback(&callback), CallbackError::NoIssuer);
}

#[test]
fn no_two_instances_share_a_redirect_uri() {
    let instances = [
        "https://example.org",
        "https://example.org:8443",
        "https://example.org-8443",
        "https://[2001:db8::1]:8443",
        "https://[2001:db8::1:8443]",
        "https://[2001:db8::1]",
    ];
    let made = instances.map(|it| for_instance("https://app.example/callback", it));
    let distinct: std::collections::HashSet<_> = made.iter().collect();
    assert_eq!(distinct.len(), instances.len(), "{made:?}");
}

//! Every request as it goes out: method, address, headers, and the body byte for byte.

use gts_oauth_core::http::header::AUTHORIZATION;
use gts_oauth_core::http::{Method, Request};
use gts_oauth_core::{
    App, AuthorizeOptions, Callback, Error, Exchange, RegisterApp, Secret, Session,
};

use crate::sample::{self, CHALLENGE, STATE, VERIFIER, entropy, register};

const FORM: &str = "application/x-www-form-urlencoded";
const OOB: &str = "urn%3Aietf%3Awg%3Aoauth%3A2.0%3Aoob";

/// All headers, by name.
fn headers(request: &Request<Vec<u8>>) -> Vec<(&str, &str)> {
    let headers = request.headers().iter();
    let mut all: Vec<_> =
        headers.map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    all.sort_unstable();
    all
}

fn body(request: &Request<Vec<u8>>) -> &str {
    std::str::from_utf8(request.body()).unwrap()
}

fn assert_line(request: &Request<Vec<u8>>, method: &str, uri: &str) {
    assert_eq!(request.method(), method);
    assert_eq!(request.uri(), uri);
}

/// An app with credentials that have to be encoded (Sharkey's ids are base64).
fn app(registration: RegisterApp) -> App {
    App::from_credentials(registration, "id+/=", Secret::new("se+/=&c")).unwrap()
}

fn session() -> Session {
    let token = Secret::new("to+/=k&");
    let session = Session::from_token("example.org".parse().unwrap(), token).unwrap();
    session.user_agent("my-bot/1.0").unwrap()
}

#[test]
fn registering_sends_a_form_and_no_token() {
    let request = register().user_agent("my-bot/1.0").unwrap().request();
    assert_line(&request, "POST", "https://example.org/api/v1/apps");
    assert_eq!(
        headers(&request),
        [("accept", "application/json"), ("content-type", FORM), ("user-agent", "my-bot/1.0"),]
    );
    assert_eq!(body(&request), format!("client_name=my-bot&redirect_uris={OOB}&scopes=read"));
}

#[test]
fn registering_sends_all_that_was_set_and_several_uris_as_one_text_of_lines() {
    let request = RegisterApp::new("http://127.0.0.1:8085".parse().unwrap(), " Büro & Co ")
        .unwrap()
        .redirect_uri("http://127.0.0.1:7777/cb?a=b".parse().unwrap())
        .add_redirect_uri("urn:ietf:wg:oauth:2.0:oob".parse().unwrap())
        .add_redirect_uri("http://127.0.0.1:7777/cb?a=b".parse().unwrap())
        .scopes("read  write:statuses".parse().unwrap())
        .website("https://bot.example/?q=1")
        .unwrap()
        .request();
    assert_line(&request, "POST", "http://127.0.0.1:8085/api/v1/apps");
    assert_eq!(
        body(&request),
        format!(
            "client_name=B%C3%BCro+%26+Co\
             &redirect_uris=http%3A%2F%2F127.0.0.1%3A7777%2Fcb%3Fa%3Db%0A{OOB}\
             &scopes=read+write%3Astatuses\
             &website=https%3A%2F%2Fbot.example%2F%3Fq%3D1"
        )
    );
}

#[test]
fn registering_with_no_scopes_asks_for_read() {
    let request = register().scopes("".parse().unwrap()).request();
    assert!(body(&request).ends_with("&scopes=read"));
}

#[test]
fn a_program_that_names_no_user_agent_is_named_by_its_app() {
    let agent = |register: RegisterApp| {
        let request = register.request();
        request.headers()["user-agent"].to_str().unwrap().to_owned()
    };
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(agent(register()), format!("my-bot (gts-oauth-core/{version})"));
    let foreign = RegisterApp::new("example.org".parse().unwrap(), "Büro").unwrap();
    assert_eq!(agent(foreign), format!("gts-oauth-core/{version}"));
}

#[test]
fn a_blank_or_unprintable_user_agent_is_refused() {
    for agent in ["", "  ", "a\nb", "a\u{7}", "büro"] {
        assert!(register().user_agent(agent).is_err(), "{agent:?}");
        assert!(session().user_agent(agent).is_err(), "{agent:?}");
    }
}

#[test]
fn a_name_or_website_that_servers_refuse_is_refused_first() {
    let named = |name: &str| RegisterApp::new("example.org".parse().unwrap(), name);
    for (name, fault) in [
        ("ab", "fewer than 3"),
        ("  ab  ", "fewer than 3"),
        (&"x".repeat(61), "more than 60"),
        ("my\u{202e}bot", "invisible"),
        ("my\nbot", "invisible"),
    ] {
        let message = named(name).unwrap_err().to_string();
        assert!(message.contains(fault), "{message}");
    }
    assert!(named(&"ü".repeat(60)).is_ok());
    assert!(named("my \u{2764}\u{fe0f} bot").is_ok(), "an emoji in colour");
    let long = format!("https://bot.example/{}", "x".repeat(2000));
    for website in ["", "bot.example", "javascript:alert(1)", &long] {
        assert!(register().website(website).is_err(), "{website}");
    }
}

#[test]
fn the_user_agent_of_the_app_is_that_of_every_later_request() {
    let app = app(register().user_agent("my-bot/1.0").unwrap());
    let exchange =
        app.authorize(AuthorizeOptions::new(), entropy()).unwrap().code_from_text("C").unwrap();
    let reply = sample::answer(200, r#"{"access_token":"T"}"#);
    let session = exchange.parse(&reply).unwrap();
    let app_token = app.request_token().unwrap().parse(&reply).unwrap();
    let call = app_token.call(Method::GET, "/x").unwrap();
    for request in [
        app.registration().request(),
        exchange.request(),
        app.request_token().unwrap().request(),
        session.verify().request(),
        session.get("/x").unwrap().request(),
        app.revoke(&session).unwrap().request(),
        call.request(),
    ] {
        assert_eq!(request.headers()["user-agent"], "my-bot/1.0");
        assert_eq!(request.headers().get_all("accept").iter().count(), 1);
        assert_eq!(request.headers()["accept"], "application/json");
    }
}

#[test]
fn a_code_is_exchanged_with_credentials_and_verifier_in_the_form() {
    let redirect = "http://127.0.0.1:7777/cb".parse().unwrap();
    let app = app(register().redirect_uri(redirect).user_agent("a/1").unwrap());
    let pending = app.authorize(AuthorizeOptions::new(), entropy()).unwrap();
    let query = format!("code=co%2B%2F%3D+%C3%A9&state={STATE}");
    let exchange = pending.code_from_callback(&Callback::from_query(&query).unwrap());
    let request = exchange.unwrap().request();
    assert_line(&request, "POST", "https://example.org/oauth/token");
    assert_eq!(
        headers(&request),
        [("accept", "application/json"), ("content-type", FORM), ("user-agent", "a/1")]
    );
    assert_eq!(
        body(&request),
        format!(
            "client_id=id%2B%2F%3D&client_secret=se%2B%2F%3D%26c&grant_type=authorization_code\
             &code=co%2B%2F%3D+%C3%A9&redirect_uri=http%3A%2F%2F127.0.0.1%3A7777%2Fcb\
             &code_verifier={VERIFIER}"
        )
    );
}

#[test]
fn an_app_asks_for_its_own_token_with_a_redirect_uri_too() {
    // GoToSocial wants one.
    let app = app(register().scopes("read write".parse().unwrap()));
    let request = app.request_token().unwrap().request();
    assert_line(&request, "POST", "https://example.org/oauth/token");
    let all = format!(
        "client_id=id%2B%2F%3D&client_secret=se%2B%2F%3D%26c&grant_type=client_credentials\
         &redirect_uri={OOB}&scope="
    );
    assert_eq!(body(&request), format!("{all}read+write"));
    let less = app.request_token().unwrap().scopes("read".parse().unwrap());
    assert_eq!(body(&less.request()), format!("{all}read"));
    let none = app.request_token().unwrap().scopes("".parse().unwrap());
    assert_eq!(body(&none.request()), format!("{all}read+write"));
}

#[test]
fn verifying_is_a_bare_get_with_a_sensitive_token() {
    let request = session().verify().request();
    let uri = "https://example.org/api/v1/accounts/verify_credentials";
    assert_line(&request, "GET", uri);
    assert_eq!(
        headers(&request),
        [
            ("accept", "application/json"),
            ("authorization", "Bearer to+/=k&"),
            ("user-agent", "my-bot/1.0"),
        ]
    );
    assert!(request.headers()[AUTHORIZATION].is_sensitive());
    assert!(request.body().is_empty());
}

#[test]
fn revoking_sends_the_token_in_the_form_and_in_the_header() {
    let request = app(register()).revoke(&session()).unwrap().request();
    assert_line(&request, "POST", "https://example.org/oauth/revoke");
    assert_eq!(
        headers(&request),
        [
            ("accept", "application/json"),
            ("authorization", "Bearer to+/=k&"),
            ("content-type", FORM),
            ("user-agent", "my-bot/1.0"),
        ]
    );
    assert!(request.headers()[AUTHORIZATION].is_sensitive());
    assert_eq!(
        body(&request),
        "client_id=id%2B%2F%3D&client_secret=se%2B%2F%3D%26c&token=to%2B%2F%3Dk%26"
    );
}

#[test]
fn a_token_is_not_revoked_at_another_instance_than_its_own() {
    for other in ["example.com", "example.org:8443", "http://localhost"] {
        let token = Secret::new("T");
        let session = Session::from_token(other.parse().unwrap(), token).unwrap();
        let error = app(register()).revoke(&session).unwrap_err();
        assert!(error.to_string().contains("another instance"), "{error}");
    }
}

#[test]
fn the_address_to_open_says_all_that_is_asked() {
    let register = register().scopes("read write:statuses".parse().unwrap());
    let pending = app(register).authorize(AuthorizeOptions::new(), entropy()).unwrap();
    assert_eq!(
        pending.url(),
        format!(
            "https://example.org/oauth/authorize?response_type=code&client_id=id%2B%2F%3D\
             &redirect_uri={OOB}&scope=read+write%3Astatuses&state={STATE}\
             &code_challenge={CHALLENGE}&code_challenge_method=S256"
        )
    );
    assert_eq!(pending.state(), STATE);
}

#[test]
fn wishes_stand_in_the_address_to_open() {
    let app = app(register().scopes("read write".parse().unwrap()));
    let plain = AuthorizeOptions::new().force_login(false);
    let plain = app.authorize(plain, entropy()).unwrap();
    assert!(!plain.url().contains("force_login"));
    let wished = AuthorizeOptions::new()
        .scopes("write:media".parse().unwrap())
        .force_login(true)
        .lang("pt-BR")
        .unwrap();
    let wished = app.authorize(wished, entropy()).unwrap();
    assert!(wished.url().contains("&scope=write%3Amedia&"));
    assert!(wished.url().ends_with("&force_login=true&lang=pt-BR"));
}

#[test]
fn wishes_that_the_server_would_refuse_are_refused_first() {
    let app = app(register());
    let wider = AuthorizeOptions::new().scopes("read push".parse().unwrap());
    let error = app.authorize(wider, entropy()).unwrap_err();
    assert!(matches!(error, Error::Input(_)), "{error:?}");
    let message = error.to_string();
    assert!(message.contains("the app did not register push"), "{message}");
    for lang in ["", "pt_BR", "de&x=1", "é"] {
        assert!(AuthorizeOptions::new().lang(lang).is_err(), "{lang:?}");
    }
}

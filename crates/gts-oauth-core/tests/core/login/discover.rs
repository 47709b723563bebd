//! A login that looks for its server first.

use gts_oauth_core::discovery::Discover;
use gts_oauth_core::{
    AuthorizeOptions, ExpectedAccount, Login, RedirectUri, RegisterApp, Step, UserReply,
};
use serde_json::json;

use crate::recorded::{
    ALICE, APP_OUT_OF_BAND, CODE, PAGE, REGISTRATION_REFUSED, TOKEN_READ, answer, rate_limited,
};
use crate::scenario::{
    At, at, counted_entropy, field, logged_in, stays, stays_without_an_answer, told,
};
use crate::web::Web;

pub(crate) const GTS: &str = "https://gts.example.org";

fn register() -> RegisterApp {
    RegisterApp::new("example.org".parse().unwrap(), "Probe").unwrap()
}

pub(crate) fn login() -> Login {
    Login::new(register(), counted_entropy())
}

/// An account domain that leads to its API.
pub(crate) fn split() -> Web {
    Web::default()
        .moved(
            "https://example.org/.well-known/nodeinfo",
            "https://gts.example.org/.well-known/nodeinfo",
        )
        .software(GTS, "gotosocial", "0.20.0")
}

/// Answers for the server until there is nothing more to find.
pub(crate) fn find(login: &mut Login, web: &Web) {
    while at(login) == At::Discover {
        answer_once(login, web);
    }
}

pub(crate) fn answer_once(login: &mut Login, web: &Web) {
    let Step::Send { request, .. } = login.step() else { panic!("{login:?}") };
    let answer = gts_oauth_core::Transport::send(web, request).unwrap();
    login.handle_response(&answer).unwrap();
}

pub(crate) fn address(login: &Login) -> String {
    match login.step() {
        Step::Send { request, .. } => request.uri().to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_app_is_registered_where_the_api_was_found() {
    let mut login = login();
    assert_eq!(address(&login), "https://example.org/.well-known/nodeinfo");
    find(&mut login, &split());
    assert_eq!(address(&login), "https://gts.example.org/api/v1/apps");
    login.handle_response(&answer(200, APP_OUT_OF_BAND)).unwrap();
    login.handle_reply(CODE).unwrap();
    assert_eq!(address(&login), "https://gts.example.org/oauth/token");
    login.handle_response(&answer(200, TOKEN_READ)).unwrap();
    login.handle_response(&answer(200, ALICE)).unwrap();
    let me = logged_in(&login);
    let found = me.app.registration().discovery().unwrap();
    assert_eq!(found.software().unwrap().name, "gotosocial");
    assert_eq!(me.session.instance().origin(), GTS);
    assert_eq!(me.app.registration().instance().origin(), GTS);
}

#[test]
fn a_server_that_knows_nothing_of_it_is_taken_as_it_was_typed() {
    let mut login = login();
    find(&mut login, &Web::default());
    assert_eq!(address(&login), "https://example.org/api/v1/apps");
    login.handle_response(&answer(200, APP_OUT_OF_BAND)).unwrap();
    let app = login.pending().unwrap().app();
    let found = app.registration().discovery().unwrap();
    assert!(found.software().is_none());
}

#[test]
fn trouble_leaves_the_login_where_it_was_and_may_be_skipped() {
    for trouble in [rate_limited(), answer(500, ""), answer(502, PAGE)] {
        let mut login = login();
        stays(&mut login, &trouble);
        login.skip_discovery();
        assert_eq!(address(&login), "https://example.org/api/v1/apps");
    }
    stays_without_an_answer(&mut login());
}

#[test]
fn what_is_known_when_discovery_is_skipped_is_kept() {
    let mut login = login();
    let web = split();
    // The links, by two steps; the document that they name is in trouble.
    for _ in 0..2 {
        answer_once(&mut login, &web);
    }
    let error = stays(&mut login, &answer(500, ""));
    assert!(error.to_string().contains("skip discovery"), "{error}");
    login.skip_discovery();
    assert_eq!(address(&login), "https://gts.example.org/api/v1/apps");
}

#[test]
fn skipped_discovery_keeps_the_host_of_webfinger() {
    let mut login = login();
    let finger =
        "https://example.org/.well-known/webfinger?resource=acct%3Aexample.org%40example.org";
    let links = format!(r#"{{"links":[{{"rel":"self","href":"{GTS}/users/example.org"}}]}}"#);
    let web = Web::default().json(finger, &links);
    while address(&login) != format!("{GTS}/.well-known/nodeinfo") {
        answer_once(&mut login, &web);
    }
    login.skip_discovery();
    assert_eq!(address(&login), "https://gts.example.org/api/v1/apps");
}

#[test]
fn there_is_nothing_to_skip_elsewhere() {
    for mut login in crate::scenario::out_of_band().every_stage() {
        let (before, revision) = (told(&login), login.revision());
        login.skip_discovery();
        assert_eq!((told(&login), login.revision()), (before, revision));
    }
}

#[test]
fn a_login_with_an_app_has_nothing_to_find() {
    let login = crate::scenario::out_of_band().given_app().authorize();
    assert_eq!(at(&login), At::Authorize);
}

#[test]
fn beginning_again_before_there_is_a_server_changes_nothing() {
    let mut login = login();
    let before = told(&login);
    login.handle_reply(UserReply::StartOver).unwrap();
    login.handle_reply(UserReply::NewApp).unwrap();
    assert_eq!(told(&login), before);
}

#[test]
fn another_registration_keeps_what_was_found_about_its_instance() {
    let mut login = login();
    find(&mut login, &split());
    stays(&mut login, &answer(400, REGISTRATION_REFUSED));
    // As it was typed, and as it is known by now.
    for typed in ["example.org", "gts.example.org"] {
        let other = RegisterApp::new(typed.parse().unwrap(), "Another name").unwrap();
        login.register_with(other).unwrap();
        assert_eq!(address(&login), "https://gts.example.org/api/v1/apps");
        assert_eq!(field(&login, "client_name").as_deref(), Some("Another name"));
    }
}

#[test]
fn another_registration_at_another_instance_looks_for_that_one() {
    let elsewhere = || RegisterApp::new("other.example".parse().unwrap(), "Probe").unwrap();
    let mut found = login();
    find(&mut found, &split());
    let mut unfound = login();
    for login in [&mut found, &mut unfound] {
        login.register_with(elsewhere()).unwrap();
        assert_eq!(address(login), "https://other.example/.well-known/nodeinfo");
    }
    // One that skipped discovery before it began does not start it.
    let mut plain = crate::scenario::out_of_band().register();
    plain.register_with(elsewhere()).unwrap();
    assert_eq!(address(&plain), "https://other.example/api/v1/apps");
}

#[test]
fn another_registration_in_the_middle_of_looking_goes_on_looking() {
    let mut login = login();
    answer_once(&mut login, &split());
    let before = address(&login);
    assert_eq!(before, "https://gts.example.org/.well-known/nodeinfo");
    let other = RegisterApp::new("example.org".parse().unwrap(), "Another name").unwrap();
    login.register_with(other).unwrap();
    assert_eq!(address(&login), before);
    find(&mut login, &split());
    assert_eq!(field(&login, "client_name").as_deref(), Some("Another name"));
}

#[test]
fn registration_with_a_discovery_ends_the_one_in_progress() {
    let found = "example.org".parse::<Discover>().unwrap().skip();
    let other = RegisterApp::new(found.instance().clone(), "Another name").unwrap();
    let mut login = login();
    login.register_with(other.with_discovery(&found)).unwrap();
    assert_eq!(at(&login), At::Register);
    assert_eq!(field(&login, "client_name").as_deref(), Some("Another name"));
}

#[test]
fn a_find_that_leads_astray_is_forgotten() {
    let mut login = login();
    find(&mut login, &split());
    assert_eq!(address(&login), format!("{GTS}/api/v1/apps"));
    login.skip_discovery();
    assert_eq!(address(&login), "https://example.org/api/v1/apps");
}

#[test]
fn whoever_is_expected_is_asked_for_by_name() {
    let finger = "https://example.org/.well-known/webfinger?resource=acct%3Aalice%40example.org";
    let self_link = r#"{"links":[{"rel":"self","href":"https://gts.example.org/users/alice"}]}"#;
    let web = Web::default().json(finger, self_link);
    for name in ["alice", "@alice@example.org", "https://example.org/@alice"] {
        let alice: ExpectedAccount = name.parse().unwrap();
        let mut login = login().expect_account(alice);
        find(&mut login, &web);
        assert_eq!(address(&login), "https://gts.example.org/api/v1/apps");
    }
}

#[test]
fn scopes_are_asked_for_in_the_words_that_the_server_lists() {
    let scopes = |listed: serde_json::Value| {
        let metadata = json!({"issuer": "https://example.org", "scopes_supported": listed});
        let web = Web::default().metadata("https://example.org", &metadata.to_string());
        let register = register().scopes("profile follow write:banana".parse().unwrap());
        let mut login = Login::new(register, counted_entropy());
        find(&mut login, &web);
        field(&login, "scopes").unwrap()
    };
    let new = json!(["profile", "read:accounts", "follow", "read:follows", "write:follows"]);
    assert_eq!(scopes(new), "profile follow write:banana read:follows write:follows");
    let old = json!(["read", "read:accounts", "write", "follow"]);
    assert_eq!(scopes(old), "read:accounts follow write:banana");
    assert_eq!(scopes(json!(["read", "write"])), "read follow write:banana");
    assert_eq!(scopes(json!(null)), "profile follow write:banana");
}

#[test]
fn requests_carry_the_programs_own_user_agent_from_the_first_on() {
    let register = register().user_agent("my-bot/1").unwrap();
    let mut login = Login::new(register, counted_entropy());
    while at(&login) == At::Discover {
        let Step::Send { request, .. } = login.step() else { panic!("{login:?}") };
        assert_eq!(request.headers()["user-agent"], "my-bot/1");
        let answer = gts_oauth_core::Transport::send(&split(), request).unwrap();
        login.handle_response(&answer).unwrap();
    }
}

#[test]
fn registration_with_discovery_starts_no_other() {
    let discover: Discover = "example.org".parse().unwrap();
    let found = discover.run(&split()).unwrap();
    let register = register().with_discovery(&found);
    let mut login = Login::new(register, counted_entropy());
    assert_eq!(at(&login), At::Register);
    assert_eq!(address(&login), format!("{GTS}/api/v1/apps"));
    login.handle_response(&answer(200, APP_OUT_OF_BAND)).unwrap();
    let app = login.pending().unwrap().app();
    assert_eq!(app.registration().discovery(), Some(&found));
}

/// The URL of the code exchange of a login with this registration, and why metadata was ignored.
fn exchange_of(register: RegisterApp) -> (String, Option<String>) {
    let metadata = json!({
        "issuer": "https://example.org",
        "token_endpoint": "https://auth.example.org/token",
    });
    let web = Web::default().metadata("https://example.org", &metadata.to_string());
    let mut login = Login::new(register, counted_entropy());
    find(&mut login, &web);
    login.handle_response(&answer(200, APP_OUT_OF_BAND)).unwrap();
    let app = login.pending().unwrap().app();
    let ignored = app.registration().discovery().unwrap().ignored_metadata();
    let ignored = ignored.map(str::to_owned);
    login.handle_reply(CODE).unwrap();
    (address(&login), ignored)
}

#[test]
fn allowed_endpoints_are_used_by_its_discovery() {
    let allowed = "https://auth.example.org".parse().unwrap();
    let (url, ignored) = exchange_of(register().allow_endpoints_at(allowed));
    assert_eq!(url, "https://auth.example.org/token");
    assert_eq!(ignored, None);
    let (url, ignored) = exchange_of(register());
    assert_eq!(url, "https://example.org/oauth/token");
    assert!(ignored.unwrap().contains("token_endpoint"));
}

#[test]
fn skipped_discovery_is_skipped_only_once() {
    let mut login = login();
    login.skip_discovery();
    assert_eq!(address(&login), "https://example.org/api/v1/apps");
    let (before, revision) = (told(&login), login.revision());
    login.skip_discovery();
    assert_eq!((told(&login), login.revision()), (before, revision));
}

#[test]
fn redirect_uri_for_the_instance_follows_discovery() {
    let base: RedirectUri = "https://app.example/callback?lang=de".parse().unwrap();
    let own = base.for_instance(&"example.org".parse().unwrap());
    let other: RedirectUri = "https://app.example/example.org/callback".parse().unwrap();
    let register = register().redirect_uri(other).add_redirect_uri(own.clone());
    let mut login = Login::new(register, counted_entropy());
    login.set_options(AuthorizeOptions::new().redirect_uri(own.clone())).unwrap();
    find(&mut login, &split());
    let registered = "https://app.example/example.org/callback\n\
                      https://app.example/callback/gts.example.org?lang=de";
    assert_eq!(field(&login, "redirect_uris").as_deref(), Some(registered));
    let stored = serde_json::to_string(&login).unwrap();
    let mut login: Login = serde_json::from_str(&stored).unwrap();
    // Without discovery it is the first one again.
    login.skip_discovery();
    assert!(field(&login, "redirect_uris").unwrap().ends_with(own.as_str()));
    login.handle_response(&answer(200, APP_WITHOUT_REDIRECT)).unwrap();
    assert_eq!(*login.pending().unwrap().redirect_uri(), own);
}

#[test]
fn host_of_a_redirect_uri_does_not_follow_discovery() {
    for uri in ["https://example.org", "https://example.org?x=1", "my-app://example.org"] {
        let mut login =
            Login::new(register().redirect_uri(uri.parse().unwrap()), counted_entropy());
        find(&mut login, &split());
        assert_eq!(field(&login, "redirect_uris").as_deref(), Some(uri));
    }
}

/// A response to a registration that repeats nothing.
const APP_WITHOUT_REDIRECT: &str = r#"{"client_id":"01ST88WW","client_secret":"63688859"}"#;

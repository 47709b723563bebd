//! Storing nouns and logins in two formats, one that describes itself (JSON) and one that does
//! not (postcard), and going on as if nothing had happened.

use gts_oauth_core::{
    AuthorizeOptions, Error, Exchange, ExpectedAccount, Instance, Login, RedirectUri, RegisterApp,
    Scopes, UserReply, types::Scope,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::recorded::{
    ALICE, APP_BY_REDIRECT, APP_TOKEN, CODE, INVALID_CLIENT, NO_ROWS, OTHER_CODE, SCOPE_REFUSED,
    TOKEN_READ, TOKEN_READ_WRITE, TOKEN_REFUSED, answer,
};
use crate::scenario::{
    At, Told, allowed, asks_again, at, by_redirect, callback, counted_entropy, logged_in,
    out_of_band, problem, rejected_once, state, told,
};

pub(crate) fn by_json<T: Serialize + DeserializeOwned>(noun: &T) -> T {
    serde_json::from_str(&serde_json::to_string(noun).unwrap()).unwrap()
}

fn by_json_value<T: Serialize + DeserializeOwned>(noun: &T) -> T {
    serde_json::from_value(serde_json::to_value(noun).unwrap()).unwrap()
}

pub(crate) fn by_postcard<T: Serialize + DeserializeOwned>(noun: &T) -> T {
    postcard::from_bytes(&postcard::to_allocvec(noun).unwrap()).unwrap()
}

/// The noun as it comes back from each format.
fn reloaded<T: Serialize + DeserializeOwned>(noun: &T) -> [T; 3] {
    [by_json(noun), by_json_value(noun), by_postcard(noun)]
}

fn comes_back_equal<T>(noun: &T)
where
    T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    for back in reloaded(noun) {
        assert_eq!(&back, noun);
    }
}

fn full_registration() -> RegisterApp {
    let registration = by_redirect().registration();
    registration
        .add_redirect_uri(RedirectUri::out_of_band())
        .website("https://bot.example/?a=b")
        .unwrap()
        .user_agent("my-bot/1.0 (+https://bot.example/)")
        .unwrap()
}

#[test]
fn an_instance_comes_back_with_its_permission_for_http() {
    for typed in ["example.org", "bücher.example", "https://[::1]:8443"] {
        comes_back_equal::<Instance>(&typed.parse().unwrap());
    }
    comes_back_equal(&Instance::insecure_http("http://example.onion").unwrap());
}

#[test]
fn scopes_and_redirect_uris_come_back() {
    let scopes: Scopes = "write:statuses read banana".parse().unwrap();
    comes_back_equal(&scopes);
    comes_back_equal(&Scopes::default());
    for back in reloaded(&scopes) {
        assert_eq!(back.to_string(), "write:statuses read banana");
    }
    comes_back_equal::<Scope>(&"admin:read:reports".parse().unwrap());
    // Byte for byte: a URL that was written anew would be another to the server.
    let uri: RedirectUri = "HTTP://127.0.0.1:7777/%7ecallback".parse().unwrap();
    for back in reloaded(&uri) {
        assert_eq!(back.as_str(), "HTTP://127.0.0.1:7777/%7ecallback");
    }
}

#[test]
fn a_registration_comes_back_and_asks_the_same() {
    let registration = full_registration();
    comes_back_equal(&registration);
    for back in reloaded(&registration) {
        assert_eq!(back.request().headers(), registration.request().headers());
        assert_eq!(back.request().body(), registration.request().body());
    }
}

#[test]
fn an_app_comes_back_with_its_secret_and_its_registration() {
    let app = full_registration().parse(&answer(200, APP_BY_REDIRECT)).unwrap();
    comes_back_equal(&app);
    for back in reloaded(&app) {
        assert_eq!(back.registration(), &full_registration());
        assert_eq!(back.client_secret(), app.client_secret());
    }
}

#[test]
fn a_pending_login_comes_back_and_takes_its_callback() {
    let login = by_redirect().authorize();
    let pending = login.pending().unwrap();
    for back in reloaded(pending) {
        assert_eq!(back.url(), pending.url());
        assert_eq!(back.state(), pending.state());
        let exchange = back.code_from_callback(&allowed(&login, CODE)).unwrap();
        let unstored = pending.code_from_callback(&allowed(&login, CODE)).unwrap();
        assert_eq!(exchange.request().body(), unstored.request().body());
    }
}

#[test]
fn a_pending_login_comes_back_with_what_was_wished() {
    let options = AuthorizeOptions::new().scopes("read".parse().unwrap());
    let options = options.force_login(true).lang("pt-BR").unwrap();
    let app = by_redirect().app();
    let pending = app.authorize(options, counted_entropy()).unwrap();
    for back in reloaded(&pending) {
        assert_eq!(back.url(), pending.url());
        assert!(back.url().ends_with("&force_login=true&lang=pt-BR"));
    }
}

#[test]
fn a_code_comes_back_to_be_exchanged() {
    let exchange = out_of_band().authorize().pending().unwrap().code_from_text(CODE);
    let exchange = exchange.unwrap();
    for back in reloaded(&exchange) {
        assert_eq!(back.request().body(), exchange.request().body());
        assert_eq!(back.request().uri(), exchange.request().uri());
    }
}

#[test]
fn tokens_and_accounts_come_back() {
    let login = out_of_band().done();
    let logged_in = logged_in(&login);
    comes_back_equal(logged_in);
    comes_back_equal(&logged_in.session);
    comes_back_equal(logged_in.account.as_ref().unwrap());
    let credentials = out_of_band().app().request_token().unwrap();
    comes_back_equal(&credentials.parse(&answer(200, APP_TOKEN)).unwrap());
}

#[test]
fn a_token_comes_back_with_all_the_server_said_of_it() {
    let long = TOKEN_READ.replace('}', r#","expires_in":3153600000,"refresh_token":"R4"}"#);
    let exchange = out_of_band().authorize().pending().unwrap().code_from_text(CODE);
    let session = exchange.unwrap().parse(&answer(200, &long)).unwrap();
    let session = session.user_agent("another/2").unwrap();
    comes_back_equal(&session);
    for back in reloaded(&session) {
        assert_eq!(back.refresh_token().unwrap().expose(), "R4");
        assert_eq!(back.expires_in(), session.expires_in());
        assert_eq!(back.created_at(), session.created_at());
        let request = back.verify().request();
        assert_eq!(request.headers()["user-agent"], "another/2");
        assert!(request.headers()["authorization"].is_sensitive());
    }
}

#[test]
fn a_login_without_an_account_comes_back() {
    let mut login = out_of_band().verify();
    login.handle_response(&answer(403, SCOPE_REFUSED)).unwrap();
    comes_back_equal(logged_in(&login));
}

#[test]
fn expected_accounts_come_back() {
    for text in ["me", "@me@bücher.example"] {
        comes_back_equal::<ExpectedAccount>(&text.parse().unwrap());
    }
    comes_back_equal(&ExpectedAccount::id("015JSQDQQAWFF3PB5M4C9KAZN3").unwrap());
}

#[test]
fn a_login_comes_back_at_every_stage() {
    for scenario in [out_of_band(), by_redirect().expecting("alice")] {
        for login in scenario.every_stage() {
            for back in reloaded(&login) {
                assert_eq!(told(&back), told(&login));
                assert_eq!(back.revision(), login.revision());
                assert_eq!(back.session(), login.session());
                assert_eq!(back.operation(), login.operation());
                assert_eq!(back.superseded_sessions(), login.superseded_sessions());
                let app = |login: &Login| Some(login.pending()?.app().clone());
                assert_eq!(app(&back), app(&login));
            }
        }
    }
}

/// Everything that can be seen of a login between two moves, except the problem of the last
/// attempt, which is not stored.
type Seen = (Told, u64, Option<String>, usize);

fn seen(login: &Login) -> Seen {
    let token = login.session().map(|(_, session)| session.access_token());
    let token = token.map(|token| token.expose().to_owned());
    let superseded = login.superseded_sessions().len();
    (told(login), login.revision(), token, superseded)
}

fn allow(login: &mut Login, code: &str) {
    let reply = allowed(login, code);
    login.handle_reply(reply).unwrap();
}

fn deny(login: &mut Login) {
    let denied = callback(&format!("error=access_denied&state={}", state(login)));
    login.handle_reply(denied).unwrap();
    assert!(matches!(problem(login), Some(Error::ErrorResponse(_))));
}

/// Hands in an answer that moves the login.
fn answered(login: &mut Login, status: u16, body: &str) {
    login.handle_response(&answer(status, body)).unwrap();
}

/// A login to which everything happens that can happen to one, move by move.
const MOVES: [fn(&mut Login); 18] = [
    |login| answered(login, 200, APP_BY_REDIRECT),
    deny,
    |login| allow(login, CODE),
    |login| {
        asks_again(login, &answer(400, NO_ROWS));
    },
    |login| allow(login, OTHER_CODE),
    |login| {
        answered(login, 400, INVALID_CLIENT);
        assert_eq!(at(login), At::Register);
    },
    |login| answered(login, 200, APP_BY_REDIRECT),
    |login| allow(login, CODE),
    |login| {
        asks_again(login, &answer(400, INVALID_CLIENT));
    },
    |login| allow(login, CODE),
    |login| answered(login, 200, TOKEN_READ_WRITE),
    |login| {
        asks_again(login, &answer(200, ALICE));
    },
    |login| login.handle_reply(UserReply::StartOver).unwrap(),
    |login| allow(login, OTHER_CODE),
    |login| answered(login, 200, TOKEN_READ),
    |login| drop(rejected_once(login, &answer(401, TOKEN_REFUSED))),
    // The same redirect once more, after its code was exchanged.
    |login| {
        let same = callback(&format!("code={OTHER_CODE}&state=x"));
        login.handle_reply(same).unwrap();
    },
    |login| answered(login, 200, &ALICE.replace("alice", "bob")),
];

fn whole_flow(reload: impl Fn(&Login) -> Login) -> Vec<Seen> {
    let mut login = by_redirect().expecting("bob").register();
    let mut history = vec![seen(&login)];
    for make in MOVES {
        login = reload(&login);
        make(&mut login);
        history.push(seen(&login));
    }
    assert_eq!(at(&login), At::Done);
    history
}

/// The same flow with a login that is never stored.
fn whole_flow_unstored() -> Vec<Seen> {
    let mut login = by_redirect().expecting("bob").register();
    let mut history = vec![seen(&login)];
    for make in MOVES {
        make(&mut login);
        history.push(seen(&login));
    }
    history
}

#[test]
fn login_stored_as_json_sends_the_same_bytes() {
    assert_eq!(whole_flow(by_json), whole_flow_unstored());
    assert_eq!(whole_flow(by_json_value), whole_flow_unstored());
}

#[test]
fn login_stored_as_postcard_sends_the_same_bytes() {
    assert_eq!(whole_flow(by_postcard), whole_flow_unstored());
}

#[test]
fn a_stored_login_still_knows_whether_it_may_register() {
    for (login, then) in [
        (out_of_band().given_app().exchange(), At::Authorize),
        (out_of_band().given_app().exchange().allow_reregistration(), At::Register),
    ] {
        for mut back in reloaded(&login) {
            back.handle_response(&answer(400, INVALID_CLIENT)).unwrap();
            assert_eq!(at(&back), then);
        }
    }
}

//! Every exchange, with any response.

use std::fmt::Debug;

use arbitrary::Arbitrary;
use gts_oauth_core::discovery::{AccountDomainStep, Discover, DiscoverStep, FindAccountDomain};
use gts_oauth_core::http::Response;
use gts_oauth_core::{App, AuthorizeOptions, Callback, Error, Exchange, ExpectedAccount, Session};

use super::canary::{CODE, assert_debug, assert_error, assert_printable, secrets_of, texts};
use super::inward::assert_outward;
use super::memory::{bounded, length};
use super::request::{assert_sent_to, secrets};
use super::response::AnyResponse;
use super::sample::{
    CALLBACK, ORIGIN, TOKEN_ORIGIN, discovery, entropy, instance, registration, session,
};
use super::text::List;
use super::{sample, server, twin};

#[derive(Arbitrary, Clone, Debug)]
pub struct Input {
    by_redirect: bool,
    has_metadata: bool,
    exchange: AnyExchange,
    response: AnyResponse,
    /// The requests of discovery that get a correct response, and the responses to others.
    correct: u8,
    more: List<AnyResponse, 8>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum AnyExchange {
    Register,
    ExchangeCode,
    Refresh,
    RequestAppToken,
    Verify,
    CheckToken,
    Revoke,
    RevokeAsJson,
    Get,
    Post,
    Tokens,
    Apps,
    NameToken,
    InvalidateToken,
    DeleteApp,
    Discover,
    FindAccountDomain,
}

pub fn check(input: &Input) {
    let mut register = registration(input.by_redirect);
    if input.has_metadata {
        register = register.with_discovery(&discovery());
    }
    let (app, session) = (sample::app(register.clone()), session());
    let [app_twin, _] = twin::stored(&app);
    let [_, session_twin] = twin::stored(&session);
    match input.exchange {
        AnyExchange::Register => {
            let [twin, _] = twin::stored(&register);
            if let Some(app) = outcome(input, &register, &twin) {
                use_app(&app);
            }
        }
        AnyExchange::ExchangeCode => exchange_code(input, &app),
        AnyExchange::Refresh => {
            let refresh = |app: &App, session| app.refresh(session).unwrap();
            let twin = refresh(&app_twin, &session_twin);
            if let Some(session) = outcome(input, &refresh(&app, &session), &twin) {
                use_session(&app, &session);
            }
        }
        AnyExchange::RequestAppToken => {
            let request = app.request_token().unwrap();
            let [_, twin] = twin::stored(&request);
            if let Some(token) = outcome(input, &request, &twin) {
                assert_debug(&token, &texts(&secrets_of(&token)));
                let [_, twin] = twin::stored(&token);
                assert_eq!(token, twin);
                assert_sent_to(&token.get("/api/v1/instance").unwrap().request(), &[ORIGIN]);
            }
        }
        AnyExchange::Verify => {
            let account = outcome(input, &session.verify(), &session_twin.verify());
            if let Some(account) = account {
                for twin in twin::stored(&account) {
                    assert_eq!(account, twin);
                }
                let expected: ExpectedAccount = "@alice@gts.example.org".parse().unwrap();
                if let Err(error) = expected.check(&account, &instance()) {
                    assert_error(&error, &[]);
                }
            }
        }
        AnyExchange::CheckToken => {
            outcome(input, &session.check_token(), &session_twin.check_token());
        }
        AnyExchange::Revoke | AnyExchange::RevokeAsJson => {
            let revoke = |app: &App, session: &Session| {
                let revoke = app.revoke(session).unwrap();
                match input.exchange {
                    AnyExchange::Revoke => revoke,
                    _ => revoke.as_json(),
                }
            };
            outcome(input, &revoke(&app, &session), &revoke(&app_twin, &session_twin));
        }
        AnyExchange::Get => {
            let get = |it: &Session| it.get("/api/v1/timelines/home?limit=5").unwrap();
            if let Some(response) = outcome(input, &get(&session), &get(&session_twin)) {
                for page in [&response.next, &response.previous].into_iter().flatten() {
                    assert_sent_to(&page.request(), &[ORIGIN]);
                    assert_eq!(page.request().uri().path(), "/api/v1/timelines/home");
                }
                if let Err(error) = response.json::<Vec<serde_json::Value>>() {
                    assert_error(&error, &[session.access_token().expose()]);
                }
            }
        }
        AnyExchange::Post => {
            let post = |it: &Session| it.post("/api/v1/statuses").unwrap().form("status", "hello");
            outcome(input, &post(&session), &post(&session_twin));
        }
        AnyExchange::Tokens => drop(outcome(input, &session.tokens(), &session_twin.tokens())),
        AnyExchange::Apps => drop(outcome(input, &session.apps(), &session_twin.apps())),
        AnyExchange::NameToken => {
            let name = |it: &Session| it.name_token("01", "my laptop").unwrap();
            outcome(input, &name(&session), &name(&session_twin));
        }
        AnyExchange::InvalidateToken => {
            let invalidate = |it: &Session| it.invalidate_token("01").unwrap();
            outcome(input, &invalidate(&session), &invalidate(&session_twin));
        }
        AnyExchange::DeleteApp => {
            let delete = |it: &Session| it.delete_app("01").unwrap();
            outcome(input, &delete(&session), &delete(&session_twin));
        }
        AnyExchange::Discover => discover(input),
        AnyExchange::FindAccountDomain => find_account_domain(input),
    }
}

fn exchange_code(input: &Input, app: &App) {
    let pending = app.authorize(AuthorizeOptions::new(), entropy(3)).unwrap();
    let exchange = match pending.redirect_uri().is_out_of_band() {
        true => pending.code_from_text(CODE).unwrap(),
        false => {
            let mut url = url::Url::parse(CALLBACK).unwrap();
            let pairs = [("code", CODE), ("state", pending.state()), ("iss", ORIGIN)];
            url.query_pairs_mut().extend_pairs(pairs);
            let callback = Callback::at_redirect_uri(url.as_str()).unwrap();
            pending.code_from_callback(&callback).unwrap()
        }
    };
    let [_, twin] = twin::stored(&exchange);
    if let Some(session) = outcome(input, &exchange, &twin) {
        use_session(app, &session);
    }
}

/// What the exchange makes of the response. `None` if an error.
fn outcome<X>(input: &Input, exchange: &X, twin: &X) -> Option<X::Output>
where
    X: Exchange + Debug,
    X::Output: Debug,
{
    let request = exchange.request();
    assert_sent_to(&request, &[ORIGIN, TOKEN_ORIGIN]);
    let secrets = secrets(&request);
    let secrets = texts(&secrets);
    assert_debug(exchange, &secrets);
    let response = input.response.build(&request, &secrets);
    let result = parse(exchange, &response);
    assert_eq!(twin::outcome(&result), twin::outcome(&twin.parse(&response)));
    twin::assert_same(exchange, twin, &response);
    match result {
        Ok(output) => Some(output),
        Err(error) => {
            assert_error(&error, &secrets);
            None
        }
    }
}

fn parse<X: Exchange>(exchange: &X, response: &Response<Vec<u8>>) -> Result<X::Output, Error> {
    bounded(length(response), || exchange.parse(response))
}

fn use_app(app: &App) {
    assert_debug(app, &texts(&secrets_of(app)));
    let [twin, _] = twin::stored(app);
    let authorize = |app: &App| app.authorize(AuthorizeOptions::new(), entropy(1)).unwrap();
    let (pending, twin) = (authorize(app), authorize(&twin));
    assert_eq!(pending.url(), twin.url());
    url::Url::parse(pending.url()).expect("a URL");
    twin::stored(&pending);
}

fn use_session(app: &App, session: &Session) {
    assert_debug(session, &texts(&secrets_of(session)));
    for twin in twin::stored(session) {
        assert_eq!(*session, twin);
        assert_eq!(session.expires_at(), twin.expires_at());
    }
    let _ = (session.created_at(), session.expires_in(), session.expires_at());
    assert_sent_to(&session.verify().request(), &[ORIGIN]);
    assert_sent_to(&app.revoke(session).unwrap().request(), &[ORIGIN]);
}

fn discover(input: &Input) {
    let mut discover = Discover::new(instance()).account_name("alice").unwrap();
    for _ in 0..input.correct % 4 {
        let correct = server::respond(&discover.request(), true);
        if let Ok(DiscoverStep::Next(next)) = discover.parse(&correct) {
            discover = next;
        }
    }
    for response in [&input.response].into_iter().chain(&input.more.0) {
        let [twin, _] = twin::stored(&discover);
        let response = response.build(&discover.request(), &[]);
        twin::assert_same(&discover, &twin, &response);
        assert_outward(&discover.request());
        assert_debug(&discover, &[]);
        match parse(&discover, &response) {
            Ok(DiscoverStep::Next(next)) => discover = next,
            Ok(DiscoverStep::Found(found)) => {
                for twin in twin::stored(&found) {
                    assert_eq!(found, twin);
                }
                if let Some(reason) = found.ignored_metadata() {
                    assert_printable(reason);
                }
                if let Some(software) = found.software() {
                    assert_printable(&software.name);
                    assert_printable(&software.version);
                }
                let app = sample::app(registration(true).with_discovery(&found));
                let request = app.request_token().unwrap().request();
                assert_sent_to(&request, &[found.instance().origin()]);
                return;
            }
            Err(error) => return assert_error(&error, &[]),
        }
    }
}

fn find_account_domain(input: &Input) {
    let mut find = FindAccountDomain::new(instance(), "alice").unwrap();
    for response in [&input.response].into_iter().chain(&input.more.0) {
        let response = response.build(&find.request(), &[]);
        assert_outward(&find.request());
        match parse(&find, &response) {
            Ok(AccountDomainStep::Next(next)) => find = next,
            Ok(AccountDomainStep::Found(found)) => {
                let claimed = find.claimed();
                assert!(found.is_none() || found.as_ref() == claimed, "{found:?} {claimed:?}");
                return;
            }
            Err(error) => return assert_error(&error, &[]),
        }
    }
}

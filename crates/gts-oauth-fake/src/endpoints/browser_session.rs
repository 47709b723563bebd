//! Browser sessions, and the cookie that they are found by.

use http::header::{CACHE_CONTROL, SET_COOKIE};
use http::{Method, StatusCode};
use url::Url;

use crate::dialect::ApiVersion;
use crate::dialects::{ADVICE, SignIn};
use crate::http::{ErrorResponse, Framework, IncomingRequest, Response, redirect, set_header};
use crate::state::{AccountState, BrowserSession, State};

/// On Rails: the redirect to the sign-in page, which returns to this request, or to the settings of
/// an account that cannot be used. `None` if neither is necessary.
pub(crate) fn redirect_on_rails(
    state: &mut State,
    request: &IncomingRequest,
    browser: &BrowserSession,
) -> Option<Response> {
    let to = |path: &str| redirect(StatusCode::FOUND, &format!("{}{path}", state.origin));
    let Some(account_id) = browser.account_id.clone() else {
        let response = to("/auth/sign_in");
        let return_to = match request.method == Method::GET {
            true => format!("{}?{}", request.path, request.query),
            false => "/".to_owned(),
        };
        let browser = BrowserSession { return_to: Some(return_to), ..browser.clone() };
        return Some(save(state, request, browser, response));
    };
    let page = match state.account_state(&account_id) {
        AccountState::Active => return None,
        AccountState::Unconfirmed => state.profile().consent.unconfirmed_page,
        _ => "/auth/edit",
    };
    let mut response = to(page);
    set_header(&mut response, CACHE_CONTROL, "no-cache");
    Some(response)
}

/// Ends the session, as GoToSocial does with each error of its own pages.
pub(crate) fn forget(state: &mut State, request: &IncomingRequest) {
    if let Some(cookie) = request.cookie(&cookie_name(state)) {
        state.browsers.remove(cookie);
    }
}

/// The error if the session has none of these keys. 0.18 reports all of them.
pub(crate) fn lost(state: &State, keys: &[&str]) -> ErrorResponse {
    if state.dialect.api() == ApiVersion::V018 {
        let missing = |key: &&str| format!("key {key} was not found in session");
        let missing: Vec<String> = keys.iter().map(missing).collect();
        return ErrorResponse::bad_request(format!("{}: {ADVICE}", missing.join(": ")));
    }
    internal(format!("key {} not found in session", keys.first().unwrap_or(&"")))
}

pub(crate) fn internal(what: impl std::fmt::Display) -> ErrorResponse {
    ErrorResponse::Plain(StatusCode::INTERNAL_SERVER_ERROR, format!("{what}: {ADVICE}"))
}

/// The cookie's session, or an empty one if it has expired.
pub(crate) fn load(state: &State, request: &IncomingRequest) -> BrowserSession {
    let cookie = request.cookie(&cookie_name(state));
    let browser = cookie.and_then(|cookie| state.browsers.get(cookie));
    let alive =
        |browser: &&BrowserSession| browser.expires.is_some_and(|expires| expires > state.now);
    browser.filter(alive).cloned().unwrap_or_default()
}

/// Updates an existing session.
pub(crate) fn update(state: &mut State, request: &IncomingRequest, browser: &BrowserSession) {
    if let Some(cookie) = request.cookie(&cookie_name(state)) {
        state.browsers.insert(cookie.to_owned(), browser.clone());
    }
}

pub(crate) fn save(
    state: &mut State,
    request: &IncomingRequest,
    mut browser: BrowserSession,
    mut response: Response,
) -> Response {
    let name = cookie_name(state);
    let known = request.cookie(&name).filter(|cookie| state.browsers.contains_key(*cookie));
    let cookie = known.map_or_else(|| state.ids.token(), str::to_owned);
    let seconds = lifetime(state);
    let ends = state.after(seconds);
    browser.expires = Some(ends);
    state.browsers.insert(cookie.clone(), browser);
    let expires = httpdate::fmt_http_date(ends);
    let value = format!(
        "{name}={cookie}; Path=/; Expires={expires}; Max-Age={seconds}; HttpOnly; SameSite=Lax"
    );
    set_header(&mut response, SET_COOKIE, &value);
    response
}

/// Seconds until an unused session expires: two minutes on GoToSocial, otherwise two weeks.
fn lifetime(state: &State) -> u64 {
    match state.profile().consent.sign_in {
        SignIn::Once => 120,
        SignIn::Persistent | SignIn::EveryTime => 14 * 86_400,
    }
}

/// The session after the browser was redirected to the app.
pub(crate) fn after_login(state: &State, browser: BrowserSession) -> BrowserSession {
    match state.profile().consent.sign_in {
        SignIn::Once => BrowserSession::default(),
        SignIn::Persistent => {
            BrowserSession { account_id: browser.account_id, ..BrowserSession::default() }
        }
        SignIn::EveryTime => BrowserSession {
            user: browser.account_id.or(browser.user),
            token: browser.token,
            ..BrowserSession::default()
        },
    }
}

/// `gotosocial-example.org`, without the port, or Mastodon's name.
fn cookie_name(state: &State) -> String {
    if state.profile().framework == Framework::Rails {
        return "_mastodon_session".to_owned();
    }
    let host = Url::parse(&state.origin).ok().and_then(|url| url.host_str().map(str::to_owned));
    format!("gotosocial-{}", host.unwrap_or_default())
}

//! The consent page: *Allow* and *Deny* (`POST /oauth/authorize`), and the page that shows a
//! code (`/oauth/oob`).

use http::StatusCode;

use super::approve::{AuthorizationResponse, approve, check_before_consent};
use super::authorize::parse_request;
use super::browser_session;
use super::browser_session::{internal, load, lost, redirect_on_rails, save};
use super::callback_url::denied;
use super::html_pages;
use crate::dialect::ApiVersion;
use crate::dialects::Rejection;
use crate::http::{
    ErrorResponse, Framework, HandlerResult, IncomingRequest, Response, html_page, json, redirect,
};
use crate::state::{AccountState, BrowserSession, OUT_OF_BAND, State};

/// `POST /oauth/authorize`: the user pressed *Allow*, or *Deny* if there is such a button.
pub(crate) fn submit(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    let mut browser = load(state, request);
    let fields = request.fields().unwrap_or_default();
    if request.framework == Framework::Rails {
        if let Some(redirect) = redirect_on_rails(state, request, &browser) {
            return Ok(redirect);
        }
        // The form repeats the request.
        if fields.non_empty("client_id").is_some() {
            let authorization = parse_request(&fields);
            check_before_consent(state, &authorization)?;
            browser.authorization = Some(authorization);
        }
    }
    let keys = ["response_type", "client_id", "redirect_uri", "scope", "userid"];
    let authorization = browser.authorization.clone().ok_or_else(|| lost(state, &keys))?;
    let not_signed_in = || match state.dialect.api() {
        ApiVersion::V018 => lost(state, &["userid"]),
        _ => internal("neither userid nor userid_awaiting_2fa keys found in session"),
    };
    let account_id = browser.account_id.clone().ok_or_else(not_signed_in)?;
    let denies = fields.get("_method") == Some("delete");
    let way = match denies && state.profile().consent.can_deny {
        true => AuthorizationResponse::Redirect(denied(state, &authorization)),
        false => approve(state, &authorization, account_id)?,
    };
    Ok(finish(state, request, browser, way))
}

/// `GET /oauth/oob`: the page that shows the code.
pub(crate) fn out_of_band(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    let fields = request.query_fields();
    let code = fields.non_empty("code").ok_or_else(|| {
        ErrorResponse::bad_request("no 'code' query value provided in callback redirect")
    })?;
    let browser = load(state, request);
    let not_signed_in = || internal("neither userid nor userid_awaiting_2fa keys found in session");
    browser.account_id.as_ref().ok_or_else(not_signed_in)?;
    let authorization = browser.authorization.as_ref().ok_or_else(|| lost(state, &["scope"]))?;
    let page = html_pages::out_of_band(
        state.profile().software,
        user_name(state, &browser),
        &authorization.scope,
        code,
    );
    let browser = browser_session::after_login(state, browser.clone());
    Ok(save(state, request, browser, html_page(StatusCode::OK, page)))
}

/// `GET /auth/edit` and `/auth/setup`: where users of unusable accounts are sent, on Rails.
pub(crate) fn account_settings(
    state: &mut State,
    request: &IncomingRequest,
    _: &str,
) -> HandlerResult {
    let browser = load(state, request);
    let account_state = browser.account_id.as_deref().map(|id| state.account_state(id));
    match account_state.unwrap_or_default() {
        AccountState::Active => Err(ErrorResponse::not_found()),
        unusable => Err(state.reject(Rejection::UnusableAccount(unusable))),
    }
}

pub(super) fn finish(
    state: &mut State,
    request: &IncomingRequest,
    browser: BrowserSession,
    way: AuthorizationResponse,
) -> Response {
    let authorization = browser.authorization.clone().unwrap_or_default();
    let response = match way {
        AuthorizationResponse::Redirect(target) => redirect(StatusCode::FOUND, &target),
        AuthorizationResponse::Json(body) => json(StatusCode::OK, &body),
        AuthorizationResponse::ShowCode(code) => {
            let page = html_pages::out_of_band(
                state.profile().software,
                user_name(state, &browser),
                &authorization.scope,
                &code,
            );
            html_page(StatusCode::OK, page)
        }
    };
    // The page with a code shows the user's name, so it needs the session.
    if authorization.redirect_uri == OUT_OF_BAND {
        return response;
    }
    let browser = browser_session::after_login(state, browser);
    save(state, request, browser, response)
}

pub(super) fn user_name<'a>(state: &'a State, browser: &BrowserSession) -> &'a str {
    let account_id = browser.account_id.as_deref().and_then(|id| state.account(id));
    account_id.map_or("", |account| &account.name)
}

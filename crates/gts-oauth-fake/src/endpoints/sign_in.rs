//! The sign-in page, `/auth/sign_in`.

use http::StatusCode;

use super::browser_session::{load, save};
use super::html_pages;
use crate::dialects::ADVICE;
use crate::http::{
    ErrorResponse, HandlerResult, IncomingRequest, html_page, negotiate, redirect, wants_html,
};
use crate::state::{BrowserSession, PASSWORD, State};

/// `GET /auth/sign_in`
pub(crate) fn page(_: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    negotiate(request, &["text/html"])?;
    Ok(html_page(StatusCode::OK, html_pages::sign_in(None)))
}

/// `POST /auth/sign_in`, with e-mail address and password. After a wrong password the form is
/// shown again with an error; the session remains valid. Users of disabled accounts get an error.
pub(crate) fn submit(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    let fields = request.fields().unwrap_or_default();
    let (email, password) = (fields.non_empty("username"), fields.non_empty("password"));
    let (Some(email), Some(password), false) = (email, password, request.is_json()) else {
        return Err(ErrorResponse::bad_request(ADVICE));
    };
    let name = email.strip_suffix("@example.org").unwrap_or_default();
    let (Some(account), true) = (state.account_named(name), password == PASSWORD) else {
        return wrong_password(request);
    };
    if account.disabled {
        let help = "this account is disabled".to_owned();
        return Err(ErrorResponse::Plain(StatusCode::FORBIDDEN, help));
    }
    let account_id = Some(account.id.clone());
    let browser = BrowserSession { account_id, ..load(state, request) };
    let response = redirect(StatusCode::FOUND, "/oauth/authorize");
    Ok(save(state, request, browser, response))
}

fn wrong_password(request: &IncomingRequest) -> HandlerResult {
    let problem = format!("password/email combination was incorrect: {ADVICE}");
    if !wants_html(request)? {
        return Err(ErrorResponse::Plain(StatusCode::UNAUTHORIZED, problem));
    }
    let page = html_pages::sign_in(Some(&format!("Unauthorized: {problem}")));
    Ok(html_page(StatusCode::UNAUTHORIZED, page))
}

//! The sign-in page, `/auth/sign_in`.

use http::StatusCode;

use super::browser_session::{load, save};
use super::html_pages;
use crate::dialects::ADVICE;
use crate::http::{
    ErrorResponse, Framework, HandlerResult, IncomingRequest, html_page, negotiate, redirect,
};
use crate::state::{AccountState, BrowserSession, PASSWORD, State};

/// `GET /auth/sign_in`
pub(crate) fn page(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    negotiate(request, &["text/html"])?;
    let names = state.profile().consent.sign_in_fields;
    Ok(html_page(StatusCode::OK, html_pages::sign_in(state.profile().software, names, None)))
}

/// `POST /auth/sign_in`, with e-mail address and password. A wrong password ends on an error page
/// without the form; the session remains valid, so the user can go back. Rails shows the form again.
/// Users of disabled accounts get an error.
pub(crate) fn submit(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    let fields = request.fields().unwrap_or_default();
    let names = state.profile().consent.sign_in_fields;
    let [email, password] = names.map(|name| fields.non_empty(name));
    let (Some(email), Some(password), false) = (email, password, request.is_json()) else {
        return Err(ErrorResponse::bad_request(ADVICE));
    };
    let name = email.strip_suffix("@example.org").unwrap_or_default();
    let (Some(account), true) = (state.account_named(name), password == PASSWORD) else {
        return wrong_password(state, request);
    };
    let is_rails = request.framework == Framework::Rails;
    if account.state != AccountState::Active && !is_rails {
        let help = "this account is disabled".to_owned();
        return Err(ErrorResponse::Plain(StatusCode::FORBIDDEN, help));
    }
    let account_id = Some(account.id.clone());
    let browser = BrowserSession { account_id, ..load(state, request) };
    let return_to = match is_rails {
        true => format!("{}{}", state.origin, browser.return_to.as_deref().unwrap_or("/")),
        false => "/oauth/authorize".to_owned(),
    };
    let response = redirect(StatusCode::FOUND, &return_to);
    Ok(save(state, request, browser, response))
}

fn wrong_password(state: &State, request: &IncomingRequest) -> HandlerResult {
    if request.framework == Framework::Rails {
        let names = state.profile().consent.sign_in_fields;
        let page = html_pages::sign_in(
            state.profile().software,
            names,
            Some("Invalid e-mail address or password."),
        );
        return Ok(html_page(StatusCode::OK, page));
    }
    let problem = format!("password/email combination was incorrect: {ADVICE}");
    Err(ErrorResponse::Plain(StatusCode::UNAUTHORIZED, problem))
}

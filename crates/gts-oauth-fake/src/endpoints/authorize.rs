//! Authorization endpoint, `GET /oauth/authorize` (RFC 6749 section 4.1.1).

use http::StatusCode;
use http::header::LOCATION;

use super::approve::check_before_consent;
use super::browser_session::{internal, load, lost, redirect_on_rails, save, update};
use super::consent::{finish, user_name};
use super::html_pages;
use super::prior_consent::skip_consent;
use crate::dialect::ApiVersion;
use crate::dialects::{ADVICE, ForceLogin, Rejection, SignIn};
use crate::http::{
    ErrorResponse, Fields, Framework, HandlerResult, IncomingRequest, html_page, negotiate,
    response, set_header,
};
use crate::state::{AuthorizationRequest, BrowserSession, State};

/// `GET /oauth/authorize`. Nothing is checked before the sign-in. A signed-in user sees the
/// session's request, which on GoToSocial can be another app's.
pub(crate) fn show(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    negotiate(request, &["text/html"])?;
    let mut browser = load(state, request);
    if request.framework == Framework::Rails {
        return show_checked(state, request, browser);
    }
    // The redirect after the sign-in has no parameters.
    let held = request.query.is_empty() || state.profile().consent.sign_in == SignIn::Once;
    if browser.account_id.is_some() && held {
        return consent(state, &browser);
    }
    let fields = request.query_fields();
    check_required(&fields)?;
    let authorization = parse_request(&fields);
    browser.account_id = signed_in(state, &browser, &authorization);
    browser.authorization = Some(authorization.clone());
    if let Some(way) = skip_consent(state, &mut browser, &authorization)? {
        update(state, request, &browser);
        return Ok(finish(state, request, browser, way));
    }
    if browser.account_id.is_some() {
        update(state, request, &browser);
        return consent(state, &browser);
    }
    let kind = "text/html; charset=utf-8";
    let page = "<a href=\"/auth/sign_in\">See Other</a>.\n\n";
    let mut response = response(StatusCode::SEE_OTHER, kind, page);
    set_header(&mut response, LOCATION, "/auth/sign_in");
    Ok(save(state, request, browser, response))
}

/// As [`show`], on servers that check the request before they show the page.
fn show_checked(
    state: &mut State,
    request: &IncomingRequest,
    mut browser: BrowserSession,
) -> HandlerResult {
    if let Some(redirect) = redirect_on_rails(state, request, &browser) {
        return Ok(redirect);
    }
    let authorization = parse_request(&request.query_fields());
    check_before_consent(state, &authorization)?;
    browser.authorization = Some(authorization.clone());
    if let Some(way) = skip_consent(state, &mut browser, &authorization)? {
        update(state, request, &browser);
        return Ok(finish(state, request, browser, way));
    }
    update(state, request, &browser);
    consent(state, &browser)
}

/// The account that is signed in, if it need not enter its password.
fn signed_in(
    state: &State,
    browser: &BrowserSession,
    authorization: &AuthorizationRequest,
) -> Option<String> {
    if state.profile().consent.sign_in == SignIn::EveryTime {
        return state.session_token(browser)?.account_id.clone();
    }
    let reuse =
        authorization.force_login && state.profile().consent.force_login == ForceLogin::Password;
    browser.account_id.clone().filter(|_| !reuse)
}

fn consent(state: &State, browser: &BrowserSession) -> HandlerResult {
    let lost = || lost(state, &["redirect_uri"]);
    let authorization = browser.authorization.as_ref().ok_or_else(lost)?;
    let unknown = || unknown_app(state, &authorization.client_id);
    let app = state.app(&authorization.client_id).ok_or_else(unknown)?;
    let page = html_pages::consent(
        state.profile().software,
        &html_pages::Consent {
            user: user_name(state, browser),
            app: &app.name,
            request: authorization,
            can_deny: state.profile().consent.can_deny,
            repeats_request: state.profile().framework == Framework::Rails,
        },
    );
    Ok(html_page(StatusCode::OK, page))
}

fn unknown_app(state: &State, client_id: &str) -> ErrorResponse {
    if !state.dialect.is_gotosocial() {
        return state.reject(Rejection::UnknownApp);
    }
    match state.dialect.api() {
        ApiVersion::V018 => ErrorResponse::bad_request(format!(
            "application for client_id {client_id} could not be retrieved: {ADVICE}"
        )),
        _ => internal(format!("db error getting app for clientID {client_id}")),
    }
}

fn check_required(fields: &Fields) -> Result<(), ErrorResponse> {
    let mut missing = Vec::new();
    for (field, name) in [
        ("response_type", "ResponseType"),
        ("client_id", "ClientID"),
        ("redirect_uri", "RedirectURI"),
    ] {
        if fields.non_empty(field).is_none() {
            missing.push(format!(
                "Key: 'OAuthAuthorize.{name}' Error:Field validation for '{name}' failed on the \
                 'required' tag"
            ));
        }
    }
    if !missing.is_empty() {
        return Err(ErrorResponse::bad_request(format!("{}: {ADVICE}", missing.join("\n"))));
    }
    Ok(())
}

/// The parameters of a request, empty if missing.
pub(super) fn parse_request(fields: &Fields) -> AuthorizationRequest {
    let field = |name| fields.get(name).unwrap_or_default().to_owned();
    let force_login = fields.non_empty("force_login").unwrap_or("false");
    AuthorizationRequest {
        response_type: field("response_type"),
        client_id: field("client_id"),
        redirect_uri: field("redirect_uri"),
        scope: fields.non_empty("scope").unwrap_or("read").replace('+', " "),
        state: fields.non_empty("state").map(str::to_owned),
        challenge: fields.non_empty("code_challenge").map(str::to_owned),
        challenge_method: fields.non_empty("code_challenge_method").map(str::to_owned),
        force_login: !["false", "f", "0", "no", "off"].contains(&force_login),
    }
}

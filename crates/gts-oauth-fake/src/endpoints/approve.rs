//! Approving an authorization request and building its response (RFC 6749 section 4.1.2).

use serde_json::{Value, json};

use super::callback_url::{callback_url, error_redirect, normalize_redirect_uri};
use crate::dialects::{ConsentErrors, OutOfBand, Rejection};
use crate::http::{ErrorResponse, Framework};
use crate::state::pkce;
use crate::state::{App, Approval, AuthorizationRequest, OUT_OF_BAND, State, issue_code};

/// What the browser receives.
pub(crate) enum AuthorizationResponse {
    /// A redirect, with a code or an error.
    Redirect(String),
    /// An HTML page that shows a code or a token.
    ShowCode(String),
    /// A JSON response.
    Json(Value),
}

/// A request that can be approved.
struct Approvable {
    app: App,
    /// The request, with the redirect URI as the server normalizes it.
    normalized: AuthorizationRequest,
    scope: String,
    challenge: Option<String>,
}

/// Approves the authorization request of this account, after the user pressed *Allow*.
pub(crate) fn approve(
    state: &mut State,
    authorization: &AuthorizationRequest,
    account_id: String,
) -> Result<AuthorizationResponse, ErrorResponse> {
    let Approvable { app, normalized, scope, challenge } = match check(state, authorization)? {
        Ok(approvable) => approvable,
        Err(response) => return Ok(response),
    };
    let approval = Approval {
        client_id: authorization.client_id.clone(),
        redirect_uri: authorization.redirect_uri.clone(),
        scope,
        account_id,
        challenge,
    };
    let profile = state.profile();
    let code = issue_code(state, &profile.codes, &profile.issuing, &app, approval);
    Ok(code_response(state, &normalized, &app, &code))
}

/// The error that is shown instead of the consent page, on servers that check before it.
pub(crate) fn check_before_consent(
    state: &State,
    authorization: &AuthorizationRequest,
) -> Result<(), ErrorResponse> {
    check(state, authorization).map(drop)
}

/// Checks a request. A redirect with an error is the inner `Err`.
fn check(
    state: &State,
    authorization: &AuthorizationRequest,
) -> Result<Result<Approvable, AuthorizationResponse>, ErrorResponse> {
    if let Some(error) = (state.profile().consent.check_request)(authorization) {
        return Err(error);
    }
    if authorization.response_type != "code" {
        return Err(state.reject(Rejection::UnsupportedResponseType));
    }
    let app = state.app(&authorization.client_id).filter(|app| !app.spent).cloned();
    let app = app.ok_or_else(|| state.reject(Rejection::UnknownApp))?;
    let profile = state.profile();
    let registered = profile.is_registered(&app, &authorization.redirect_uri);
    let normalized = normalize_redirect_uri(state, authorization)?;
    if !registered && !profile.consent.redirects_unregistered {
        return Err(state.reject(Rejection::UnregisteredRedirectUri));
    }
    // GoToSocial redirects even to unregistered URIs.
    if !registered {
        let help = "The authorization server encountered an \
                    unexpected condition that prevented it from fulfilling the request";
        let redirect = error_redirect(state, &normalized, "server_error", help);
        return Ok(Err(AuthorizationResponse::Redirect(redirect)));
    }
    let Some(scope) = (profile.consent.grants)(&app.scopes, &authorization.scope) else {
        return bad_scope(state, &normalized).map(Err);
    };
    let challenge = match pkce::challenge(profile.codes.pkce, authorization) {
        Ok(challenge) => challenge,
        Err(why) => return bad_challenge(state, &normalized, why).map(Err),
    };
    Ok(Ok(Approvable { app, normalized, scope, challenge }))
}

fn bad_scope(
    state: &State,
    authorization: &AuthorizationRequest,
) -> Result<AuthorizationResponse, ErrorResponse> {
    let help = "The requested scope is invalid, unknown, or malformed";
    let default_state = AuthorizationRequest { state: None, ..authorization.clone() };
    match state.profile().consent.errors {
        ConsentErrors::Redirected => Ok(AuthorizationResponse::Redirect(error_redirect(
            state,
            authorization,
            "invalid_scope",
            help,
        ))),
        ConsentErrors::RedirectedWithoutState => Ok(AuthorizationResponse::Redirect(
            error_redirect(state, &default_state, "invalid_scope", help),
        )),
        ConsentErrors::Displayed => Err(state.reject(Rejection::InvalidScope)),
    }
}

fn bad_challenge(
    state: &State,
    authorization: &AuthorizationRequest,
    why: &'static str,
) -> Result<AuthorizationResponse, ErrorResponse> {
    match state.profile().consent.errors {
        ConsentErrors::Redirected => Ok(AuthorizationResponse::Redirect(error_redirect(
            state,
            authorization,
            "invalid_request",
            why,
        ))),
        ConsentErrors::RedirectedWithoutState | ConsentErrors::Displayed => {
            Err(state.reject(Rejection::CodeChallenge(why)))
        }
    }
}

/// The response that returns a code to the app, or shows it to the user.
pub(crate) fn code_response(
    state: &State,
    authorization: &AuthorizationRequest,
    app: &App,
    code: &str,
) -> AuthorizationResponse {
    let mut parameters = vec![("code", code)];
    if state.profile().consent.iss {
        parameters.push(("iss", &state.origin));
    }
    let to = |page| {
        AuthorizationResponse::Redirect(callback_url(state, page, authorization, &parameters))
    };
    if authorization.redirect_uri != OUT_OF_BAND {
        return to(&authorization.redirect_uri);
    }
    match (state.profile().consent.out_of_band)(app) {
        OutOfBand::Page => to_code_page(state, authorization, &parameters),
        OutOfBand::Json => {
            AuthorizationResponse::Json(json!({ "code": code, "state": authorization.state }))
        }
        OutOfBand::Redirect => to(OUT_OF_BAND),
    }
}

/// Mastodon's page gets the code only.
fn to_code_page(
    state: &State,
    authorization: &AuthorizationRequest,
    parameters: &[(&str, &str)],
) -> AuthorizationResponse {
    let profile = state.profile();
    let page = profile.consent.code_page;
    AuthorizationResponse::Redirect(match profile.framework {
        Framework::Gin => callback_url(state, page, authorization, parameters),
        Framework::Rails => {
            let stateless = AuthorizationRequest { state: None, ..authorization.clone() };
            let page = format!("{}{page}", state.origin);
            callback_url(state, &page, &stateless, parameters)
        }
    })
}

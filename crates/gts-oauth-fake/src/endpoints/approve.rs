//! Approving an authorization request and building its response (RFC 6749 section 4.1.2).

use serde_json::{Value, json};

use super::callback_url::{callback_url, error_redirect, normalize_redirect_uri};
use crate::dialects::{ConsentErrors, OutOfBand, Rejection};
use crate::http::ErrorResponse;
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

/// Approves the authorization request of this account, after the user pressed *Allow*.
pub(crate) fn approve(
    state: &mut State,
    authorization: &AuthorizationRequest,
    account_id: String,
) -> Result<AuthorizationResponse, ErrorResponse> {
    if authorization.response_type != "code" {
        return Err(state.reject(Rejection::UnsupportedResponseType));
    }
    let app = state.app(&authorization.client_id).filter(|app| !app.spent).cloned();
    let app = app.ok_or_else(|| state.reject(Rejection::UnknownApp))?;
    let profile = state.profile();
    let registered = profile.is_registered(&app, &authorization.redirect_uri);
    let normalize_redirect_uri = normalize_redirect_uri(state, authorization)?;
    if !registered && !profile.consent.redirects_unregistered {
        return Err(state.reject(Rejection::UnregisteredRedirectUri));
    }
    // GoToSocial redirects even to unregistered URIs.
    if !registered {
        let help = "The authorization server encountered an \
                    unexpected condition that prevented it from fulfilling the request";
        return Ok(AuthorizationResponse::Redirect(error_redirect(
            state,
            &normalize_redirect_uri,
            "server_error",
            help,
        )));
    }
    let Some(scope) = (profile.consent.grants)(&app.scopes, &authorization.scope) else {
        return bad_scope(state, &normalize_redirect_uri);
    };
    let challenge = match pkce::challenge(profile.codes.pkce, authorization) {
        Ok(challenge) => challenge,
        Err(why) => return bad_challenge(state, &normalize_redirect_uri, why),
    };
    let approval = Approval {
        client_id: authorization.client_id.clone(),
        redirect_uri: authorization.redirect_uri.clone(),
        scope,
        account_id,
        challenge,
    };
    let code = issue_code(state, &profile.codes, &profile.issuing, &app, approval);
    Ok(code_response(state, &normalize_redirect_uri, &app, &code))
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
        OutOfBand::Page => to("/oauth/oob"),
        OutOfBand::Json => {
            AuthorizationResponse::Json(json!({ "code": code, "state": authorization.state }))
        }
        OutOfBand::Redirect => to(OUT_OF_BAND),
    }
}

//! Skipping the consent page for previously authorized apps.

use super::approve::{AuthorizationResponse, approve, code_response};
use super::callback_url::callback_url;
use crate::dialects::{ForceLogin, PriorConsent};
use crate::http::ErrorResponse;
use crate::state::{AuthorizationRequest, BrowserSession, OUT_OF_BAND, State};

/// The response without a consent page, or `None` if the page must be shown.
pub(crate) fn skip_consent(
    state: &mut State,
    browser: &mut BrowserSession,
    authorization: &AuthorizationRequest,
) -> Result<Option<AuthorizationResponse>, ErrorResponse> {
    let profile = &state.profile().consent;
    let forced = authorization.force_login && profile.force_login == ForceLogin::Consent;
    let known = browser.account_id.clone().filter(|_| !forced);
    let client_id = &authorization.client_id;
    let known = match profile.prior_consent {
        PriorConsent::Ignored => None,
        PriorConsent::SameScopes => known.filter(|it| {
            state.token_with_scopes(client_id, Some(it), &authorization.scope).is_some()
        }),
        PriorConsent::AnyToken => {
            known.filter(|it| state.newest_token(client_id, Some(it)).is_some())
        }
        PriorConsent::FirstCode => return Ok(akkoma_response(state, browser, authorization)),
    };
    known.map(|known| approve(state, authorization, known)).transpose()
}

/// Akkoma honors `force_login` only if the browser's session holds a token. If only a sign-in is
/// remembered, the parameter is ignored.
fn akkoma_response(
    state: &State,
    browser: &mut BrowserSession,
    authorization: &AuthorizationRequest,
) -> Option<AuthorizationResponse> {
    let token = state.session_token(browser);
    match token {
        Some(_) if authorization.force_login => return None,
        Some(token) if token.client_id == authorization.client_id => {
            return implicit_response(state, &token.token, authorization);
        }
        _ => {}
    }
    let user = token.and_then(|token| token.account_id.clone()).or(browser.user.clone())?;
    let theirs = |client_id: &str, account_id: &str| {
        client_id == authorization.client_id && account_id == user
    };
    state.newest_token(&authorization.client_id, Some(&user))?;
    let mut codes = state.codes.with_key(&authorization.client_id);
    let code = codes.find(|code| theirs(&code.client_id, &code.account_id))?;
    browser.account_id = Some(user);
    let app = state.app(&authorization.client_id)?;
    Some(code_response(state, authorization, app, &code.code))
}

/// An app in the same browser gets its token back, as in the implicit grant (RFC 6749
/// section 4.2).
fn implicit_response(
    state: &State,
    token: &str,
    authorization: &AuthorizationRequest,
) -> Option<AuthorizationResponse> {
    if authorization.redirect_uri == OUT_OF_BAND {
        return Some(AuthorizationResponse::ShowCode(token.to_owned()));
    }
    let app = state.app(&authorization.client_id)?;
    let registered = state.profile().is_registered(app, &authorization.redirect_uri);
    let parameters = [("access_token", token)];
    registered.then(|| {
        AuthorizationResponse::Redirect(callback_url(
            state,
            &authorization.redirect_uri,
            authorization,
            &parameters,
        ))
    })
}

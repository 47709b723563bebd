//! Bearer authentication of API calls (RFC 6750).

use std::time::Duration;

use crate::dialect::ApiVersion;
use crate::dialects::Rejection;
use crate::http::{ErrorResponse, IncomingRequest, negotiate};
use crate::state::{AccountState, State, Token};

/// Returns the id of the token's account. The order of the checks is GoToSocial's: token,
/// account, scope, and only then `Accept`. Some servers check the scope before they check whether
/// the account can be used.
pub(crate) fn authorize(
    state: &State,
    request: &IncomingRequest,
    required: &str,
) -> Result<String, ErrorResponse> {
    let token = token(state, request)?;
    let profile = state.profile();
    let permitted = required.split('|').any(|scope| (profile.permits)(&token.scope, scope));
    let scope = || match permitted {
        true => Ok(()),
        false => Err(state.reject(Rejection::InsufficientScope(required))),
    };
    let account_id = match profile.scopes_first {
        true => scope().and_then(|()| account(state, token))?,
        false => account(state, token).and_then(|account_id| scope().map(|()| account_id))?,
    };
    negotiate(request, &["application/json"])?;
    Ok(account_id)
}

/// Records that the request's token was used, which GoToSocial does for each valid token, even if
/// it rejects the request. It updates the time once a minute; before 0.22, once an hour.
pub(crate) fn record_use(state: &mut State, request: &IncomingRequest) {
    let interval = match state.dialect.api() >= ApiVersion::V022 {
        true => Duration::from_secs(60),
        false => Duration::from_secs(3600),
    };
    if let Some(token) = request.bearer() {
        state.record_use(&token, interval);
    }
}

/// The valid token of the request, with any scopes.
pub(crate) fn token<'a>(
    state: &'a State,
    request: &IncomingRequest,
) -> Result<&'a Token, ErrorResponse> {
    let bearer = request.bearer();
    let bearer = bearer.ok_or_else(|| state.reject(Rejection::MissingToken))?;
    let rejection = match state.revoked.contains(&bearer) {
        true => Rejection::RevokedToken,
        false => Rejection::InvalidToken,
    };
    let token = state.valid_token(&bearer).ok_or_else(|| state.reject(rejection))?;
    if token.app_deleted {
        return Err(state.reject(Rejection::DeletedApp));
    }
    // Mastodon rejects suspended accounts before it checks the scopes.
    let account_state = token.account_id.as_ref().map(|id| state.account_state(id));
    match account_state.filter(|it| *it == AccountState::Suspended) {
        Some(suspended) => Err(state.reject(Rejection::UnusableAccount(suspended))),
        None => Ok(token),
    }
}

/// The account of a user token.
fn account(state: &State, token: &Token) -> Result<String, ErrorResponse> {
    let account_id = token.account_id.clone();
    let account_id = account_id.ok_or_else(|| state.reject(Rejection::AppToken))?;
    match state.account_state(&account_id) {
        AccountState::Active => Ok(account_id),
        unusable => Err(state.reject(Rejection::UnusableAccount(unusable))),
    }
}

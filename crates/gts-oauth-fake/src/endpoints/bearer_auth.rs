//! Bearer authentication of API calls (RFC 6750).

use std::time::Duration;

use crate::dialect::ApiVersion;
use crate::dialects::Rejection;
use crate::http::{ErrorResponse, IncomingRequest, negotiate};
use crate::state::State;

/// Returns the id of the token's account. The order of the checks is GoToSocial's: token,
/// account, scope, and only then `Accept`. Some servers check the scope before they check whether
/// the account is disabled.
pub(crate) fn authorize(
    state: &State,
    request: &IncomingRequest,
    required: &str,
) -> Result<String, ErrorResponse> {
    let bearer = request.bearer();
    let bearer = bearer.ok_or_else(|| state.reject(Rejection::MissingToken))?;
    let token = state.valid_token(bearer).ok_or_else(|| state.reject(Rejection::InvalidToken))?;
    if token.app_deleted {
        return Err(state.reject(Rejection::DeletedApp));
    }
    let account_id = token.account_id.clone();
    let account_id = account_id.ok_or_else(|| state.reject(Rejection::AppToken))?;
    let disabled = state.account(&account_id).is_some_and(|account| account.disabled);
    let profile = state.profile();
    if disabled && !profile.scopes_first {
        return Err(state.reject(Rejection::DisabledAccount));
    }
    if !required.split('|').any(|scope| (profile.permits)(&token.scope, scope)) {
        return Err(state.reject(Rejection::InsufficientScope(required)));
    }
    if disabled {
        return Err(state.reject(Rejection::DisabledAccount));
    }
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
        state.record_use(token, interval);
    }
}

//! Bearer authentication of API calls (RFC 6750).

use crate::dialects::Rejection;
use crate::http::{ErrorResponse, IncomingRequest, negotiate};
use crate::state::State;

/// Returns the id of the token's account. The order of the checks is GoToSocial's: token,
/// account, scope, and only then `Accept`. Some servers check the scope before they check whether
/// the account is disabled.
pub(crate) fn authorize(
    state: &mut State,
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
    let id = token.id.clone();
    negotiate(request, &["application/json"])?;
    let now = state.now;
    if let Some(token) = state.tokens.iter_mut().find(|token| token.id == id) {
        token.last_used = Some(now);
    }
    Ok(account_id)
}

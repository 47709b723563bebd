//! Token revocation, `/oauth/revoke` (RFC 7009).

use super::client_auth::authenticate;
use crate::dialects::{Rejection, Revokes};
use crate::http::{ErrorResponse, HandlerResult, IncomingRequest, Schema, negotiate};
use crate::state::State;

/// No field is required to be a string.
const NOTHING: Schema =
    Schema { type_name: "auth.tokenRevokeRequestForm", fields: &[], lists: &[] };

/// `POST /oauth/revoke`. GoToSocial reads only `token` from JSON, so JSON requests always fail
/// there.
pub(crate) fn revoke(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    negotiate(request, &["application/json"])?;
    let profile = state.profile().revocation.as_ref();
    let profile = profile.ok_or_else(ErrorResponse::not_found)?;
    let mut fields = request.read(&NOTHING).map_err(ErrorResponse::bad_request)?;
    authenticate(state, request, &mut fields)?;
    let unread = request.is_json() && !profile.json;
    let required = |name| match (unread && name != "token", fields.non_empty(name)) {
        (false, Some(value)) => Ok(value),
        _ => Err(state.reject(Rejection::MissingRevocationField(name))),
    };
    let token = required(match request.is_json() {
        true => "token",
        false => profile.field,
    })?;
    let (id, secret) = match profile.unauthenticated {
        true => ("", ""),
        false => (required("client_id")?, required("client_secret")?),
    };
    let issued = state.tokens.with_key(token).find(|issued| issued.token == token);
    let app = state.app(id).filter(|app| app.client_secret == secret);
    let owner = app.map(|app| &app.client_id);
    let allowed = match issued {
        _ if profile.unauthenticated => true,
        Some(issued) => owner == Some(&issued.client_id),
        // An unknown token counts as revoked.
        None => profile.accepts_unknown,
    };
    if !allowed {
        let own = issued.filter(|issued| issued.client_id == id);
        return Err(state.reject(match own.is_some_and(|issued| issued.app_deleted) {
            true => Rejection::DeletedAppsToken,
            false => Rejection::OtherAppsToken,
        }));
    }
    let (token, id) = (token.to_owned(), id.to_owned());
    match profile.revokes {
        Revokes::Token => drop(state.revoke_token(&token)),
        Revokes::App => {
            state.revoke_tokens_of(&id);
            state.codes.remove(&id, |code| code.client_id == id);
        }
    }
    Ok((profile.response)())
}

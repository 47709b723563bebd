//! The account directory (`/api/v1/directory`), since GoToSocial 0.22.

use super::bearer_auth;
use crate::http::{HandlerResult, IncomingRequest, ok};
use crate::state::State;

/// `GET /api/v1/directory`: always empty, because no account is discoverable.
pub(crate) fn list(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    bearer_auth::authorize(state, request, "read:directory")?;
    ok(&[(); 0])
}

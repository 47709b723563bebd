//! Token responses (RFC 6749 section 5.1), and the entities of `GET /api/v1/tokens`.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::timestamp;
use crate::state::{State, Token};

/// The fields that all servers return.
pub(crate) fn token_response(issued: &Token) -> Value {
    let since = issued.created.duration_since(SystemTime::UNIX_EPOCH);
    json!({
        "access_token": issued.token,
        "created_at": since.unwrap_or_default().as_secs(),
        "scope": issued.scope,
        "token_type": "Bearer",
    })
}

/// The seconds until the token expires, by the server's clock.
pub(crate) fn seconds_left(state: &State, issued: &Token) -> u64 {
    let left = issued.expires.and_then(|at| at.duration_since(state.now).ok());
    left.unwrap_or_default().as_secs()
}

/// A token of the tokens API. The access token itself is not included.
pub(crate) fn token(state: &State, token: &Token) -> Value {
    let app = state.app(&token.client_id);
    let mut application = json!({ "name": app.map(|app| &app.name) });
    if let Some(website) = app.and_then(|app| app.website.as_ref()) {
        application["website"] = json!(website);
    }
    let mut entity = json!({
        "id": token.id,
        "created_at": timestamp(token.created),
        "scope": token.scope,
        "application": application,
    });
    if !token.name.is_empty() {
        entity["name"] = json!(token.name);
    }
    if let Some(used) = token.last_used {
        entity["last_used"] = json!(timestamp(used));
    }
    entity
}

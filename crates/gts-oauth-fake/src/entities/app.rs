//! Application entities (`POST /api/v1/apps`).

use serde_json::{Value, json};

use super::timestamp;
use crate::state::{App, State};

/// An app without its credentials.
pub(crate) fn app(app: &App) -> Value {
    let mut entity = json!({
        "id": app.id,
        "created_at": timestamp(app.created),
        "name": app.name,
        "redirect_uri": app.redirect_uris.join("\n"),
        "redirect_uris": app.redirect_uris,
        "scopes": app.scopes.split(' ').collect::<Vec<_>>(),
    });
    if let Some(website) = &app.website {
        entity["website"] = json!(website);
    }
    entity
}

/// An app with its credentials.
pub(crate) fn app_with_secret(state: &State, registered: &App) -> Value {
    let mut entity = app(registered);
    entity["client_id"] = json!(registered.client_id);
    entity["client_secret"] = json!(registered.client_secret);
    entity["vapid_key"] = json!(state.vapid_key);
    entity
}

//! Authorization server metadata (RFC 8414).

use serde_json::{Value, json};

use crate::state::{State, scopes};

/// The metadata of a server with this issuer.
pub(crate) fn metadata(state: &State, issuer: &str) -> Value {
    let origin = &state.origin;
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{origin}/oauth/authorize"),
        "token_endpoint": format!("{origin}/oauth/token"),
        "revocation_endpoint": format!("{origin}/oauth/revoke"),
        "app_registration_endpoint": format!("{origin}/api/v1/apps"),
        "scopes_supported": scopes::known(),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
    })
}

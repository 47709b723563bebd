//! Account entities (`GET /api/v1/accounts/verify_credentials`).

use serde_json::{Value, json};

use super::{timestamp, without};
use crate::dialect::ApiVersion;
use crate::state::{AccountRecord, State, Status};

/// A public account, as others see it.
pub(crate) fn public_account(state: &State, account: &AccountRecord) -> Value {
    let origin = &state.origin;
    let name = &account.name;
    let posts: Vec<&Status> = state.statuses.iter().filter(|it| it.author == account.id).collect();
    let avatar = format!("{origin}/assets/default_avatars/GoToSocial_icon1.webp");
    let header = format!("{origin}/assets/default_header.webp");
    let mut entity = json!({
        "id": account.id,
        "username": name,
        "acct": name,
        "display_name": name,
        "locked": true,
        "discoverable": false,
        "bot": false,
        "created_at": timestamp(account.created),
        "note": "",
        "url": format!("{origin}/@{name}"),
        "avatar": avatar,
        "avatar_static": avatar,
        "avatar_description": "Grayed-out line drawing of a cute sloth (default avatar).",
        "header": header,
        "header_static": header,
        "header_description": "Flat gray background (default header).",
        "followers_count": 0,
        "following_count": 0,
        "statuses_count": posts.len(),
        "last_status_at": posts.last().map(|status| timestamp(status.created)[..10].to_owned()),
        "emojis": [],
        "fields": [],
        "group": false,
    });
    if state.dialect.api() >= ApiVersion::V022 {
        entity["indexable"] = json!(false);
        entity["noindex"] = json!(true);
        // As recorded, even of accounts with statuses.
        entity["last_status_at"] = Value::Null;
    }
    entity
}

/// The user's own account (`CredentialAccount`).
pub(crate) fn own_account(state: &State, account: &AccountRecord) -> Value {
    let mut entity = public_account(state, account);
    entity["source"] = json!({
        "privacy": "unlisted",
        "web_visibility": "public",
        "web_layout": "microblog",
        "sensitive": false,
        "language": "en",
        "status_content_type": "text/plain",
        "note": "",
        "fields": [],
        "follow_requests_count": 0,
    });
    match state.dialect.api() {
        ApiVersion::V018 => {
            without(&mut entity["source"], &["web_layout"]);
            entity["source"]["web_visibility"] = json!("unlisted");
        }
        ApiVersion::V020 => {}
        ApiVersion::V022 => entity["source"]["web_include_boosts"] = json!(false),
    }
    entity["role"] = json!({
        "id": "user",
        "name": "user",
        "color": "",
        "permissions": "0",
        "highlighted": false,
    });
    entity
}

/// Removes the fields that only GoToSocial has, and adds `uri`.
pub(crate) fn without_gotosocial_fields(
    state: &State,
    account: &AccountRecord,
    entity: &mut Value,
) {
    without(entity, &["avatar_description", "header_description"]);
    let own = ["web_visibility", "web_layout", "status_content_type"];
    without(&mut entity["source"], &own);
    entity["uri"] = json!(format!("{}/users/{}", state.origin, account.name));
}

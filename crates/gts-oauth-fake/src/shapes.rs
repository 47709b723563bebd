//! The API's JSON, field by field as recorded.

use std::time::SystemTime;

use serde_json::{Value, json};

use crate::text;
use crate::world::{Issued, Notification, Registered, Resident, Status, World};

/// `2026-11-23T10:57:47.437Z`
pub(crate) fn moment(at: SystemTime) -> String {
    humantime::format_rfc3339_millis(at).to_string()
}

pub(crate) fn app(app: &Registered) -> Value {
    let mut shape = json!({
        "id": app.id,
        "created_at": moment(app.created),
        "name": app.name,
        "redirect_uri": app.redirect_uris.join("\n"),
        "redirect_uris": app.redirect_uris,
        "scopes": app.scopes.split(' ').collect::<Vec<_>>(),
    });
    if let Some(website) = &app.website {
        shape["website"] = json!(website);
    }
    shape
}

pub(crate) fn app_with_secret(world: &World, registered: &Registered) -> Value {
    let mut shape = app(registered);
    shape["client_id"] = json!(registered.client_id);
    shape["client_secret"] = json!(registered.client_secret);
    shape["vapid_key"] = json!(world.vapid_key);
    shape
}

/// What every token reply has.
pub(crate) fn token_reply(issued: &Issued) -> Value {
    let since = issued.created.duration_since(SystemTime::UNIX_EPOCH);
    json!({
        "access_token": issued.token,
        "created_at": since.unwrap_or_default().as_secs(),
        "scope": issued.scope,
        "token_type": "Bearer",
    })
}

/// Until a token expires, by the server's clock.
pub(crate) fn seconds_left(world: &World, issued: &Issued) -> u64 {
    let left = issued
        .expires
        .and_then(|at| at.duration_since(world.now).ok());
    left.unwrap_or_default().as_secs()
}

pub(crate) fn account(world: &World, resident: &Resident) -> Value {
    let origin = &world.origin;
    let name = &resident.name;
    let posts: Vec<&Status> = world
        .statuses
        .iter()
        .filter(|it| it.author == resident.id)
        .collect();
    let avatar = format!("{origin}/assets/default_avatars/GoToSocial_icon1.webp");
    let header = format!("{origin}/assets/default_header.webp");
    json!({
        "id": resident.id,
        "username": name,
        "acct": name,
        "display_name": name,
        "locked": true,
        "discoverable": false,
        "bot": false,
        "created_at": moment(resident.created),
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
        "last_status_at": posts.last().map(|status| moment(status.created)[..10].to_owned()),
        "emojis": [],
        "fields": [],
        "group": false,
    })
}

/// An account as its own person sees it.
pub(crate) fn own_account(world: &World, resident: &Resident) -> Value {
    let mut shape = gotosocials_own_account(world, resident);
    (world.manner().account)(world, resident, &mut shape);
    shape
}

/// Without what only GoToSocial has.
pub(crate) fn without_gotosocials_own(world: &World, resident: &Resident, shape: &mut Value) {
    without(shape, &["avatar_description", "header_description"]);
    let own = ["web_visibility", "web_layout", "status_content_type"];
    without(&mut shape["source"], &own);
    shape["uri"] = json!(format!("{}/users/{}", world.origin, resident.name));
}

pub(crate) fn without(shape: &mut Value, gone: &[&str]) {
    if let Value::Object(fields) = shape {
        fields.retain(|name, _| !gone.contains(&name.as_str()));
    }
}

fn gotosocials_own_account(world: &World, resident: &Resident) -> Value {
    let mut shape = account(world, resident);
    shape["source"] = json!({
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
    shape["role"] = json!({
        "id": "user",
        "name": "user",
        "color": "",
        "permissions": "0",
        "highlighted": false,
    });
    shape
}

/// None if its post or its author is gone.
pub(crate) fn notification(world: &World, notification: &Notification) -> Option<Value> {
    let mut statuses = world.statuses.iter();
    let posted = statuses.find(|it| it.id == notification.status)?;
    let author = world.resident(&posted.author)?;
    Some(json!({
        "id": notification.id,
        "type": "mention",
        "created_at": moment(notification.created),
        "account": account(world, author),
        "status": status(world, posted),
    }))
}

pub(crate) fn status(world: &World, status: &Status) -> Value {
    let origin = &world.origin;
    let author = world.resident(&status.author);
    let name = author.map_or("", |author| &author.name);
    let everybody = json!({
        "automatic_approval": ["public", "me"],
        "manual_approval": [],
        "always": ["public", "me"],
        "with_approval": [],
    });
    let mentions = status.mentions.iter().filter_map(|id| world.resident(id));
    let mentions: Vec<Value> = mentions
        .map(|it| {
            json!({
                "id": it.id,
                "username": it.name,
                "url": format!("{origin}/@{}", it.name),
                "acct": it.name,
            })
        })
        .collect();
    let application = status.app.as_ref().map(|(name, website)| match website {
        Some(website) => json!({ "name": name, "website": website }),
        None => json!({ "name": name }),
    });
    json!({
        "id": status.id,
        "created_at": moment(status.created),
        "edited_at": null,
        "in_reply_to_id": null,
        "in_reply_to_account_id": null,
        "sensitive": false,
        "spoiler_text": "",
        "visibility": status.visibility,
        "language": "en",
        "uri": format!("{origin}/users/{name}/statuses/{}", status.id),
        "url": format!("{origin}/@{name}/statuses/{}", status.id),
        "replies_count": 0,
        "reblogs_count": 0,
        "favourites_count": 0,
        "favourited": false,
        "reblogged": false,
        "muted": false,
        "bookmarked": false,
        "pinned": false,
        "content": text::html(world, &status.text),
        "reblog": null,
        "application": application,
        "account": author.map(|author| account(world, author)),
        "media_attachments": [],
        "mentions": mentions,
        "tags": [],
        "emojis": [],
        "card": null,
        "poll": null,
        "text": status.text,
        "content_type": "text/plain",
        "interaction_policy": {
            "can_favourite": everybody.clone(),
            "can_reply": everybody.clone(),
            "can_reblog": everybody,
        },
    })
}

pub(crate) fn token(world: &World, token: &Issued) -> Value {
    let app = world.app(&token.client_id);
    let mut application = json!({ "name": app.map(|app| &app.name) });
    if let Some(website) = app.and_then(|app| app.website.as_ref()) {
        application["website"] = json!(website);
    }
    let mut shape = json!({
        "id": token.id,
        "created_at": moment(token.created),
        "scope": token.scope,
        "application": application,
    });
    if let Some(used) = token.last_used {
        shape["last_used"] = json!(moment(used));
    }
    shape
}

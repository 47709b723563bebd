//! Entities of Mastodon, field by field as recorded from 4.6. Earlier versions lack some fields.

use serde_json::{Value, json};

use super::status::{html, mentions};
use super::{app, media, timestamp, without};
use crate::state::{AccountRecord, App, Notification, State, Status};

/// A public account, as others see it.
pub(crate) fn account(state: &State, account: &AccountRecord) -> Value {
    let origin = &state.origin;
    let name = &account.name;
    let posts: Vec<&Status> = state.statuses.iter().filter(|it| it.author == account.id).collect();
    let (avatar, header) = (
        format!("{origin}/avatars/original/missing.png"),
        format!("{origin}/headers/original/missing.png"),
    );
    json!({
        "id": account.id,
        "username": name,
        "acct": name,
        "display_name": "",
        "locked": false,
        "bot": false,
        "discoverable": null,
        "indexable": false,
        "group": false,
        "created_at": timestamp(account.created),
        "note": "",
        "url": format!("{origin}/@{name}"),
        "uri": uri(state, account),
        "avatar": avatar,
        "avatar_static": avatar,
        "avatar_description": "",
        "header": header,
        "header_static": header,
        "header_description": "",
        "followers_count": 0,
        "following_count": 0,
        "statuses_count": posts.len(),
        "last_status_at": posts.last().map(|status| timestamp(status.created)[..10].to_owned()),
        "hide_collections": null,
        "show_media": true,
        "show_media_replies": true,
        "show_featured": true,
        "noindex": false,
        "feature_approval": { "automatic": [], "manual": [], "current_user": "denied" },
        "emojis": [],
        "roles": [],
        "fields": [],
    })
}

fn uri(state: &State, account: &AccountRecord) -> String {
    format!("{}/ap/users/{}", state.origin, account.id)
}

/// The user's own account (`CredentialAccount`).
pub(crate) fn own_account(state: &State, record: &AccountRecord) -> Value {
    let mut entity = account(state, record);
    entity["source"] = json!({
        "privacy": "public",
        "sensitive": false,
        "language": null,
        "note": "",
        "fields": [],
        "follow_requests_count": 0,
        "hide_collections": null,
        "discoverable": null,
        "indexable": false,
        "attribution_domains": [],
        "quote_policy": "public",
    });
    entity["role"] = json!({
        "id": "-99",
        "name": "",
        "permissions": "65536",
        "color": "",
        "highlighted": false,
        "collection_limit": 10,
    });
    entity
}

/// The claims of `/oauth/userinfo` (OpenID Connect Core section 5.3).
pub(crate) fn userinfo(state: &State, account: &AccountRecord) -> Value {
    let origin = &state.origin;
    json!({
        "iss": format!("{origin}/"),
        "sub": uri(state, account),
        "name": "",
        "preferred_username": account.name,
        "profile": format!("{origin}/@{}", account.name),
        "picture": format!("{origin}/avatars/original/missing.png"),
    })
}

/// An app without its credentials (`/api/v1/apps/verify_credentials`).
pub(crate) fn verified_app(state: &State, registered: &App) -> Value {
    let mut entity = app(registered);
    without(&mut entity, &["created_at"]);
    entity["redirect_uri"] = json!(registered.redirect_uris_text);
    entity["website"] = json!(registered.website);
    entity["vapid_key"] = json!(state.vapid_key);
    entity
}

/// An app with its credentials.
pub(crate) fn registered_app(state: &State, app: &App) -> Value {
    let mut entity = verified_app(state, app);
    entity["client_id"] = json!(app.client_id);
    entity["client_secret"] = json!(app.client_secret);
    entity["client_secret_expires_at"] = json!(0);
    entity
}

pub(crate) fn status(state: &State, status: &Status) -> Value {
    let origin = &state.origin;
    let author = state.account(&status.author);
    let name = author.map_or("", |author| &author.name);
    let application = status.app.as_ref();
    let application =
        application.map(|(name, website)| json!({ "name": name, "website": website }));
    let files: Vec<Value> = state.media_of(status).map(|file| media(state, file)).collect();
    json!({
        "id": status.id,
        "created_at": timestamp(status.created),
        "in_reply_to_id": null,
        "in_reply_to_account_id": null,
        "sensitive": false,
        "spoiler_text": "",
        "visibility": status.visibility,
        "language": "en",
        "uri": format!("{origin}/ap/users/{}/statuses/{}", status.author, status.id),
        "url": format!("{origin}/@{name}/{}", status.id),
        "replies_count": 0,
        "reblogs_count": 0,
        "favourites_count": 0,
        "quotes_count": 0,
        "edited_at": null,
        "favourited": false,
        "reblogged": false,
        "muted": false,
        "bookmarked": false,
        "pinned": false,
        "content": html(state, &status.text, link),
        "filtered": [],
        "reblog": null,
        "application": application,
        "account": author.map(|author| account(state, author)),
        "media_attachments": files,
        "mentions": mentions(state, status),
        "tags": [],
        "emojis": [],
        "tagged_collections": [],
        "quote": null,
        "card": null,
        "poll": null,
        "quote_approval": { "automatic": ["public"], "manual": [], "current_user": "automatic" },
    })
}

/// A mention, without the attributes of GoToSocial's.
fn link(state: &State, name: &str) -> String {
    format!(
        "<span class=\"h-card\" translate=\"no\"><a href=\"{}/@{name}\" \
         class=\"u-url mention\">@<span>{name}</span></a></span>",
        state.origin
    )
}

/// `None` if the status or its author does not exist.
pub(crate) fn notification(state: &State, notification: &Notification) -> Option<Value> {
    let posted = state.status(&notification.status)?;
    let author = state.account(&posted.author)?;
    Some(json!({
        "id": notification.id,
        "type": "mention",
        "created_at": timestamp(notification.created),
        "group_key": format!("ungrouped-{}", notification.id),
        "account": account(state, author),
        "status": status(state, posted),
    }))
}

/// `/api/v1/instance`, without the version.
pub(crate) fn instance_v1(state: &State) -> Value {
    let mut limits = limits();
    without(&mut limits["accounts"], &NEW_ACCOUNT_LIMITS);
    without(&mut limits["accounts"], &["max_pinned_statuses"]);
    without(&mut limits["media_attachments"], &["description_limit"]);
    json!({
        "uri": state.account_domain(),
        "title": "Mastodon",
        "short_description": "",
        "description": "",
        "email": "",
        "urls": { "streaming_api": streaming(state) },
        "stats": {
            "user_count": state.accounts.len(),
            "status_count": state.statuses.len(),
            "domain_count": 0,
        },
        "thumbnail": format!("{}/packs/media/images/preview.png", state.origin),
        "languages": ["en"],
        "registrations": false,
        "approval_required": false,
        "invites_enabled": true,
        "configuration": limits,
        "contact_account": null,
        "rules": [],
    })
}

/// `/api/v2/instance`, without the version.
pub(crate) fn instance_v2(state: &State) -> Value {
    let origin = &state.origin;
    let mut configuration = limits();
    configuration["urls"] = json!({
        "streaming": streaming(state),
        "status": null,
        "about": format!("{origin}/about"),
        "privacy_policy": format!("{origin}/privacy-policy"),
        "terms_of_service": null,
    });
    configuration["vapid"] = json!({ "public_key": state.vapid_key });
    configuration["translation"] = json!({ "enabled": false });
    let feeds = json!({ "local": "public", "remote": "public" });
    configuration["timelines_access"] = json!({
        "live_feeds": feeds,
        "hashtag_feeds": feeds,
        "trending_link_feeds": feeds,
    });
    configuration["limited_federation"] = json!(false);
    json!({
        "domain": state.account_domain(),
        "title": "Mastodon",
        "source_url": "https://github.com/mastodon/mastodon",
        "description": "",
        "usage": { "users": { "active_month": 0 } },
        "thumbnail": {
            "url": format!("{origin}/packs/media/images/preview.png"),
            "description": "Two smiling cartoon mastodons (who look like elephants) toss a paper \
                plane between them. They're surrounded by a bright blue sky and floating planets \
                with trees and more mastodons on them.",
        },
        "icon": icons(state),
        "languages": ["en"],
        "configuration": configuration,
        "registrations": {
            "enabled": false,
            "approval_required": false,
            "reason_required": false,
            "message": null,
            "min_age": null,
            "url": null,
        },
        "api_versions": { "mastodon": 11 },
        "wrapstodon": null,
        "contact": { "email": "", "account": null },
        "rules": [],
    })
}

fn icons(state: &State) -> Vec<Value> {
    let sizes = [36, 48, 72, 96, 144, 192, 256, 384, 512].map(|size| format!("{size}x{size}"));
    let icon = |size: &String| {
        let path = format!("/packs/media/icons/android-chrome-{size}.png");
        json!({ "src": format!("{}{path}", state.origin), "size": size })
    };
    sizes.iter().map(icon).collect()
}

/// `ws://` if the origin is `http://`.
fn streaming(state: &State) -> String {
    state.origin.replacen("http", "ws", 1)
}

/// Limits of accounts that only `/api/v2/instance` has, and only since 4.4.
pub(crate) const NEW_ACCOUNT_LIMITS: [&str; 7] = [
    "max_display_name_length",
    "max_note_length",
    "max_avatar_description_length",
    "max_header_description_length",
    "max_profile_fields",
    "profile_field_name_limit",
    "profile_field_value_limit",
];

fn limits() -> Value {
    json!({
        "accounts": {
            "max_display_name_length": 40,
            "max_note_length": 500,
            "max_avatar_description_length": 150,
            "max_header_description_length": 150,
            "max_featured_tags": 10,
            "max_pinned_statuses": 5,
            "max_profile_fields": 4,
            "profile_field_name_limit": 255,
            "profile_field_value_limit": 255,
        },
        "statuses": {
            "max_characters": 500,
            "max_media_attachments": 4,
            "characters_reserved_per_url": 23,
        },
        "media_attachments": {
            "description_limit": 10_000,
            "supported_mime_types": ["image/jpeg", "image/png", "image/gif", "video/mp4", "audio/ogg"],
            "image_size_limit": 16_777_216,
            "image_matrix_limit": 33_177_600,
            "video_size_limit": 103_809_024,
            "video_frame_rate_limit": 120,
            "video_matrix_limit": 8_294_400,
        },
        "polls": {
            "max_options": 4,
            "max_characters_per_option": 50,
            "min_expiration": 300,
            "max_expiration": 2_629_746,
        },
    })
}

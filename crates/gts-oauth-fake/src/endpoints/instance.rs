//! The front page, and instance information (`/api/v1/instance`, `/api/v2/instance`).

use http::StatusCode;
use http::header::HeaderName;
use serde_json::{Value, json};

use super::{html_pages, media, statuses};
use crate::dialect::ApiVersion;
use crate::entities::without;
use crate::http::{HandlerResult, IncomingRequest, html_page, negotiate, ok, set_header};
use crate::state::{MediaFormat, PASSWORD, State};

/// The repository of GoToSocial.
pub(super) fn source(state: &State) -> &'static str {
    match state.dialect.api() {
        ApiVersion::V018 => "https://github.com/superseriousbusiness/gotosocial",
        _ => "https://codeberg.org/superseriousbusiness/gotosocial",
    }
}

/// `GET /`
pub(crate) fn front_page(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    negotiate(request, &["text/html"])?;
    let names: Vec<&str> = state.accounts.iter().map(|it| it.name.as_str()).collect();
    let page = html_pages::front(state.profile().software, &state.origin, &names, PASSWORD);
    Ok(html_page(StatusCode::OK, page))
}

/// `GET /api/v1/instance`
pub(crate) fn instance_v1(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    negotiate(request, &["application/json"])?;
    let (host, origin) = (state.host(), &state.origin);
    let mut body = json!({
        "uri": (state.profile().uri)(state),
        "title": host,
        "description": "",
        "short_description": "",
        "email": "",
        "version": state.profile().version,
        "languages": [],
        "registrations": false,
        "approval_required": true,
        "invites_enabled": false,
        "configuration": configuration(),
        "urls": { "streaming_api": streaming(state) },
        "stats": {
            "domain_count": 0,
            "status_count": state.statuses.len(),
            "user_count": state.accounts.len(),
        },
        "thumbnail": format!("{origin}/assets/logo.webp"),
        "max_toot_chars": statuses::LONGEST,
        "rules": [],
    });
    if state.dialect.is_gotosocial() {
        body["account_domain"] = json!(state.account_domain());
    }
    let profile = &state.profile().instance;
    (profile.v1)(state, &mut body);
    let mut response = ok(&body)?;
    if let Some(since) = profile.v1_deprecation {
        set_header(&mut response, HeaderName::from_static("deprecation"), since);
    }
    Ok(response)
}

/// `GET /api/v1/instance/rules`: there are none.
pub(crate) fn rules(_: &mut State, _: &IncomingRequest, _: &str) -> HandlerResult {
    ok(&json!([]))
}

/// `GET /api/v2/instance`
pub(crate) fn instance_v2(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    negotiate(request, &["application/json"])?;
    let (host, origin) = (state.host(), &state.origin);
    let api = state.dialect.api();
    let domain = if api >= ApiVersion::V022 { host } else { state.account_domain() };
    let mut settings = configuration();
    settings["urls"] = json!({
        "streaming": streaming(state),
        "about": format!("{origin}/about"),
        "privacy_policy": null,
        "terms_of_service": format!("{origin}/about#rules"),
    });
    settings["translation"] = json!({ "enabled": false });
    settings["vapid"] = json!({ "public_key": state.vapid_key });
    settings["media_attachments"]["description_limit"] = json!(media::LONGEST_DESCRIPTION);
    let mut body = json!({
        "domain": domain,
        "title": host,
        "version": state.profile().version,
        "source_url": source(state),
        "description": "",
        "usage": { "users": { "active_month": 0 } },
        "thumbnail": { "url": format!("{origin}/assets/logo.webp") },
        "languages": [],
        "configuration": settings,
        "registrations": {
            "enabled": false,
            "approval_required": true,
            "message": null,
            "min_age": null,
            "reason_required": true,
        },
        "contact": { "email": "" },
        "rules": [],
    });
    if api == ApiVersion::V018 {
        body["configuration"]["urls"] = json!({ "streaming": streaming(state) });
        without(&mut body["configuration"]["media_attachments"], &["description_limit"]);
        without(&mut body["registrations"], &["min_age", "reason_required"]);
    }
    if state.dialect.is_gotosocial() {
        body["account_domain"] = json!(state.account_domain());
    } else {
        body["source_url"] = Value::Null;
    }
    (state.profile().instance.v2)(state, &mut body);
    ok(&body)
}

/// Always `wss://`, as recorded, even if the origin is `http://`.
fn streaming(state: &State) -> String {
    format!("wss://{}", state.host())
}

fn configuration() -> Value {
    let media_types: Vec<&str> = MediaFormat::ALL.iter().map(|it| it.mime_type).collect();
    json!({
        "statuses": {
            "max_characters": statuses::LONGEST,
            "max_media_attachments": statuses::MOST_MEDIA,
            "characters_reserved_per_url": 25,
            "supported_mime_types": ["text/plain", "text/markdown"],
        },
        "media_attachments": {
            "supported_mime_types": media_types,
            "image_size_limit": media::LARGEST,
            "image_matrix_limit": i32::MAX,
            "video_size_limit": media::LARGEST,
            "video_frame_rate_limit": i32::MAX,
            "video_matrix_limit": i32::MAX,
        },
        "polls": {
            "max_options": 6,
            "max_characters_per_option": 50,
            "min_expiration": 300,
            "max_expiration": 2_629_746,
        },
        "accounts": {
            "allow_custom_css": false,
            "max_featured_tags": 10,
            "max_profile_fields": 6,
        },
        "emojis": { "emoji_size_limit": 51_200 },
    })
}

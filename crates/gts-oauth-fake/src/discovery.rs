//! What a server says of itself to everybody.

use http::StatusCode;
use serde_json::{Value, json};

use crate::authorize::PASSWORD;
use crate::incoming::Incoming;
use crate::json::merge;
use crate::pages;
use crate::reply::{Outcome, Refusal, html, negotiate, ok, reply};
use crate::scopes;
use crate::world::World;

/// Where the real server's source is.
const SOURCE: &str = "https://codeberg.org/superseriousbusiness/gotosocial";

/// `GET /`
pub(crate) fn front_page(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    negotiate(incoming, &["text/html"])?;
    let names: Vec<&str> = world.residents.iter().map(|it| it.name.as_str()).collect();
    let page = pages::front(&world.origin, &names, PASSWORD);
    Ok(html(StatusCode::OK, page))
}

/// `GET /.well-known/nodeinfo`
pub(crate) fn nodeinfo_links(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    negotiate(incoming, &["application/json"])?;
    let link = |version: &str| {
        json!({
            "rel": format!("http://nodeinfo.diaspora.software/ns/schema/{version}"),
            "href": format!("{}/nodeinfo/{version}", world.origin),
        })
    };
    ok(&json!({ "links": [link("2.0"), link("2.1")] }))
}

/// `GET /nodeinfo/{version}`
pub(crate) fn nodeinfo(world: &mut World, incoming: &Incoming, version: &str) -> Outcome {
    negotiate(incoming, &["application/json"])?;
    if !matches!(version, "2.0" | "2.1") {
        let help = "only nodeinfo 2.0 and 2.1 are supported";
        return Err(Refusal::Plain(StatusCode::NOT_FOUND, help.to_owned()));
    }
    let (name, release) = world.manner().software;
    let mut body = json!({
        "version": version,
        "software": { "name": name, "version": release },
        "protocols": ["activitypub"],
        "services": { "inbound": [], "outbound": [] },
        "openRegistrations": false,
        "usage": { "users": { "total": world.residents.len() }, "localPosts": world.statuses.len() },
        "metadata": {},
    });
    if version == "2.1" && world.dialect.is_gotosocial() {
        body["software"]["homepage"] = json!("https://docs.gotosocial.org");
        body["software"]["repository"] = json!(SOURCE);
    }
    let schema = format!("http://nodeinfo.diaspora.software/ns/schema/{version}#");
    let kind = format!("application/json; profile=\"{schema}\"");
    Ok(reply(StatusCode::OK, &kind, body.to_string()))
}

/// `GET /.well-known/oauth-authorization-server` (RFC 8414), where the dialect has it.
pub(crate) fn metadata(world: &mut World, _: &Incoming, _: &str) -> Outcome {
    ok(&told(world).ok_or_else(Refusal::not_found)?)
}

fn told(world: &World) -> Option<Value> {
    let mut body = (world.manner().metadata?)(world);
    merge(&mut body, &world.metadata);
    Some(body)
}

/// Whether an app's secret may stand in a body, as it may unless metadata says otherwise.
pub(crate) fn takes_posted_secrets(world: &World) -> bool {
    let told = told(world).unwrap_or_default();
    let methods = told["token_endpoint_auth_methods_supported"].as_array();
    methods.is_none_or(|methods| methods.iter().any(|it| it == "client_secret_post"))
}

/// What a server with this issuer says of itself.
pub(crate) fn metadata_of(world: &World, issuer: &str) -> Value {
    let origin = &world.origin;
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

/// `GET /.well-known/host-meta`: XML, and nothing else.
pub(crate) fn host_meta(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    negotiate(incoming, &["application/xrd+xml", "application/xml"])?;
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<XRD \
         xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\"><Link rel=\"lrdd\" \
         type=\"application/xrd+xml\" \
         template=\"{}/.well-known/webfinger?resource={{uri}}\"></Link></XRD>",
        world.origin
    );
    Ok(reply(StatusCode::OK, "application/xrd+xml", body))
}

/// Whom a webfinger resource means, and where: `acct:alice@example.org`, or an address of hers.
fn account(resource: &str) -> Result<(&str, &str), Refusal> {
    let address = resource.strip_prefix("https://");
    if let Some(address) = address.or_else(|| resource.strip_prefix("http://")) {
        let (host, path) = address.split_once('/').unwrap_or((address, ""));
        let name = path.strip_prefix("users/").unwrap_or(path);
        return Ok((name.trim_start_matches('@'), host));
    }
    let handle = resource.strip_prefix("acct:").unwrap_or(resource);
    let handle = handle.trim_start_matches('@');
    let fault = |fault| {
        let request = format!("bad webfinger request with resource query {resource}");
        Refusal::bad_request(format!("{request}: {fault}"))
    };
    match handle.split_once('@') {
        None if handle.is_empty() => Err(fault("couldn't match namestring @".to_owned())),
        None => Err(fault(format!("failed to extract domain from: @{handle}"))),
        Some((name, host)) if name.contains(':') || host.contains('@') => {
            Err(fault(format!("couldn't match namestring @{handle}")))
        }
        Some(account) => Ok(account),
    }
}

/// `GET /.well-known/webfinger`
pub(crate) fn webfinger(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    negotiate(incoming, &["application/jrd+json", "application/json"])?;
    let fields = incoming.query_fields();
    let resource = fields
        .filled("resource")
        .ok_or_else(|| Refusal::bad_request("no 'resource' in request query"))?;
    let (name, host) = account(resource)?;
    let domain = world.account_domain();
    if ![world.host(), domain].contains(&host) {
        let help = format!("requested host {host} does not belong to this instance");
        return Err(Refusal::bad_request(help));
    }
    let name = name.to_ascii_lowercase();
    let name = &world
        .resident_named(&name)
        .ok_or_else(Refusal::not_found)?
        .name;
    let (page, user) = (
        format!("{}/@{name}", world.origin),
        format!("{}/users/{name}", world.origin),
    );
    let body = json!({
        "subject": format!("acct:{name}@{domain}"),
        "aliases": [user, page],
        "links": [
            { "rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": page },
            { "rel": "self", "type": "application/activity+json", "href": user },
        ],
    });
    Ok(reply(
        StatusCode::OK,
        "application/jrd+json",
        body.to_string(),
    ))
}

/// `GET /api/v1/instance`
pub(crate) fn instance_v1(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    negotiate(incoming, &["application/json"])?;
    let (host, origin) = (world.host(), &world.origin);
    let mut body = json!({
        "uri": (world.manner().uri)(world),
        "title": host,
        "description": "",
        "short_description": "",
        "email": "",
        "version": world.manner().version,
        "languages": [],
        "registrations": false,
        "approval_required": true,
        "invites_enabled": false,
        "configuration": configuration(),
        "urls": { "streaming_api": streaming(world) },
        "stats": {
            "domain_count": 0,
            "status_count": world.statuses.len(),
            "user_count": world.residents.len(),
        },
        "thumbnail": format!("{origin}/assets/logo.webp"),
        "max_toot_chars": 5000,
        "rules": [],
    });
    if world.dialect.is_gotosocial() {
        body["account_domain"] = json!(world.account_domain());
    }
    ok(&body)
}

/// `GET /api/v2/instance`
pub(crate) fn instance_v2(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    negotiate(incoming, &["application/json"])?;
    let (host, origin) = (world.host(), &world.origin);
    let mut settings = configuration();
    settings["urls"] = json!({
        "streaming": streaming(world),
        "about": format!("{origin}/about"),
        "privacy_policy": null,
        "terms_of_service": format!("{origin}/about#rules"),
    });
    settings["translation"] = json!({ "enabled": false });
    settings["vapid"] = json!({ "public_key": world.vapid_key });
    settings["media_attachments"]["description_limit"] = json!(1500);
    let mut body = json!({
        "domain": world.account_domain(),
        "title": host,
        "version": world.manner().version,
        "source_url": SOURCE,
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
    if world.dialect.is_gotosocial() {
        body["account_domain"] = json!(world.account_domain());
    } else {
        body["source_url"] = Value::Null;
    }
    ok(&body)
}

/// `wss://` whatever the scheme, as recorded.
fn streaming(world: &World) -> String {
    format!("wss://{}", world.host())
}

fn configuration() -> Value {
    json!({
        "statuses": {
            "max_characters": 5000,
            "max_media_attachments": 6,
            "characters_reserved_per_url": 25,
            "supported_mime_types": ["text/plain", "text/markdown"],
        },
        "media_attachments": {
            "supported_mime_types": ["image/jpeg", "image/png"],
            "image_size_limit": 41_943_040,
            "image_matrix_limit": i32::MAX,
            "video_size_limit": 41_943_040,
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

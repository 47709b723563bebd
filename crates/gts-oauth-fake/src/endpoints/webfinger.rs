//! Host-meta and WebFinger (RFC 6415, RFC 7033).

use http::StatusCode;
use serde_json::json;

use crate::dialect::ApiVersion;
use crate::http::{ErrorResponse, Framework, HandlerResult, IncomingRequest, negotiate, response};
use crate::state::State;

/// `GET /.well-known/host-meta`: XML only.
pub(crate) fn host_meta(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    negotiate(request, &["application/xrd+xml", "application/xml"])?;
    if request.framework == Framework::Rails {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\n  \
             <Link rel=\"lrdd\" template=\"{}/.well-known/webfinger?resource={{uri}}\"/>\n</XRD>\n",
            state.origin
        );
        return Ok(response(StatusCode::OK, "application/xrd+xml", body));
    }
    // Since 0.22 on several lines.
    let (begin, end) = match state.dialect.api() >= ApiVersion::V022 {
        true => ("\n  ", "\n"),
        false => ("", ""),
    };
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<XRD \
         xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">{begin}<Link rel=\"lrdd\" \
         type=\"application/xrd+xml\" \
         template=\"{}/.well-known/webfinger?resource={{uri}}\"></Link>{end}</XRD>",
        state.origin
    );
    Ok(response(StatusCode::OK, "application/xrd+xml", body))
}

/// Account name and host of a resource: `acct:alice@example.org`, or the URL of a profile.
fn parse_resource(resource: &str) -> Result<(&str, &str), ErrorResponse> {
    let address = resource.strip_prefix("https://");
    if let Some(address) = address.or_else(|| resource.strip_prefix("http://")) {
        let (host, path) = address.split_once('/').unwrap_or((address, ""));
        let name = path.strip_prefix("users/").unwrap_or(path);
        return Ok((name.trim_start_matches('@'), host));
    }
    let handle = resource.strip_prefix("acct:").unwrap_or(resource);
    let handle = handle.trim_start_matches('@');
    let invalid = |reason| {
        let request = format!("bad webfinger request with resource query {resource}");
        ErrorResponse::bad_request(format!("{request}: {reason}"))
    };
    match handle.split_once('@') {
        None if handle.is_empty() => Err(invalid("couldn't match namestring @".to_owned())),
        None => Err(invalid(format!("failed to extract domain from: @{handle}"))),
        Some((name, host)) if name.contains(':') || host.contains('@') => {
            Err(invalid(format!("couldn't match namestring @{handle}")))
        }
        Some(account) => Ok(account),
    }
}

/// `GET /.well-known/webfinger`
pub(crate) fn webfinger(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    negotiate(request, &["application/jrd+json", "application/json"])?;
    let fields = request.query_fields();
    let resource = fields
        .non_empty("resource")
        .ok_or_else(|| ErrorResponse::bad_request("no 'resource' in request query"))?;
    let (name, host) = parse_resource(resource)?;
    if request.framework == Framework::Rails {
        return on_rails(state, name, host);
    }
    let domain = state.account_domain();
    if ![state.host(), domain].contains(&host) {
        let help = format!("requested host {host} does not belong to this instance");
        return Err(ErrorResponse::bad_request(help));
    }
    let name = name.to_ascii_lowercase();
    let name = &state.account_named(&name).ok_or_else(ErrorResponse::not_found)?.name;
    let (page, user) =
        (format!("{}/@{name}", state.origin), format!("{}/users/{name}", state.origin));
    let body = json!({
        "subject": format!("acct:{name}@{domain}"),
        "aliases": [user, page],
        "links": [
            { "rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": page },
            { "rel": "self", "type": "application/activity+json", "href": user },
        ],
    });
    Ok(response(StatusCode::OK, "application/jrd+json", body.to_string()))
}

/// Unknown accounts and hosts get a 404 without a body.
fn on_rails(state: &State, name: &str, host: &str) -> HandlerResult {
    let domain = state.account_domain();
    let own = [state.host(), domain].contains(&host);
    let account = state.account_named(&name.to_ascii_lowercase()).filter(|_| own);
    let Some(account) = account else {
        return Err(ErrorResponse::finished(response(StatusCode::NOT_FOUND, "text/html", "")));
    };
    let profile = state.profile();
    let entity = (profile.entities.account)(state, account);
    let (page, user) = (&entity["url"], &entity["uri"]);
    let mut links = vec![
        json!({ "rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": page }),
        json!({ "rel": "self", "type": "application/activity+json", "href": user }),
    ];
    links.extend(profile.instance.intents.iter().map(|(relation, path)| {
        json!({ "rel": relation, "template": format!("{}{path}", state.origin) })
    }));
    let body = json!({
        "subject": format!("acct:{}@{domain}", account.name),
        "aliases": [page, user],
        "links": links,
    });
    Ok(response(StatusCode::OK, "application/jrd+json", body.to_string()))
}

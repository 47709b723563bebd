//! NodeInfo (`/.well-known/nodeinfo`, `/nodeinfo/{version}`).

use http::StatusCode;
use serde_json::json;

use super::{instance, statuses};
use crate::dialect::ApiVersion;
use crate::http::{
    ErrorResponse, Framework, HandlerResult, IncomingRequest, negotiate, ok, response,
};
use crate::state::State;

/// `GET /.well-known/nodeinfo`
pub(crate) fn nodeinfo_links(
    state: &mut State,
    request: &IncomingRequest,
    _: &str,
) -> HandlerResult {
    negotiate(request, &["application/json"])?;
    let link = |version: &str| {
        json!({
            "rel": format!("http://nodeinfo.diaspora.software/ns/schema/{version}"),
            "href": format!("{}/nodeinfo/{version}", state.origin),
        })
    };
    match request.framework {
        Framework::Gin => ok(&json!({ "links": [link("2.0"), link("2.1")] })),
        Framework::Rails => ok(&json!({ "links": [link("2.0")] })),
    }
}

/// `GET /nodeinfo/{version}`
pub(crate) fn nodeinfo(
    state: &mut State,
    request: &IncomingRequest,
    version: &str,
) -> HandlerResult {
    negotiate(request, &["application/json"])?;
    if request.framework == Framework::Rails && version != "2.0" {
        return Err(ErrorResponse::not_found());
    }
    if !matches!(version, "2.0" | "2.1") {
        let help = "only nodeinfo 2.0 and 2.1 are supported";
        return Err(ErrorResponse::Plain(StatusCode::NOT_FOUND, help.to_owned()));
    }
    let (name, release) = state.profile().software;
    let mut body = json!({
        "version": version,
        "software": { "name": name, "version": release },
        "protocols": ["activitypub"],
        "services": { "inbound": [], "outbound": [] },
        "openRegistrations": false,
        "usage": { "users": { "total": state.accounts.len() }, "localPosts": state.statuses.len() },
        "metadata": {},
    });
    if state.dialect.api() >= ApiVersion::V022 {
        body["metadata"] = json!({
            "disableRegistration": true,
            "langs": [],
            "maxNoteTextLength": statuses::LONGEST,
            "nodeDescription": "",
            "nodeName": state.host(),
            "repositoryUrl": instance::source(state),
            "tosUrl": format!("{}/about#terms", state.origin),
        });
    }
    if version == "2.1" && state.dialect.is_gotosocial() {
        body["software"]["homepage"] = json!("https://docs.gotosocial.org");
        body["software"]["repository"] = json!(instance::source(state));
    }
    if request.framework == Framework::Rails {
        body["usage"]["users"]["activeMonth"] = json!(0);
        body["usage"]["users"]["activeHalfyear"] = json!(0);
        body["metadata"] = json!({ "nodeName": "Mastodon", "nodeDescription": "" });
        return ok(&body);
    }
    let schema = format!("http://nodeinfo.diaspora.software/ns/schema/{version}#");
    let kind = format!("application/json; profile=\"{schema}\"");
    Ok(response(StatusCode::OK, &kind, body.to_string()))
}

//! A correct server with one user, and the replies of that user.

use gts_oauth_core::discovery::Discovery;
use gts_oauth_core::http::{Method, Request, Response, StatusCode};
use gts_oauth_core::{Callback, PendingAuthorization, UserReply};
use serde_json::json;
use url::form_urlencoded;

use super::canary::{CLIENT_SECRET, CODE, TOKEN};
use super::inward::origin;

/// The response to any request of a login. `has_nodeinfo`: whether the server publishes what
/// discovery reads.
pub fn respond(request: &Request<Vec<u8>>, has_nodeinfo: bool) -> Response<Vec<u8>> {
    let origin = origin(request);
    let form = || form_urlencoded::parse(request.body()).into_owned();
    let field = |wanted| form().find(|(name, _)| name == wanted).unwrap_or_default().1;
    let body = match request.uri().path() {
        "/api/v1/apps" => json!({
            "client_id": "01CORRECT",
            "client_secret": CLIENT_SECRET,
            "redirect_uris": field("redirect_uris").split('\n').collect::<Vec<_>>(),
            "scopes": field("scopes").split(' ').collect::<Vec<_>>(),
        }),
        "/api/v1/accounts/verify_credentials" => json!({
            "id": "01ALICE",
            "username": "alice",
            "acct": "alice@gts.example.org",
            "url": "https://gts.example.org/@alice",
        }),
        _ if request.method() == Method::POST => json!({
            "access_token": TOKEN,
            "token_type": "Bearer",
            "scope": "read write:statuses",
            "created_at": 1_795_000_000,
        }),
        "/.well-known/nodeinfo" if has_nodeinfo => json!({"links": [{
            "rel": "http://nodeinfo.diaspora.software/ns/schema/2.0",
            "href": format!("{origin}/nodeinfo/2.0"),
        }]}),
        "/nodeinfo/2.0" if has_nodeinfo => {
            json!({"software": {"name": "gotosocial", "version": "0.20.0"}})
        }
        "/.well-known/webfinger" if has_nodeinfo => json!({
            "subject": "acct:alice@gts.example.org",
            "links": [{"rel": "self", "href": format!("{origin}/users/alice")}],
        }),
        "/.well-known/oauth-authorization-server" if has_nodeinfo => json!({
            "issuer": origin,
            "authorization_endpoint": format!("{origin}/oauth/authorize"),
            "token_endpoint": format!("{origin}/oauth/token"),
            "scopes_supported": ["read", "write", "follow", "profile"],
            "authorization_response_iss_parameter_supported": true,
        }),
        _ => {
            let mut response = Response::new(br#"{"error":"Not Found"}"#.to_vec());
            *response.status_mut() = StatusCode::NOT_FOUND;
            return response;
        }
    };
    Response::new(body.to_string().into_bytes())
}

/// The reply of a user who allows the app.
pub fn allowed(pending: &PendingAuthorization) -> UserReply {
    if pending.redirect_uri().is_out_of_band() {
        return CODE.into();
    }
    let registration = pending.app().registration();
    let metadata = registration.discovery().and_then(Discovery::metadata);
    let issuer = metadata.map_or(registration.instance().origin(), |it| it.issuer());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs([("code", CODE), ("state", pending.state()), ("iss", issuer)]);
    Callback::from_query(&query.finish()).unwrap().into()
}

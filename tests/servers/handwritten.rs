//! Whole logins on servers whose responses are written by hand, after their source or their
//! behavior: WordPress with Enable Mastodon Apps 1.6, and Bridgy Fed.

use std::time::{Duration, SystemTime};

use gts_oauth_core::error::Cause;
use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::renewal::Revocation;
use gts_oauth_core::{BoxError, Exchange as _, LoggedIn, Login, RedirectUri, RegisterApp, Secret};
use gts_oauth_tests::exchange::sevens;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

const HERE: &str = "https://example.org";
const CALLBACK: &str = "http://127.0.0.1:7777/callback";

/// The status and the body for a path. Unknown paths are 404.
type Server = fn(path: &str, request: &Request<Vec<u8>>) -> Option<(u16, Value)>;

fn respond(server: Server, request: &Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
    let uri = request.uri().to_string();
    let path = uri.strip_prefix(HERE).ok_or("a foreign origin")?;
    let missing = || (404, json!({ "error": "not found" }));
    let (status, body) = server(path, request).unwrap_or_else(missing);
    Ok(Response::builder().status(status).body(body.to_string().into_bytes())?)
}

/// A login whose user returns with this code.
fn log_in(server: Server, scopes: &str, code: &str) -> Result<LoggedIn, BoxError> {
    let redirect_uri: RedirectUri = CALLBACK.parse()?;
    let app = RegisterApp::new("example.org".parse()?, "my-bot")?;
    let app = app.redirect_uri(redirect_uri).scopes(scopes.parse()?);
    let mut login = Login::new(app, sevens());
    let http = |request: Request<Vec<u8>>| respond(server, &request);
    let me = login.run(&http, |step| {
        if let Some(problem) = step.problem {
            return Err(problem.to_string().into());
        }
        let url = Url::parse(step.url)?;
        let mut pairs = url.query_pairs();
        let state = pairs.find(|(name, _)| name == "state").ok_or("a state")?.1;
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("code", code).append_pair("state", &state);
        Ok(format!("{CALLBACK}?{}", query.finish()).into())
    })?;
    Ok(me.clone())
}

fn fields(request: &Request<Vec<u8>>) -> std::collections::BTreeMap<String, String> {
    form_urlencoded::parse(request.body()).into_owned().collect()
}

/// Has no nodeinfo and no server metadata. Its ids are those of the app, and tokens expire after two
/// years. It has no `vapid_key`, and `profile` is no scope.
fn wordpress(path: &str, request: &Request<Vec<u8>>) -> Option<(u16, Value)> {
    let insufficient = json!({
        "error": "insufficient-permissions",
        "error_description": "Insufficient permissions",
    });
    Some(match path {
        "/api/v1/instance" => {
            (200, json!({ "version": "WordPress/6.1, ActivityPub/5.0, EMA/1.6.0" }))
        }
        "/api/v1/apps" => {
            let sent = fields(request);
            let app = json!({
                "id": "mT3a",
                "name": sent["client_name"],
                "website": "",
                "redirect_uri": sent["redirect_uris"],
                "client_id": "mT3a",
                "client_secret": "s3cret",
            });
            (200, app)
        }
        "/oauth/token" => {
            let scope = "read:statuses write";
            let token = json!({
                "access_token": "t0ken",
                "expires_in": 63_072_000,
                "token_type": "Bearer",
                "scope": scope,
                "created_at": 1_795_431_467,
            });
            (200, token)
        }
        "/api/v1/accounts/verify_credentials" => (401, insufficient),
        _ => return None,
    })
}

#[test]
fn wordpress_reports_a_missing_scope_with_401() -> Result<(), BoxError> {
    let me = log_in(wordpress, "read:statuses write", "c0de")?;
    assert!(me.account.is_none(), "the token does not permit reading it");
    let verify = me.session.verify();
    let error = verify.send(&|request| respond(wordpress, &request)).unwrap_err();
    assert_eq!(error.cause(), Cause::MissingScope);
    assert_eq!(error.missing_scopes().to_string(), "read:accounts");
    Ok(())
}

#[test]
fn wordpress_needs_no_nodeinfo() -> Result<(), BoxError> {
    let me = log_in(wordpress, "read:statuses write", "c0de")?;
    let found = me.app.registration().discovery().ok_or("a discovery")?;
    assert_eq!((found.software(), found.metadata()), (None, None));
    assert_eq!(me.session.instance().origin(), HERE);
    Ok(())
}

#[test]
fn wordpress_tokens_expire_after_two_years() -> Result<(), BoxError> {
    let me = log_in(wordpress, "read:statuses write", "c0de")?;
    let issued = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_431_467);
    assert_eq!(me.session.expires_at(), Some(issued + Duration::from_secs(63_072_000)));
    assert_eq!(me.session.refresh_token(), None);
    Ok(())
}

/// A signed client id or code: three parts in base64, separated by dots.
fn signed(claims: &str) -> String {
    let claims = claims.repeat(20);
    format!("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.{claims}.pXb-_4k2")
}

fn client_id() -> String {
    signed("eyJjbGllbnRfbmFtZSI6Im15LWJvdCIsInJlZGlyZWN0X3VyaXMiOiJodHRwOi8vMTI3LjAuMC4xIn0")
}

fn code() -> String {
    signed("eyJjbGllbnRfaWQiOiJleUpoYkdjaU9pSklVekkxTmlJc0luUjVjQ0k2SWtwWFZDSjkiLCJleHAiOjYwfQ")
}

/// Keeps no apps and no codes: it signs them. Its metadata lists no scopes, and it has no revocation.
fn bridgy_fed(path: &str, request: &Request<Vec<u8>>) -> Option<(u16, Value)> {
    Some(match path {
        "/.well-known/oauth-authorization-server" => {
            let metadata = json!({
                "issuer": HERE,
                "authorization_endpoint": format!("{HERE}/oauth/authorize"),
                "token_endpoint": format!("{HERE}/oauth/token"),
                "scopes_supported": [],
                "code_challenge_methods_supported": ["S256"],
            });
            (200, metadata)
        }
        "/api/v1/apps" => {
            let sent = fields(request);
            let app = json!({
                "id": client_id(),
                "name": sent["client_name"],
                "redirect_uri": sent["redirect_uris"],
                "client_id": client_id(),
                "client_secret": "s3cret",
            });
            (200, app)
        }
        "/oauth/token" => {
            let sent = fields(request);
            let known = sent["client_id"] == client_id() && sent["code"] == code();
            let token = json!({ "access_token": signed("t0ken"), "token_type": "Bearer" });
            if known { (200, token) } else { (400, json!({ "error": "invalid_grant" })) }
        }
        "/api/v1/accounts/verify_credentials" => {
            (200, json!({ "id": "1", "username": "alice", "acct": "alice" }))
        }
        _ => return None,
    })
}

#[test]
fn bridgy_fed_signs_client_ids_and_codes() -> Result<(), BoxError> {
    let me = log_in(bridgy_fed, "read write", &code())?;
    assert_eq!(me.app.client_id(), client_id());
    assert_eq!(me.session.access_token(), &Secret::new(signed("t0ken")));
    let account = me.account.as_ref().ok_or("an account")?;
    assert_eq!(account.username(), "alice");
    let revoke = me.app.revoke(&me.session)?;
    let outcome = revoke.send(&|request| respond(bridgy_fed, &request))?;
    assert!(matches!(outcome, Revocation::Unsupported), "{outcome:?}");
    Ok(())
}

#[test]
fn empty_list_of_scopes_supports_all() -> Result<(), BoxError> {
    let me = log_in(bridgy_fed, "profile follow", &code())?;
    let metadata = me.app.registration().discovery().and_then(|found| found.metadata());
    let metadata = metadata.ok_or("metadata")?;
    assert_eq!(metadata.scopes(), None, "it lists nothing");
    let scopes = "profile follow".parse::<gts_oauth_core::Scopes>()?;
    assert_eq!(scopes.supported_by(metadata), scopes);
    assert_eq!(me.session.scopes(), &scopes, "they were requested as they are");
    Ok(())
}

//! `/oauth/token` and `/oauth/revoke`.

use http::StatusCode;
use serde_json::{Value, json};

use crate::apps;
use crate::authorize::ADVICE;
use crate::body::{Fields, Wanted};
use crate::dialect::Dialect;
use crate::incoming::Incoming;
use crate::pkce;
use crate::reply::{Outcome, Refusal, negotiate, ok, set, uncached};
use crate::words;
use crate::world::{Issued, Registered, World, permits};

const ADVICE_GRANT: &str = "If you arrived at this error during a sign in/oauth flow, your client \
     is trying to use an unsupported OAuth grant type. Supported grant types are: \
     authorization_code, client_credentials; please reach out to developer of your client";

/// What a request for a token is made of.
const WANTED: Wanted = Wanted {
    name: "auth.tokenRequestForm",
    fields: &[
        "grant_type",
        "code",
        "redirect_uri",
        "client_id",
        "client_secret",
        "scope",
    ],
};

/// `POST /oauth/token`
pub(crate) fn exchange(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    negotiate(incoming, &["application/json"])?;
    let fields = incoming.read(&WANTED).map_err(Refusal::invalid_request)?;
    refuse_incomplete(world.dialect, &fields)?;
    let grant = fields.get("grant_type").unwrap_or_default();
    let issued = match grant {
        "authorization_code" => by_code(world, &fields)?,
        "client_credentials" => by_credentials(world, &fields)?,
        "refresh_token" if world.dialect.refreshes() => by_refresh(world, &fields)?,
        _ => {
            let error = "unsupported_grant_type";
            let help = format!("could not validate token request: {error}: {ADVICE_GRANT}");
            return Err(world.dialect.unsupported_grant(help));
        }
    };
    let reply = ok(&shape(world, &issued))?;
    world.tokens.push(issued);
    let mut reply = uncached(reply);
    set(&mut reply, http::header::PRAGMA, "no-cache");
    Ok(reply)
}

/// All that is missing, at once. `redirect_uri` is wanted for an app's own token, too.
fn refuse_incomplete(dialect: Dialect, fields: &Fields) -> Result<(), Refusal> {
    if !dialect.is_gotosocial() {
        let wanted = ["grant_type", "client_id", "client_secret"];
        return match wanted.iter().find(|name| fields.filled(name).is_none()) {
            Some(name) => Err(dialect.lacks(name)),
            None => Ok(()),
        };
    }
    let grant = fields.get("grant_type");
    let mut help = Vec::new();
    if grant.is_none() {
        help.push("grant_type was not set in the token request form, but must be set to authorization_code or client_credentials".to_owned());
    }
    for name in ["client_id", "client_secret", "redirect_uri"] {
        if fields.get(name).is_none() {
            help.push(format!("{name} was not set in the token request form"));
        }
    }
    let by_code = grant == Some("authorization_code");
    match fields.get("code") {
        Some(_) if !by_code => help.push("a code was provided in the token request form, but grant_type was not set to authorization_code".to_owned()),
        None if by_code => help.push("code was not set in the token request form, but must be set since grant_type is authorization_code".to_owned()),
        _ => {}
    }
    if !help.is_empty() {
        return Err(Refusal::invalid_request(help.join(": ")));
    }
    let empty = |name| fields.filled(name).is_none();
    let error = match by_code {
        _ if empty("client_id") => "invalid_client",
        true if empty("code") || empty("redirect_uri") => "invalid_request",
        _ => return Ok(()),
    };
    let help = format!("could not validate token request: {error}: {ADVICE}");
    let (status, error) = (StatusCode::BAD_REQUEST, error.to_owned());
    Err(Refusal::OAuth(status, error, help))
}

fn by_code(world: &mut World, fields: &Fields) -> Result<Issued, Refusal> {
    let dialect = world.dialect;
    // A used code and an unknown app look exactly alike.
    let unknown = || refused(dialect, "sql: no rows in result set", "invalid_grant");
    let unknown_app = || refused(dialect, "sql: no rows in result set", "invalid_client");
    let app = client(world, fields, unknown_app)?.clone();
    let wanted = fields.get("code").unwrap_or_default();
    let code = world.codes.iter().find(|code| code.code == wanted);
    let code = code.ok_or_else(unknown)?.clone();
    let invalid = || refused(dialect, "invalid_grant", "invalid_grant");
    let redirect_uri = fields.get("redirect_uri").unwrap_or_default();
    if code.client_id != app.client_id
        || code.redirect_uri != redirect_uri
        || code.expires <= world.now
    {
        return Err(invalid());
    }
    if !pkce::is_proven(dialect, &code, fields.filled("code_verifier")) {
        return Err(invalid());
    }
    // Only now is it spent: no failure burns it.
    world.codes.retain(|it| it.code != code.code);
    let resident = Some(code.resident);
    Ok(issue(world, &app, code.scope, resident))
}

fn by_credentials(world: &mut World, fields: &Fields) -> Result<Issued, Refusal> {
    let dialect = world.dialect;
    let id = fields.get("client_id").unwrap_or_default();
    let unknown = || {
        refused(
            dialect,
            &format!("func5: no application found with client id {id}"),
            "invalid_client",
        )
    };
    let scope = fields.filled("scope").unwrap_or("read").to_owned();
    let registered = world.app(id).ok_or_else(unknown)?;
    let covered = |scope: &str| registered.scopes.split(' ').any(|has| permits(has, scope));
    if !scope.split(' ').all(covered) {
        let help = format!("requested scope {scope} was not covered by client scope: {ADVICE}");
        return Err(dialect.scope_too_wide(help));
    }
    let app = client(world, fields, unknown)?.clone();
    Ok(issue(world, &app, scope, None))
}

fn by_refresh(world: &mut World, fields: &Fields) -> Result<Issued, Refusal> {
    let dialect = world.dialect;
    let app = client(world, fields, || refused(dialect, "", "invalid_client"))?.clone();
    let wanted = fields.filled("refresh_token");
    let old = world
        .tokens
        .iter()
        .position(|it| wanted.is_some() && it.refresh.as_deref() == wanted)
        .filter(|&at| world.tokens[at].client_id == app.client_id);
    let old = old.ok_or_else(|| refused(dialect, "", "invalid_grant"))?;
    let old = world.tokens.remove(old);
    Ok(issue(world, &app, old.scope, old.resident))
}

/// The app, where its secret is right and the redirect URI is one of its own.
fn client<'a>(
    world: &'a World,
    fields: &Fields,
    unknown: impl Fn() -> Refusal,
) -> Result<&'a Registered, Refusal> {
    let app = world.app(fields.get("client_id").unwrap_or_default());
    let app = app.ok_or_else(unknown)?;
    if fields.get("client_secret") != Some(&app.client_secret) {
        return Err(refused(world.dialect, "invalid_client", "invalid_client"));
    }
    let uri = fields.get("redirect_uri").unwrap_or_default();
    if world.dialect.is_gotosocial() && uri.is_empty() {
        let error = "sqlite3: constraint failed: NOT NULL constraint failed: tokens.redirect_uri (code=19 extended=1299)";
        return Err(refused(world.dialect, error, "invalid_request"));
    }
    if world.dialect.is_gotosocial() && !apps::has_registered(world.dialect, app, uri) {
        let help = format!(
            "requested redirect URI {uri} was not covered by client redirect URIs: {ADVICE}"
        );
        return Err(Refusal::OAuth(
            StatusCode::FORBIDDEN,
            "invalid redirect uri".to_owned(),
            help,
        ));
    }
    Ok(app)
}

/// In GoToSocial's words, or in those of RFC 6749 §5.2.
fn refused(dialect: Dialect, error: &str, code: &str) -> Refusal {
    match dialect {
        Dialect::GoToSocial | Dialect::GoToSocial018 => Refusal::OAuth(
            StatusCode::BAD_REQUEST,
            error.to_owned(),
            format!("could not get access token: {error}: {ADVICE}"),
        ),
        Dialect::Akkoma => {
            Refusal::Plain(StatusCode::BAD_REQUEST, "Invalid credentials".to_owned())
        }
        Dialect::Mastodon | Dialect::Strict => {
            let (status, help) = match code {
                "invalid_client" => (
                    StatusCode::UNAUTHORIZED,
                    "Client authentication failed due to unknown client, no client authentication \
                     included, or unsupported authentication method.",
                ),
                _ => (
                    StatusCode::BAD_REQUEST,
                    "The provided authorization grant is invalid, expired, revoked, does not match \
                     the redirection URI used in the authorization request, or was issued to \
                     another client.",
                ),
            };
            Refusal::OAuth(status, code.to_owned(), help.to_owned())
        }
    }
}

fn issue(world: &mut World, app: &Registered, scope: String, resident: Option<String>) -> Issued {
    // What the server says of an app's token is twice what it keeps.
    let lifetime = match (&resident, world.dialect) {
        (None, dialect) if dialect.is_gotosocial() => Some(3600),
        (_, Dialect::Akkoma) => Some(3_153_600_000),
        _ => None,
    };
    Issued {
        id: world.ids.ulid(world.now),
        token: world.ids.token(),
        refresh: world.dialect.refreshes().then(|| world.ids.token()),
        client_id: app.client_id.clone(),
        scope,
        resident,
        created: world.now,
        // Handing it out counts.
        last_used: Some(world.now),
        expires: lifetime.map(|seconds| world.after(seconds)),
    }
}

fn shape(world: &World, issued: &Issued) -> Value {
    let since = issued
        .created
        .duration_since(std::time::SystemTime::UNIX_EPOCH);
    let mut shape = json!({
        "access_token": issued.token,
        "created_at": since.unwrap_or_default().as_secs(),
        "scope": issued.scope,
        "token_type": "Bearer",
    });
    if issued.resident.is_none() && world.dialect.is_gotosocial() {
        shape["expires_in"] = json!(7200);
    }
    if world.dialect == Dialect::Akkoma {
        let person = issued.resident.as_deref().and_then(|id| world.resident(id));
        shape["id"] = json!(world.tokens.len() + 1);
        if let Some(person) = person {
            shape["me"] = json!(format!("{}/users/{}", world.origin, person.name));
        }
        shape["expires_in"] = json!(3_153_600_000_u64);
        shape["refresh_token"] = json!(issued.refresh);
    }
    shape
}

/// Nothing that must be a text.
const NOTHING: Wanted = Wanted {
    name: "auth.tokenRevokeRequestForm",
    fields: &[],
};

/// `POST /oauth/revoke`: unknown tokens are revoked already. Of JSON only the field `token`
/// arrives, so JSON always fails.
pub(crate) fn revoke(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    negotiate(incoming, &["application/json"])?;
    if !world.dialect.revokes() {
        return Err(Refusal::not_found());
    }
    let fields = incoming.read(&NOTHING).map_err(Refusal::bad_request)?;
    let unread = incoming.is_json() && !world.dialect.revokes_by_json();
    let wanted = |name| match (unread && name != "token", fields.filled(name)) {
        (false, Some(value)) => Ok(value),
        _ => Err(world.dialect.cannot_revoke(name)),
    };
    let token = wanted("token")?;
    let anybody = world.dialect.revokes_for_anybody();
    let (id, secret) = match anybody {
        true => ("", ""),
        false => (wanted("client_id")?, wanted("client_secret")?),
    };
    let issued = world.tokens.iter().find(|issued| issued.token == token);
    if let (Some(issued), false) = (issued, anybody) {
        let app = world.app(id).filter(|app| app.client_secret == secret);
        if issued.client_id != id || app.is_none() {
            return Err(words::not_yours());
        }
    }
    let token = token.to_owned();
    world.tokens.retain(|issued| issued.token != token);
    ok(&json!({}))
}

//! `/api/v1/apps`.

use http::StatusCode;
use url::Url;

use crate::auth;
use crate::dialect::Dialect;
use crate::incoming::{BodyFault, Fields, Incoming};
use crate::reply::{Outcome, Refusal, negotiate, ok};
use crate::shapes;
use crate::world::{Registered, World, permits};

pub(crate) const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// `POST /api/v1/apps`
pub(crate) fn register(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    let owner = owner(world, incoming)?;
    negotiate(incoming, &["application/json"])?;
    let fields = read(incoming)?;
    let name = fields
        .filled("client_name")
        .ok_or_else(|| no_name(world.dialect))?;
    for (field, longest) in [
        ("client_name", 1024),
        ("redirect_uris", 2056),
        ("scopes", 1024),
        ("website", 1024),
    ] {
        let length = fields.get(field).unwrap_or_default().chars().count();
        if length > longest {
            return Err(Refusal::bad_request(format!(
                "{field} must be less than {longest} characters, provided {field} was {length} \
                 characters"
            )));
        }
    }
    let scopes = fields.filled("scopes").unwrap_or("read");
    refuse_unknown(world.dialect, scopes)?;
    let app = Registered {
        id: world.ids.ulid(world.now),
        created: world.now,
        name: name.to_owned(),
        website: fields.filled("website").map(str::to_owned),
        redirect_uris: redirect_uris(
            world.dialect,
            fields.get("redirect_uris").unwrap_or_default(),
        )?,
        client_id: world.ids.random_ulid(),
        client_secret: world.ids.uuid(),
        scopes: scopes.to_owned(),
        owner,
    };
    let shape = shapes::app_with_secret(world, &app);
    world.apps.push(app);
    ok(&shape)
}

/// Who registers. An invalid token is ignored; a valid one needs a scope.
fn owner(world: &World, incoming: &Incoming) -> Result<Option<String>, Refusal> {
    let token = incoming.bearer().and_then(|token| auth::find(world, token));
    match token {
        None => Ok(None),
        Some(token) if permits(&token.scope, "write:applications") => Ok(token.resident.clone()),
        Some(_) => Err(auth::insufficient()),
    }
}

fn read(incoming: &Incoming) -> Result<Fields, Refusal> {
    incoming.fields().map_err(|fault| {
        Refusal::bad_request(match fault {
            BodyFault::Eof => "unexpected EOF".to_owned(),
            BodyFault::Type(field, kind) => format!(
                "json: cannot unmarshal {kind} into Go struct field \
                 ApplicationCreateRequest.{field} of type string"
            ),
        })
    })
}

fn no_name(dialect: Dialect) -> Refusal {
    match dialect.is_gotosocial() {
        true => Refusal::bad_request(
            "Key: 'ApplicationCreateRequest.ClientName' Error:Field validation for 'ClientName' \
             failed on the 'required' tag",
        ),
        false => Refusal::Plain(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Validation failed: Application name can't be blank".to_owned(),
        ),
    }
}

/// GoToSocial takes any scope, and grants it, to no effect.
fn refuse_unknown(dialect: Dialect, scopes: &str) -> Result<(), Refusal> {
    const KNOWN: [&str; 6] = ["read", "write", "follow", "push", "profile", "admin"];
    let known = |scope: &str| KNOWN.contains(&scope.split(':').next().unwrap_or_default());
    if !dialect.refuses_unknown_scopes() || scopes.split(' ').all(known) {
        return Ok(());
    }
    Err(Refusal::Plain(
        StatusCode::UNPROCESSABLE_ENTITY,
        "Validation failed: Scopes doesn't match configured on the server.".to_owned(),
    ))
}

/// One a line, each written anew: the scheme in lower case, what breaks a URI escaped.
fn redirect_uris(dialect: Dialect, text: &str) -> Result<Vec<String>, Refusal> {
    let mut uris: Vec<String> = Vec::new();
    let lines: Vec<&str> = match dialect {
        Dialect::GoToSocial | Dialect::GoToSocial018 => text.lines().collect(),
        _ => text.split_whitespace().collect(),
    };
    for line in lines
        .iter()
        .map(|line| line.trim())
        .filter(|line| !line.is_empty())
    {
        if Url::parse(line).is_err() {
            return Err(Refusal::bad_request(format!(
                "error parsing redirect URI: parse {line:?}: invalid URI"
            )));
        }
        let uri = written_anew(line);
        if !uris.contains(&uri) {
            uris.push(uri);
        }
    }
    if uris.is_empty() {
        uris.push(OUT_OF_BAND.to_owned());
    }
    if dialect == Dialect::GoToSocial018 {
        uris.truncate(1);
    }
    Ok(uris)
}

fn written_anew(uri: &str) -> String {
    let uri = uri.replace(' ', "%20");
    match uri.split_once(':') {
        Some((scheme, rest)) => format!("{}:{rest}", scheme.to_ascii_lowercase()),
        None => uri,
    }
}

/// `GET /api/v1/apps`: those that were registered with this person's token.
pub(crate) fn list(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    let resident = auth::person(world, incoming, "read:applications")?;
    let own = |app: &&Registered| app.owner.as_deref() == Some(&resident);
    let apps: Vec<_> = world
        .apps
        .iter()
        .rev()
        .filter(own)
        .map(shapes::app)
        .collect();
    ok(&apps)
}

/// `GET /api/v1/apps/{id}`, which also catches `verify_credentials`.
pub(crate) fn show(world: &mut World, incoming: &Incoming, id: &str) -> Outcome {
    let resident = auth::person(world, incoming, "read:applications")?;
    let app = owned(world, &resident, id)?;
    ok(&shapes::app(app))
}

/// `DELETE /api/v1/apps/{id}`: kills its tokens with it.
pub(crate) fn delete(world: &mut World, incoming: &Incoming, id: &str) -> Outcome {
    let resident = auth::person(world, incoming, "write:applications")?;
    let app = owned(world, &resident, id)?.clone();
    world.apps.retain(|it| it.id != app.id);
    world
        .tokens
        .retain(|token| token.client_id != app.client_id);
    ok(&shapes::app(&app))
}

fn owned<'a>(world: &'a World, resident: &str, id: &str) -> Result<&'a Registered, Refusal> {
    let own = |app: &&Registered| app.id == id && app.owner.as_deref() == Some(resident);
    world.apps.iter().find(own).ok_or_else(Refusal::not_found)
}

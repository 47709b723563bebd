//! `/api/v1/apps`.

use url::Url;

use crate::auth;
use crate::body::{Fields, Wanted};
use crate::dialect::Dialect;
use crate::incoming::Incoming;
use crate::paging::{Limits, paged};
use crate::reply::{Outcome, Refusal, negotiate, ok};
use crate::scopes;
use crate::shapes;
use crate::uri;
use crate::world::{Registered, World, permits};

pub(crate) const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// What a registration is made of.
const WANTED: Wanted = Wanted {
    name: "model.ApplicationCreateRequest",
    fields: &["client_name", "redirect_uris", "scopes", "website"],
};

/// `POST /api/v1/apps`
pub(crate) fn register(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    let owner = owner(world, incoming)?;
    negotiate(incoming, &["application/json"])?;
    let fields = read(world.dialect, incoming)?;
    let name = fields
        .filled("client_name")
        .ok_or_else(|| no_name(world.dialect))?;
    refuse_too_long(world.dialect, &fields)?;
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

fn refuse_too_long(dialect: Dialect, fields: &Fields) -> Result<(), Refusal> {
    for (field, what, longest) in dialect.longest() {
        let length = fields.get(field).unwrap_or_default().chars().count();
        if length > *longest {
            let own = format!(
                "{field} must be less than {longest} characters, provided {field} was {length} \
                 characters"
            );
            let fault = format!("is too long (maximum is {longest} characters)");
            return Err(dialect.cannot_register(what, &fault, own));
        }
    }
    Ok(())
}

/// Who registers. An invalid token is ignored; a valid one needs a scope.
fn owner(world: &World, incoming: &Incoming) -> Result<Option<String>, Refusal> {
    if !world.dialect.has_tokens_api() {
        return Ok(None);
    }
    let token = incoming.bearer().and_then(|token| auth::find(world, token));
    match token {
        None => Ok(None),
        Some(token) if permits(&token.scope, "write:applications") => Ok(token.resident.clone()),
        Some(_) => Err(world.dialect.insufficient("write:applications")),
    }
}

fn read(dialect: Dialect, incoming: &Incoming) -> Result<Fields, Refusal> {
    let fields = match dialect.takes_lists() {
        true => incoming.fields_and_lists().map_err(|it| it.words(&WANTED)),
        false => incoming.read(&WANTED),
    };
    fields.map_err(Refusal::bad_request)
}

fn no_name(dialect: Dialect) -> Refusal {
    let own = "Key: 'ApplicationCreateRequest.ClientName' Error:Field validation for \
               'ClientName' failed on the 'required' tag";
    dialect.cannot_register("Application name", "can't be blank", own.to_owned())
}

/// GoToSocial takes any scope, and grants it, to no effect.
fn refuse_unknown(dialect: Dialect, scopes: &str) -> Result<(), Refusal> {
    if !dialect.refuses_unknown_scopes() || scopes.split_whitespace().all(scopes::is_known) {
        return Ok(());
    }
    let fault = "doesn't match configured on the server.";
    Err(dialect.cannot_register("Scopes", fault, String::new()))
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
        let uri = redirect_uri(dialect, line)?;
        if !uris.contains(&uri) {
            uris.push(uri);
        }
    }
    if uris.is_empty() && dialect.wants_redirect_uris() {
        let fault = "can't be blank";
        return Err(dialect.cannot_register("Redirect URI", fault, String::new()));
    }
    if uris.is_empty() {
        uris.push(OUT_OF_BAND.to_owned());
    }
    if dialect == Dialect::GoToSocial018 {
        uris.truncate(1);
    }
    Ok(uris)
}

/// Whether people may be sent back there; GoToSocial writes the URI anew before it looks.
pub(crate) fn has_registered(dialect: Dialect, app: &Registered, uri: &str) -> bool {
    let uri = match dialect.is_gotosocial() {
        true => uri::written_anew(uri),
        false => Ok(uri.to_owned()),
    };
    uri.is_ok_and(|uri| app.redirect_uris.contains(&uri))
}

/// GoToSocial takes whatever its reader can read; others want it absolute.
fn redirect_uri(dialect: Dialect, line: &str) -> Result<String, Refusal> {
    if dialect.is_gotosocial() {
        let fault = |fault| format!("error parsing redirect URI: {fault}");
        return uri::written_anew(line).map_err(|it| Refusal::bad_request(fault(it)));
    }
    match Url::parse(line) {
        Ok(_) => Ok(line.to_owned()),
        Err(_) => {
            let fault = "must be an absolute URI.";
            Err(dialect.cannot_register("Redirect URI", fault, String::new()))
        }
    }
}

/// `GET /api/v1/apps`: those that were registered with this person's token.
pub(crate) fn list(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    let resident = auth::person(world, incoming, "read:applications")?;
    let own = world
        .apps
        .iter()
        .filter(|app| app.owner.as_deref() == Some(&resident));
    let items = own.map(|app| (app.id.clone(), shapes::app_with_secret(world, app)));
    paged(world, incoming, items.collect(), &Limits::unbounded(20, 80))
}

/// `GET /api/v1/apps/{id}`, which also catches `verify_credentials`.
pub(crate) fn show(world: &mut World, incoming: &Incoming, id: &str) -> Outcome {
    let resident = auth::person(world, incoming, "read:applications")?;
    let app = owned(world, &resident, id)?;
    ok(&shapes::app_with_secret(world, app))
}

/// `DELETE /api/v1/apps/{id}`: kills its tokens with it.
pub(crate) fn delete(world: &mut World, incoming: &Incoming, id: &str) -> Outcome {
    let resident = auth::person(world, incoming, "write:applications")?;
    let app = owned(world, &resident, id)?.clone();
    world.apps.retain(|it| it.id != app.id);
    world
        .tokens
        .retain(|token| token.client_id != app.client_id);
    ok(&shapes::app_with_secret(world, &app))
}

fn owned<'a>(world: &'a World, resident: &str, id: &str) -> Result<&'a Registered, Refusal> {
    let own = |app: &&Registered| app.id == id && app.owner.as_deref() == Some(resident);
    world.apps.iter().find(own).ok_or_else(Refusal::not_found)
}

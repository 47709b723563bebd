//! `/api/v1/apps`.

use url::Url;

use crate::auth;
use crate::body::{Fields, Wanted};
use crate::dialect::{Complaint, FieldFault, Manner, Uris};
use crate::incoming::Incoming;
use crate::paging::{Limits, paged};
use crate::reply::{Outcome, Refusal, negotiate, ok};
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
    let fields = read(world, incoming)?;
    let field = |name| fields.filled(name).map(str::to_owned);
    refuse_null(world, &fields)?;
    let blank = || {
        world.refuse(Complaint::Field(
            "client_name",
            absence(&fields, "client_name"),
        ))
    };
    let name = field("client_name").ok_or_else(blank)?;
    refuse_too_long(world, &fields)?;
    let scopes = field("scopes").unwrap_or_else(|| "read".to_owned());
    refuse_unknown(world, &scopes)?;
    let uris_asked = field("redirect_uris").unwrap_or_default();
    let none = absence(&fields, "redirect_uris");
    let redirect_uris = redirect_uris(world, &uris_asked, none)?;
    let [id, client_id, client_secret] = (world.manner().apps.draw)(world);
    let app = Registered {
        id,
        created: world.now,
        name,
        website: field("website"),
        redirect_uris,
        uris_asked,
        client_id,
        client_secret,
        scopes,
        owner,
    };
    let shape = (world.manner().apps.reply)(world, &app);
    world.apps.push(app);
    ok(&shape)
}

fn absence(fields: &Fields, name: &str) -> FieldFault {
    match fields.get(name) {
        None => FieldFault::Missing,
        Some(_) => FieldFault::Blank,
    }
}

/// To most servers `null` is as good as nothing.
fn refuse_null(world: &World, fields: &Fields) -> Result<(), Refusal> {
    let mut wanted = world.manner().apps.never_null.iter();
    match wanted.find(|name| fields.is_null(name)) {
        Some(name) => Err(world.refuse(Complaint::Field(name, FieldFault::Null))),
        None => Ok(()),
    }
}

fn refuse_too_long(world: &World, fields: &Fields) -> Result<(), Refusal> {
    for (field, longest) in world.manner().apps.longest {
        let length = fields.get(field).unwrap_or_default().chars().count();
        if length > *longest {
            let fault = FieldFault::TooLong(*longest, length);
            return Err(world.refuse(Complaint::Field(field, fault)));
        }
    }
    Ok(())
}

/// Who registers. An invalid token is ignored; a valid one needs a scope.
fn owner(world: &World, incoming: &Incoming) -> Result<Option<String>, Refusal> {
    if !world.manner().tokens.listed {
        return Ok(None);
    }
    let token = incoming.bearer().and_then(|token| auth::find(world, token));
    match token {
        None => Ok(None),
        Some(token) if permits(&token.scope, "write:applications") => Ok(token.resident.clone()),
        Some(_) => Err(world.refuse(Complaint::Insufficient("write:applications"))),
    }
}

fn read(world: &World, incoming: &Incoming) -> Result<Fields, Refusal> {
    let fields = match world.manner().apps.uris {
        Uris::WordsOrList => incoming.fields_and_lists().map_err(|it| it.words(&WANTED)),
        _ => incoming.read(&WANTED),
    };
    fields.map_err(Refusal::bad_request)
}

fn refuse_unknown(world: &World, scopes: &str) -> Result<(), Refusal> {
    if scopes.split_whitespace().all(world.manner().apps.scope) {
        return Ok(());
    }
    Err(world.refuse(Complaint::Field("scopes", FieldFault::Unknown)))
}

/// Each once, in order.
fn redirect_uris(world: &World, text: &str, none: FieldFault) -> Result<Vec<String>, Refusal> {
    let manner = &world.manner().apps;
    let lines: Vec<&str> = match manner.uris {
        Uris::Lines | Uris::FirstLine => text.lines().collect(),
        Uris::Words | Uris::WordsOrList => text.split_whitespace().collect(),
    };
    let mut uris: Vec<String> = Vec::new();
    for line in lines.iter().map(|line| line.trim()) {
        if line.is_empty() {
            continue;
        }
        let uri = redirect_uri(world, line)?;
        if !uris.contains(&uri) {
            uris.push(uri);
        }
    }
    if uris.is_empty() && manner.wants_uris {
        return Err(world.refuse(Complaint::Field("redirect_uris", none)));
    }
    if uris.is_empty() {
        uris.push(OUT_OF_BAND.to_owned());
    }
    if manner.uris == Uris::FirstLine {
        uris.truncate(1);
    }
    Ok(uris)
}

/// Whether people may be sent back there.
pub(crate) fn has_registered(manner: &Manner, app: &Registered, uri: &str) -> bool {
    (manner.consent.knows_uri)(&app.redirect_uris, uri)
}

/// GoToSocial takes whatever its reader can read, and writes it anew; some want it absolute.
fn redirect_uri(world: &World, line: &str) -> Result<String, Refusal> {
    if world.dialect.is_gotosocial() {
        let fault = |fault| format!("error parsing redirect URI: {fault}");
        return uri::written_anew(line).map_err(|it| Refusal::bad_request(fault(it)));
    }
    if world.manner().apps.absolute_uris && Url::parse(line).is_err() {
        return Err(world.refuse(Complaint::Field("redirect_uris", FieldFault::NotAbsolute)));
    }
    Ok(line.to_owned())
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

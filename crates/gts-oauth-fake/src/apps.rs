//! `/api/v1/apps`.

use crate::auth;
use crate::body::{Fields, Wanted};
use crate::dialect::{Complaint, FieldFault, Lists, Manner, Uris};
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
    refuse_faulty(world, &fields)?;
    let field = |name| fields.filled(name).map(str::to_owned);
    let scopes = field("scopes").unwrap_or_else(|| "read".to_owned());
    refuse_unknown(world, &scopes)?;
    let uris_asked = field("redirect_uris").unwrap_or_default();
    let redirect_uris = redirect_uris(world, &uris_asked)?;
    let [id, client_id, client_secret] = (world.manner().apps.draw)(world);
    let app = Registered {
        id,
        created: world.now,
        name: field("client_name").unwrap_or_default(),
        website: field("website"),
        redirect_uris,
        uris_asked,
        client_id,
        client_secret,
        scopes,
        owner,
        spent: false,
    };
    let shape = (world.manner().apps.reply)(world, &app);
    world.apps.push(app);
    ok(&shape)
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

/// In the words of the server's own reader, or in the dialect's.
fn read(world: &World, incoming: &Incoming) -> Result<Fields, Refusal> {
    let fields = match world.manner().apps.lists {
        Lists::Refused => incoming.fields(),
        Lists::Taken => incoming.fields_and_lists(|items| items.join("\n")),
        Lists::First => {
            incoming.fields_and_lists(|items| items.first().copied().unwrap_or_default().to_owned())
        }
    };
    let fields = fields.map_err(|it| Refusal::bad_request(it.words(&WANTED)))?;
    match WANTED.fault(&fields) {
        None => Ok(fields),
        Some((_, words)) if world.dialect.is_gotosocial() => Err(Refusal::bad_request(words)),
        Some((field, _)) => Err(world.refuse(Complaint::Field(field, FieldFault::NoText))),
    }
}

fn refuse_faulty(world: &World, fields: &Fields) -> Result<(), Refusal> {
    let manner = &world.manner().apps;
    let refuse = |field, fault| Err(world.refuse(Complaint::Field(field, fault)));
    // To most servers `null` is as good as nothing.
    if let Some(field) = manner.never_null.iter().find(|name| fields.is_null(name)) {
        return refuse(field, FieldFault::Null);
    }
    for field in manner.wanted {
        match fields.get(field) {
            None => return refuse(field, FieldFault::Missing),
            Some("") if !manner.blank => return refuse(field, FieldFault::Blank),
            Some(_) => {}
        }
    }
    for (field, longest) in manner.longest {
        let length = fields.get(field).unwrap_or_default().chars().count();
        if length > *longest {
            return refuse(field, FieldFault::TooLong(*longest, length));
        }
    }
    Ok(())
}

fn refuse_unknown(world: &World, scopes: &str) -> Result<(), Refusal> {
    if scopes.split_whitespace().all(world.manner().apps.scope) {
        return Ok(());
    }
    Err(world.refuse(Complaint::Field("scopes", FieldFault::Unusable)))
}

fn redirect_uris(world: &World, text: &str) -> Result<Vec<String>, Refusal> {
    match world.manner().apps.uris {
        Uris::Lines => written_anew(text),
        Uris::FirstLine => written_anew(text).map(|uris| uris.into_iter().take(1).collect()),
        Uris::PlainLines => plain(world, text.split('\n')),
        Uris::Words => plain(world, text.split_whitespace()),
        Uris::Whole => plain(world, [text].into_iter()),
    }
}

/// One a line, each once, in order: the scheme in lower case, what breaks a URI escaped.
fn written_anew(text: &str) -> Result<Vec<String>, Refusal> {
    let mut uris: Vec<String> = Vec::new();
    let lines = text.lines().map(str::trim);
    for line in lines.filter(|line| !line.is_empty()) {
        let fault = |fault| format!("error parsing redirect URI: {fault}");
        let uri = uri::written_anew(line).map_err(|it| Refusal::bad_request(fault(it)))?;
        if !uris.contains(&uri) {
            uris.push(uri);
        }
    }
    if uris.is_empty() {
        uris.push(OUT_OF_BAND.to_owned());
    }
    Ok(uris)
}

/// As they came.
fn plain<'a>(world: &World, uris: impl Iterator<Item = &'a str>) -> Result<Vec<String>, Refusal> {
    let refuse = |fault| world.refuse(Complaint::Field("redirect_uris", fault));
    let uris: Vec<String> = uris.map(str::to_owned).collect();
    if uris.is_empty() {
        return Err(refuse(FieldFault::Blank));
    }
    match uris.iter().all(|uri| (world.manner().apps.uri)(uri)) {
        true => Ok(uris),
        false => Err(refuse(FieldFault::Unusable)),
    }
}

/// Whether people may be sent back there.
pub(crate) fn has_registered(manner: &Manner, app: &Registered, uri: &str) -> bool {
    (manner.consent.knows_uri)(&app.redirect_uris, uri)
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

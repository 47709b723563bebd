//! `/oauth/token`

use crate::body::{Fields, Wanted};
use crate::dialect::{CodeFault, Complaint};
use crate::incoming::Incoming;
use crate::pkce;
use crate::reply::{Outcome, Refusal, negotiate, ok, set, uncached};
use crate::spared::matching;
use crate::world::{Code, Issued, Registered, World};

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
    let manner = &world.manner().tokens;
    if let Some(refusal) = (manner.lacks)(&fields) {
        return Err(refusal);
    }
    let issued = match fields.get("grant_type").unwrap_or_default() {
        "authorization_code" => by_code(world, &fields)?,
        "client_credentials" => by_credentials(world, &fields)?,
        "refresh_token" if manner.refreshes => by_refresh(world, &fields)?,
        _ => return Err(world.refuse(Complaint::Grant)),
    };
    let reply = ok(&(manner.reply)(world, &issued))?;
    if world.tokens.iter().all(|it| it.id != issued.id) {
        world.tokens.push(issued);
    }
    let mut reply = uncached(reply);
    set(&mut reply, http::header::PRAGMA, "no-cache");
    Ok(reply)
}

fn by_code(world: &mut World, fields: &Fields) -> Result<Issued, Refusal> {
    let app = client(world, fields)?.clone();
    let wanted = fields.get("code").unwrap_or_default();
    let code = world.codes.iter().find(|code| code.code == wanted);
    let unknown = || world.refuse(Complaint::Code(CodeFault::Unknown));
    let code = code.ok_or_else(unknown)?.clone();
    if let Some(fault) = code_fault(world, &app, &code, fields) {
        return Err(world.refuse(Complaint::Code(fault)));
    }
    // Only now is it spent: no failure burns it.
    world.codes.retain(|it| it.code != code.code);
    let resident = Some(code.resident);
    Ok(issue(world, &app, code.scope, resident))
}

fn code_fault(world: &World, app: &Registered, code: &Code, fields: &Fields) -> Option<CodeFault> {
    if code.client_id != app.client_id {
        return Some(CodeFault::Foreign);
    }
    if code.redirect_uri != fields.get("redirect_uri").unwrap_or_default() {
        return Some(CodeFault::OtherUri);
    }
    if code.expires.is_some_and(|expires| expires <= world.now) {
        return Some(CodeFault::Expired);
    }
    let pkce = world.manner().consent.pkce;
    pkce::fault(pkce, code, fields.filled("code_verifier"))
}

fn by_credentials(world: &mut World, fields: &Fields) -> Result<Issued, Refusal> {
    let scope = fields.filled("scope").unwrap_or("read");
    let registered = known_app(world, fields)?;
    if (world.manner().consent.grants)(&registered.scopes, scope).is_none() {
        return Err(world.refuse(Complaint::AppScope(scope)));
    }
    let app = client(world, fields)?.clone();
    Ok(issue(world, &app, scope.to_owned(), None))
}

fn by_refresh(world: &mut World, fields: &Fields) -> Result<Issued, Refusal> {
    let app = client(world, fields)?.clone();
    let wanted = fields.filled("refresh_token");
    let old = world
        .tokens
        .iter()
        .position(|it| wanted.is_some() && it.refresh.as_deref() == wanted)
        .filter(|&at| world.tokens[at].client_id == app.client_id);
    let old = old.ok_or_else(|| world.refuse(Complaint::RefreshToken))?;
    let old = world.tokens.remove(old);
    Ok(issue(world, &app, old.scope, old.resident))
}

fn known_app<'a>(world: &'a World, fields: &Fields) -> Result<&'a Registered, Refusal> {
    let id = fields.get("client_id").unwrap_or_default();
    let by_code = fields.get("grant_type") == Some("authorization_code");
    let unknown = || world.refuse(Complaint::UnknownApp { id, by_code });
    world.app(id).ok_or_else(unknown)
}

/// The app, where its secret is right, and its redirect URI will do.
fn client<'a>(world: &'a World, fields: &Fields) -> Result<&'a Registered, Refusal> {
    let app = known_app(world, fields)?;
    if fields.get("client_secret") != Some(&app.client_secret) {
        return Err(world.refuse(Complaint::Secret));
    }
    let uri = fields.get("redirect_uri").unwrap_or_default();
    match (world.manner().tokens.uri_fault)(app, uri) {
        Some(refusal) => Err(refusal),
        None => Ok(app),
    }
}

/// A token; an old one, where the server hands that out again.
fn issue(world: &mut World, app: &Registered, scope: String, resident: Option<String>) -> Issued {
    let manner = &world.manner().tokens;
    let old = matching(world, &app.client_id, resident.as_deref(), &scope);
    if let (Some(old), true) = (old, manner.reused) {
        return old.clone();
    }
    let lifetime = match resident {
        Some(_) => manner.lives.0,
        None => manner.lives.1,
    };
    Issued {
        id: world.ids.ulid(world.now),
        token: (manner.draw)(&mut world.ids),
        refresh: manner.refreshes.then(|| (manner.draw)(&mut world.ids)),
        client_id: app.client_id.clone(),
        scope,
        resident,
        created: world.now,
        // Handing it out counts.
        last_used: Some(world.now),
        expires: lifetime.map(|seconds| world.after(seconds)),
    }
}

//! `/oauth/token`

use http::header::PRAGMA;

use crate::body::{Fields, Wanted};
use crate::browser::{browser, keep};
use crate::dialect::{Again, CodeFault, Complaint, Refresh};
use crate::incoming::Incoming;
use crate::pkce;
use crate::reply::{Outcome, Refusal, Reply, negotiate, ok, set, uncached};
use crate::spared::{matching, newest};
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
    let mut fields = incoming.read(&WANTED).map_err(Refusal::invalid_request)?;
    let manner = &world.manner().tokens;
    if manner.basic {
        incoming.add_basic(&mut fields);
    }
    if let Some(refusal) = (manner.lacks)(&fields) {
        return Err(refusal);
    }
    let issued = match fields.get("grant_type").unwrap_or_default() {
        "authorization_code" => by_code(world, &fields)?,
        "client_credentials" => by_credentials(world, &fields)?,
        "refresh_token" if manner.refresh != Refresh::None => by_refresh(world, &fields)?,
        _ => return Err(world.refuse(Complaint::Grant)),
    };
    let reply = ok(&(manner.reply)(world, &issued))?;
    world.tokens.retain(|it| it.id != issued.id);
    world.tokens.push(issued);
    let mut reply = uncached(reply);
    set(&mut reply, PRAGMA, "no-cache");
    match manner.sets_session {
        true => Ok(with_session(world, incoming, reply)),
        false => Ok(reply),
    }
}

/// Whoever asked has a session now: Akkoma cannot know whether it is a browser.
fn with_session(world: &mut World, incoming: &Incoming, reply: Reply) -> Reply {
    let mut browser = browser(world, incoming);
    if let Some(issued) = world.tokens.last() {
        browser.token = Some(issued.token.clone());
        browser.user.clone_from(&issued.resident);
    }
    keep(world, incoming, browser, reply)
}

fn by_code(world: &mut World, fields: &Fields) -> Result<Issued, Refusal> {
    let app = client(world, fields)?.clone();
    let wanted = fields.get("code").unwrap_or_default();
    let refuse = |fault| world.refuse(Complaint::Code(fault));
    if !(world.manner().codes.well_formed)(wanted) {
        return Err(refuse(CodeFault::Malformed));
    }
    let code = world.codes.iter().position(|code| code.code == wanted);
    let at = code.ok_or_else(|| refuse(CodeFault::Unknown))?;
    let code = world.codes[at].clone();
    if code.spent {
        let old = match world.manner().codes.again {
            Again::Refused => None,
            Again::OldToken => newest(world, &app.client_id, &code.resident),
        };
        return old.cloned().ok_or_else(|| refuse(CodeFault::Spent));
    }
    if let Some(fault) = code_fault(world, &app, &code, fields) {
        return Err(refuse(fault));
    }
    // Only now is it spent: no failure burns it.
    world.codes[at].spent = true;
    let resident = Some(code.resident);
    Ok(issue(world, &app, code.scope, resident))
}

fn code_fault(world: &World, app: &Registered, code: &Code, fields: &Fields) -> Option<CodeFault> {
    if code.client_id != app.client_id {
        return Some(CodeFault::Foreign);
    }
    let asked = fields.get("redirect_uri").unwrap_or_default();
    if !(world.manner().codes.same_uri)(&code.redirect_uri, asked) {
        return Some(CodeFault::OtherUri);
    }
    if code.expires.is_some_and(|expires| expires <= world.now) {
        return Some(CodeFault::Expired);
    }
    let pkce = world.manner().consent.pkce;
    pkce::fault(pkce, code, fields.filled("code_verifier"))
}

fn by_credentials(world: &mut World, fields: &Fields) -> Result<Issued, Refusal> {
    let asked = fields.filled("scope");
    let registered = known_app(world, fields)?;
    let scope = (world.manner().tokens.app_scope)(&registered.scopes, asked);
    let refused = || world.refuse(Complaint::AppScope(asked.unwrap_or("read")));
    let scope = scope.ok_or_else(refused)?;
    let app = client(world, fields)?.clone();
    Ok(issue(world, &app, scope, None))
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
    let new = issue(world, &app, old.scope, old.resident);
    Ok(match world.manner().tokens.refresh {
        Refresh::Kept => Issued {
            refresh: old.refresh,
            ..new
        },
        Refresh::None => new,
    })
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
        refresh: (manner.refresh != Refresh::None).then(|| (manner.draw)(&mut world.ids)),
        client_id: app.client_id.clone(),
        scope,
        resident,
        created: world.now,
        // Handing it out counts.
        last_used: Some(world.now),
        expires: lifetime.map(|seconds| world.after(seconds)),
    }
}

//! `/oauth/token`

use http::header::PRAGMA;

use crate::body::{Fields, Wanted};
use crate::browser::{browser, keep};
use crate::dialect::{Again, CodeFault, Complaint, Own, Refresh};
use crate::discovery::takes_posted_secrets;
use crate::incoming::Incoming;
use crate::issue::{issue, newest};
use crate::pkce;
use crate::reply::{Outcome, Refusal, Reply, negotiate, ok, set, uncached};
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
    authenticate(world, incoming, &mut fields)?;
    if let Some(refusal) = (manner.lacks)(&fields) {
        return Err(refusal);
    }
    let issued = match fields.get("grant_type").unwrap_or_default() {
        "client_credentials" => by_credentials(world, &fields)?,
        "authorization_code" => by_code(world, &fields)?,
        _ if manner.any_grant => by_code(world, &fields)?,
        "refresh_token" if manner.refresh != Refresh::None => by_refresh(world, &fields)?,
        _ => return Err(world.refuse(Complaint::Grant)),
    };
    let mut reply = uncached(ok(&(manner.reply)(world, &issued))?);
    set(&mut reply, PRAGMA, "no-cache");
    if manner.sets_session {
        reply = with_session(world, incoming, &issued, reply);
    }
    if issued.resident.is_some() || manner.own != Own::Unsaved {
        world.tokens.retain(|it| it.id != issued.id);
        world.tokens.push(issued);
    }
    Ok(reply)
}

/// Adds an app's id and secret from the header, where that is read.
pub(crate) fn authenticate(
    world: &World,
    incoming: &Incoming,
    fields: &mut Fields,
) -> Result<(), Refusal> {
    let read = world.manner().tokens.basic;
    let added = read && incoming.add_basic(fields);
    match added || !read || takes_posted_secrets(world) {
        true => Ok(()),
        false => Err(world.refuse(Complaint::Secret)),
    }
}

/// Whoever asked has a session now: Akkoma cannot know whether it is a browser.
fn with_session(world: &mut World, incoming: &Incoming, issued: &Issued, reply: Reply) -> Reply {
    let mut browser = browser(world, incoming);
    browser.token = Some(issued.token.clone());
    browser.user.clone_from(&issued.resident);
    keep(world, incoming, browser, reply)
}

fn by_code(world: &mut World, fields: &Fields) -> Result<Issued, Refusal> {
    let app = client(world, fields)?.clone();
    let wanted = fields.get("code").unwrap_or_default();
    let refuse = |fault| world.refuse(Complaint::Code(fault));
    let manner = &world.manner().codes;
    if !(manner.well_formed)(wanted) {
        return Err(refuse(CodeFault::Malformed));
    }
    let code = world.codes.iter().position(|code| code.code == wanted);
    let at = code.ok_or_else(|| refuse(CodeFault::Unknown))?;
    let code = world.codes[at].clone();
    if code.spent && manner.again != Again::Good {
        let old = newest(world, &app.client_id, Some(&code.resident));
        let old = old.filter(|_| manner.again == Again::OldToken);
        return old.cloned().ok_or_else(|| refuse(CodeFault::Spent));
    }
    if let Some(fault) = code_fault(world, &app, &code, fields) {
        return Err(refuse(fault));
    }
    let made = code.token.as_ref().map(|made| {
        let mut tokens = world.tokens.iter();
        let token = tokens.find(|it| it.id == *made);
        token.cloned().ok_or_else(|| refuse(CodeFault::Spent))
    });
    // Only now is it spent: no failure burns it.
    world.codes[at].spent = true;
    spend(world, &app);
    made.unwrap_or_else(|| {
        Ok(issue(
            world,
            &app.client_id,
            code.scope,
            Some(code.resident),
        ))
    })
}

/// Some apps are good for one login.
fn spend(world: &mut World, app: &Registered) {
    if world.manner().apps.one_login {
        let mut apps = world.apps.iter_mut();
        if let Some(app) = apps.find(|it| it.client_id == app.client_id) {
            app.spent = true;
        }
    }
}

fn code_fault(world: &World, app: &Registered, code: &Code, fields: &Fields) -> Option<CodeFault> {
    if code.client_id != app.client_id {
        return Some(CodeFault::Foreign);
    }
    let asked = fields.get("redirect_uri").unwrap_or_default();
    if !(world.manner().codes.same_uri)(app, &code.redirect_uri, asked) {
        return Some(CodeFault::OtherUri);
    }
    if code.expires.is_some_and(|expires| expires <= world.now) {
        return Some(CodeFault::Expired);
    }
    let pkce = world.manner().consent.pkce;
    pkce::fault(pkce, code, fields.filled("code_verifier"))
}

fn by_credentials(world: &mut World, fields: &Fields) -> Result<Issued, Refusal> {
    let manner = &world.manner().tokens;
    if matches!(manner.own, Own::Everybodys | Own::Unsaved) {
        let id = fields.get("client_id").unwrap_or_default();
        return Ok(issue(world, id, "read".to_owned(), None));
    }
    let asked = fields.filled("scope");
    let registered = known_app(world, fields)?;
    let scope = (manner.app_scope)(&registered.scopes, asked);
    let refused = || world.refuse(Complaint::AppScope(asked.unwrap_or("read")));
    let scope = scope.ok_or_else(refused)?;
    let id = client(world, fields)?.client_id.clone();
    Ok(issue(world, &id, scope, None))
}

fn by_refresh(world: &mut World, fields: &Fields) -> Result<Issued, Refusal> {
    let id = client(world, fields)?.client_id.clone();
    let wanted = fields.filled("refresh_token");
    let theirs =
        |it: &Issued| it.client_id == id && wanted.is_some() && it.refresh.as_deref() == wanted;
    let old = world.tokens.iter().position(theirs);
    let old = old.ok_or_else(|| world.refuse(Complaint::RefreshToken))?;
    let old = world.tokens.remove(old);
    let new = issue(world, &id, old.scope, old.resident);
    Ok(match world.manner().tokens.refresh {
        Refresh::Kept => Issued {
            refresh: old.refresh,
            ..new
        },
        Refresh::None | Refresh::Rotated => new,
    })
}

fn known_app<'a>(world: &'a World, fields: &Fields) -> Result<&'a Registered, Refusal> {
    let id = fields.get("client_id").unwrap_or_default();
    let by_code = fields.get("grant_type") == Some("authorization_code");
    let app = match world.manner().tokens.by_secret {
        false => world.app(id),
        true => {
            let secret = fields.get("client_secret");
            world
                .apps
                .iter()
                .find(|it| secret == Some(&it.client_secret))
        }
    };
    app.ok_or_else(|| world.refuse(Complaint::UnknownApp { id, by_code }))
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

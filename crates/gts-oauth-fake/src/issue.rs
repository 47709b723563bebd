//! Tokens: new ones, and old ones where they do.

use crate::dialect::{Own, Refresh, Repeated};
use crate::world::{Issued, World};

/// A token of this app; a person's, or its own.
pub(crate) fn issue(
    world: &mut World,
    client_id: &str,
    scope: String,
    resident: Option<String>,
) -> Issued {
    let manner = &world.manner().tokens;
    let own = resident.is_none();
    if own && manner.own == Own::One {
        if let Some(old) = newest(world, client_id, None) {
            let old = old.clone();
            return Issued { scope, ..old };
        }
    }
    match manner.repeated {
        Repeated::New => {}
        Repeated::SameScopes => {
            if let Some(old) = matching(world, client_id, resident.as_deref(), &scope) {
                return old.clone();
            }
        }
        Repeated::Replaces => {
            let same = |it: &Issued| it.client_id == client_id && it.resident == resident;
            world.tokens.retain(|it| !same(it));
        }
    }
    let (persons, apps) = manner.lives;
    let lives = if own { apps } else { persons };
    Issued {
        id: world.ids.ulid(world.now),
        token: (manner.draw)(world, own),
        refresh: refresh_token(world, own),
        client_id: client_id.to_owned(),
        scope,
        resident,
        created: world.now,
        // Handing it out counts.
        last_used: Some(world.now),
        expires: lives.map(|seconds| world.after(seconds)),
    }
}

fn refresh_token(world: &mut World, own: bool) -> Option<String> {
    match world.manner().tokens.refresh {
        Refresh::None => None,
        Refresh::Kept => Some(world.ids.base64url()),
        Refresh::Rotated => (!own).then(|| world.ids.sealed()),
    }
}

fn is_alive(world: &World, issued: &Issued) -> bool {
    issued.expires.is_none_or(|expires| expires > world.now)
}

/// The newest live token of an app and a person, or of an app itself.
pub(crate) fn newest<'a>(
    world: &'a World,
    client_id: &str,
    resident: Option<&str>,
) -> Option<&'a Issued> {
    let theirs = |it: &&Issued| {
        it.client_id == client_id && it.resident.as_deref() == resident && is_alive(world, it)
    };
    world.tokens.iter().rev().find(theirs)
}

/// As [`newest`], with the same scopes, in whatever order.
pub(crate) fn matching<'a>(
    world: &'a World,
    client_id: &str,
    resident: Option<&str>,
    scope: &str,
) -> Option<&'a Issued> {
    let set = |scope: &str| {
        let mut scopes: Vec<String> = scope.split_whitespace().map(str::to_owned).collect();
        scopes.sort();
        scopes
    };
    let theirs = |it: &&Issued| {
        it.client_id == client_id
            && it.resident.as_deref() == resident
            && is_alive(world, it)
            && set(&it.scope) == set(scope)
    };
    world.tokens.iter().rev().find(theirs)
}

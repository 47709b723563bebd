//! Whose token it is, and what it may do.

use crate::dialect::Complaint;
use crate::incoming::Incoming;
use crate::reply::{Refusal, negotiate};
use crate::world::{Issued, World};

/// The token, if it is known and alive.
pub(crate) fn find<'a>(world: &'a World, token: &str) -> Option<&'a Issued> {
    let alive = |issued: &&Issued| issued.expires.is_none_or(|expires| expires > world.now);
    world
        .tokens
        .iter()
        .filter(alive)
        .find(|it| it.token == token)
}

/// The id of the person whose token this is. What is checked first is what the real server
/// checks first: the token, its person, its scope, and only then `Accept`.
pub(crate) fn person(
    world: &mut World,
    incoming: &Incoming,
    wanted: &str,
) -> Result<String, Refusal> {
    let bearer = incoming.bearer();
    let bearer = bearer.ok_or_else(|| world.refuse(Complaint::NoToken))?;
    let token = find(world, bearer).ok_or_else(|| world.refuse(Complaint::Token))?;
    let resident = token.resident.clone();
    let resident = resident.ok_or_else(|| world.refuse(Complaint::Nobody))?;
    let permits = world.manner().permits;
    if !wanted.split('|').any(|scope| permits(&token.scope, scope)) {
        return Err(world.refuse(Complaint::Insufficient(wanted)));
    }
    let id = token.id.clone();
    negotiate(incoming, &["application/json"])?;
    let now = world.now;
    if let Some(token) = world.tokens.iter_mut().find(|token| token.id == id) {
        token.last_used = Some(now);
    }
    Ok(resident)
}

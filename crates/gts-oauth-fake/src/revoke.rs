//! `/oauth/revoke`

use crate::body::Wanted;
use crate::dialect::{Complaint, Taken};
use crate::incoming::Incoming;
use crate::reply::{Outcome, Refusal, negotiate};
use crate::token::authenticate;
use crate::world::World;

/// Nothing that must be a text.
const NOTHING: Wanted = Wanted {
    name: "auth.tokenRevokeRequestForm",
    fields: &[],
};

/// `POST /oauth/revoke`. Of JSON only the field `token` arrives at GoToSocial, so JSON always
/// fails there.
pub(crate) fn revoke(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    negotiate(incoming, &["application/json"])?;
    let manner = world.manner().revocation.as_ref();
    let manner = manner.ok_or_else(Refusal::not_found)?;
    let mut fields = incoming.read(&NOTHING).map_err(Refusal::bad_request)?;
    authenticate(world, incoming, &mut fields)?;
    let unread = incoming.is_json() && !manner.json;
    let wanted = |name| match (unread && name != "token", fields.filled(name)) {
        (false, Some(value)) => Ok(value),
        _ => Err(world.refuse(Complaint::CannotRevoke(name))),
    };
    let token = wanted(match incoming.is_json() {
        true => "token",
        false => manner.field,
    })?;
    let (id, secret) = match manner.for_anybody {
        true => ("", ""),
        false => (wanted("client_id")?, wanted("client_secret")?),
    };
    let issued = world.tokens.iter().find(|issued| issued.token == token);
    let app = world.app(id).filter(|app| app.client_secret == secret);
    let owner = app.map(|app| &app.client_id);
    let allowed = match issued {
        _ if manner.for_anybody => true,
        Some(issued) => owner == Some(&issued.client_id),
        // It is revoked already.
        None => manner.unknown_too,
    };
    if !allowed {
        return Err(world.refuse(Complaint::NotYours));
    }
    let (token, id) = (token.to_owned(), id.to_owned());
    match manner.taken {
        Taken::Token => world.tokens.retain(|issued| issued.token != token),
        Taken::App => {
            world.tokens.retain(|issued| issued.client_id != id);
            world.codes.retain(|code| code.client_id != id);
        }
    }
    Ok((manner.answer)())
}

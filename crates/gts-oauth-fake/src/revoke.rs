//! `/oauth/revoke`

use serde_json::json;

use crate::body::Wanted;
use crate::dialect::Complaint;
use crate::incoming::Incoming;
use crate::reply::{Outcome, Refusal, negotiate, ok};
use crate::world::World;

/// Nothing that must be a text.
const NOTHING: Wanted = Wanted {
    name: "auth.tokenRevokeRequestForm",
    fields: &[],
};

/// `POST /oauth/revoke`: unknown tokens are revoked already. Of JSON only the field `token`
/// arrives, so JSON always fails.
pub(crate) fn revoke(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    negotiate(incoming, &["application/json"])?;
    let manner = world.manner().revocation.as_ref();
    let manner = manner.ok_or_else(Refusal::not_found)?;
    let fields = incoming.read(&NOTHING).map_err(Refusal::bad_request)?;
    let unread = incoming.is_json() && !manner.json;
    let wanted = |name| match (unread && name != "token", fields.filled(name)) {
        (false, Some(value)) => Ok(value),
        _ => Err(world.refuse(Complaint::CannotRevoke(name))),
    };
    let token = wanted("token")?;
    let (id, secret) = match manner.for_anybody {
        true => ("", ""),
        false => (wanted("client_id")?, wanted("client_secret")?),
    };
    let issued = world.tokens.iter().find(|issued| issued.token == token);
    if let (Some(issued), false) = (issued, manner.for_anybody) {
        let app = world.app(id).filter(|app| app.client_secret == secret);
        if issued.client_id != id || app.is_none() {
            return Err(world.refuse(Complaint::NotYours));
        }
    }
    let token = token.to_owned();
    world.tokens.retain(|issued| issued.token != token);
    ok(&json!({}))
}

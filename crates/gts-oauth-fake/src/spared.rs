//! What a browser that was here before is spared.

use crate::dialect::{ForceLogin, Spared};
use crate::grant::granted;
use crate::reply::Refusal;
use crate::world::{AuthorizeForm, Browser, Issued, World};

/// Where a browser goes without any page, if it does.
pub(crate) fn way(
    world: &mut World,
    browser: &Browser,
    form: &AuthorizeForm,
) -> Result<Option<String>, Refusal> {
    let manner = &world.manner().consent;
    let forced = form.force_login && manner.force_login != ForceLogin::Ignored;
    let Some(resident) = browser.resident.clone().filter(|_| !forced) else {
        return Ok(None);
    };
    let allowed = match manner.spared {
        Spared::Nobody => false,
        Spared::SameScopes => {
            matching(world, &form.client_id, Some(&resident), &form.scope).is_some()
        }
    };
    match allowed {
        true => granted(world, form, resident).map(Some),
        false => Ok(None),
    }
}

/// A token of the same app, the same person and the same scopes, in whatever order.
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
    let same = |it: &&Issued| {
        it.client_id == client_id
            && it.resident.as_deref() == resident
            && it.expires.is_none_or(|expires| expires > world.now)
            && set(&it.scope) == set(scope)
    };
    world.tokens.iter().rev().find(same)
}

//! What a browser that was here before is spared.

use crate::apps::{self, OUT_OF_BAND};
use crate::auth;
use crate::callback::with_query;
use crate::dialect::{ForceLogin, Spared};
use crate::grant::{carrying, granted};
use crate::reply::Refusal;
use crate::world::{AuthorizeForm, Browser, Issued, World};

/// What a browser gets without being asked.
pub(crate) enum Way {
    To(String),
    /// A page with a token.
    Shown(String),
}

/// Where a browser goes at once, if it does.
pub(crate) fn way(
    world: &mut World,
    browser: &mut Browser,
    form: &AuthorizeForm,
) -> Result<Option<Way>, Refusal> {
    let manner = &world.manner().consent;
    match manner.spared {
        Spared::Nobody => Ok(None),
        Spared::SameScopes => {
            let forced = form.force_login && manner.force_login == ForceLogin::Page;
            let known = browser.resident.clone().filter(|_| !forced);
            let allowed = known
                .filter(|it| matching(world, &form.client_id, Some(it), &form.scope).is_some());
            match allowed {
                Some(resident) => Ok(Some(Way::To(granted(world, form, resident)?))),
                None => Ok(None),
            }
        }
        Spared::OldCode => Ok(akkomas_way(world, browser, form)),
    }
}

/// `force_login` spares nobody the page only if the browser has a token, whosever; if it does
/// not, but somebody signed in before, it is not looked at.
fn akkomas_way(world: &World, browser: &mut Browser, form: &AuthorizeForm) -> Option<Way> {
    let token = session_token(world, browser);
    match token {
        Some(_) if form.force_login => return None,
        Some(token) if token.client_id == form.client_id => {
            return handed_over(world, &token.token, form);
        }
        _ => {}
    }
    let user = token
        .and_then(|token| token.resident.clone())
        .or(browser.user.clone())?;
    let theirs = |client_id: &str, resident: &str| client_id == form.client_id && resident == user;
    newest(world, &form.client_id, &user)?;
    let mut codes = world.codes.iter();
    let code = codes.find(|code| theirs(&code.client_id, &code.resident))?;
    browser.resident = Some(user);
    Some(Way::To(carrying(world, form, &code.code)))
}

/// To an app that lives in the browser, its token is given back as if it had asked for it so
/// (RFC 6749 §4.2, which nobody should use any more).
fn handed_over(world: &World, token: &str, form: &AuthorizeForm) -> Option<Way> {
    if form.redirect_uri == OUT_OF_BAND {
        return Some(Way::Shown(token.to_owned()));
    }
    let app = world.app(&form.client_id)?;
    let registered = apps::has_registered(world.manner(), app, &form.redirect_uri);
    let answer = [("access_token", token)];
    registered.then(|| Way::To(with_query(world, &form.redirect_uri, form, &answer)))
}

/// The token that the browser's session holds, if it is alive.
pub(crate) fn session_token<'a>(world: &'a World, browser: &Browser) -> Option<&'a Issued> {
    auth::find(world, browser.token.as_deref()?)
}

/// The newest live token of an app and a person.
pub(crate) fn newest<'a>(world: &'a World, client_id: &str, resident: &str) -> Option<&'a Issued> {
    let theirs = |it: &&Issued| {
        it.client_id == client_id
            && it.resident.as_deref() == Some(resident)
            && it.expires.is_none_or(|expires| expires > world.now)
    };
    world.tokens.iter().rev().find(theirs)
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

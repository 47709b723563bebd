//! What a browser that was here before is spared.

use crate::apps::{self, OUT_OF_BAND};
use crate::auth;
use crate::callback::with_query;
use crate::dialect::{ForceLogin, Spared};
use crate::grant::{Way, carrying, granted};
use crate::issue::{matching, newest};
use crate::reply::Refusal;
use crate::world::{AuthorizeForm, Browser, Issued, World};

/// Where a browser goes at once, if it does.
pub(crate) fn way(
    world: &mut World,
    browser: &mut Browser,
    form: &AuthorizeForm,
) -> Result<Option<Way>, Refusal> {
    let manner = &world.manner().consent;
    let forced = form.force_login && manner.force_login == ForceLogin::Page;
    let known = browser.resident.clone().filter(|_| !forced);
    let client_id = &form.client_id;
    let known = match manner.spared {
        Spared::Nobody => None,
        Spared::SameScopes => {
            known.filter(|it| matching(world, client_id, Some(it), &form.scope).is_some())
        }
        Spared::AnyToken => known.filter(|it| newest(world, client_id, Some(it)).is_some()),
        Spared::OldCode => return Ok(akkomas_way(world, browser, form)),
    };
    known.map(|known| granted(world, form, known)).transpose()
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
    newest(world, &form.client_id, Some(&user))?;
    let mut codes = world.codes.iter();
    let code = codes.find(|code| theirs(&code.client_id, &code.resident))?;
    browser.resident = Some(user);
    let app = world.app(&form.client_id)?;
    Some(carrying(world, form, app, &code.code))
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

//! Whether a person can give an app what it asks for, and with what they are sent back.

use http::StatusCode;

use crate::apps::{self, OUT_OF_BAND};
use crate::authorize::ADVICE;
use crate::callback::{failed, sent_to, with_query};
use crate::dialect::{Complaint, Errors};
use crate::pkce;
use crate::reply::Refusal;
use crate::world::{AuthorizeForm, Code, World};

/// Where the browser goes next: with a code, or with an error.
pub(crate) fn granted(
    world: &mut World,
    form: &AuthorizeForm,
    resident: String,
) -> Result<String, Refusal> {
    if form.response_type != "code" {
        let help = ADVICE.to_owned();
        return Err(Refusal::Plain(StatusCode::UNAUTHORIZED, help));
    }
    let unknown = || world.refuse(Complaint::NoSuchApp);
    let app = world.app(&form.client_id).ok_or_else(unknown)?;
    let manner = world.manner();
    let registered = apps::has_registered(manner, app, &form.redirect_uri);
    let form = &sent_to(world, form)?;
    if !registered && !manner.consent.redirects_anywhere {
        return Err(world.refuse(Complaint::RedirectUri));
    }
    // Sent to a URI that the app never registered, as the real server does.
    if !registered {
        let help = "The authorization server encountered an \
                    unexpected condition that prevented it from fulfilling the request";
        return Ok(failed(world, form, "server_error", help));
    }
    let Some(scope) = (manner.consent.grants)(&app.scopes, &form.scope) else {
        let help = "The requested scope is invalid, unknown, or malformed";
        return told(world, form, Complaint::Scope, "invalid_scope", help);
    };
    let challenge = match pkce::challenge(manner.consent.pkce, form) {
        Ok(challenge) => challenge,
        Err(why) => {
            return told(
                world,
                form,
                Complaint::Challenge(why),
                "invalid_request",
                why,
            );
        }
    };
    let code = code(world, form, resident, scope, challenge);
    Ok(carrying(world, form, &code))
}

/// An error that the app is told, or the person.
fn told(
    world: &World,
    form: &AuthorizeForm,
    complaint: Complaint<'_>,
    error: &str,
    help: &str,
) -> Result<String, Refusal> {
    match world.manner().consent.errors {
        Errors::Sent => Ok(failed(world, form, error, help)),
        Errors::Shown => Err(world.refuse(complaint)),
    }
}

fn code(
    world: &mut World,
    form: &AuthorizeForm,
    resident: String,
    scope: String,
    challenge: Option<String>,
) -> String {
    let manner = &world.manner().codes;
    let code = (manner.draw)(&mut world.ids);
    world.codes.push(Code {
        code: code.clone(),
        client_id: form.client_id.clone(),
        redirect_uri: form.redirect_uri.clone(),
        scope,
        resident,
        challenge,
        spent: false,
        expires: manner.lives.map(|seconds| world.after(seconds)),
    });
    code
}

/// The address that brings a code to the app, or to the page that shows it.
pub(crate) fn carrying(world: &World, form: &AuthorizeForm, code: &str) -> String {
    let iss = world.origin.as_str();
    let mut answer = vec![("code", code)];
    if world.manner().consent.iss {
        answer.push(("iss", iss));
    }
    let page = match form.redirect_uri.as_str() {
        OUT_OF_BAND => "/oauth/oob",
        uri => uri,
    };
    with_query(world, page, form, &answer)
}

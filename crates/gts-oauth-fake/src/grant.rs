//! Whether a person can give an app what it asks for, and with what they are sent back.

use serde_json::{Value, json};

use crate::apps::{self, OUT_OF_BAND};
use crate::callback::{failed, sent_to, with_query};
use crate::dialect::{Complaint, Errors, OutOfBand};
use crate::issue::issue;
use crate::pkce;
use crate::reply::Refusal;
use crate::world::{AuthorizeForm, Code, Registered, World};

/// Where the browser goes next.
pub(crate) enum Way {
    /// To an address, with a code or an error.
    To(String),
    /// It stays, and shows a code or a token.
    Shown(String),
    /// It stays, and shows JSON.
    Json(Value),
}

/// What comes of a person's yes.
pub(crate) fn granted(
    world: &mut World,
    form: &AuthorizeForm,
    resident: String,
) -> Result<Way, Refusal> {
    if form.response_type != "code" {
        return Err(world.refuse(Complaint::ResponseType));
    }
    let app = world.app(&form.client_id).filter(|app| !app.spent).cloned();
    let app = app.ok_or_else(|| world.refuse(Complaint::NoSuchApp))?;
    let manner = world.manner();
    let registered = apps::has_registered(manner, &app, &form.redirect_uri);
    let sent_to = sent_to(world, form)?;
    if !registered && !manner.consent.redirects_anywhere {
        return Err(world.refuse(Complaint::RedirectUri));
    }
    // Sent to a URI that the app never registered, as the real server does.
    if !registered {
        let help = "The authorization server encountered an \
                    unexpected condition that prevented it from fulfilling the request";
        return Ok(Way::To(failed(world, &sent_to, "server_error", help)));
    }
    let Some(scope) = (manner.consent.grants)(&app.scopes, &form.scope) else {
        return bad_scope(world, &sent_to);
    };
    let challenge = match pkce::challenge(manner.consent.pkce, form) {
        Ok(challenge) => challenge,
        Err(why) => return bad_challenge(world, &sent_to, why),
    };
    let code = code(world, form, &app, resident, scope, challenge);
    Ok(carrying(world, &sent_to, &app, &code))
}

fn bad_scope(world: &World, form: &AuthorizeForm) -> Result<Way, Refusal> {
    let help = "The requested scope is invalid, unknown, or malformed";
    let stateless = AuthorizeForm {
        state: None,
        ..form.clone()
    };
    match world.manner().consent.errors {
        Errors::Sent => Ok(Way::To(failed(world, form, "invalid_scope", help))),
        Errors::SentStateless => Ok(Way::To(failed(world, &stateless, "invalid_scope", help))),
        Errors::Shown => Err(world.refuse(Complaint::Scope)),
    }
}

fn bad_challenge(world: &World, form: &AuthorizeForm, why: &'static str) -> Result<Way, Refusal> {
    match world.manner().consent.errors {
        Errors::Sent => Ok(Way::To(failed(world, form, "invalid_request", why))),
        Errors::SentStateless | Errors::Shown => Err(world.refuse(Complaint::Challenge(why))),
    }
}

fn code(
    world: &mut World,
    form: &AuthorizeForm,
    app: &Registered,
    resident: String,
    scope: String,
    challenge: Option<String>,
) -> String {
    let manner = world.manner();
    let code = (manner.codes.draw)(world, app);
    // Sharkey's are always the same.
    world.codes.retain(|it| it.code != code);
    let token = manner.tokens.at_consent.then(|| {
        let issued = issue(world, &app.client_id, scope.clone(), Some(resident.clone()));
        world.tokens.push(issued.clone());
        issued.id
    });
    world.codes.push(Code {
        code: code.clone(),
        client_id: form.client_id.clone(),
        redirect_uri: form.redirect_uri.clone(),
        scope,
        resident,
        challenge,
        token,
        spent: false,
        expires: manner.codes.lives.map(|seconds| world.after(seconds)),
    });
    code
}

/// The way that brings a code to the app, or to the person.
pub(crate) fn carrying(world: &World, form: &AuthorizeForm, app: &Registered, code: &str) -> Way {
    let mut answer = vec![("code", code)];
    if world.manner().consent.iss {
        answer.push(("iss", &world.origin));
    }
    let to = |page| Way::To(with_query(world, page, form, &answer));
    if form.redirect_uri != OUT_OF_BAND {
        return to(&form.redirect_uri);
    }
    match (world.manner().consent.out_of_band)(app) {
        OutOfBand::Page => to("/oauth/oob"),
        OutOfBand::Json => Way::Json(json!({ "code": code, "state": form.state })),
        OutOfBand::Nowhere => to(OUT_OF_BAND),
    }
}

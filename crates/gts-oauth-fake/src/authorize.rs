//! What a browser goes through: `/oauth/authorize`, `/auth/sign_in`, `/oauth/oob`.

use http::StatusCode;
use http::header::LOCATION;

use crate::apps::OUT_OF_BAND;
use crate::body::Fields;
use crate::browser::{self, browser, internal, keep, lost, remember};
use crate::callback::denied;
use crate::dialect::{Complaint, ForceLogin, SignIn};
use crate::grant::{Way, granted};
use crate::incoming::Incoming;
use crate::pages;
use crate::reply::{
    Outcome, Refusal, Reply, html, json, negotiate, redirect, reply, set, wants_html,
};
use crate::spared;
use crate::world::{AuthorizeForm, Browser, World};

/// The password of everybody who lives here.
pub(crate) const PASSWORD: &str = "correct-horse-battery-staple";

/// What the real server appends to every error on the way.
pub(crate) const ADVICE: &str = "If you arrived at this error during a sign in/oauth flow, please \
     try clearing your session cookies and signing in again; if problems persist, make sure \
     you're using the correct credentials";

/// `GET /oauth/authorize`. Nothing is checked before somebody signed in; and whoever is signed
/// in is shown what their session holds, which on GoToSocial may be another app's request.
pub(crate) fn show(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    negotiate(incoming, &["text/html"])?;
    let mut browser = browser(world, incoming);
    // Whoever comes from signing in brings nothing along.
    let held = incoming.query.is_empty() || world.manner().consent.sign_in == SignIn::Once;
    if browser.resident.is_some() && held {
        return consent(world, &browser);
    }
    let form = read_form(&incoming.query_fields())?;
    browser.resident = signed_in(world, &browser, &form);
    browser.form = Some(form.clone());
    if let Some(way) = spared::way(world, &mut browser, &form)? {
        remember(world, incoming, &browser);
        return Ok(send_on(world, incoming, browser, way));
    }
    if browser.resident.is_some() {
        remember(world, incoming, &browser);
        return consent(world, &browser);
    }
    let kind = "text/html; charset=utf-8";
    let page = "<a href=\"/auth/sign_in\">See Other</a>.\n\n";
    let mut reply = reply(StatusCode::SEE_OTHER, kind, page);
    set(&mut reply, LOCATION, "/auth/sign_in");
    Ok(keep(world, incoming, browser, reply))
}

/// Who needs no password.
fn signed_in(world: &World, browser: &Browser, form: &AuthorizeForm) -> Option<String> {
    if world.manner().consent.sign_in == SignIn::EveryTime {
        return spared::session_token(world, browser)?.resident.clone();
    }
    let again = form.force_login && world.manner().consent.force_login == ForceLogin::Password;
    browser.resident.clone().filter(|_| !again)
}

fn consent(world: &World, browser: &Browser) -> Outcome {
    let form = browser.form.as_ref().ok_or_else(|| lost("redirect_uri"))?;
    let unknown = || match world.dialect.is_gotosocial() {
        true => internal(format!(
            "db error getting app for clientID {}",
            form.client_id
        )),
        false => world.refuse(Complaint::NoSuchApp),
    };
    let app = world.app(&form.client_id).ok_or_else(unknown)?;
    let page = pages::consent(&pages::Consent {
        person: name(world, browser),
        app: &app.name,
        scope: &form.scope,
        redirect_uri: &form.redirect_uri,
        can_deny: world.manner().consent.can_deny,
    });
    Ok(html(StatusCode::OK, page))
}

fn name<'a>(world: &'a World, browser: &Browser) -> &'a str {
    let resident = browser
        .resident
        .as_deref()
        .and_then(|id| world.resident(id));
    resident.map_or("", |resident| &resident.name)
}

fn read_form(fields: &Fields) -> Result<AuthorizeForm, Refusal> {
    let mut missing = Vec::new();
    for (field, name) in [
        ("response_type", "ResponseType"),
        ("client_id", "ClientID"),
        ("redirect_uri", "RedirectURI"),
    ] {
        if fields.filled(field).is_none() {
            missing.push(format!(
                "Key: 'OAuthAuthorize.{name}' Error:Field validation for '{name}' failed on the \
                 'required' tag"
            ));
        }
    }
    if !missing.is_empty() {
        return Err(Refusal::bad_request(format!(
            "{}: {ADVICE}",
            missing.join("\n")
        )));
    }
    let field = |name| fields.get(name).unwrap_or_default().to_owned();
    let force_login = fields.filled("force_login").unwrap_or("false");
    Ok(AuthorizeForm {
        response_type: field("response_type"),
        client_id: field("client_id"),
        redirect_uri: field("redirect_uri"),
        scope: fields.filled("scope").unwrap_or("read").replace('+', " "),
        state: fields.filled("state").map(str::to_owned),
        challenge: fields.filled("code_challenge").map(str::to_owned),
        challenge_method: fields.filled("code_challenge_method").map(str::to_owned),
        force_login: !["false", "f", "0", "no", "off"].contains(&force_login),
    })
}

/// `GET /auth/sign_in`
pub(crate) fn sign_in_page(_: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    negotiate(incoming, &["text/html"])?;
    Ok(html(StatusCode::OK, pages::sign_in(None)))
}

/// `POST /auth/sign_in`: by e-mail address and password. After a wrong password the form is
/// there again, with what was wrong; the session lives on.
pub(crate) fn sign_in(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    let fields = incoming.fields().unwrap_or_default();
    let (email, password) = (fields.filled("username"), fields.filled("password"));
    let (Some(email), Some(password), false) = (email, password, incoming.is_json()) else {
        return Err(Refusal::bad_request(ADVICE));
    };
    let name = email.strip_suffix("@example.org").unwrap_or_default();
    let resident = world
        .resident_named(name)
        .map(|resident| resident.id.clone());
    let (Some(resident), true) = (resident, password == PASSWORD) else {
        return wrong_password(incoming);
    };
    let browser = Browser {
        resident: Some(resident),
        ..browser(world, incoming)
    };
    let reply = redirect(StatusCode::FOUND, "/oauth/authorize");
    Ok(keep(world, incoming, browser, reply))
}

fn wrong_password(incoming: &Incoming) -> Outcome {
    let problem = format!("password/email combination was incorrect: {ADVICE}");
    if !wants_html(incoming)? {
        return Err(Refusal::Plain(StatusCode::UNAUTHORIZED, problem));
    }
    let page = pages::sign_in(Some(&format!("Unauthorized: {problem}")));
    Ok(html(StatusCode::UNAUTHORIZED, page))
}

/// `POST /oauth/authorize`: the person pressed *Allow*, or *Deny* where there is one.
pub(crate) fn allow(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    let browser = browser(world, incoming);
    let form = browser.form.clone().ok_or_else(|| lost("response_type"))?;
    let nobody = || internal("neither userid nor userid_awaiting_2fa keys found in session");
    let resident = browser.resident.clone().ok_or_else(nobody)?;
    let denies = incoming
        .fields()
        .is_ok_and(|fields| fields.filled("deny").is_some());
    let way = match denies && world.manner().consent.can_deny {
        true => Way::To(denied(world, &form)),
        false => granted(world, &form, resident)?,
    };
    Ok(send_on(world, incoming, browser, way))
}

fn send_on(world: &mut World, incoming: &Incoming, browser: Browser, way: Way) -> Reply {
    let form = browser.form.clone().unwrap_or_default();
    let reply = match way {
        Way::To(target) => redirect(StatusCode::FOUND, &target),
        Way::Json(body) => json(StatusCode::OK, &body),
        Way::Shown(code) => {
            let page = pages::out_of_band(name(world, &browser), &form.scope, &code);
            html(StatusCode::OK, page)
        }
    };
    // The page that shows a code names the person.
    if form.redirect_uri == OUT_OF_BAND {
        return reply;
    }
    let browser = browser::after(world, browser);
    keep(world, incoming, browser, reply)
}

/// `GET /oauth/oob`: the page that shows the code.
pub(crate) fn out_of_band(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    let fields = incoming.query_fields();
    let code = fields.filled("code").ok_or_else(|| {
        Refusal::bad_request("no 'code' query value provided in callback redirect")
    })?;
    let browser = browser(world, incoming);
    let nobody = || internal("neither userid nor userid_awaiting_2fa keys found in session");
    browser.resident.as_ref().ok_or_else(nobody)?;
    let form = browser.form.as_ref().ok_or_else(|| lost("scope"))?;
    let page = pages::out_of_band(name(world, &browser), &form.scope, code);
    let browser = browser::after(world, browser.clone());
    Ok(keep(world, incoming, browser, html(StatusCode::OK, page)))
}

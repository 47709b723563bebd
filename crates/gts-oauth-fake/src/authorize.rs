//! What a browser goes through: `/oauth/authorize`, `/auth/sign_in`, `/oauth/oob`.

use http::StatusCode;

use crate::apps::{self, OUT_OF_BAND};
use crate::body::Fields;
use crate::browser::{browser, internal, keep, lost, remember};
use crate::dialect::Complaint;
use crate::incoming::Incoming;
use crate::pages;
use crate::pkce;
use crate::reply::{Outcome, Refusal, html, negotiate, redirect, reply, set, wants_html};
use crate::uri;
use crate::world::{AuthorizeForm, Browser, Code, World};

/// The password of everybody who lives here.
pub(crate) const PASSWORD: &str = "correct-horse-battery-staple";

/// What the real server appends to every error on the way.
pub(crate) const ADVICE: &str = "If you arrived at this error during a sign in/oauth flow, please \
     try clearing your session cookies and signing in again; if problems persist, make sure \
     you're using the correct credentials";

/// Seconds that a code really lives: half of what was meant.
const CODE: u64 = 300;

/// `GET /oauth/authorize`. Nothing is checked before somebody signed in; and whoever is signed
/// in is shown what their session holds, which on GoToSocial may be another app's request.
pub(crate) fn show(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    negotiate(incoming, &["text/html"])?;
    let mut browser = browser(world, incoming);
    let renewed = !world.manner().consent.remembers_one_app && !incoming.query.is_empty();
    if browser.resident.is_some() && renewed {
        browser.form = Some(read_form(&incoming.query_fields())?);
        remember(world, incoming, &browser);
    }
    let Some(resident) = &browser.resident else {
        let form = read_form(&incoming.query_fields())?;
        let browser = Browser {
            form: Some(form),
            ..Browser::default()
        };
        let kind = "text/html; charset=utf-8";
        let mut reply = reply(
            StatusCode::SEE_OTHER,
            kind,
            "<a href=\"/auth/sign_in\">See Other</a>.\n\n",
        );
        set(&mut reply, http::header::LOCATION, "/auth/sign_in");
        return Ok(keep(world, incoming, browser, reply));
    };
    let form = browser.form.as_ref().ok_or_else(|| lost("redirect_uri"))?;
    let app = world.app(&form.client_id).ok_or_else(|| {
        internal(format!(
            "db error getting app for clientID {}",
            form.client_id
        ))
    })?;
    let person = world
        .resident(resident)
        .map_or("", |resident| &resident.name);
    Ok(html(
        StatusCode::OK,
        pages::consent(&pages::Consent {
            person,
            app: &app.name,
            scope: &form.scope,
            redirect_uri: &form.redirect_uri,
            can_deny: world.manner().consent.can_deny,
        }),
    ))
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
    Ok(AuthorizeForm {
        response_type: field("response_type"),
        client_id: field("client_id"),
        redirect_uri: field("redirect_uri"),
        scope: fields.filled("scope").unwrap_or("read").replace('+', " "),
        state: fields.filled("state").map(str::to_owned),
        challenge: fields.filled("code_challenge").map(str::to_owned),
        challenge_method: fields.filled("code_challenge_method").map(str::to_owned),
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
    let form = browser(world, incoming).form;
    let browser = Browser {
        form,
        resident: Some(resident),
        expires: None,
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
    let mut browser = browser(world, incoming);
    let form = browser.form.clone().ok_or_else(|| lost("response_type"))?;
    let nobody = || internal("neither userid nor userid_awaiting_2fa keys found in session");
    let resident = browser.resident.clone().ok_or_else(nobody)?;
    let denied = incoming
        .fields()
        .is_ok_and(|fields| fields.filled("deny").is_some());
    let target = if denied && world.manner().consent.can_deny {
        failed(
            &form,
            "access_denied",
            "The resource owner or authorization server denied the request.",
        )
    } else {
        granted(world, &form, resident)?
    };
    let mut reply = redirect(StatusCode::FOUND, &target);
    if form.redirect_uri != OUT_OF_BAND {
        browser = Browser::default();
        reply = keep(world, incoming, browser, reply);
    }
    Ok(reply)
}

/// Where the browser goes next: with a code, or with an error.
fn granted(world: &mut World, form: &AuthorizeForm, resident: String) -> Result<String, Refusal> {
    if form.response_type != "code" {
        let help = ADVICE.to_owned();
        return Err(Refusal::Plain(StatusCode::UNAUTHORIZED, help));
    }
    let unknown = || world.refuse(Complaint::NoSuchApp);
    let app = world.app(&form.client_id).ok_or_else(unknown)?;
    let manner = world.manner();
    let registered = apps::has_registered(manner, app, &form.redirect_uri);
    let sent_to = sent_to(world, form)?;
    if !registered && !manner.consent.redirects_anywhere {
        return Err(world.refuse(Complaint::RedirectUri));
    }
    // Sent to a URI that the app never registered, as the real server does.
    if !registered {
        return Ok(failed(
            &sent_to,
            "server_error",
            "The authorization server encountered an \
            unexpected condition that prevented it from fulfilling the request",
        ));
    }
    let Some(scope) = (manner.consent.grants)(&app.scopes, &form.scope) else {
        return Ok(failed(
            &sent_to,
            "invalid_scope",
            "The requested scope is invalid, unknown, or malformed",
        ));
    };
    let challenge = match pkce::challenge(manner.consent.pkce, form) {
        Ok(challenge) => challenge,
        Err(help) => return Ok(failed(&sent_to, "invalid_request", help)),
    };
    let code = world.ids.token();
    world.codes.push(Code {
        code: code.clone(),
        client_id: form.client_id.clone(),
        redirect_uri: form.redirect_uri.clone(),
        scope,
        resident,
        challenge,
        expires: world.after(CODE),
    });
    let iss = world.origin.clone();
    let mut answer = vec![("code", code.as_str())];
    if manner.consent.iss {
        answer.push(("iss", &iss));
    }
    let page = match sent_to.redirect_uri.as_str() {
        OUT_OF_BAND => "/oauth/oob",
        uri => uri,
    };
    Ok(with_query(page, &sent_to, &answer))
}

/// GoToSocial writes the redirect URI anew, and is lost if it cannot.
fn sent_to(world: &World, form: &AuthorizeForm) -> Result<AuthorizeForm, Refusal> {
    if !world.manner().consent.redirects_anywhere {
        return Ok(form.clone());
    }
    let unreadable = |_| Refusal::Plain(StatusCode::INTERNAL_SERVER_ERROR, ADVICE.to_owned());
    let redirect_uri = uri::written_anew(&form.redirect_uri).map_err(unreadable)?;
    Ok(AuthorizeForm {
        redirect_uri,
        ..form.clone()
    })
}

fn failed(form: &AuthorizeForm, error: &str, description: &str) -> String {
    let answer = [("error", error), ("error_description", description)];
    with_query(&form.redirect_uri, form, &answer)
}

/// The URI with these parameters in its query, which comes out sorted.
fn with_query(uri: &str, form: &AuthorizeForm, answer: &[(&str, &str)]) -> String {
    let (uri, fragment) = uri.split_at(uri.find('#').unwrap_or(uri.len()));
    let (page, query) = uri.split_once('?').unwrap_or((uri, ""));
    let mut pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let state = form.state.as_deref().map(|state| ("state", state));
    for (name, value) in answer.iter().copied().chain(state) {
        pairs.retain(|(other, _)| other != name);
        pairs.push((name.to_owned(), value.to_owned()));
    }
    pairs.sort();
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    format!("{page}?{}{fragment}", query.finish())
}

/// `GET /oauth/oob`: the page that shows the code.
pub(crate) fn out_of_band(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    let fields = incoming.query_fields();
    let code = fields.filled("code").ok_or_else(|| {
        Refusal::bad_request("no 'code' query value provided in callback redirect")
    })?;
    let browser = browser(world, incoming);
    let nobody = || internal("neither userid nor userid_awaiting_2fa keys found in session");
    let resident = browser.resident.as_ref().ok_or_else(nobody)?;
    let form = browser.form.as_ref().ok_or_else(|| lost("scope"))?;
    let person = world
        .resident(resident)
        .map_or("", |resident| &resident.name);
    let page = html(
        StatusCode::OK,
        pages::out_of_band(person, &form.scope, code),
    );
    Ok(keep(world, incoming, Browser::default(), page))
}

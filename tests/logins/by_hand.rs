//! Logins by hand: one exchange after the other, with a closure as transport.

use gts_oauth_core::{
    App, AuthorizeOptions, BoxError, Callback, Error, Exchange as _, PendingAuthorization,
    RedirectUri, Secret, Session, Transport, error::CallbackError, renewal::Revocation,
};
use gts_oauth_tests::recording;
use serde_json::Value;

use super::{CODE, TOKEN, canned, entropy, instance, probe};

fn authorize(app: &App) -> Result<PendingAuthorization, Error> {
    app.authorize(AuthorizeOptions::new(), entropy(7))
}

fn assert_revokes(http: &dyn Transport, app: &App, session: &Session) -> Result<(), BoxError> {
    let revocation = app.revoke(session)?.send(http)?;
    assert!(matches!(revocation, Revocation::Accepted));
    let verified = session.verify().send(http);
    let error = verified.expect_err("the token is revoked");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(401));
    Ok(())
}

#[test]
fn out_of_band_from_registration_to_revocation() -> Result<(), BoxError> {
    let http = canned([1, 19, 29, 38, 46, 48]);
    let app = probe(instance()).send(&http)?;

    let pending = authorize(&app)?;
    let expected = "http://127.0.0.1:8085/oauth/authorize?response_type=code\
                 &client_id=01ST88WWRXFV6YDXY3W9WAJSVG\
                 &redirect_uri=urn%3Aietf%3Awg%3Aoauth%3A2.0%3Aoob&scope=read&state=";
    assert!(pending.url().starts_with(expected), "{}", pending.url());

    let session = pending.code_from_text(CODE)?.send(&http)?;
    assert_eq!(session.access_token().expose(), TOKEN);
    assert_eq!(session.verify().send(&http)?.username(), "alice");

    let page = session.get("/api/v1/notifications")?.send(&http)?;
    assert!(page.json::<Vec<Value>>()?.is_empty() && page.next.is_none());

    assert_revokes(&http, &app, &session)
}

#[test]
fn by_redirect_from_registration_to_revocation() -> Result<(), BoxError> {
    let http = canned([2, 54, 58, 81, 82]);
    let callback: RedirectUri = "http://127.0.0.1:7777/callback".parse()?;
    let register =
        probe(instance()).add_redirect_uri(callback.clone()).scopes("read write".parse()?);
    let app = register.send(&http)?;
    let pending = app.authorize(AuthorizeOptions::new().redirect_uri(callback), entropy(7))?;

    let exchange = pending.code_from_callback(&redirect(pending.state())?)?;
    let session = exchange.send(&http)?;
    assert_eq!(session.scopes().to_string(), "read write");
    assert_eq!(session.verify().send(&http)?.username(), "alice");

    assert_revokes(&http, &app, &session)
}

/// The redirect of recording 53, with this `state`.
fn redirect(state: &str) -> Result<Callback, Error> {
    let recording = recording(53);
    let location = recording.response_header("location").unwrap_or_default();
    Callback::from_url(&location.replace("st4te%26%3Dx", state))
}

#[test]
fn the_servers_redirect_brings_back_the_state_byte_for_byte() -> Result<(), BoxError> {
    assert_eq!(redirect("st4te%26%3Dx")?.state(), Some("st4te&=x"));
    Ok(())
}

#[test]
fn a_redirect_for_another_login_is_refused_and_the_attempt_lives_on() -> Result<(), BoxError> {
    let http = canned([2, 54]);
    let callback: RedirectUri = "http://127.0.0.1:7777/callback".parse()?;
    let register = probe(instance()).redirect_uri(callback);
    let pending = authorize(&register.send(&http)?)?;

    let theirs = pending.code_from_callback(&redirect("st4te%26%3Dx")?);
    let wrong = matches!(theirs, Err(Error::Callback(CallbackError::WrongState)));
    assert!(wrong, "{theirs:?}");
    pending.code_from_callback(&redirect(pending.state())?)?.send(&http)?;
    Ok(())
}

#[test]
fn the_address_of_the_out_of_band_page_can_be_pasted_whole() -> Result<(), BoxError> {
    let http = canned([1, 19]);
    let pending = authorize(&probe(instance()).send(&http)?)?;
    let recording = recording(15);
    let location = recording.response_header("location").unwrap_or_default();
    let url = format!("http://127.0.0.1:8085{location}");
    assert!(matches!(pending.code_from_text(&url), Err(Error::Callback(_))));
    let url = url.replace("st4te", pending.state());
    let session = pending.code_from_text(&url)?.send(&http)?;
    assert_eq!(session.access_token().expose(), TOKEN);
    Ok(())
}

#[test]
fn notifications_are_followed_page_by_page_to_the_empty_one() -> Result<(), BoxError> {
    let http = canned([62, 63, 38]);
    let token = Secret::new("OTU3ZDI3YZCTN2VJZI0ZY2NMLWI4ZJGTMGFHNZFLMDI3ODC1");
    let session = Session::from_token(instance(), token)?;
    let first = session.get("/api/v1/notifications")?.query("limit", "2")?;
    let mut next = Some(first);
    let mut seen = Vec::new();
    while let Some(call) = next {
        let page = call.send(&http)?;
        let entries: Vec<Value> = page.json()?;
        seen.extend(entries.iter().map(|entry| entry["id"].to_string()));
        next = page.next;
    }
    seen.dedup();
    assert_eq!(seen.len(), 4, "two pages of two, and none twice: {seen:?}");
    Ok(())
}

#[test]
fn a_redirect_with_an_error_does_not_put_its_code_into_the_message() -> Result<(), BoxError> {
    let pending = authorize(&probe(instance()).send(&canned([1]))?)?;
    let state = pending.state();
    let query = format!("error=oops&error_description=not+{CODE}&code={CODE}&state={state}");
    let error = pending.code_from_callback(&Callback::from_query(&query)?);
    let error = error.expect_err("it is an error");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(CODE), "{shown}");
    Ok(())
}

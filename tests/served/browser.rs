//! The pages that a user sees in a browser.

use gts_oauth_core::Exchange as _;
use gts_oauth_fake::{Dialect, Served};
use gts_oauth_ureq::http::Request;
use gts_oauth_ureq::{
    AuthorizeOptions, BoxError, RedirectUri, RegisterApp, Transport as _, Ureq, entropy,
};

use super::{login, serve, user};

fn page(served: &Served, path: &str) -> Result<(u16, String), BoxError> {
    let request = Request::get(format!("{}{path}", served.origin()))
        .header("user-agent", "Mozilla/5.0 (a test)")
        .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    let page = Ureq::new().send(request.body(Vec::new())?)?;
    Ok((page.status().as_u16(), String::from_utf8(page.into_body())?))
}

#[test]
fn the_bare_address_tells_who_one_can_be() -> Result<(), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let alice = served.account("alice");
    let (status, page) = page(&served, "/")?;
    assert_eq!(status, 200);
    for text in [&*alice.email(), alice.password(), &served.origin()] {
        assert!(page.contains(text), "{text}: {page}");
    }
    Ok(())
}

#[test]
fn the_sign_in_page_labels_its_fields_and_needs_no_script() -> Result<(), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let (status, page) = page(&served, "/auth/sign_in")?;
    assert_eq!(status, 200);
    for field in ["username", "password"] {
        assert!(page.contains(&format!("<label for=\"{field}\">")), "{page}");
        assert!(page.contains(&format!("name=\"{field}\" id=\"{field}\"")), "{page}");
    }
    assert!(page.contains("action=\"/auth/sign_in\" method=\"POST\""));
    assert!(!page.contains("<script"), "{page}");
    Ok(())
}

#[test]
fn a_wrong_password_is_told_and_the_right_one_then_works() -> Result<(), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let mut alice = user(&served, "alice");
    alice.mistype("letmein");
    alice.mistype("Letmein");
    login(&served)?.run(&Ureq::new(), |step| {
        assert!(step.problem.is_none(), "the user corrects it on the page");
        Ok(alice.read_code(step.url)?.into())
    })?;
    assert_eq!(alice.messages().len(), 2);
    for message in alice.messages() {
        assert!(message.contains("password/email combination was incorrect"), "{message}");
    }
    Ok(())
}

#[test]
fn the_consent_page_names_person_app_and_scopes() -> Result<(), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let mut alice = user(&served, "alice");
    let register = RegisterApp::new(served.instance(), "my <bot>")?;
    let app = register.send(&Ureq::new())?;
    let pending = app.authorize(AuthorizeOptions::new(), entropy()?)?;
    let (_, page) = alice.open(pending.url())?;
    for text in ["alice", "my &lt;bot&gt;", "<em>read</em>", ">Allow</button>"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("Deny"), "GoToSocial has no such button");
    Ok(())
}

#[test]
fn whoever_denies_is_sent_back_with_an_error_that_the_login_tells() -> Result<(), BoxError> {
    let served = serve(Dialect::Mastodon);
    let mut alice = user(&served, "alice");
    let callback: RedirectUri = "http://127.0.0.1:9/callback".parse()?;
    let register = RegisterApp::new(served.instance(), "my-bot")?.redirect_uri(callback);
    let mut login = gts_oauth_ureq::Login::new(register, entropy()?);
    let mut problems = Vec::new();
    let me = login.run(&Ureq::new(), |step| {
        problems.extend(step.problem.map(ToString::to_string));
        match problems.len() {
            0 => Ok(alice.deny(step.url)?.as_str().into()),
            _ => Ok(alice.allow(step.url)?.as_str().into()),
        }
    })?;
    assert_eq!(me.account.as_ref().map(|it| it.username()), Some("alice"));
    assert_eq!(problems.len(), 1);
    assert!(problems[0].contains("denied"), "{problems:?}");
    Ok(())
}

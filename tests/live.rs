//! A whole login with a real GoToSocial. Ignored by default:
//!
//! ```text
//! GTS_OAUTH_LIVE=http://127.0.0.1:8085 GTS_OAUTH_LIVE_EMAIL=alice@example.org \
//! GTS_OAUTH_LIVE_PASSWORD=… cargo test -p gts-oauth-tests --test live -- --ignored
//! ```

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread;

use gts_oauth_tests::user::User;
use gts_oauth_ureq::{
    BoxError, Callback, Exchange as _, Instance, LoggedIn, Login, RegisterApp, Step, Ureq, entropy,
    renewal::Revocation,
};

struct Live {
    instance: Instance,
    user: User,
}

fn live() -> Live {
    let setting = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("set {name}"));
    Live {
        instance: Instance::insecure_http(&setting("GTS_OAUTH_LIVE")).expect("a base URL"),
        user: User::new(&setting("GTS_OAUTH_LIVE_EMAIL"), &setting("GTS_OAUTH_LIVE_PASSWORD")),
    }
}

#[test]
#[ignore = "needs a real GoToSocial, in GTS_OAUTH_LIVE"]
fn out_of_band_with_a_mistyped_code_first() -> Result<(), BoxError> {
    let Live { instance, mut user } = live();
    let http = Ureq::new();
    let register = RegisterApp::new(instance, "gts-oauth live test")?;
    let mut login = Login::new(register, entropy()?);
    let mut attempts = 0;
    let logged_in = login.run(&http, |step| {
        attempts += 1;
        match attempts {
            1 => Ok("MISTYPEDMISTYPEDMISTYPEDMISTYPEDMISTYPEDMISTYPED".into()),
            2 => {
                assert!(step.problem.is_some(), "the problem of the first code");
                let shown = user.allow(step.url)?;
                let code = shown.query_pairs().find(|(name, _)| name == "code");
                Ok(format!(" {} ", code.ok_or("no code was shown")?.1).into())
            }
            _ => Err(format!("asked a third time: {:?}", step.problem).into()),
        }
    })?;
    use_and_revoke(&http, logged_in)
}

#[test]
#[ignore = "needs a real GoToSocial, in GTS_OAUTH_LIVE"]
fn by_loopback_redirect_stored_between_all_steps() -> Result<(), BoxError> {
    let Live { instance, mut user } = live();
    let http = Ureq::new();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let redirect = format!("http://127.0.0.1:{}/callback", listener.local_addr()?.port());
    let register = RegisterApp::new(instance, "gts-oauth live test")?
        .redirect_uri(redirect.parse()?)
        .scopes("read write:statuses".parse()?);
    let mut login = Login::new(register, entropy()?);
    loop {
        login = serde_json::from_str(&serde_json::to_string(&login)?)?;
        match login.step() {
            Step::Send { request, .. } => {
                let response = gts_oauth_ureq::Transport::send(&http, request)?;
                login.handle_response(&response)?;
            }
            Step::Authorize { url, .. } => {
                let redirect = user.allow(url)?.to_string();
                let target = receive(&listener, &redirect)?;
                login.handle_reply(Callback::from_url(&target)?)?;
            }
            Step::Done(logged_in) => return use_and_revoke(&http, logged_in),
        }
    }
}

/// Receives the callback when the browser follows the redirect.
fn receive(listener: &TcpListener, url: &str) -> Result<String, BoxError> {
    let url = url.to_owned();
    let browser = thread::spawn(move || gts_oauth_ureq::ureq::get(&url).call().map(drop));
    let (stream, _) = listener.accept()?;
    let mut line = String::new();
    BufReader::new(&stream).read_line(&mut line)?;
    (&stream).write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
    browser.join().map_err(|_| "the browser died")??;
    let target = line.split(' ').nth(1).ok_or("no request line")?;
    Ok(target.to_owned())
}

fn use_and_revoke(http: &Ureq, logged_in: &LoggedIn) -> Result<(), BoxError> {
    let account = logged_in.account.as_ref().ok_or("no account")?;
    println!("logged in as @{} on {}", account.username(), logged_in.session.instance());
    assert!(logged_in.missing_scopes.is_empty(), "all requested scopes were granted");

    let mut page = logged_in.session.get("/api/v1/notifications")?.query("limit", "2")?;
    let mut notifications = Vec::new();
    loop {
        let response = page.send(http)?;
        let mut some: Vec<serde_json::Value> = response.json()?;
        notifications.append(&mut some);
        match response.next {
            Some(next) => page = next,
            None => break,
        }
    }
    println!("{} notifications", notifications.len());

    let revocation = logged_in.app.revoke(&logged_in.session)?.send(http)?;
    assert!(matches!(revocation, Revocation::Accepted), "{revocation:?}");
    let refused = logged_in.session.verify().send(http).unwrap_err();
    assert_eq!(refused.status().map(|status| status.as_u16()), Some(401), "{refused}");
    Ok(())
}

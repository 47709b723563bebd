//! The whole story with a real GoToSocial. Off unless asked for:
//!
//! ```text
//! GTS_OAUTH_LIVE=http://127.0.0.1:8085 GTS_OAUTH_LIVE_EMAIL=alice@example.org \
//! GTS_OAUTH_LIVE_PASSWORD=… cargo test -p gts-oauth-tests --test live -- --ignored
//! ```

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread;

use gts_oauth_tests::person::Person;
use gts_oauth_ureq::{
    BoxError, Callback, Exchange as _, Instance, LoggedIn, Login, RegisterApp, Revocation, Step,
    Ureq, entropy,
};

/// The account's user name is not among the settings: it is read once, then expected.
struct Live {
    instance: Instance,
    person: Person,
}

fn live() -> Live {
    let setting = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("set {name}"));
    Live {
        instance: Instance::insecure_http(&setting("GTS_OAUTH_LIVE")).expect("a base URL"),
        person: Person::new(
            &setting("GTS_OAUTH_LIVE_EMAIL"),
            &setting("GTS_OAUTH_LIVE_PASSWORD"),
        ),
    }
}

#[test]
#[ignore = "needs a real GoToSocial, named in GTS_OAUTH_LIVE"]
fn out_of_band_with_a_mistyped_code_first() -> Result<(), BoxError> {
    let Live {
        instance,
        mut person,
    } = live();
    let http = Ureq::new();
    let register = RegisterApp::new(instance, "gts-oauth live test")?;
    let mut login = Login::new(register, entropy()?);
    let mut asked = 0;
    login.run(&http, |ask| {
        asked += 1;
        match asked {
            1 => Ok("MISTYPEDMISTYPEDMISTYPEDMISTYPEDMISTYPEDMISTYPED".to_owned()),
            2 => {
                assert!(ask.problem.is_some(), "the person is told what was wrong");
                let shown = person.allow(ask.url)?;
                let code = shown.query_pairs().find(|(name, _)| name == "code");
                Ok(format!(" {} ", code.ok_or("no code was shown")?.1))
            }
            _ => Err(format!("asked a third time: {:?}", ask.problem).into()),
        }
    })?;
    let logged_in = login.logged_in().ok_or("not done")?.clone();
    use_and_revoke(&http, &logged_in)
}

#[test]
#[ignore = "needs a real GoToSocial, named in GTS_OAUTH_LIVE"]
fn by_loopback_redirect_stored_between_all_steps() -> Result<(), BoxError> {
    let Live {
        instance,
        mut person,
    } = live();
    let http = Ureq::new();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let redirect = format!(
        "http://127.0.0.1:{}/callback",
        listener.local_addr()?.port()
    );
    let register = RegisterApp::new(instance, "gts-oauth live test")?
        .redirect_uri(redirect.parse()?)
        .scopes("read write:statuses".parse()?);
    let mut login = Login::new(register, entropy()?);
    loop {
        login = serde_json::from_str(&serde_json::to_string(&login)?)?;
        match login.step() {
            Step::Send(request) => {
                let answer = gts_oauth_ureq::Transport::send(&http, request)?;
                login.answered(&answer)?;
            }
            Step::Visit(url) => {
                let back = person.allow(url)?.to_string();
                let target = receive(&listener, &back)?;
                login.callback(&Callback::from_url(&target)?)?;
            }
            Step::Done(logged_in) => return use_and_revoke(&http, logged_in),
        }
    }
}

/// The browser follows the redirect to us: what it asks for.
fn receive(listener: &TcpListener, address: &str) -> Result<String, BoxError> {
    let address = address.to_owned();
    let browser = thread::spawn(move || gts_oauth_ureq::ureq::get(&address).call().map(drop));
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
    println!(
        "logged in as @{} on {}",
        account.username(),
        logged_in.session.instance()
    );
    assert!(
        logged_in.missing.is_empty(),
        "all that was asked for was granted"
    );

    let mut page = logged_in
        .session
        .get("/api/v1/notifications")?
        .query("limit", "2")?;
    let mut notifications = Vec::new();
    loop {
        let reply = page.send(http)?;
        let mut some: Vec<serde_json::Value> = reply.json()?;
        notifications.append(&mut some);
        match reply.next {
            Some(next) => page = next,
            None => break,
        }
    }
    println!("{} notifications", notifications.len());

    let revocation = logged_in.app.revoke(&logged_in.session)?.send(http)?;
    assert!(matches!(revocation, Revocation::Accepted), "{revocation:?}");
    let refused = logged_in.session.verify().send(http).unwrap_err();
    assert_eq!(
        refused.status().map(|status| status.as_u16()),
        Some(401),
        "{refused}"
    );
    Ok(())
}

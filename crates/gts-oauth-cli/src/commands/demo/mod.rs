//! `gts-oauth demo`: a complete login over real HTTP, without a network.
//!
//! `gts-oauth-fake` provides the server and the user. The credentials file is not touched.

mod narrated_http;

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use gts_oauth_fake::{Account as FakeAccount, Dialect, RecordedRequest, Served, Server};
use gts_oauth_ureq::http::Request;
use gts_oauth_ureq::login::AuthorizeStep;
use gts_oauth_ureq::{BoxError, Exchange as _, Login, RegisterApp, Ureq, UserReply, entropy};
use serde::{Deserialize, Serialize};

use super::numbers::port;
use crate::credentials::Credentials;
use crate::http::{print_request, transport};
use crate::output::{message, print};
use narrated_http::NarratedHttp;

/// Show a whole login, with a fake server on this machine
///
/// Its users are alice@example.org and bob@example.org. Both have the password that --serve prints.
///
/// With --serve, the control port steers the server, with JSON over HTTP: POST /fail, /clear-failures,
/// /advance, /revoke, /forget-apps and /clear-requests, and GET /failures and /requests. The fields of
/// /fail are `fault`, and which requests fail: `path`, `method`, `count`, `after`. A fault is
/// rate-limited (with `seconds`), throttled, bad-gateway, empty, cut-off, wrong-content-type, patched
/// (with `patch`), redirect (with `location`), endless, no-response, slow-drip, reset or lost-response.
/// The other POST requests take an empty object, {}. All fields are described at docs.rs/gts-oauth-fake,
/// in manual::control_port.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  gts-oauth demo
  gts-oauth demo --serve --port 8085
  gts-oauth demo --serve --dialect mastodon --json")]
pub(crate) struct DemoArgs {
    /// Keep the server running, for any program and a browser, with a control port for tests
    #[arg(long)]
    pub(crate) serve: bool,
    /// The server to respond as
    #[arg(long, value_name = "NAME", default_value = Dialect::default().name(), value_parser = dialect())]
    pub(crate) dialect: Dialect,
    /// With --serve: the port of 127.0.0.1 [default: any free port]
    #[arg(long, requires = "serve", value_parser = port)]
    pub(crate) port: Option<u16>,
    /// With --serve: print JSON on one line (see `gts-oauth help json`)
    #[arg(long, requires = "serve")]
    pub(crate) json: bool,
}

pub(crate) fn run(
    arguments: &DemoArgs,
    request_timeout: Option<Duration>,
    verbose: bool,
) -> Result<ExitCode, BoxError> {
    let served = start(arguments.dialect, arguments.port.unwrap_or(0))?;
    let name = arguments.dialect.name();
    match arguments.serve {
        true => serve(&served, name, arguments.json, verbose),
        false => log_in(&served, name, transport(request_timeout)),
    }
}

/// Parses the name of a dialect. Help and completions list the names.
fn dialect() -> impl TypedValueParser<Value = Dialect> {
    let names = Dialect::ALL.iter().map(|dialect| dialect.name());
    PossibleValuesParser::new(names).try_map(|name| {
        let mut dialects = Dialect::ALL.iter().copied();
        dialects.find(|dialect| dialect.name() == name).ok_or("unknown dialect")
    })
}

/// Starts a server where @bob has sent a message to @alice.
fn start(dialect: Dialect, port: u16) -> Result<Served, BoxError> {
    // A new seed for each run, so that apps registered in an earlier run stay unknown.
    let seed = RandomState::new().build_hasher().finish();
    let served = Server::builder(seed)
        .dialect(dialect)
        .serve_on(port)
        .map_err(|error| format!("could not listen on port {port}: {error}"))?;
    served.account("alice");
    served.post("bob", "welcome, @alice");
    Ok(served)
}

fn log_in(served: &Served, dialect: &str, http: Ureq) -> Result<ExitCode, BoxError> {
    message(format_args!("A fake server ({dialect}) listens on {}.", served.origin()));
    let alice = served.account("alice");
    let http = NarratedHttp::new(http);
    let register = RegisterApp::new(served.instance(), "gts-oauth demo")?;
    let mut login = Login::new(register, entropy()?);
    // The server is known, and the demo shows the login only.
    login.skip_discovery();
    let me = login.run(&http, |step| authorize(&http, &alice, &step))?;

    let notifications = me.session.get("/api/v1/notifications")?.send(&http)?;
    message("");
    print(Credentials::from(me.clone()).handle())?;
    for notification in notifications.json::<Vec<Notification>>()? {
        print(notification)?;
    }
    message("\nFor real: `gts-oauth login YOUR.INSTANCE`. By hand: `gts-oauth demo --serve`.");
    Ok(ExitCode::SUCCESS)
}

/// Acts as the user in a browser: signs in and allows the app.
fn authorize(
    http: &NarratedHttp,
    alice: &FakeAccount,
    step: &AuthorizeStep<'_>,
) -> Result<UserReply, BoxError> {
    http.step("Allow the app in the browser");
    message(format_args!("   {}", step.url));
    let code = alice.allow(step.url)?;
    let email = alice.email();
    message(format_args!("   The user opens it, signs in as {email}, and copies the code."));
    Ok(code)
}

fn serve(served: &Served, dialect: &str, json: bool, verbose: bool) -> Result<ExitCode, BoxError> {
    let control = served.control().map_err(|error| format!("could not open a port: {error}"))?;
    let (sender, requests) = mpsc::channel();
    served.on_request(move |request| {
        if verbose {
            // It fails only after the end of this function.
            let _ = sender.send(request.clone());
        }
    });
    let alice = served.account("alice");
    let running = RunningServer {
        url: served.origin(),
        user: alice.email(),
        password: alice.password(),
        control: control.origin(),
    };
    match json {
        true => print(serde_json::to_string(&running)?)?,
        false => running.print(dialect)?,
    }
    // Until Ctrl-C: the server has the sender.
    for request in requests.iter().filter_map(as_sent) {
        print_request(&request);
    }
    Ok(ExitCode::SUCCESS)
}

fn as_sent(recorded: RecordedRequest) -> Option<Request<Vec<u8>>> {
    let query = if recorded.query.is_empty() { "" } else { "?" };
    let url = format!("{}{}{query}{}", recorded.origin, recorded.path, recorded.query);
    let mut request = Request::new(recorded.body);
    *request.method_mut() = recorded.method;
    *request.uri_mut() = url.parse().ok()?;
    *request.headers_mut() = recorded.headers;
    Some(request)
}

/// What a user or a program needs to log in to the running server, and to steer it.
#[derive(Serialize)]
struct RunningServer {
    url: String,
    user: String,
    password: &'static str,
    control: String,
}

impl RunningServer {
    fn print(&self, dialect: &str) -> io::Result<()> {
        message(format_args!("A fake server ({dialect}) to try, until you press Ctrl-C:"));
        print(format_args!("url:      {}", self.url))?;
        print(format_args!("user:     {}", self.user))?;
        print(format_args!("password: {}", self.password))?;
        print(format_args!("control:  {}", self.control))?;
        message(
            "@bob has mentioned @alice, which is her only notification. To sign in as bob@example.org, use \
             the same password.",
        );
        message(format_args!("To log in, run `gts-oauth login {}` in another window.", self.url));
        message(format_args!(
            "To fail its next request: `curl {}/fail --json '{{\"fault\": \"throttled\"}}'`.",
            self.control
        ));
        Ok(())
    }
}

/// The displayed fields of a notification.
#[derive(Deserialize)]
struct Notification {
    r#type: String,
    account: Account,
    status: Status,
}

#[derive(Deserialize)]
struct Account {
    acct: String,
}

#[derive(Deserialize)]
struct Status {
    /// HTML. Only GoToSocial also returns the text.
    content: String,
}

impl Status {
    /// The text between the tags.
    fn text(&self) -> String {
        let after_tag =
            |part: &str| part.split_once('>').map_or(String::new(), |(_, text)| text.to_owned());
        self.content.split('<').map(after_tag).collect()
    }
}

impl std::fmt::Display for Notification {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, acct, text) = (&self.r#type, &self.account.acct, self.status.text());
        write!(f, "{kind} by @{acct}: {text}")
    }
}

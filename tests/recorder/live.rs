//! A server that is reached over HTTP, and the programs that prepare it.

use std::env;
use std::process::{Command, Stdio};
use std::time::Duration;

use gts_oauth_core::Transport as _;
use gts_oauth_core::http::header::HOST;
use gts_oauth_core::http::{Request, Response};
use gts_oauth_ureq::Ureq;
use gts_oauth_ureq::ureq::Agent;
use gts_oauth_ureq::ureq::config::AutoHeaderValue;

use crate::fidelity::stage::{Setup, Stage, host};
use crate::{report, workspace};

/// Where the server is after it was prepared.
pub(crate) struct Place {
    pub(crate) origin: String,
    /// The host by its own configuration, if it is not the origin's.
    pub(crate) host: Option<String>,
    /// Only of a server with a split domain.
    pub(crate) account_domain: String,
}

impl Place {
    pub(crate) fn at(origin: &str) -> Self {
        let origin = origin.trim_end_matches('/').to_owned();
        Self { origin, host: None, account_domain: String::new() }
    }
}

/// Prepares the server. `None` if it cannot.
pub(crate) type Prepare = Box<dyn FnMut(Setup) -> Option<Place>>;

/// Allows an app as alice or bob, at an authorization URL. Returns the callback URL or the code.
pub(crate) type SignIn = Box<dyn Fn(&str, &str) -> String>;

/// Name, e-mail address and password of alice and bob.
pub(crate) type Users = [(String, String, String); 2];

/// A server over HTTP.
pub(crate) struct Live {
    place: Place,
    users: Users,
    prepare: Prepare,
    sign_in: Option<SignIn>,
    http: Ureq,
}

impl Live {
    pub(crate) fn new(origin: &str, users: Users, prepare: Prepare) -> Self {
        let place = Place::at(origin);
        // Recorded requests lack some headers on purpose.
        let agent = Agent::config_builder()
            .user_agent(AutoHeaderValue::None)
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None);
        let http = Ureq::with_agent(agent.build().new_agent());
        Self { place, users, prepare, sign_in: None, http }
    }

    /// The server that the variables name.
    pub(crate) fn from_environment() -> Self {
        let setting = |name: &str| env::var(name).unwrap_or_else(|_| panic!("set {name}"));
        let user = |name: &str, variable: &str| {
            let of = |what| setting(&format!("GTS_OAUTH_LIVE_{variable}{what}"));
            (name.to_owned(), of("EMAIL"), of("PASSWORD"))
        };
        let origin = setting("GTS_OAUTH_LIVE");
        let hook = env::var("GTS_OAUTH_LIVE_HOOK").ok();
        let fixed = origin.clone();
        let prepare = move |setup| prepare(hook.as_deref(), setup, &fixed);
        let users = [user("alice", ""), user("bob", "OTHER_")];
        let live = Self::new(&origin, users, Box::new(prepare));
        let Ok(program) = env::var("GTS_OAUTH_LIVE_SIGN_IN") else {
            return live;
        };
        live.with_own_pages(Box::new(move |person, url| {
            let printed = run(&program, &[person, url]);
            printed.unwrap_or_else(|| panic!("{program} did not allow the app"))
        }))
    }

    /// A server with other pages than GoToSocial's.
    pub(crate) fn with_own_pages(self, sign_in: SignIn) -> Self {
        Self { sign_in: Some(sign_in), ..self }
    }

    pub(crate) fn into_parts(self) -> (Prepare, Users, String) {
        (self.prepare, self.users, self.place.origin)
    }
}

/// Runs the program, if there is one.
fn prepare(hook: Option<&str>, setup: Setup, origin: &str) -> Option<Place> {
    let name = match setup {
        Setup::Unlimited => "unlimited",
        Setup::SixRequests => "six-requests",
        Setup::DefaultLimit => "default-limit",
        Setup::ExpiredCodes => "expired-codes",
        Setup::SplitDomain => "split-domain",
    };
    let printed = hook.and_then(|hook| {
        let printed = run(hook, &[name]);
        if printed.is_none() {
            report(&format!("{hook} failed: {name}"));
        }
        printed
    });
    match (setup, printed) {
        (Setup::SplitDomain, printed) => {
            let printed = printed?;
            let mut words = printed.split_whitespace();
            let (Some(origin), Some(domain)) = (words.next(), words.next()) else {
                panic!("no origin and domain: {printed}")
            };
            let host = words.next().map(str::to_owned);
            Some(Place { host, account_domain: domain.to_owned(), ..Place::at(origin) })
        }
        (Setup::ExpiredCodes, None) => {
            report("waiting for five minutes, until a code has expired");
            std::thread::sleep(Duration::from_secs(301));
            Some(Place::at(origin))
        }
        (_, printed) => printed.map(|_| Place::at(origin)),
    }
}

/// What the program printed. `None` if it failed. Its path is relative to the workspace, unless it is
/// only a name.
fn run(program: &str, arguments: &[&str]) -> Option<String> {
    let path = match program.contains('/') {
        true => workspace().join(program),
        false => program.into(),
    };
    let mut command = Command::new(path);
    command.args(arguments).current_dir(workspace()).stderr(Stdio::inherit());
    let output = command.output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

impl Stage for Live {
    fn origin(&self) -> String {
        self.place.origin.clone()
    }

    fn account_domain(&self) -> String {
        self.place.account_domain.clone()
    }

    fn host(&self) -> String {
        self.place.host.clone().unwrap_or_else(|| host(&self.place.origin))
    }

    fn send(&self, mut request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        if let Some(host) = &self.place.host {
            request.headers_mut().insert(HOST, host.parse().expect("a host"));
        }
        let line = format!("{} {}", request.method(), request.uri().path());
        self.http.send(request).unwrap_or_else(|error| panic!("{line}: {error}"))
    }

    fn credentials(&self, name: &str) -> (String, String) {
        let user = self.users.iter().find(|(user, ..)| user == name);
        let (_, email, password) = user.expect("alice or bob");
        (email.clone(), password.clone())
    }

    fn prepare(&mut self, setup: Setup) -> bool {
        match (self.prepare)(setup) {
            Some(place) => {
                self.place = place;
                true
            }
            None => false,
        }
    }

    fn wait(&self, time: Duration) {
        std::thread::sleep(time);
    }

    fn has_own_pages(&self) -> bool {
        self.sign_in.is_some()
    }

    fn allow(&self, person: &str, url: &str) -> Option<String> {
        self.sign_in.as_ref().map(|sign_in| sign_in(person, url))
    }
}

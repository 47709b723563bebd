//! A browser that uses the login in this process, without a port.

use std::io::Read as _;

use gts_oauth_core::Transport;
use gts_oauth_fake::Server;
use tiny_http::{Header, Method, Request, TestRequest};

use crate::databases::TestDatabase;
use crate::site::Site;

pub(crate) const ORIGIN: &str = "https://app.example";

/// A browser, with the cookie of its last login.
#[derive(Clone, Default)]
pub(crate) struct Visitor {
    pub(crate) cookie: String,
}

/// What a browser shows.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) status: u16,
    pub(crate) html: String,
    /// Where it leads: a redirect, or the link to another attempt.
    pub(crate) url: Option<String>,
    pub(crate) refresh: bool,
}

/// A node, with its own connection to the database.
pub(crate) fn site<'a>(http: &'a (dyn Transport + Sync), database: &TestDatabase) -> Site<'a> {
    Site::new(http, &database.url, ORIGIN).unwrap()
}

impl Visitor {
    /// Submits the form for an instance, or for an account there.
    pub(crate) fn begin(&mut self, site: &mut Site<'_>, server: &Server, account: &str) -> Shown {
        match account {
            "" => self.enter(site, server.instance().origin()),
            _ => self.enter(site, &format!("@{account}@{}", server.instance().authority())),
        }
    }

    /// Submits the form with this text.
    pub(crate) fn enter(&mut self, site: &mut Site<'_>, text: &str) -> Shown {
        self.enter_from(site, ORIGIN, text)
    }

    /// As [`enter`](Self::enter), with the form of a page of this origin.
    pub(crate) fn enter_from(&mut self, site: &mut Site<'_>, origin: &str, text: &str) -> Shown {
        let origin: Header = format!("Origin: {origin}").parse().unwrap();
        let request = TestRequest::new().with_method(Method::Post).with_path("/login");
        // The text has no characters that need escapes.
        let form = format!("instance={text}");
        self.send(site, request.with_header(origin).with_body(form.leak()))
    }

    /// As [`begin`](Self::begin). Returns the authorization URL.
    pub(crate) fn started(&mut self, site: &mut Site<'_>, server: &Server) -> String {
        let shown = self.begin(site, server, "");
        assert_eq!(shown.status, 303, "{}", shown.html);
        shown.url.unwrap()
    }

    /// Opens a callback.
    pub(crate) fn open(&mut self, site: &mut Site<'_>, callback: &str) -> Shown {
        let path = callback.strip_prefix(ORIGIN).expect("the redirect URI");
        self.send(site, TestRequest::new().with_path(path))
    }

    fn send(&mut self, site: &mut Site<'_>, request: TestRequest) -> Shown {
        let cookie = format!("other=1; login={}", self.cookie);
        let cookie: Header = format!("Cookie: {cookie}").parse().unwrap();
        let mut request: Request = request.with_header(cookie).into();
        let page = site.respond(&mut request);
        let headers = page.headers().to_owned();
        let header = |name: &'static str| {
            let found = headers.iter().find(|header| header.field.equiv(name));
            found.map(|header| header.value.to_string())
        };
        if let Some(cookie) = header("Set-Cookie") {
            let pair = cookie.split(';').next().unwrap();
            self.cookie = pair.strip_prefix("login=").unwrap().to_owned();
        }
        let status = page.status_code().0;
        let mut html = String::new();
        page.into_reader().read_to_string(&mut html).unwrap();
        let refresh = header("Refresh").is_some();
        Shown { status, url: header("Location").or(attempt(&html)), html, refresh }
    }
}

impl Shown {
    pub(crate) fn can_be_reloaded(&self) -> bool {
        self.html.contains("<a href=\"\">Try again</a>")
    }

    #[track_caller]
    pub(crate) fn assert(&self, status: u16, text: &str) {
        assert_eq!(self.status, status, "{}", self.html);
        assert!(self.html.contains(text), "{}", self.html);
    }
}

/// The link to another attempt.
fn attempt(html: &str) -> Option<String> {
    let url = html.split("<a href=\"").find(|rest| rest.starts_with("http"))?;
    Some(url.split('"').next()?.replace("&amp;", "&"))
}

/// The requests since the last call, as method and path.
pub(crate) fn requested(server: &Server) -> Vec<String> {
    let requests = server.requests();
    server.clear_requests();
    requests.iter().map(|it| format!("{} {}", it.method, it.path)).collect()
}

/// How many requests for this path there were.
pub(crate) fn count(server: &Server, path: &str) -> usize {
    server.requests().iter().filter(|it| it.path == path).count()
}

/// The requests of discovery on GoToSocial, of a registration, and of a login.
pub(crate) const ALL: [&str; 6] = [
    "GET /.well-known/nodeinfo",
    "GET /nodeinfo/2.1",
    "GET /.well-known/oauth-authorization-server",
    "POST /api/v1/apps",
    "POST /oauth/token",
    "GET /api/v1/accounts/verify_credentials",
];

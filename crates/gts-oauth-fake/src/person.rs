//! Somebody with an account and a browser.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use gts_oauth_core::{BoxError, Transport};
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderName, LOCATION, SET_COOKIE, USER_AGENT};
use http::{Request, Response, Uri};
use url::form_urlencoded;

use crate::authorize::PASSWORD;
use crate::server::Server;

/// A person, as a login's `ask` needs one: opens the address, signs in, allows the app, and
/// brings back what a person would. Made by [`Server::person`].
///
/// ```
/// use gts_oauth_core::{Login, RegisterApp};
/// use gts_oauth_fake::Server;
///
/// let server = Server::new(1);
/// let alice = server.person("alice");
/// let register = RegisterApp::new(server.instance(), "my-bot")?;
/// let mut login = Login::new(register, server.entropy());
/// login.run(&server, |ask| alice.allow(ask.url))?;
/// # Ok::<(), gts_oauth_core::Error>(())
/// ```
///
/// Their browser keeps its cookies from one address to the next, as browsers do; a second one is
/// another call of [`Server::person`]. The person is a [`Transport`], too, for an app that lives
/// in the browser.
pub struct Person {
    server: Server,
    name: String,
    cookie: Mutex<Option<String>>,
}

impl Person {
    pub(crate) fn new(server: Server, name: &str) -> Self {
        let cookie = Mutex::new(None);
        Self {
            server,
            name: name.to_owned(),
            cookie,
        }
    }

    /// What they sign in with, beside [`password`](Self::password).
    pub fn email(&self) -> String {
        format!("{}@example.org", self.name)
    }

    /// Their password, which is everybody's here.
    pub fn password(&self) -> &'static str {
        PASSWORD
    }

    /// Opens the address, signs in where they are not signed in yet, presses *Allow* where the
    /// server asks; returns the code that the page shows, or the address they are sent to.
    ///
    /// # Errors
    /// With what the page says, where it is an error.
    pub fn allow(&self, address: &str) -> Result<String, BoxError> {
        let answer = self.allowed(address)?;
        self.bring(answer)
    }

    /// Opens the address, signs in, presses *Deny*; returns the address they are sent to.
    ///
    /// # Errors
    /// With what the page says; where it has no such button, as on GoToSocial, or where no page is
    /// shown.
    pub fn deny(&self, address: &str) -> Result<String, BoxError> {
        let page = self.open(address)?;
        if !page.contains("name=\"deny\"") {
            return Err("this server's page has no button to deny".into());
        }
        let answer = self.press("deny=1")?;
        self.bring(answer)
    }

    /// As [`allow`](Self::allow), but brings the code back when it has just died: GoToSocial's
    /// live five minutes, Mastodon's ten.
    ///
    /// # Errors
    /// As [`allow`](Self::allow).
    pub fn allow_too_late(&self, address: &str) -> Result<String, BoxError> {
        let brought = self.allow(address)?;
        self.server.outlive_codes();
        Ok(brought)
    }

    /// As [`allow`](Self::allow), but looks for the password longer than the two minutes that
    /// GoToSocial remembers what they came for.
    ///
    /// # Errors
    /// Always: with what the page says.
    pub fn sign_in_too_slowly(&self, address: &str) -> Result<String, BoxError> {
        self.get(address)?;
        self.server.advance(Duration::from_secs(121));
        self.sign_in()?;
        text(self.get("/oauth/authorize")?)?;
        let answer = self.press("")?;
        self.bring(answer)
    }

    /// As [`allow`](Self::allow), but comes back with the `state` of another log-in, which they
    /// had open as well.
    ///
    /// # Errors
    /// As [`allow`](Self::allow).
    pub fn allow_with_foreign_state(&self, address: &str) -> Result<String, BoxError> {
        let answer = self.allowed(address)?;
        let target = location(&answer).ok_or("they are sent nowhere")?;
        let (page, query) = target.split_once('?').unwrap_or((target, ""));
        let mut foreign = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = if name == "state" {
                "another-log-ins-state".into()
            } else {
                value
            };
            foreign.append_pair(&name, &value);
        }
        Ok(format!("{}{page}?{}", self.origin(page), foreign.finish()))
    }

    /// Opens the address and signs in, and leaves it at that; returns the page, or the address
    /// they are sent to where none is shown. Who opens another address then is shown this one's
    /// app again: GoToSocial remembers one.
    ///
    /// # Errors
    /// With what the page says, where it is an error.
    pub fn open(&self, address: &str) -> Result<String, BoxError> {
        let answer = self.arrive(address)?;
        match location(&answer) {
            Some(target) => Ok(target.to_owned()),
            None => text(answer),
        }
    }

    /// The consent page, or where they are sent without one.
    fn arrive(&self, address: &str) -> Result<Response<Vec<u8>>, BoxError> {
        let first = self.get(address)?;
        if location(&first) != Some("/auth/sign_in") {
            return Ok(first);
        }
        self.sign_in()?;
        self.get("/oauth/authorize")
    }

    /// What comes of allowing; or of having allowed before, where that is not asked again.
    fn allowed(&self, address: &str) -> Result<Response<Vec<u8>>, BoxError> {
        let answer = self.arrive(address)?;
        match location(&answer).is_some() || code(&answer).is_some() {
            true => Ok(answer),
            false => text(answer).and_then(|_| self.press("")),
        }
    }

    fn sign_in(&self) -> Result<(), BoxError> {
        text(self.get("/auth/sign_in")?)?;
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("username", &self.email())
            .append_pair("password", PASSWORD);
        text(self.browse("/auth/sign_in", Some(form.finish()))?).map(drop)
    }

    /// Presses a button of the consent page.
    fn press(&self, form: &str) -> Result<Response<Vec<u8>>, BoxError> {
        self.browse("/oauth/authorize", Some(form.to_owned()))
    }

    /// What there is to bring back: the address they are sent to, or the code that a page of the
    /// server's own shows.
    fn bring(&self, answer: Response<Vec<u8>>) -> Result<String, BoxError> {
        let shown = match location(&answer) {
            Some(target) if target.starts_with("/oauth/oob?") => self.get(target)?,
            Some(target) => return Ok(target.to_owned()),
            None => answer,
        };
        code(&shown).map_or_else(|| Err(text(shown)?.into()), Ok)
    }

    /// The origin that belongs before a path of the server's own.
    fn origin(&self, page: &str) -> String {
        match page.starts_with('/') {
            true => self.server.instance().origin().to_owned(),
            false => String::new(),
        }
    }

    fn get(&self, address: &str) -> Result<Response<Vec<u8>>, BoxError> {
        self.browse(address, None)
    }

    fn browse(&self, address: &str, form: Option<String>) -> Result<Response<Vec<u8>>, BoxError> {
        let origin = self.server.instance().origin().to_owned();
        let path = address.strip_prefix(&origin).unwrap_or(address);
        if !path.starts_with('/') {
            return Err(format!("this address is not one of {origin}'s").into());
        }
        let method = if form.is_some() { "POST" } else { "GET" };
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{origin}{path}").parse::<Uri>()?)
            .header(USER_AGENT, "Mozilla/5.0 (a person in a test)")
            .header(ACCEPT, "text/html,application/xhtml+xml");
        if let Some(cookie) = self.cookie() {
            request = request.header(COOKIE, cookie);
        }
        if form.is_some() {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let answer = self
            .server
            .browse(request.body(form.unwrap_or_default().into_bytes())?)?;
        self.keep_cookie(&answer);
        Ok(answer)
    }

    fn cookie(&self) -> Option<String> {
        let cookie = self.cookie.lock().unwrap_or_else(PoisonError::into_inner);
        cookie.clone()
    }

    fn keep_cookie(&self, answer: &Response<Vec<u8>>) {
        if let Some(cookie) = header(answer, &SET_COOKIE) {
            let pair = cookie.split(';').next().unwrap_or_default().to_owned();
            *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = Some(pair);
        }
    }
}

fn header<'a>(answer: &'a Response<Vec<u8>>, name: &HeaderName) -> Option<&'a str> {
    answer.headers().get(name)?.to_str().ok()
}

fn location(answer: &Response<Vec<u8>>) -> Option<&str> {
    header(answer, &LOCATION)
}

/// The code on a page, which has no buttons any more; or, as Pixelfed shows it, in JSON.
fn code(answer: &Response<Vec<u8>>) -> Option<String> {
    if let Ok(body) = serde_json::from_slice::<serde_json::Value>(answer.body()) {
        return body["code"].as_str().map(str::to_owned);
    }
    let page = std::str::from_utf8(answer.body()).ok()?;
    let (_, rest) = page.split_once("<code>")?;
    let (code, _) = rest.split_once("</code>")?;
    (!page.contains("<form")).then(|| code.to_owned())
}

/// The page, or what it says if it is an error.
fn text(answer: Response<Vec<u8>>) -> Result<String, BoxError> {
    let status = answer.status();
    let page = String::from_utf8(answer.into_body())?;
    if status.is_success() || status.is_redirection() {
        return Ok(page);
    }
    let told = page.split("<pre class=\"error\">").nth(1);
    let told = told
        .and_then(|rest| rest.split("</pre>").next())
        .unwrap_or(&page);
    Err(format!("{}: {told}", status.as_u16()).into())
}

/// For an app that lives in the browser, as a page with a script does: its requests carry the
/// browser's cookies, and its answers may set them.
impl Transport for Person {
    fn send(&self, mut request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        if let Some(cookie) = self.cookie() {
            request.headers_mut().insert(COOKIE, cookie.parse()?);
        }
        let answer = self.server.send(request)?;
        self.keep_cookie(&answer);
        Ok(answer)
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Person(@{})", self.name)
    }
}

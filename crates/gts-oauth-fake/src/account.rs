//! Accounts: their users, their users' browsers, and prepared sessions.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use gts_oauth_core::types::{KNOWN_SCOPES, Scope};
use gts_oauth_core::{BoxError, Scopes, Secret, Session, Transport, UserReply};
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderName, LOCATION, SET_COOKIE, USER_AGENT};
use http::{Request, Response, Uri};
use url::form_urlencoded;

use crate::server::Server;
use crate::state::{App, OUT_OF_BAND, PASSWORD, State, Token, issue_token};

/// An account, its user and their browser: opens authorization URLs, signs in, allows or denies,
/// and returns what a user would. Made by [`Server::account`].
///
/// ```
/// use gts_oauth_fake::Server;
///
/// let server = Server::new(1);
/// let alice = server.account("alice");
/// let mut login = server.login("my-bot");
/// login.run(&server, |step| alice.allow(step.url))?;
/// # Ok::<(), gts_oauth_core::Error>(())
/// ```
///
/// The browser keeps its cookies. Another call of [`Server::account`] opens another browser. An
/// account is also a [`Transport`], for apps that run in the browser.
pub struct Account {
    server: Server,
    name: String,
    cookie: Mutex<Option<String>>,
}

impl Server {
    /// The account with this name, and its user's browser. It is created if it does not exist.
    pub fn account(&self, name: &str) -> Account {
        self.create_account(name);
        Account { server: self.clone(), name: name.to_owned(), cookie: Mutex::new(None) }
    }

    /// A session of this account with these scopes. The account is created if it does not exist,
    /// and the token's app is called `test`. No requests are recorded.
    ///
    /// ```
    /// use gts_oauth_core::Exchange;
    /// use gts_oauth_fake::Server;
    ///
    /// let server = Server::new(1);
    /// let session = server.session("alice", "read write");
    /// let account = session.verify().send(&server)?;
    /// assert_eq!(account.username(), "alice");
    /// # Ok::<(), gts_oauth_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// If the scopes are not valid, or one is known to no server of this dialect: it is probably
    /// mistyped. GoToSocial grants any scope in a login.
    #[track_caller]
    pub fn session(&self, name: &str, scopes: &str) -> Session {
        let scopes: Scopes = match scopes.parse() {
            Ok(scopes) => scopes,
            Err(error) => panic!("{error}"),
        };
        let mut inner = self.lock();
        let state = &mut inner.state;
        if let Some(unknown) = scopes.iter().find(|scope| !is_known(state, scope)) {
            drop(inner);
            panic!("no server of this dialect knows the scope `{unknown}`");
        }
        let token = issue_session(state, name, &scopes.to_string());
        drop(inner);
        let session = Session::from_token(self.instance(), Secret::new(token.token))
            .expect("issued tokens are valid")
            .with_scopes(scopes);
        match token.refresh {
            Some(refresh) => session
                .with_refresh_token(Secret::new(refresh))
                .expect("issued refresh tokens are valid"),
            None => session,
        }
    }
}

impl Account {
    /// The e-mail address to sign in with.
    pub fn email(&self) -> String {
        format!("{}@example.org", self.name)
    }

    /// The password, which is the same for all accounts.
    pub fn password(&self) -> &'static str {
        PASSWORD
    }

    /// Opens the URL, signs in if necessary, and presses *Allow* if the server asks. Returns what
    /// a user would paste: the code that the page shows, or the callback URL.
    ///
    /// # Errors
    /// With the text of the page, if it is an error.
    pub fn allow(&self, url: &str) -> Result<UserReply, BoxError> {
        self.visit(url).map(UserReply::from)
    }

    /// As [`allow`](Self::allow), but returns the text: the code, or the callback URL.
    ///
    /// # Errors
    /// As [`allow`](Self::allow).
    pub fn visit(&self, url: &str) -> Result<String, BoxError> {
        let response = self.open_and_allow(url)?;
        self.reply(response)
    }

    /// Opens the URL, signs in, and presses *Deny*. Returns the callback URL.
    ///
    /// # Errors
    /// With the text of the page, if it is an error. Also if the consent page has no such button,
    /// as on GoToSocial, or is skipped.
    pub fn deny(&self, url: &str) -> Result<UserReply, BoxError> {
        let page = self.open(url)?;
        if !page.contains(">Deny</button>") {
            return Err("the consent page has no Deny button".into());
        }
        let response = self.press("_method=delete")?;
        self.reply(response).map(UserReply::from)
    }

    /// As [`allow`](Self::allow), but returns when the code has just expired: on GoToSocial after
    /// five minutes, on Mastodon after ten.
    ///
    /// # Errors
    /// As [`allow`](Self::allow).
    pub fn allow_too_late(&self, url: &str) -> Result<UserReply, BoxError> {
        let reply = self.allow(url)?;
        self.server.expire_codes();
        Ok(reply)
    }

    /// As [`allow`](Self::allow), but signs in when the session has expired: on GoToSocial after
    /// two minutes.
    ///
    /// # Errors
    /// Always: with the text of the page.
    pub fn sign_in_too_slowly(&self, url: &str) -> Result<UserReply, BoxError> {
        self.get(url)?;
        self.server.advance(Duration::from_secs(121));
        text(self.sign_in()?)?;
        let response = self.press("")?;
        self.reply(response).map(UserReply::from)
    }

    /// As [`allow`](Self::allow), but returns the `state` of another login.
    ///
    /// # Errors
    /// As [`allow`](Self::allow).
    pub fn allow_with_foreign_state(&self, url: &str) -> Result<UserReply, BoxError> {
        let response = self.open_and_allow(url)?;
        let target = location(&response).ok_or("the response is not a redirect")?;
        let (page, query) = target.split_once('?').unwrap_or((target, ""));
        let mut foreign = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = if name == "state" { "another-log-ins-state".into() } else { value };
            foreign.append_pair(&name, &value);
        }
        Ok(format!("{}{page}?{}", self.origin(page), foreign.finish()).into())
    }

    /// Opens the URL and signs in, without pressing a button. Returns the consent page, or the
    /// callback URL if it is skipped. On GoToSocial, a URL opened after this one shows the same
    /// app again.
    ///
    /// # Errors
    /// With the text of the page, if it is an error.
    pub fn open(&self, url: &str) -> Result<String, BoxError> {
        let response = self.open_signed_in(url)?;
        match location(&response) {
            Some(target) => Ok(target.to_owned()),
            None => text(response),
        }
    }

    /// The response after the sign-in: the consent page, or a redirect that skips it.
    fn open_signed_in(&self, url: &str) -> Result<Response<Vec<u8>>, BoxError> {
        let mut response = self.get(url)?;
        if self.own_target(&response).as_deref() == Some("/auth/sign_in") {
            response = self.sign_in()?;
        }
        match self.own_target(&response) {
            // The page for users who cannot sign in, or another path of the same page.
            Some(target) if path(&target) != self.server.code_page() => self.get(&target),
            _ => Ok(response),
        }
    }

    /// The response after *Allow*, or to an authorization that prior consent allows.
    fn open_and_allow(&self, url: &str) -> Result<Response<Vec<u8>>, BoxError> {
        let response = self.open_signed_in(url)?;
        match location(&response).is_some() || code(&response).is_some() {
            true => Ok(response),
            false => text(response).and_then(|_| self.press("")),
        }
    }

    /// Signs in. Returns the page after that.
    fn sign_in(&self) -> Result<Response<Vec<u8>>, BoxError> {
        text(self.get("/auth/sign_in")?)?;
        let [email, password] = self.server.sign_in_fields();
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair(email, &self.email()).append_pair(password, PASSWORD);
        let response = self.browse("/auth/sign_in", Some(form.finish()))?;
        match self.own_target(&response) {
            Some(target) => self.get(&target),
            None => Err(text(response)?.into()),
        }
    }

    /// Path and query of a redirect to one of the server's own pages. A redirect URI can have the
    /// server's origin, too.
    fn own_target(&self, response: &Response<Vec<u8>>) -> Option<String> {
        let target = location(response)?;
        let target = target.strip_prefix(self.server.instance().origin()).unwrap_or(target);
        let pages = ["/auth/sign_in", "/oauth/authorize", self.server.code_page()];
        let is_own = pages.iter().chain(&SETTINGS).any(|page| *page == path(target));
        is_own.then(|| target.to_owned())
    }

    /// Presses a button of the consent page.
    fn press(&self, form: &str) -> Result<Response<Vec<u8>>, BoxError> {
        self.browse("/oauth/authorize", Some(form.to_owned()))
    }

    /// What the user returns: the callback URL, or the code that the page shows.
    fn reply(&self, response: Response<Vec<u8>>) -> Result<String, BoxError> {
        let shown = match (self.own_target(&response), location(&response)) {
            (Some(target), _) => self.get(&target)?,
            (None, Some(target)) => return Ok(target.to_owned()),
            (None, None) => response,
        };
        code(&shown).map_or_else(|| Err(text(shown)?.into()), Ok)
    }

    /// The server's origin if this is a path, otherwise nothing.
    fn origin(&self, page: &str) -> String {
        match page.starts_with('/') {
            true => self.server.instance().origin().to_owned(),
            false => String::new(),
        }
    }

    fn get(&self, url: &str) -> Result<Response<Vec<u8>>, BoxError> {
        self.browse(url, None)
    }

    fn browse(&self, url: &str, form: Option<String>) -> Result<Response<Vec<u8>>, BoxError> {
        let origin = self.server.instance().origin().to_owned();
        let path = url.strip_prefix(&origin).unwrap_or(url);
        if !path.starts_with('/') {
            return Err(format!("the URL is not on {origin}").into());
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
        let response = self.server.browse(request.body(form.unwrap_or_default().into_bytes())?)?;
        self.keep_cookie(&response);
        Ok(response)
    }

    fn cookie(&self) -> Option<String> {
        let cookie = self.cookie.lock().unwrap_or_else(PoisonError::into_inner);
        cookie.clone()
    }

    fn keep_cookie(&self, response: &Response<Vec<u8>>) {
        if let Some(cookie) = header(response, &SET_COOKIE) {
            let pair = cookie.split(';').next().unwrap_or_default().to_owned();
            *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = Some(pair);
        }
    }
}

/// The pages of accounts that cannot be used, on Mastodon.
const SETTINGS: [&str; 2] = ["/auth/edit", "/auth/setup"];

/// The target without its query.
fn path(target: &str) -> &str {
    target.split('?').next().unwrap_or_default()
}

fn header<'a>(response: &'a Response<Vec<u8>>, name: &HeaderName) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

fn location(response: &Response<Vec<u8>>) -> Option<&str> {
    header(response, &LOCATION)
}

/// The code on a page without a form, or in JSON as on Pixelfed.
fn code(response: &Response<Vec<u8>>) -> Option<String> {
    if let Ok(body) = serde_json::from_slice::<serde_json::Value>(response.body()) {
        return body["code"].as_str().map(str::to_owned);
    }
    let page = std::str::from_utf8(response.body()).ok()?;
    let (_, rest) = page.split_once("<code>")?;
    let (code, _) = rest.split_once("</code>")?;
    (!page.contains("<form")).then(|| code.to_owned())
}

/// The page, or its text as an error.
fn text(response: Response<Vec<u8>>) -> Result<String, BoxError> {
    let status = response.status();
    let page = String::from_utf8(response.into_body())?;
    if status.is_success() || status.is_redirection() {
        return Ok(page);
    }
    let message = page.split("<pre class=\"error\">").nth(1);
    let message = message.and_then(|rest| rest.split("</pre>").next()).unwrap_or(&page);
    Err(format!("{}: {message}", status.as_u16()).into())
}

/// For apps that run in the browser: requests carry the browser's cookies, and responses can set
/// them.
impl Transport for Account {
    fn send(&self, mut request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        if let Some(cookie) = self.cookie() {
            request.headers_mut().insert(COOKIE, cookie.parse()?);
        }
        let response = self.server.send(request)?;
        self.keep_cookie(&response);
        Ok(response)
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account(@{})", self.name)
    }
}

/// Whether servers of the dialect have this scope. GoToSocial accepts any, and Sharkey lists its own.
fn is_known(state: &State, scope: &Scope) -> bool {
    let scope = scope.as_str();
    let profile = state.profile();
    let listed = |metadata: fn(&State) -> serde_json::Value| {
        let metadata = metadata(state);
        let mut listed = metadata["scopes_supported"].as_array().into_iter().flatten();
        listed.any(|it| it == scope)
    };
    let is_known = KNOWN_SCOPES.contains(&scope) || profile.metadata.is_some_and(listed);
    is_known && (profile.apps.scope)(scope)
}

/// Registers an app, and issues a token for it without a login.
fn issue_session(state: &mut State, account: &str, scopes: &str) -> Token {
    let profile = state.profile();
    let account_id = state.create_account(account);
    let [id, client_id, client_secret] = (profile.apps.generate)(state);
    state.apps.push(App {
        id,
        created: state.now,
        name: "test".to_owned(),
        website: None,
        redirect_uris: vec![OUT_OF_BAND.to_owned()],
        redirect_uris_text: OUT_OF_BAND.to_owned(),
        client_id: client_id.clone(),
        client_secret,
        scopes: scopes.to_owned(),
        owner: None,
        spent: false,
    });
    let scope = scopes.to_owned();
    let token = issue_token(state, &profile.issuing, &client_id, scope, Some(account_id));
    state.tokens.push(token.clone());
    token
}

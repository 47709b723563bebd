//! The server as tests see it.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use gts_oauth_core::transport::BodyLimit;
use gts_oauth_core::{BoxError, Entropy, Instance, Login, RegisterApp, Session, Transport};
use http::{Method, Request, Response};

use crate::endpoints;
use crate::fault::{self, Failure, Fault, ForeignOrigin, Outcome};
use crate::http::IncomingRequest;
use crate::post::Post;
use crate::recorded_request::{Observer, RecordedRequest};
use crate::route::{Route, RouteHandler};
use crate::state::{AccountState, State};

/// A GoToSocial in memory. It is a [`Transport`]; clones are the same server.
#[derive(Clone)]
pub struct Server {
    inner: Arc<Mutex<Inner>>,
}

pub(crate) struct Inner {
    pub(crate) state: State,
    failures: Vec<Failure>,
    routes: Vec<Route>,
    requests: Vec<RecordedRequest>,
    observer: Option<Observer>,
    /// When the clock was last set from the real one; `None` if tests move it.
    ticked: Option<Instant>,
}

impl Server {
    /// A server with this state. Its clock follows the real one if `ticked` is set.
    pub(crate) fn with_state(state: State, ticked: Option<Instant>) -> Self {
        let (failures, routes, requests) = (Vec::new(), Vec::new(), Vec::new());
        let inner = Inner { state, failures, routes, requests, observer: None, ticked };
        Self { inner: Arc::new(Mutex::new(inner)) }
    }

    /// The server's instance.
    ///
    /// # Panics
    /// Never: it was built from an instance.
    pub fn instance(&self) -> Instance {
        let origin = self.lock().state.origin.clone();
        Instance::insecure_http(&origin).expect("the origin of an instance")
    }

    /// Entropy for a login, from the server's seed: for tests, where it need not be secret.
    ///
    /// # Panics
    /// Never: the source of bytes does not fail.
    pub fn entropy(&self) -> Entropy {
        let mut inner = self.lock();
        let entropy = Entropy::from_fn(|bytes| {
            for chunk in bytes.chunks_mut(32) {
                chunk.copy_from_slice(&inner.state.ids.bytes()[..chunk.len()]);
            }
            Ok::<(), std::convert::Infallible>(())
        });
        entropy.expect("the source of bytes does not fail")
    }

    /// A login with a new app of this name, with entropy from the server's seed.
    ///
    /// # Panics
    /// If the name is not valid.
    #[track_caller]
    pub fn login(&self, app_name: &str) -> Login {
        match RegisterApp::new(self.instance(), app_name) {
            Ok(app) => Login::new(app, self.entropy()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Posts a status as this account, which is created if it does not exist. Accounts that it
    /// mentions (`@alice`) are notified.
    pub fn post(&self, author: &str, text: &str) {
        let mut inner = self.lock();
        let author = inner.state.create_account(author);
        inner.state.post(&author, text, "public", &[], None);
    }

    /// All statuses, in the order in which they were posted: through the API and by
    /// [`post`](Self::post), without deleted ones.
    ///
    /// ```
    /// use gts_oauth_core::Exchange;
    /// use gts_oauth_core::session::Multipart;
    /// use gts_oauth_fake::{Server, serde_json::Value};
    ///
    /// let server = Server::new(1);
    /// let session = server.session("alice", "write");
    /// let picture = Multipart::new()
    ///     .file("file", "sloth.png", "image/png", b"\x89PNG")?
    ///     .text("description", "A sloth");
    /// let media = session.post("/api/v2/media")?.multipart(picture).send(&server)?;
    /// let id = media.json::<Value>()?["id"].as_str().unwrap_or_default().to_owned();
    /// session.post("/api/v1/statuses")?.form("media_ids[]", &id).send(&server)?;
    ///
    /// let posts = server.posts();
    /// assert_eq!(posts.len(), 1);
    /// assert_eq!((posts[0].author.as_str(), posts[0].text.as_str()), ("alice", ""));
    /// assert_eq!(posts[0].visibility, "unlisted");
    /// assert_eq!((&posts[0].media[0].id, posts[0].media[0].description.as_str()), (&id, "A sloth"));
    /// # Ok::<(), gts_oauth_core::Error>(())
    /// ```
    pub fn posts(&self) -> Vec<Post> {
        let inner = self.lock();
        inner.state.statuses.iter().map(|status| Post::new(&inner.state, status)).collect()
    }

    /// The server's clock. Only [`advance`](Self::advance) moves it, unless the server is on a
    /// port: then it follows the real clock.
    ///
    /// Pass it to code that takes the time, such as a `RenewingSession`:
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use gts_oauth_core::renewal::RenewingSession;
    /// use gts_oauth_fake::{Dialect, Server};
    ///
    /// let server = Server::builder(1).dialect(Dialect::Pixelfed).build();
    /// let alice = server.account("alice");
    /// let mut login = server.login("my-bot");
    /// let me = login.run(&server, |step| alice.allow(step.url))?;
    /// let mut session = RenewingSession::new(me.app.clone(), me.session.clone())?;
    /// server.advance(Duration::from_secs(400 * 86_400)); // tokens expire after a year here
    /// session.renew_if_due(&server, server.now(), |_, _| Ok(()))?;
    /// assert_ne!(session.current(), &me.session);
    /// # Ok::<(), gts_oauth_core::Error>(())
    /// ```
    pub fn now(&self) -> SystemTime {
        self.lock().state.now
    }

    /// Moves the server's clock forward.
    pub fn advance(&self, time: Duration) {
        self.lock().state.now += time;
    }

    /// Limits requests to this many in five minutes from now on. `None` removes the limit, and
    /// Mastodon's limits on registrations and on sign-ins too. All requests so far count no longer.
    pub fn rate_limit(&self, limit: impl Into<Option<u32>>) {
        let mut inner = self.lock();
        inner.state.limit = limit.into();
        inner.state.window = None;
        inner.state.windows.clear();
    }

    /// Adds an endpoint that the server does not have, or replaces one that it has. A segment of
    /// the path in braces matches any segment. Of several routes for a request, the last one
    /// counts.
    ///
    /// The server records the request, and planned faults apply. Its own checks do not: those of
    /// tokens, of `User-Agent` and of the rate limit. The handler can use the server. The browser of
    /// an [`Account`](crate::Account) gets the server's own pages.
    ///
    /// ```
    /// use gts_oauth_core::http::{Method, Response};
    /// use gts_oauth_core::{Error, Exchange};
    /// use gts_oauth_fake::{Server, serde_json::Value};
    ///
    /// let server = Server::new(1);
    /// let lists = r#"[{"id":"1","title":"friends"}]"#;
    /// server.route(Method::GET, "/api/v1/lists", |_| Response::new(lists.into()));
    /// server.route(Method::GET, "/api/v1/lists/{id}", |request| {
    ///     let id = request.path.rsplit('/').next().unwrap_or_default();
    ///     Response::new(format!(r#"{{"id":"{id}"}}"#).into_bytes())
    /// });
    ///
    /// let session = server.session("alice", "read");
    /// let lists: Vec<Value> = session.get("/api/v1/lists")?.send(&server)?.json()?;
    /// assert_eq!(lists[0]["title"], "friends");
    /// let list: Value = session.get("/api/v1/lists/7")?.send(&server)?.json()?;
    /// assert_eq!(list["id"], "7");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn route(
        &self,
        method: Method,
        path: &str,
        handler: impl Fn(&RecordedRequest) -> Response<Vec<u8>> + Send + Sync + 'static,
    ) {
        let route = Route { method, path: path.to_owned(), handler: Arc::new(handler) };
        self.lock().routes.push(route);
    }

    /// Plans a fault, for one request or several. Faults apply in the order in which
    /// they were planned.
    pub fn fail(&self, failure: impl Into<Failure>) {
        self.lock().failures.push(failure.into());
    }

    /// The planned faults that are left, with their remaining repetitions. At the end of a test,
    /// one is left if its path was mistyped, or if its request was not sent:
    ///
    /// ```
    /// use gts_oauth_core::Exchange;
    /// use gts_oauth_fake::{Fault, Server};
    ///
    /// let server = Server::new(1);
    /// let session = server.session("alice", "read");
    /// server.fail(Fault::BadGateway.at("/api/v1/accounts"));
    /// server.fail(Fault::BadGateway.at("/api/v1/acounts"));
    /// assert!(session.verify().send(&server).is_err());
    /// session.verify().send(&server)?;
    /// assert_eq!(server.pending_failures(), [Fault::BadGateway.at("/api/v1/acounts")]);
    /// # Ok::<(), gts_oauth_core::Error>(())
    /// ```
    pub fn pending_failures(&self) -> Vec<Failure> {
        let inner = self.lock();
        inner.failures.iter().filter(|failure| failure.times > 0).cloned().collect()
    }

    /// Removes all planned faults. With `u32::MAX` repetitions, a fault remains until then:
    ///
    /// ```
    /// use gts_oauth_core::Exchange;
    /// use gts_oauth_fake::{Fault, Server};
    ///
    /// let server = Server::new(1);
    /// let session = server.session("alice", "read");
    /// server.fail(Fault::BadGateway.times(u32::MAX)); // every request
    /// assert!(session.verify().send(&server).is_err());
    /// assert!(session.verify().send(&server).is_err());
    /// server.clear_failures();
    /// session.verify().send(&server)?;
    /// # Ok::<(), gts_oauth_core::Error>(())
    /// ```
    pub fn clear_failures(&self) {
        self.lock().failures.clear();
    }

    /// Deletes all apps, as some servers do with apps that have had no token for long. Tokens
    /// remain valid.
    pub fn forget_apps(&self) {
        self.lock().state.apps.remove_all();
    }

    /// Deletes all apps, as their developers or administrators can. Unlike after
    /// [`forget_apps`](Self::forget_apps), their tokens are rejected. They cannot be revoked on
    /// servers that authenticate the app (see [`Dialect`](crate::Dialect)).
    ///
    /// ```
    /// use gts_oauth_core::Exchange;
    /// use gts_oauth_fake::Server;
    ///
    /// let server = Server::new(1);
    /// let session = server.session("alice", "read");
    /// server.delete_apps();
    /// let error = session.verify().send(&server).unwrap_err();
    /// assert!(error.to_string().contains("application not supplied"));
    /// ```
    pub fn delete_apps(&self) {
        self.lock().state.delete_apps();
    }

    /// Revokes the session's access token, with its refresh token, as users do in their settings.
    /// Other tokens remain valid. Does nothing if the server does not know the token.
    ///
    /// ```
    /// use gts_oauth_core::Exchange;
    /// use gts_oauth_fake::Server;
    ///
    /// let server = Server::new(1);
    /// let (first, second) = (server.session("alice", "read"), server.session("alice", "read"));
    /// server.revoke(&first);
    /// assert!(first.verify().send(&server).is_err());
    /// assert!(second.verify().send(&server).is_ok());
    /// ```
    pub fn revoke(&self, session: &Session) {
        self.revoke_token(session.access_token().expose());
    }

    /// Revokes all tokens, as users do by removing an app in their settings.
    pub fn revoke_all(&self) {
        self.revoke_all_tokens();
    }

    /// Sets whether the account with this name can be used, as administrators can. It is created if it does not exist,
    /// and signed out of all browsers.
    ///
    /// Unless it is active, the server rejects the account's tokens, in its own format (see
    /// [`Dialect`](crate::Dialect)). Signing in ends with an HTML page: with 403, or on Mastodon
    /// with the page of the account's settings. Endpoints that require no token do not change.
    ///
    /// ```
    /// use gts_oauth_core::Exchange;
    /// use gts_oauth_fake::{AccountState, Dialect, Server};
    ///
    /// let server = Server::builder(1).dialect(Dialect::Mastodon).build();
    /// let session = server.session("alice", "read");
    /// server.set_account_state("alice", AccountState::Unconfirmed);
    /// let error = session.verify().send(&server).unwrap_err();
    /// assert!(error.to_string().contains("missing a confirmed e-mail address"));
    /// server.set_account_state("alice", AccountState::Active);
    /// assert!(session.verify().send(&server).is_ok());
    /// ```
    pub fn set_account_state(&self, name: &str, state: AccountState) {
        let mut inner = self.lock();
        let id = inner.state.create_account(name);
        inner.state.set_account_state(&id, state);
    }

    /// All requests so far, in order: those sent to it as a [`Transport`], and those from a port,
    /// including browsers'. Requests of an [`Account`](crate::Account)'s browser are not
    /// recorded.
    ///
    /// ```
    /// use gts_oauth_fake::Server;
    ///
    /// let server = Server::new(7);
    /// let alice = server.account("alice");
    /// server.login("my-bot").run(&server, |step| alice.allow(step.url))?;
    /// let requests = server.requests();
    /// let register = requests.iter().find(|request| request.path == "/api/v1/apps");
    /// let name = register.and_then(|request| request.field("client_name"));
    /// assert_eq!(name.as_deref(), Some("my-bot"));
    /// # Ok::<(), gts_oauth_core::Error>(())
    /// ```
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.lock().requests.clone()
    }

    /// Calls a function with each request that is recorded from now on, before the response, for
    /// example to log it. It replaces an earlier function.
    ///
    /// ```
    /// use std::sync::mpsc;
    /// use gts_oauth_fake::Server;
    ///
    /// let server = Server::new(7);
    /// let (sender, paths) = mpsc::channel();
    /// server.on_request(move |request| sender.send(request.path.clone()).unwrap());
    /// let alice = server.account("alice");
    /// server.login("my-bot").run(&server, |step| alice.allow(step.url))?;
    /// assert!(paths.try_iter().any(|path| path == "/oauth/token"));
    /// # Ok::<(), gts_oauth_core::Error>(())
    /// ```
    pub fn on_request(&self, observer: impl Fn(&RecordedRequest) + Send + Sync + 'static) {
        self.lock().observer = Some(Arc::new(observer));
    }

    /// Clears the record of requests.
    pub fn clear_requests(&self) {
        self.lock().requests.clear();
    }

    /// Revokes the access token, with its refresh token. Returns how many there were.
    pub(crate) fn revoke_token(&self, token: &str) -> usize {
        self.lock().state.revoke_token(token)
    }

    /// Revokes all tokens. Returns how many there were.
    pub(crate) fn revoke_all_tokens(&self) -> usize {
        self.lock().state.revoke_all_tokens()
    }

    /// Creates the account if it does not exist.
    pub(crate) fn create_account(&self, name: &str) {
        self.lock().state.create_account(name);
    }

    /// The field names of the sign-in form: e-mail address and password.
    pub(crate) fn sign_in_fields(&self) -> [&'static str; 2] {
        self.lock().state.profile().consent.sign_in_fields
    }

    /// The path of the HTML page that shows a code.
    pub(crate) fn code_page(&self) -> &'static str {
        self.lock().state.profile().consent.code_page
    }

    /// Moves the clock until all codes have expired, if codes expire here.
    pub(crate) fn expire_codes(&self) {
        let mut inner = self.lock();
        let seconds = inner.state.profile().codes.lifetime.unwrap_or_default() + 1;
        inner.state.now = inner.state.after(seconds);
    }

    /// Responds to an account's browser: not recorded, and without faults.
    pub(crate) fn browse(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        let limit = BodyLimit::of(&request);
        let state = &mut self.lock().state;
        let request = IncomingRequest::new(request, state.profile().framework);
        Outcome::from(endpoints::respond(state, &request)).in_memory(limit)
    }

    /// Responds to a request from the port.
    #[cfg(feature = "serve")]
    pub(crate) fn respond(&self, request: Request<Vec<u8>>) -> Outcome {
        let origin = self.lock().state.origin.clone();
        self.respond_at(request, origin)
    }

    /// Records a request to this origin, and responds to it. Routes and the observer run without the
    /// lock, because they can use the server.
    fn respond_at(&self, request: Request<Vec<u8>>, origin: String) -> Outcome {
        let recorded = RecordedRequest::new(&request, origin);
        let (now, fault, route) = self.lock().receive(&recorded);
        let observer = self.lock().observer.clone();
        if let Some(observer) = observer {
            observer(&recorded);
        }
        let respond = || match route {
            Some(handler) => Some(handler(&recorded)),
            None => self.lock().respond(request, &recorded.origin),
        };
        match fault {
            Some(fault) => fault::apply(fault, now, respond),
            None => respond().into(),
        }
    }

    /// A poisoned lock is ignored: the test that panicked has failed already.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.tick();
        inner
    }
}

impl Inner {
    fn tick(&mut self) {
        if let Some(ticked) = &mut self.ticked {
            let now = Instant::now();
            self.state.now += now - *ticked;
            *ticked = now;
        }
    }

    /// Records a request. Returns the time, the fault that is due, and the route to use.
    fn receive(
        &mut self,
        request: &RecordedRequest,
    ) -> (SystemTime, Option<Fault>, Option<RouteHandler>) {
        self.requests.push(request.clone());
        let fault = fault::take_due(&mut self.failures, &request.method, &request.path);
        let route = self.routes.iter().rev().find(|route| route.matches(request));
        (self.state.now, fault, route.map(|route| Arc::clone(&route.handler)))
    }

    fn respond(&mut self, request: Request<Vec<u8>>, origin: &str) -> Option<Response<Vec<u8>>> {
        let request = IncomingRequest::new(request, self.state.profile().framework);
        match origin == self.state.origin {
            true => endpoints::respond(&mut self.state, &request),
            false => Some(endpoints::account_domain::respond(&self.state, &request)),
        }
    }
}

impl Transport for Server {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        let limit = BodyLimit::of(&request);
        let uri = request.uri();
        let requested = format!(
            "{}://{}",
            uri.scheme_str().unwrap_or_default(),
            uri.authority().map_or("", |authority| authority.as_str())
        );
        let inner = self.lock();
        let account_domain = inner.state.account_domain_origin();
        if requested != inner.state.origin && Some(&requested) != account_domain.as_ref() {
            return Err(ForeignOrigin { requested }.into());
        }
        drop(inner);
        self.respond_at(request, requested).in_memory(limit)
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.lock();
        f.debug_struct("Server")
            .field("origin", &inner.state.origin)
            .field("dialect", &inner.state.dialect)
            .field("requests", &inner.requests)
            .finish_non_exhaustive()
    }
}

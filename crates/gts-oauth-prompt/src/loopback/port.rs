//! What each request to the port gets: a redirect, a page, or a rejection.

use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

use gts_oauth_core::types::printable;
use gts_oauth_core::{BoxError, Callback, Secret};

use super::access::{Access, Entry};
use super::error::LoopbackError;
use super::page;
use super::peer::{Peer, Peers};
use super::request::Request;
use super::response::Response;
use super::server::{Connection, Received, Server};

/// The path of the redirect URI, without the host of its instance.
pub(super) const CALLBACK_PATH: &str = "/callback";

/// The start of the paths of links. It is below the path of the cookie, and no host contains a slash.
pub(super) const LINKS_PATH: &str = "/callback/-/";

/// How long the port stays open after the verdict: browsers fetch a page twice (reload, prefetch).
const GRACE: Duration = Duration::from_millis(300);
/// The end of that time if connections remain open.
const MAX_GRACE: Duration = Duration::from_secs(2);
/// The time between two looks at the port after the verdict.
const POLL: Duration = Duration::from_millis(5);

/// The time for requests before the caller looks at its time limit.
const BATCH: Duration = Duration::from_millis(50);

/// The connections that wait for the verdict.
const MAX_WAITING: usize = 16;

/// The error codes that are passed on to the program, for one question.
const MAX_ERRORS_WITHOUT_STATE: usize = 3;

pub(super) struct Port {
    server: Server,
    access: Access,
    hint: String,
    accepts_own_user: bool,
    /// `None` before the user is asked.
    pending: Option<Pending>,
    /// Requests that were received, and are not handled yet.
    received: VecDeque<Received>,
    /// The users of the connections of `received`. `None` until one is looked up.
    peers: Option<Peers>,
    /// Connections of the browser that returned, which wait for a page.
    waiting: Vec<Connection>,
    /// The page of the result. `None` while there is none.
    verdict: Option<String>,
    /// The error codes of callbacks without a `state`, each once.
    errors_without_state: Vec<String>,
}

/// What the browser is sent to, and the `state` with which it returns.
struct Pending {
    url: String,
    state: Secret,
}

/// What was served.
pub(super) struct Served {
    /// The callback of the login. Its browser waits for a page.
    pub(super) callback: Option<Callback>,
    /// Whether there was anything to serve. If not, the caller waits a little.
    pub(super) progressed: bool,
    /// The error codes of callbacks without a `state`, each when it is the first with this code.
    pub(super) errors_without_state: Vec<String>,
}

/// What a request leads to.
enum Handled {
    Response(Response),
    Callback(Callback),
    OpenedTwice,
}

impl Port {
    pub(super) fn bind(port: u16) -> io::Result<Self> {
        let server = Server::bind(port)?;
        Ok(Self {
            access: Access::new(server.address().port())?,
            server,
            hint: "Open the link that the program shows in this browser.".to_owned(),
            accepts_own_user: false,
            pending: None,
            received: VecDeque::new(),
            peers: None,
            waiting: Vec::new(),
            verdict: None,
            errors_without_state: Vec::new(),
        })
    }

    pub(super) fn origin(&self) -> String {
        format!("http://{}", self.server.address())
    }

    pub(super) fn set_hint(&mut self, hint: &str) {
        hint.clone_into(&mut self.hint);
    }

    pub(super) fn accept_own_user(&mut self) {
        self.accepts_own_user = true;
    }

    /// Expects the callback of this authorization URL, and no other.
    pub(super) fn expect_callback_of(
        &mut self,
        url: &str,
        time_limit: Duration,
    ) -> Result<(), BoxError> {
        // The query of the URL has the `state` under the same name as that of a callback.
        let state = Callback::from_url(url)?.state().unwrap_or_default().to_owned();
        self.pending = Some(Pending { url: url.to_owned(), state: Secret::new(state) });
        self.access.set_max_age(time_limit);
        self.errors_without_state.clear();
        Ok(())
    }

    /// The `state` of the expected callback.
    pub(super) fn state(&self) -> &str {
        self.pending.as_ref().map_or("", |pending| pending.state.expose())
    }

    /// The link for the user.
    pub(super) fn link(&self) -> String {
        self.origin() + &self.access.link_path()
    }

    /// Makes a link for the command line of a browser.
    pub(super) fn new_one_time_link(&mut self) -> io::Result<String> {
        Ok(self.origin() + &self.access.new_one_time_path()?)
    }

    pub(super) fn is_browser_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Shows the browser that waits why the last attempt failed, and how to go on.
    pub(super) fn show_retry(&mut self, reason: &str) -> io::Result<()> {
        let link = self.access.new_retry_path()?;
        self.show_waiting(page::retry(reason, &link));
        Ok(())
    }

    /// Serves requests that have arrived, without waiting.
    ///
    /// # Errors
    /// [`LoopbackError::OpenedTwice`].
    pub(super) fn serve(&mut self) -> Result<Served, BoxError> {
        let mut progressed = true;
        if self.received.is_empty() {
            let polled = self.server.poll();
            self.received.extend(polled.received);
            self.peers = None;
            progressed = polled.progressed;
        }
        let start = Instant::now();
        let before = self.errors_without_state.len();
        let mut first = Ok(None);
        // Others get a response, also after the one that ends the wait.
        while start.elapsed() < BATCH {
            let Some(received) = self.received.pop_front() else { break };
            let handled = self.handle(received);
            if matches!(first, Ok(None)) {
                first = handled;
            }
        }
        let errors_without_state = self.errors_without_state[before..].to_vec();
        Ok(Served { callback: first?, progressed, errors_without_state })
    }

    /// Shows the result: who is logged in, or why the login failed. Then closes the port.
    pub(super) fn close(&mut self, outcome: Result<&str, &str>) {
        let page = outcome.map_or_else(page::failed, page::done);
        self.verdict = Some(page.clone());
        self.show_waiting(page);
        if !self.server.is_closing() {
            // No browser has returned.
            return;
        }
        let start = Instant::now();
        let mut last_progress = start;
        while start.elapsed() < MAX_GRACE
            && (last_progress.elapsed() < GRACE || self.server.is_closing())
        {
            match self.serve() {
                Ok(Served { progressed: false, .. }) => std::thread::sleep(POLL),
                Ok(_) => last_progress = Instant::now(),
                Err(_) => break,
            }
        }
    }

    fn show_waiting(&mut self, page: String) {
        let response = Response::page("200 OK", page);
        for connection in self.waiting.drain(..) {
            self.server.respond(connection, &response);
        }
    }

    fn handle(&mut self, received: Received) -> Result<Option<Callback>, BoxError> {
        let Received { request, connection } = received;
        match self.handled(&request, &connection)? {
            Handled::Response(response) => self.server.respond(connection, &response),
            Handled::Callback(callback) => {
                if self.waiting.len() == MAX_WAITING {
                    self.waiting.remove(0);
                }
                self.waiting.push(connection);
                return Ok(Some(callback));
            }
            Handled::OpenedTwice => {
                let error = LoopbackError::OpenedTwice;
                let page = Response::page("403 Forbidden", page::failed(&error.to_string()));
                self.server.respond(connection, &page);
                self.access.renew()?;
                return Err(error.into());
            }
        }
        Ok(None)
    }

    fn handled(&mut self, request: &Request, connection: &Connection) -> io::Result<Handled> {
        let is_link = self.access.is_link(request);
        let rejection = if !request.is_for(self.server.address()) {
            "421 Misdirected Request"
        } else if !is_link && !is_callback(request.path()) {
            "404 Not Found"
        } else if !request.is_get() {
            "405 Method Not Allowed\r\nAllow: GET"
        } else if request.is_subresource() || request.is_prefetch() {
            "403 Forbidden"
        } else if is_link {
            return self.enter(request, connection);
        } else {
            return self.returned(request, connection);
        };
        let text = "This port only serves the callback of a login.\n";
        let response = Response::text(rejection, if request.is_head() { "" } else { text });
        Ok(Handled::Response(response))
    }

    /// Sends a browser that opened a link to the authorization URL.
    fn enter(&mut self, request: &Request, connection: &Connection) -> io::Result<Handled> {
        let page = |status, page| Ok(Handled::Response(Response::page(status, page)));
        let is_admitted = self.is_admitted(request, connection);
        let peer = self.peer(connection);
        let (None, Some(pending)) = (&self.verdict, &self.pending) else {
            return match &self.verdict {
                Some(verdict) if is_admitted => page("200 OK", verdict.clone()),
                _ => Ok(Handled::Response(Response::text("410 Gone", "The login has ended.\n"))),
            };
        };
        let is_one_time = self.access.is_one_time_link(request);
        if peer == Peer::Gone || is_one_time && peer == Peer::AnotherUser {
            let text = "This link is for another user.\n";
            return Ok(Handled::Response(Response::text("403 Forbidden", text)));
        }
        if self.access.is_retry(request) && !is_admitted {
            return page("403 Forbidden", page::foreign("This is not the browser of the login."));
        }
        Ok(match self.access.enter(request, peer)? {
            Entry::Admitted(cookie) => Handled::Response(Response::redirect(&pending.url, &cookie)),
            Entry::OpenedTwice => Handled::OpenedTwice,
        })
    }

    /// The user of a connection. All that were received with it are listed at once: another user could
    /// open many.
    fn peer(&mut self, connection: &Connection) -> Peer {
        let server = self.server.address();
        self.peers.get_or_insert_with(|| Peers::of(server)).peer(connection.peer())
    }

    /// Whether this client may complete the login.
    fn is_admitted(&mut self, request: &Request, connection: &Connection) -> bool {
        let has_cookie = self.access.has_cookie(request);
        if !has_cookie && !self.accepts_own_user {
            return false;
        }
        match self.peer(connection) {
            Peer::OwnUser if self.accepts_own_user => true,
            peer => has_cookie && !self.access.is_thief(peer),
        }
    }

    /// Whether the error of a callback without a `state` is to be passed on. Any web page can send one,
    /// so only a few are.
    fn is_new_error(&self, error: &str) -> bool {
        let is_known = self.errors_without_state.iter().any(|it| it == error);
        !is_known && self.errors_without_state.len() < MAX_ERRORS_WITHOUT_STATE
    }

    /// Handles a browser that returned.
    fn returned(&mut self, request: &Request, connection: &Connection) -> io::Result<Handled> {
        let page = |status, page| Ok(Handled::Response(Response::page(status, page)));
        let callback = match Callback::at_redirect_uri(&(self.origin() + &request.target)) {
            Ok(callback) => callback,
            Err(error) => {
                let reason = printable(&error.to_string());
                return page("400 Bad Request", page::foreign(&reason));
            }
        };
        let state = callback.state().map(Secret::new);
        let is_ours = state.is_some() && state == self.pending.as_ref().map(|it| it.state.clone());
        if !is_ours {
            // Any web page can send a browser here.
            let error = callback.error().filter(|_| callback.state().is_none());
            let reason = match error.filter(|error| is_error_code(error)) {
                Some(error) => {
                    // Last, because another user could send many callbacks.
                    if self.is_new_error(error) && self.is_admitted(request, connection) {
                        self.errors_without_state.push(error.to_owned());
                    }
                    let hint = match error {
                        "invalid_scope" => " If it did, end the login, and request other scopes.",
                        _ => "",
                    };
                    format!(
                        "This callback has the error {error}, but nothing shows that the server of \
                         the login sent it.{hint}"
                    )
                }
                None => "This callback is of another login, or of none.".to_owned(),
            };
            return page("400 Bad Request", page::foreign(&reason));
        }
        // After the `state`, because another user could send many callbacks.
        if !self.is_admitted(request, connection) {
            return page("403 Forbidden", page::another_browser(&self.hint));
        }
        match &self.verdict {
            Some(verdict) => page("200 OK", verdict.clone()),
            None => Ok(Handled::Callback(callback)),
        }
    }
}

/// Whether the path is that of a callback, of whichever instance: core compares the whole URL.
pub(super) fn is_callback(path: &str) -> bool {
    let is_below = |rest: &str| rest.is_empty() || rest.starts_with('/');
    path.strip_prefix(CALLBACK_PATH).is_some_and(is_below) && !path.starts_with(LINKS_PATH)
}

/// Whether this is a code as servers have them, and no text that another web page wrote.
fn is_error_code(error: &str) -> bool {
    error.len() <= 40 && error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

impl Drop for Port {
    /// Shows the browser that waits that there will be no result.
    fn drop(&mut self) {
        self.show_waiting(page::failed("The program has stopped the login."));
    }
}

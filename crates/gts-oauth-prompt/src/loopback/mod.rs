//! Authorization in a browser, with a redirect to a loopback port (RFC 8252 section 7.3).
//!
//! - `links`: what is shown to the user
//! - `handle`: cancelling and replying from another thread
//! - `error`: why no callback arrived
//! - `port`: what each request gets
//! - `access`: which browser may complete the login
//! - `page`: the HTML pages
//! - `server`, `peer`, `request`, `response`: connections and HTTP

mod access;
mod error;
mod handle;
mod links;
mod page;
mod peer;
mod port;
mod request;
mod response;
mod server;

use std::fmt::{self, Display};
use std::io::{self, Write as _};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use gts_oauth_core::error::Operation;
use gts_oauth_core::types::printable;
use gts_oauth_core::{AuthorizeStep, BoxError, Callback, Instance, Login, RedirectUri, UserReply};

pub use error::LoopbackError;
use error::denial;
pub use handle::Handle;
use handle::Message;
pub use links::Links;
use port::{CALLBACK_PATH, Port, is_callback};

use crate::terminal::problem_text;

/// Enough to sign in with a second factor.
const TIME_LIMIT: Duration = Duration::from_secs(300);

/// The time between two looks at the port. A user does not notice it.
const POLL: Duration = Duration::from_millis(20);
/// The same within [`BUSY`] of a connection: the system queues only 128 of them for us.
const BUSY_POLL: Duration = Duration::from_millis(1);
const BUSY: Duration = Duration::from_secs(2);
/// A shorter text was typed by accident. Sending it would end the attempt in the browser.
const MIN_CODE: usize = 16;

/// The time between two calls of the function for progress.
const TICK: Duration = Duration::from_millis(100);

type Open = Box<dyn FnMut(&Links<'_>) -> Result<(), BoxError> + Send>;
type Tick = Box<dyn FnMut(Duration) + Send>;
type OnErrorWithoutState = Box<dyn FnMut(&str) + Send>;

/// A port of 127.0.0.1 where the browser returns after the user has allowed the app.
///
/// ```
/// use gts_oauth_core::{BoxError, Entropy, Login, RegisterApp, Transport};
/// use gts_oauth_prompt::Loopback;
///
/// fn log_in(http: &dyn Transport, entropy: Entropy) -> Result<(), BoxError> {
///     let mut login = Login::new(RegisterApp::new("example.org".parse()?, "my-bot")?, entropy);
///     let mut loopback = Loopback::for_login(&mut login)?; // prints a link to open
///     let outcome = login.run(http, |step| loopback.ask(step));
///     loopback.done(outcome.as_ref());
///     outcome?;
///     Ok(())
/// }
/// ```
///
/// # Other users of the machine
///
/// Any user can connect to the port, and see the command lines of all programs. So:
///
/// - A browser gets the authorization URL, and a cookie, from a secret link on the port. A callback
///   is accepted only with this cookie and the `state`. No page contains the authorization URL. Other
///   ports of the host can receive the cookie; alone it leads nowhere.
/// - The link for the command line of a browser ([`Links::one_time_link`]) works once. If another
///   browser opens it, too, the login ends with [`LoopbackError::OpenedTwice`]: one of the two was
///   a stranger. The next run starts with a new URL. On Linux, it does not work for other users at
///   all. Elsewhere, a stranger who opens
///   it and logs in before the browser has started is seen only by the name of the account:
///   [`Login::expect_account`](gts_oauth_core::Login::expect_account) prevents that, too.
/// - The link for the user's eyes ([`Links::link`]) works in any browser of this machine, any number
///   of times. The last browser that opened it can complete the login, and no other.
/// - Other requests do not end the login: those for another host (DNS rebinding), with another
///   method, from frames, or with a wrong `state`. They get a response, and cause no output
///   ([`on_error_without_state`](Self::on_error_without_state) is for the browser of the login only).
///
/// A browser on another machine cannot open the links. Show
/// [`Links::authorization_url`], and hand what the user pastes to [`Handle::reply`]. If such a
/// browser can return through a tunnel, see [`accept_own_user`](Self::accept_own_user).
///
/// There is one thread, the caller's, and few connections are kept: others can delay the login by
/// opening many, but do not end it.
#[must_use = "a loopback port receives callbacks only while it is asked"]
pub struct Loopback {
    port: Port,
    redirect_uri: RedirectUri,
    open: Open,
    tick: Tick,
    on_error_without_state: OnErrorWithoutState,
    time_limit: Duration,
    sender: Sender<Message>,
    messages: Receiver<Message>,
    /// Whether the last reply can be a denial.
    has_replied: bool,
    /// Whether a browser was to be opened.
    has_opened: bool,
    /// Whether the next question ends the login.
    opened_twice: bool,
    /// The authorization URL that was shown last.
    shown: String,
}

/// Settings.
impl Loopback {
    /// Listens on this port of 127.0.0.1. Port 0 means any free port.
    ///
    /// # Errors
    /// Those of binding the port, and of random bytes from the operating system.
    ///
    /// ```
    /// use gts_oauth_prompt::Loopback;
    ///
    /// let loopback = Loopback::bind(0)?;
    /// let redirect_uri = loopback.redirect_uri(&"example.org".parse()?);
    /// assert!(redirect_uri.as_str().starts_with("http://127.0.0.1:"));
    /// # Ok::<(), gts_oauth_core::BoxError>(())
    /// ```
    pub fn bind(port: u16) -> io::Result<Self> {
        let named = |error: io::Error| {
            io::Error::new(error.kind(), format!("cannot listen on 127.0.0.1:{port}: {error}"))
        };
        let port = Port::bind(port).map_err(named)?;
        let redirect_uri = format!("{}{CALLBACK_PATH}", port.origin()).parse();
        let (sender, messages) = mpsc::channel();
        Ok(Self {
            port,
            redirect_uri: redirect_uri.map_err(io::Error::other)?,
            open: Box::new(|links| {
                // The user can also open the link that was printed before the stream was closed.
                let _ = writeln!(io::stderr(), "{links}");
                Ok(())
            }),
            tick: Box::new(|_| {}),
            on_error_without_state: Box::new(|_| {}),
            time_limit: TIME_LIMIT,
            sender,
            messages,
            has_replied: false,
            has_opened: false,
            opened_twice: false,
            shown: String::new(),
        })
    }

    /// Listens where this login returns. If it has no port yet, or if that is taken by another
    /// program, listens on any free port, and has the login register an app with it. A login that
    /// waits for no browser any longer is unchanged.
    ///
    /// ```
    /// use gts_oauth_core::{BoxError, Login, Transport};
    /// use gts_oauth_prompt::Loopback;
    ///
    /// /// Runs a new login, or one that was read from storage.
    /// fn run(login: &mut Login, http: &dyn Transport) -> Result<(), BoxError> {
    ///     let mut loopback = Loopback::for_login(login)?;
    ///     let outcome = login.run(http, |step| loopback.ask(step));
    ///     loopback.done(outcome.as_ref());
    ///     outcome?;
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`bind`](Self::bind), and [`Error::Input`](gts_oauth_core::Error::Input) if the options of
    /// the login require another redirect URI.
    pub fn for_login(login: &mut Login) -> Result<Self, BoxError> {
        let earlier = login.pending().map(|pending| pending.redirect_uri().clone());
        let port = earlier.as_ref().and_then(RedirectUri::port);
        let bound = port.filter(|_| earlier.as_ref().is_some_and(is_loopback)).map(Self::bind);
        let loopback = match bound {
            Some(Ok(bound)) => bound,
            _ => Self::bind(0)?,
        };
        let returns_here =
            |uri: RedirectUri| is_loopback(&uri) && uri.port() == loopback.redirect_uri.port();
        let has_no_code = matches!(
            login.operation(),
            Operation::Discover | Operation::Register | Operation::Authorize
        );
        if has_no_code && !earlier.is_some_and(returns_here) {
            let registration = login.registration();
            let redirect_uri = loopback.redirect_uri(registration.instance());
            login.register_with(registration.clone().redirect_uri(redirect_uri))?;
        }
        Ok(loopback)
    }

    /// Sets the function that shows the [`Links`] and opens a browser. It is called when the user is
    /// asked, and must not wait for the browser. By default, the links are printed on standard
    /// error, and no browser is opened.
    ///
    /// An error of the function ends the login. The user can open [`Links::link`] themselves, so a
    /// browser that cannot be opened is no reason for that.
    ///
    /// ```no_run
    /// # mod webbrowser { pub fn open(_: &str) -> std::io::Result<()> { Ok(()) } }
    /// use gts_oauth_prompt::Loopback;
    ///
    /// let loopback = Loopback::bind(0)?.open_with(|links| {
    ///     eprintln!("{links}");
    ///     if let Some(link) = links.one_time_link() {
    ///         let _ = webbrowser::open(link);
    ///     }
    ///     Ok(())
    /// });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn open_with(
        mut self,
        open: impl FnMut(&Links<'_>) -> Result<(), BoxError> + Send + 'static,
    ) -> Self {
        self.open = Box::new(open);
        self
    }

    /// Sets a function that is called ten times a second while the browser is waited for, with the
    /// time that is left: for a countdown. It must not wait.
    ///
    /// ```
    /// use gts_oauth_prompt::Loopback;
    ///
    /// let loopback = Loopback::bind(0)?
    ///     .while_waiting(|left| eprint!("\rwaiting for your browser: {} s ", left.as_secs()));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn while_waiting(mut self, tick: impl FnMut(Duration) + Send + 'static) -> Self {
        self.tick = Box::new(tick);
        self
    }

    /// Sets a function that is called with the error code of a callback without a `state`, from the
    /// browser of the login. Pixelfed sends `invalid_scope` this way. Any web page in this browser can,
    /// too, so the login goes on. The function is called once for each code, and for at most three codes
    /// after each call of [`ask`](Self::ask). Show the user what to do if the server sent the error. The
    /// function must not wait.
    ///
    /// ```
    /// use gts_oauth_prompt::Loopback;
    ///
    /// let loopback = Loopback::bind(0)?.on_error_without_state(|code| {
    ///     eprintln!("A callback has the error {code}. If the server sent it, press Ctrl-C.");
    /// });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn on_error_without_state(mut self, report: impl FnMut(&str) + Send + 'static) -> Self {
        self.on_error_without_state = Box::new(report);
        self
    }

    /// Sets the time limit of each attempt, in place of five minutes.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use gts_oauth_prompt::Loopback;
    ///
    /// let loopback = Loopback::bind(0)?.time_limit(Duration::from_secs(60));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn time_limit(mut self, time_limit: Duration) -> Self {
        self.time_limit = time_limit;
        self
    }

    /// Sets what the page says in a browser that returns and has not opened the link. For a program
    /// that accepts what the user pastes, that is simpler than to open the link there.
    ///
    /// ```
    /// use gts_oauth_prompt::Loopback;
    ///
    /// let hint = "Copy the address of this page, and paste it into the terminal.";
    /// let loopback = Loopback::bind(0)?.hint(hint);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn hint(mut self, hint: &str) -> Self {
        self.port.set_hint(hint);
        self
    }

    /// Accepts callbacks without the cookie, too, if the system reports that their connection is this
    /// user's. Only Linux does.
    ///
    /// This is for a program that might open the URL on another machine, where the links lead
    /// nowhere: pass it [`Links::authorization_url`]. Its command line shows the `state` to all users
    /// of this machine, who cannot use it for a callback. But they could have something of this user's
    /// send it: a web page that they control in the user's browser, or a relay that the user runs on
    /// this machine and that they can connect to, such as `ssh -L` or `ssh -D`, the port forwarding of
    /// an editor, a local proxy or `socat`. The login would then end with their account, unless
    /// another one is expected
    /// ([`Login::expect_account`](gts_oauth_core::Login::expect_account)).
    ///
    /// ```
    /// use gts_oauth_prompt::Loopback;
    ///
    /// let loopback = Loopback::bind(0)?.accept_own_user();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn accept_own_user(mut self) -> Self {
        self.port.accept_own_user();
        self
    }

    /// The redirect URI to register with this instance. Each instance has its own, so that none
    /// obtains the code of another one ([`RedirectUri::for_instance`]).
    ///
    /// ```
    /// use gts_oauth_core::RegisterApp;
    /// use gts_oauth_prompt::Loopback;
    ///
    /// let loopback = Loopback::bind(0)?;
    /// let app = RegisterApp::new("example.org".parse()?, "my-bot")?;
    /// let redirect_uri = loopback.redirect_uri(app.instance());
    /// let app = app.redirect_uri(redirect_uri);
    /// # Ok::<(), gts_oauth_core::BoxError>(())
    /// ```
    pub fn redirect_uri(&self, instance: &Instance) -> RedirectUri {
        self.redirect_uri.for_instance(instance)
    }

    /// A handle for other threads, which can cancel the login or hand in a reply.
    pub fn handle(&self) -> Handle {
        Handle::new(self.sender.clone())
    }
}

/// A login.
impl Loopback {
    /// Shows the links, and waits for the callback: the prompt of
    /// [`Login::run`](gts_oauth_core::Login::run).
    ///
    /// The browser then waits for its page, until the next call or [`done`](Self::done).
    ///
    /// ```
    /// # use gts_oauth_core::{Error, Login, Transport};
    /// # use gts_oauth_prompt::Loopback;
    /// # fn run(login: &mut Login, http: &dyn Transport, mut loopback: Loopback) -> Result<(), Error> {
    /// let me = login.run(http, |step| loopback.ask(step))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`LoopbackError`] if the time limit has passed, the handle cancelled, the user denied access,
    /// or two browsers opened the one-time link. The login stays where it was, and can be run again.
    /// Also the error of the function that opens a browser.
    pub fn ask(&mut self, step: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        let has_replied = std::mem::take(&mut self.has_replied);
        if let Some(denial) = step.problem.filter(|_| has_replied).and_then(denial) {
            return Err(LoopbackError::Denied(denial).into());
        }
        if std::mem::take(&mut self.opened_twice) {
            return Err(LoopbackError::OpenedTwice.into());
        }
        if !self.is_returned_to(step.url) {
            return Err(LoopbackError::AnotherPort.into());
        }
        self.port.expect_callback_of(step.url, self.time_limit)?;
        let goes_on_in_browser = self.port.is_browser_waiting();
        if goes_on_in_browser {
            let reason = step.problem.map(problem_text);
            self.port
                .show_retry(reason.as_deref().unwrap_or("The server could not log you in."))?;
        }
        // After the problem of a browser that was opened, the user goes on there.
        let is_open = self.has_opened && step.problem.is_some();
        let one_time = match goes_on_in_browser || is_open {
            true => None,
            false => Some(self.port.new_one_time_link()?),
        };
        self.has_opened = true;
        let is_new = self.shown != step.url;
        step.url.clone_into(&mut self.shown);
        (self.open)(&Links { one_time, link: self.port.link(), is_new, step })?;
        let reply = match self.wait() {
            // The stranger knows the `state`. The next call ends the login.
            Err(error) if matches!(error.downcast_ref(), Some(LoopbackError::OpenedTwice)) => {
                self.opened_twice = true;
                UserReply::StartOver
            }
            waited => waited?,
        };
        self.has_replied = matches!(reply, UserReply::Callback(_) | UserReply::Pasted(_));
        Ok(reply)
    }

    /// Shows the result in the browser that waits for it: who is logged in, or the error. The port
    /// is closed shortly afterwards. Without it, the browser is shown that the login has stopped.
    ///
    /// ```
    /// use gts_oauth_prompt::Loopback;
    ///
    /// let loopback = Loopback::bind(0)?;
    /// let outcome: Result<&str, std::io::Error> = Ok("@alice@example.org");
    /// loopback.done(outcome);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn done(mut self, outcome: Result<impl Display, impl Display>) {
        match outcome {
            Ok(who) => self.port.close(Ok(&printable(&who.to_string()))),
            Err(error) => self.port.close(Err(&printable(&error.to_string()))),
        }
    }

    /// Whether the redirect URI of this authorization URL is at the port.
    fn is_returned_to(&self, url: &str) -> bool {
        let here = self.redirect_uri.as_str().replace(':', "%3A").replace('/', "%2F");
        url.contains(&format!("redirect_uri={here}"))
    }

    fn wait(&mut self) -> Result<UserReply, BoxError> {
        let start = Instant::now();
        let mut next_tick = Instant::now();
        let mut busy_until = Instant::now();
        loop {
            let served = self.port.serve()?;
            for code in &served.errors_without_state {
                (self.on_error_without_state)(code);
                // The next tick can print it.
                next_tick = Instant::now();
            }
            if let Some(callback) = served.callback {
                return Ok(UserReply::Callback(callback));
            }
            if served.progressed {
                busy_until = Instant::now() + BUSY;
            }
            let pause = match Instant::now() < busy_until {
                _ if served.progressed => Duration::ZERO,
                true => BUSY_POLL,
                false => POLL,
            };
            match self.messages.recv_timeout(pause) {
                Ok(Message::Reply(UserReply::Pasted(text))) => return Ok(self.pasted(text)),
                Ok(Message::Reply(reply)) => return Ok(reply),
                Ok(Message::Cancel) => return Err(LoopbackError::Cancelled.into()),
                Err(_) => {}
            }
            let now = Instant::now();
            let left = self.time_limit.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Err(LoopbackError::TimedOut(self.time_limit).into());
            }
            if now >= next_tick {
                next_tick = now + TICK;
                (self.tick)(left);
            }
        }
    }

    /// A code without its URL is accepted, as out of band: the user has pasted it themselves.
    fn pasted(&self, text: String) -> UserReply {
        let code = text.trim();
        let is_code = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        match code.len() >= MIN_CODE && code.bytes().all(is_code) {
            true => {
                let query = format!("code={code}&state={}", self.port.state());
                Callback::from_query(&query).map_or(UserReply::Pasted(text), UserReply::Callback)
            }
            false => UserReply::Pasted(text),
        }
    }
}

/// Whether a callback at this redirect URI is for a loopback port of this crate.
fn is_loopback(uri: &RedirectUri) -> bool {
    let rest = uri.as_str().strip_prefix("http://127.0.0.1:").unwrap_or_default();
    rest.find('/').is_some_and(|slash| is_callback(&rest[slash..]))
}

impl fmt::Debug for Loopback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loopback").field("redirect_uri", &self.redirect_uri).finish_non_exhaustive()
    }
}

//! Keeping a session valid with its refresh token (RFC 6749 section 6): before its token expires,
//! and after the server has rejected it.

use std::time::{Duration, SystemTime};

use http::{Method, Request, Response};
use serde::{Deserialize, Serialize};

use super::RefreshSession;
use crate::app::App;
use crate::error::{BoxError, Cause, Error, Operation};
use crate::exchange::Exchange;
use crate::session::{ApiResponse, Call, Session};
use crate::transport::{ReceivedAt, Transport};
use crate::types::Secret;
use crate::types::stored::{Stored, stored};
use crate::wire::drop_response;

/// A session that is renewed before its token expires, and after the server has rejected it.
///
/// ```
/// use std::time::SystemTime;
///
/// use gts_oauth_core::renewal::RenewingSession;
/// use gts_oauth_core::{BoxError, LoggedIn, Transport};
///
/// /// Reads the notifications, for months.
/// fn poll(mut me: LoggedIn, http: &dyn Transport) -> Result<(), BoxError> {
///     let mut session = RenewingSession::new(me.app.clone(), me.session.clone())?;
///     loop {
///         let call = session.current().get("/api/v1/notifications")?;
///         let response = session.send(&call, http, SystemTime::now(), |new, _old| {
///             me.session = new.clone();
///             // The guide replaces the file at once, so that a full disk loses no session.
///             Ok(std::fs::write("session.json", serde_json::to_string(&me)?)?)
///         })?;
///         let notifications: Vec<serde_json::Value> = response.json()?;
///         println!("{} notifications", notifications.len());
/// #       break Ok(());
///     }
/// }
/// ```
///
/// - **When.** A token is renewed if it expires within the [leeway](Self::leeway). The time is an
///   argument, by the clock of [`Session::expires_at`]. A new token is kept for at least half of its
///   lifetime, even if that is shorter than the leeway.
/// - **Stored first.** A new session is passed to the caller, who stores it, before it is used and
///   before the old one is dropped. If it cannot be stored, nothing is lost: the next try stores it.
/// - **Failures.** If a token cannot be renewed but has not expired, it is used, and
///   [`problem`](Self::problem) returns why; half of the remaining time later it is tried again. If
///   it has expired, the error is returned. [`SignIn`](crate::error::Remedy::SignIn) means that the
///   refresh token was rejected: the user must log in again.
/// - **No response.** The refresh token might be used up, and is sent again with the next try,
///   because the request can be lost as well as the response. A server that has used it up rejects
///   it then.
/// - **Without a refresh token** (GoToSocial), the session is used as it is.
///
/// It can be serialized between any two steps, with all its secrets. If several processes use one
/// session, only one of them is allowed to renew it: see
/// [the guide](crate::manual::guides::renewing#several-processes).
#[derive(Debug, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct RenewingSession {
    #[serde(with = "Stored")]
    app: App,
    #[serde(with = "Stored")]
    session: Session,
    /// Obtained, but not stored by the caller.
    #[serde(with = "Stored")]
    renewed: Option<Session>,
    leeway: Duration,
    /// Whether the server has rejected the token of `session`.
    token_rejected: bool,
    /// The time of the next try. Not stored: a new process can try at once.
    #[serde(skip)]
    paused_until: Option<SystemTime>,
    #[serde(skip)]
    problem: Option<Error>,
    /// Until when a rejection does not lead to a renewal, because the last one did not help.
    #[serde(skip)]
    rejected_until: Option<SystemTime>,
}

/// The next action of a [`RenewingSession`].
///
/// It is exhaustive: a loop over it has exactly these three cases.
#[expect(clippy::large_enum_variant, reason = "a step is matched at once and never stored")]
#[must_use = "a session is renewed only when its steps are carried out"]
pub enum RenewalStep<'a> {
    /// Send the request, and pass the response to [`RenewingSession::handle_response`], or the error
    /// to [`RenewingSession::handle_transport_error`].
    Send {
        /// What the request is for.
        operation: Operation,
        /// The request. It contains secrets.
        request: Request<Vec<u8>>,
    },
    /// Store the new session in place of the old one, then call [`RenewingSession::handle_stored`].
    Store {
        /// The new session.
        new: &'a Session,
        /// The one that it replaces. Its token might no longer be valid.
        old: &'a Session,
    },
    /// Use this session.
    Ready(&'a Session),
}

/// The time before expiry at which a token is renewed: enough for a request to a slow server.
const LEEWAY: Duration = Duration::from_secs(60);

/// How long a call whose token is rejected although it was renewed leads to no other renewal.
const PAUSE_AFTER_REJECTION: Duration = Duration::from_secs(60);

/// The shortest time between two tries.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);

impl RenewingSession {
    /// A session, and the app that obtained it.
    ///
    /// # Errors
    /// [`Error::Input`] if they are of different instances.
    pub fn new(app: App, session: Session) -> Result<Self, Error> {
        let renewing = Self {
            app,
            session,
            renewed: None,
            leeway: LEEWAY,
            token_rejected: false,
            paused_until: None,
            problem: None,
            rejected_until: None,
        };
        renewing.checked()
    }

    /// Sets how long before its expiry a token is renewed, in place of 60 seconds. A long leeway
    /// gives time to repair a renewal that fails.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use gts_oauth_core::{Error, LoggedIn, renewal::RenewingSession};
    ///
    /// /// Renews an hour early.
    /// fn renewing(me: &LoggedIn) -> Result<RenewingSession, Error> {
    ///     let session = RenewingSession::new(me.app.clone(), me.session.clone())?;
    ///     Ok(session.leeway(Duration::from_secs(3600)))
    /// }
    /// ```
    #[must_use = "this returns the session"]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// The session at present, which the caller has stored.
    pub fn current(&self) -> &Session {
        &self.session
    }

    /// The app: to revoke the token, or to log in again.
    ///
    /// ```
    /// use gts_oauth_core::{Entropy, Login, renewal::RenewingSession};
    ///
    /// fn log_in_again(session: &RenewingSession, entropy: Entropy) -> Login {
    ///     Login::with_app(session.app().clone(), entropy).allow_reregistration()
    /// }
    /// ```
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Why the last renewal failed, although the token is still used. `None` if it succeeded.
    ///
    /// ```
    /// use gts_oauth_core::renewal::RenewingSession;
    ///
    /// fn warn(session: &RenewingSession) {
    ///     if let Some(problem) = session.problem() {
    ///         eprintln!("The session will end: {problem}");
    ///     }
    /// }
    /// ```
    pub fn problem(&self) -> Option<&Error> {
        self.problem.as_ref()
    }

    /// Whether [`step`](Self::step) has something to do before the session is used.
    ///
    /// ```
    /// use std::time::SystemTime;
    ///
    /// use gts_oauth_core::renewal::RenewingSession;
    ///
    /// /// Whether to take the lock under which the session is renewed.
    /// fn needs_lock(session: &RenewingSession) -> bool {
    ///     session.is_due(SystemTime::now())
    /// }
    /// ```
    pub fn is_due(&self, now: SystemTime) -> bool {
        self.renewed.is_some() || self.must_refresh(now)
    }

    /// Sends a call with this session, with whichever token it was created. Renews the session
    /// before that, if it is due.
    ///
    /// If the server rejects the token, renews it and sends the call once more, whatever its method:
    /// a rejected request has no effect. If the new token is rejected, too, the token is not the
    /// reason: for a minute, a rejection is returned as it is. `store` stores the new session in place of the old one.
    ///
    /// # Errors
    /// As [`Call::send`](Exchange::send) and [`renew_if_due`](Self::renew_if_due), and
    /// [`Error::Input`] if the call is for another instance.
    pub fn send(
        &mut self,
        call: &Call,
        http: &dyn Transport,
        now: SystemTime,
        store: impl FnMut(&Session, &Session) -> Result<(), BoxError>,
    ) -> Result<ApiResponse, Error> {
        let sent = self.send_or_renew(call, http, now, store);
        sent.map_err(|error| error.without(&self.secrets()))
    }

    fn send_or_renew(
        &mut self,
        call: &Call,
        http: &dyn Transport,
        now: SystemTime,
        mut store: impl FnMut(&Session, &Session) -> Result<(), BoxError>,
    ) -> Result<ApiResponse, Error> {
        self.renew_if_due(http, now, &mut store)?;
        match call.signed_with(&self.session.0)?.send(http) {
            Ok(response) => Ok(response),
            Err(error) if self.rejected_until.is_some_and(|until| now < until) => Err(error),
            Err(error) => {
                self.check_rejection(error)?;
                self.token_rejected = true;
                self.renew_if_due(http, now, store)?;
                let again = call.signed_with(&self.session.0)?.send(http);
                let is_in_vain =
                    again.as_ref().is_err_and(|error| error.cause() == Cause::TokenRejected);
                let until = now.checked_add(PAUSE_AFTER_REJECTION);
                self.rejected_until = until.filter(|_| is_in_vain);
                again
            }
        }
    }

    /// Carries out all steps, and returns the session to use: for exchanges other than a [`Call`].
    /// `store` stores the new session in place of the old one.
    ///
    /// ```
    /// # use gts_oauth_core::{BoxError, Transport};
    /// use std::time::SystemTime;
    ///
    /// use gts_oauth_core::renewal::RenewingSession;
    ///
    /// fn tokens(session: &mut RenewingSession, http: &dyn Transport) -> Result<usize, BoxError> {
    ///     let store = |new: &_, _: &_| {
    ///         Ok(std::fs::write("session.json", serde_json::to_string(new)?)?)
    ///     };
    ///     let session = session.renew_if_due(http, SystemTime::now(), store)?;
    ///     Ok(session.tokens().all(http)?.len())
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`handle_response`](Self::handle_response) and
    /// [`handle_transport_error`](Self::handle_transport_error), and [`Error::Store`] with the error
    /// of `store`. The new session is not lost then: the next call stores it.
    pub fn renew_if_due(
        &mut self,
        http: &dyn Transport,
        now: SystemTime,
        mut store: impl FnMut(&Session, &Session) -> Result<(), BoxError>,
    ) -> Result<&Session, Error> {
        loop {
            match self.step(now) {
                RenewalStep::Send { request, .. } => match http.send(request) {
                    Ok(response) => {
                        let handled = self.handle_response(&response, now);
                        drop_response(response, Operation::RefreshSession);
                        handled?;
                    }
                    Err(error) => self.handle_transport_error(error, now)?,
                },
                RenewalStep::Store { new, old } => {
                    store(new, old).map_err(Error::Store)?;
                    self.handle_stored();
                }
                RenewalStep::Ready(_) => return Ok(&self.session),
            }
        }
    }
}

/// Step by step, with an HTTP stack of your own.
impl RenewingSession {
    /// Returns the next action. It changes nothing.
    ///
    /// ```
    /// # use gts_oauth_core::{BoxError, Error};
    /// # use http::{Request, Response};
    /// # async fn my_stack(_: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> { unimplemented!() }
    /// # async fn store(_: &Session) -> Result<(), BoxError> { Ok(()) }
    /// use std::time::SystemTime;
    ///
    /// use gts_oauth_core::Session;
    /// use gts_oauth_core::renewal::{RenewalStep, RenewingSession};
    ///
    /// async fn renew_if_due(session: &mut RenewingSession) -> Result<Session, BoxError> {
    ///     loop {
    ///         let now = SystemTime::now();
    ///         match session.step(now) {
    ///             RenewalStep::Send { request, .. } => match my_stack(request).await {
    ///                 Ok(response) => session.handle_response(&response, now)?,
    ///                 Err(error) => session.handle_transport_error(error, now)?,
    ///             },
    ///             RenewalStep::Store { new, .. } => {
    ///                 store(new).await?;
    ///                 session.handle_stored();
    ///             }
    ///             RenewalStep::Ready(session) => return Ok(session.clone()),
    ///         }
    ///     }
    /// }
    /// ```
    pub fn step(&self, now: SystemTime) -> RenewalStep<'_> {
        if let Some(new) = &self.renewed {
            return RenewalStep::Store { new, old: &self.session };
        }
        match self.refresh() {
            Ok(refresh) if self.must_refresh(now) => {
                RenewalStep::Send { operation: refresh.operation(), request: refresh.request() }
            }
            _ => RenewalStep::Ready(&self.session),
        }
    }

    /// Handles the response to the request of [`RenewalStep::Send`], received at this time. If its
    /// transport [reported another time](ReceivedAt), the expiry is counted from that.
    ///
    /// # Errors
    /// As [`Exchange::parse`] of [`RefreshSession`], if the token has expired or was rejected. The
    /// same request can be sent again, unless the [remedy](Error::remedy) is to sign in.
    /// [`Error::WrongStep`] if no request is outstanding.
    pub fn handle_response(
        &mut self,
        response: &Response<impl AsRef<[u8]>>,
        now: SystemTime,
    ) -> Result<(), Error> {
        match self.refresh()?.parse(response) {
            Ok(new) => {
                let new = match ReceivedAt::of(response) {
                    Some(_) => new,
                    None => new.received_at(now),
                };
                (self.token_rejected, self.problem) = (false, None);
                self.pause(now, new.expires_in());
                self.renewed = Some(new);
                Ok(())
            }
            Err(error) => self.not_renewed(error, now),
        }
    }

    /// Handles the transport's error for the request of [`RenewalStep::Send`]: no response was
    /// received.
    ///
    /// # Errors
    /// [`Error::Transport`] with that error, if the token has expired or was rejected.
    /// [`Error::WrongStep`] if no request is outstanding.
    pub fn handle_transport_error(
        &mut self,
        error: impl Into<BoxError>,
        now: SystemTime,
    ) -> Result<(), Error> {
        let refresh = self.refresh()?;
        let error = Error::transport_at(refresh.operation(), &Method::POST, &refresh.uri(), error);
        self.not_renewed(error, now)
    }

    /// Call this once the new session of [`RenewalStep::Store`] is stored: it replaces the old one.
    /// Does nothing at any other step.
    pub fn handle_stored(&mut self) {
        if let Some(new) = self.renewed.take() {
            self.session = new;
            self.token_rejected = false;
        }
    }

    /// Handles the error of a call that was sent with `used`, the session of
    /// [`RenewalStep::Ready`]. `Ok` means that the server has rejected the token: carry out the
    /// steps, and send the call *once* more.
    ///
    /// ```
    /// # use gts_oauth_core::{BoxError, Error};
    /// # use gts_oauth_core::renewal::RenewingSession;
    /// # use gts_oauth_core::session::ApiResponse;
    /// # async fn exchange<X: Exchange>(_: &X) -> Result<X::Output, Error> { unimplemented!() }
    /// # async fn renew_if_due(_: &mut RenewingSession) -> Result<Session, Error> { unimplemented!() }
    /// use gts_oauth_core::{Account, Exchange, Session};
    ///
    /// async fn verify(session: &mut RenewingSession) -> Result<Account, Error> {
    ///     let used = renew_if_due(session).await?; // as in the example of `step`
    ///     match exchange(&used.verify()).await {
    ///         Ok(account) => Ok(account),
    ///         Err(error) => {
    ///             session.handle_rejection(&used, error)?;
    ///             let renewed = renew_if_due(session).await?;
    ///             exchange(&renewed.verify()).await
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// The same error, if it has another cause, or if there is no refresh token.
    pub fn handle_rejection(&mut self, used: &Session, error: Error) -> Result<(), Error> {
        self.check_rejection(error)?;
        // Another thread might have renewed it since.
        self.token_rejected |= used.access_token() == self.session.access_token();
        Ok(())
    }

    /// Returns the error unless a new token would help.
    fn check_rejection(&self, error: Error) -> Result<(), Error> {
        match error.cause() {
            Cause::TokenRejected if self.session.refresh_token().is_some() => Ok(()),
            _ => Err(error),
        }
    }

    /// What a server can repeat in an error.
    fn secrets(&self) -> Vec<Secret> {
        let sessions = [&self.session].into_iter().chain(&self.renewed);
        self.app.held_secrets().into_iter().chain(sessions.flat_map(Session::secrets)).collect()
    }

    fn must_refresh(&self, now: SystemTime) -> bool {
        let is_paused = self.paused_until.is_some_and(|time| now < time);
        let expires_soon = || match (self.session.expires_at(), now.checked_add(self.leeway)) {
            (Some(expires_at), Some(soon)) => expires_at <= soon,
            (expires_at, _) => expires_at.is_some(),
        };
        let is_wanted = self.token_rejected || !is_paused && expires_soon();
        is_wanted && self.renewed.is_none() && self.session.refresh_token().is_some()
    }

    /// The refresh of the session.
    fn refresh(&self) -> Result<RefreshSession, Error> {
        match &self.renewed {
            None => self.app.refresh(&self.session).map_err(|_| NO_REQUEST),
            Some(_) => Err(NO_REQUEST),
        }
    }

    /// Keeps the error if the token works. A rejection counts once: it can depend on the call.
    fn not_renewed(&mut self, error: Error, now: SystemTime) -> Result<(), Error> {
        let expires_at = self.session.expires_at();
        let has_expired = expires_at.is_some_and(|expires_at| expires_at <= now);
        if std::mem::take(&mut self.token_rejected) || has_expired {
            return Err(error);
        }
        self.pause(now, expires_at.and_then(|expires_at| expires_at.duration_since(now).ok()));
        self.problem = Some(error);
        Ok(())
    }

    /// Waits for half of this time until the next try, however long the leeway is.
    fn pause(&mut self, now: SystemTime, time_left: Option<Duration>) {
        let pause = time_left.map(|time_left| (time_left / 2).max(SHORTEST_PAUSE));
        self.paused_until = pause.and_then(|pause| now.checked_add(pause));
    }

    fn checked(self) -> Result<Self, Error> {
        self.app.check_session(&self.session)?;
        self.renewed.iter().try_for_each(|new| self.app.check_session(new))?;
        Ok(self)
    }
}

const NO_REQUEST: Error = Error::WrongStep("unexpected response: no request is outstanding");

impl std::fmt::Debug for RenewalStep<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Send { .. } => "Send(..)",
            Self::Store { .. } => "Store(..)",
            Self::Ready(_) => "Ready(..)",
        })
    }
}

stored!(RenewingSession, RenewingSession::checked);

//! Renewing a session with its refresh token (RFC 6749 section 6).

use http::{Request, Response, Uri};

use crate::app::{App, post_token_request};
use crate::error::{Error, Operation};
use crate::exchange::Exchange;
use crate::session::Session;
use crate::types::Secret;

/// Exchanges a refresh token for a new session (RFC 6749 section 6). Made by [`App::refresh`].
///
/// The new session replaces the old one: the old token, and often the old refresh token, become
/// invalid. If the server issues no new refresh token, the old one is kept; if it reports no scopes,
/// they are unchanged. Store the new session before using it.
///
/// If no response was received, the refresh token might be used up. It can be sent again; if it is
/// rejected then, log in again.
#[derive(Clone, Debug)]
pub struct RefreshSession {
    app: App,
    session: Session,
    refresh_token: Secret,
}

impl App {
    /// Renews a session whose token has expired, or is about to. Only servers that issue refresh
    /// tokens support it.
    ///
    /// # Errors
    /// [`Error::Input`] if the session has no refresh token, or is of another instance.
    pub fn refresh(&self, session: &Session) -> Result<RefreshSession, Error> {
        self.check_session(session)?;
        let refresh_token = session.refresh_token().cloned();
        let fault =
            "no refresh token; this server does not issue them, or the session was made without";
        Ok(RefreshSession {
            app: self.clone(),
            session: session.clone(),
            refresh_token: refresh_token.ok_or_else(|| Error::input("session", fault))?,
        })
    }
}

impl RefreshSession {
    /// The URI of the request.
    pub(super) fn uri(&self) -> Uri {
        self.app.endpoint(|it| &it.token).uri()
    }
}

impl Exchange for RefreshSession {
    type Output = Session;

    fn operation(&self) -> Operation {
        Operation::RefreshSession
    }

    fn request(&self) -> Request<Vec<u8>> {
        post_token_request(&self.app, |form| {
            form.plain("grant_type", "refresh_token")
                .pair("refresh_token", self.refresh_token.expose())
                // No RFC requires it here; several servers do, for every grant.
                .pair("redirect_uri", self.app.redirect_uris()[0].as_str())
        })
    }

    fn parse(&self, response: &Response<impl AsRef<[u8]>>) -> Result<Session, Error> {
        let Self { app, session, refresh_token } = self;
        let secrets = [refresh_token.expose(), session.access_token().expose(), ""];
        let mut new = app.read_token(response, self.operation(), secrets, session.scopes())?;
        new.user_agent = session.0.user_agent.clone();
        new.token.refresh_token.get_or_insert_with(|| refresh_token.clone());
        Ok(Session(new))
    }
}

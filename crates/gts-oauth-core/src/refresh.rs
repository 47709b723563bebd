//! A refresh token for a new token.

use http::{Request, Response};

use crate::app::App;
use crate::client_auth;
use crate::error::{Endpoint, Error};
use crate::exchange::Exchange;
use crate::secret::Secret;
use crate::session::{Bearer, Session};
use crate::token::{self, Token};
use crate::wire::Answer;

/// Exchanges a refresh token for a new session (RFC 6749 §6). Made by [`App::refresh`].
///
/// The new session takes the old one's place: the old token, and often the old refresh token,
/// are no longer good. Where the server sends no new refresh token the old one is kept; where it
/// does not tell the scopes they are as they were. Store the new session before it is used.
///
/// After a lost answer nobody knows whether the refresh token was spent. It may be sent again; if
/// it is refused then, log in again.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    app: App,
    session: Session,
    refresh_token: Secret,
}

impl RefreshToken {
    pub(crate) fn new(app: &App, session: &Session) -> Result<Self, Error> {
        app.check(session)?;
        let refresh_token = session.refresh_token().cloned();
        let fault = "it has no refresh token: this server gives none, or it was made without";
        Ok(Self {
            app: app.clone(),
            session: session.clone(),
            refresh_token: refresh_token.ok_or_else(|| Error::input("session", fault))?,
        })
    }
}

impl Exchange for RefreshToken {
    type Output = Session;

    fn endpoint(&self) -> Endpoint {
        Endpoint::Refresh
    }

    fn request(&self) -> Request<Vec<u8>> {
        token::post(&self.app, |form| {
            form.plain("grant_type", "refresh_token")
                .pair("refresh_token", self.refresh_token.expose())
                // No RFC asks for it here; several servers do, whatever the grant.
                .pair("redirect_uri", self.app.redirect_uris()[0].as_str())
        })
    }

    fn parse(&self, answer: &Response<impl AsRef<[u8]>>) -> Result<Session, Error> {
        let pair = client_auth::pair(&self.app);
        let secrets = [
            self.app.client_secret().expose(),
            pair.expose(),
            self.refresh_token.expose(),
            self.session.access_token().expose(),
        ];
        let answer = Answer::new(answer, Endpoint::Refresh, &secrets);
        let mut token = Token::read(&answer, self.session.scopes())?;
        let kept = || self.refresh_token.clone();
        token.refresh_token.get_or_insert_with(kept);
        Ok(Session(Bearer {
            token,
            ..self.session.0.clone()
        }))
    }
}

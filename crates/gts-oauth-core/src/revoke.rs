//! `POST /oauth/revoke`: giving a token back.

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request, Response, StatusCode};
use serde::Serialize;

use crate::address::Address;
use crate::app::App;
use crate::client_auth;
use crate::error::{Endpoint, Error};
use crate::exchange::Exchange;
use crate::session::Session;
use crate::transport::Transport;
use crate::wire::{self, Answer, JSON};

/// Takes a token back (RFC 7009). Made by [`App::revoke`].
///
/// The token stands in the form and in the header: GoToSocial reads the one, Mitra wants the
/// other, and those that were tried mind neither.
///
/// A form is what RFC 7009 §2.1 asks for, and what GoToSocial alone reads. One server
/// (Iceshrimp.NET) finds the token only in JSON, and refuses the form as incomplete (400): then
/// [`send`](Exchange::send) sends it again [as JSON](Self::as_json), and so should whoever sends
/// by hand.
#[derive(Clone, Debug)]
pub struct RevokeToken {
    app: App,
    session: Session,
    as_json: bool,
}

/// What became of a token that was to be revoked.
#[derive(Debug)]
#[non_exhaustive]
pub enum Revocation {
    /// The server said yes. GoToSocial says so of unknown tokens too; to be sure, call
    /// [`Session::verify`] and expect a 401.
    Accepted,
    /// The server has no such endpoint (GoToSocial before 0.19, Pixelfed): forget the token
    /// here; the person can take the app out of the list in their settings.
    Unsupported,
    /// The server did not say yes (401, 403), for this reason: the token may live on.
    NotConfirmed(Error),
}

impl RevokeToken {
    pub(crate) fn new(app: &App, session: &Session) -> Result<Self, Error> {
        app.check(session)?;
        Ok(Self {
            app: app.clone(),
            session: session.clone(),
            as_json: false,
        })
    }

    /// The same in JSON.
    pub fn as_json(mut self) -> Self {
        self.as_json = true;
        self
    }

    fn json(&self) -> Request<Vec<u8>> {
        #[derive(Serialize)]
        struct Body<'a> {
            client_id: &'a str,
            client_secret: &'a str,
            token: &'a str,
        }
        let token = self.session.access_token();
        let body = Body {
            client_id: self.app.client_id(),
            client_secret: self.app.client_secret().expose(),
            token: token.expose(),
        };
        let Address { instance, path } = self.app.revocation_endpoint().clone();
        let user_agent = &self.session.0.user_agent;
        let mut request = wire::request(Method::POST, &instance, path, user_agent, Some(token));
        request.headers_mut().insert(CONTENT_TYPE, JSON);
        *request.body_mut() = serde_json::to_vec(&body).expect("texts are JSON");
        request
    }

    fn form(&self) -> Request<Vec<u8>> {
        let token = self.session.access_token();
        let address = self.app.revocation_endpoint();
        let user_agent = &self.session.0.user_agent;
        let mut request = client_auth::post(&self.app, address, user_agent, |form| {
            form.pair("token", token.expose())
        });
        let headers = request.headers_mut();
        headers
            .entry(AUTHORIZATION)
            .or_insert_with(|| wire::bearer(token));
        request
    }
}

impl Exchange for RevokeToken {
    type Output = Revocation;

    fn endpoint(&self) -> Endpoint {
        Endpoint::Revoke
    }

    fn request(&self) -> Request<Vec<u8>> {
        match self.as_json {
            true => self.json(),
            false => self.form(),
        }
    }

    fn parse(&self, answer: &Response<impl AsRef<[u8]>>) -> Result<Revocation, Error> {
        let pair = client_auth::pair(&self.app);
        let secrets = [
            self.app.client_secret().expose(),
            pair.expose(),
            self.session.access_token().expose(),
        ];
        let answer = Answer::new(answer, Endpoint::Revoke, &secrets);
        match (answer.good(), answer.status.as_u16()) {
            // What else the body says means nothing: `{}`, `[]`, or none at all.
            (Ok(()), _) => Ok(match answer.denial() {
                None => Revocation::Accepted,
                Some(error) => Revocation::NotConfirmed(error),
            }),
            (Err(_), 404 | 405 | 501) => Ok(Revocation::Unsupported),
            (Err(error), 401 | 403) => Ok(Revocation::NotConfirmed(error)),
            (Err(error), _) => Err(error),
        }
    }

    fn send(&self, http: &dyn Transport) -> Result<Revocation, Error> {
        let answer = http.send(self.request());
        let answer = answer.map_err(|error| Error::no_answer(Endpoint::Revoke, error))?;
        match self.parse(&answer) {
            Err(error) if !self.as_json && error.status() == Some(StatusCode::BAD_REQUEST) => {
                self.clone().as_json().send(http)
            }
            outcome => outcome,
        }
    }
}

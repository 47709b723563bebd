//! Revoking a token (`POST /oauth/revoke`, RFC 7009).

use http::header::AUTHORIZATION;
use http::{Method, Request, Response, StatusCode};
use serde::Serialize;

use crate::app::{App, basic_credentials, post_form};
use crate::error::{Cause, Error, Operation, UnexpectedReason};
use crate::exchange::Exchange;
use crate::session::Session;
use crate::transport::Transport;
use crate::types::Secret;
use crate::wire::{self, JSON, ResponseReader};

/// Revokes a token (RFC 7009). Made by [`App::revoke`].
///
/// The token is in the form and in the header: GoToSocial reads the one, Mitra the other, and the
/// other tested servers accept both.
///
/// A form is what RFC 7009 section 2.1 requires, and all that GoToSocial reads. One server
/// (Iceshrimp.NET) reads the token only from JSON, and rejects the form as incomplete (400). Then
/// [`send`](Exchange::send) sends it again [as JSON](Self::as_json); with your own HTTP stack, do
/// the same.
#[derive(Clone, Debug)]
pub struct RevokeToken {
    app: App,
    session: Session,
    as_json: bool,
}

/// The result of revoking a token.
///
/// It is `non_exhaustive` because later versions distinguish more results.
#[derive(Debug)]
#[non_exhaustive]
pub enum Revocation {
    /// The server accepted the request. GoToSocial also does so for unknown tokens; to be sure, send
    /// [`Session::check_token`].
    Accepted,
    /// The server does not have the endpoint (GoToSocial before 0.19, Pixelfed). Delete the token
    /// here; the user can remove the app in their settings.
    Unsupported,
    /// The server did not confirm it, with this error: another app's token, an unknown app or
    /// token, an error in a 200, or an HTML page. The token might still be valid: see [`Session::check_token`].
    NotConfirmed(Error),
}

impl App {
    /// Revokes a token that this app obtained.
    ///
    /// # Errors
    /// [`Error::Input`] if the session is of another instance: its token is not sent there.
    pub fn revoke(&self, session: &Session) -> Result<RevokeToken, Error> {
        self.check_session(session)?;
        Ok(RevokeToken { app: self.clone(), session: session.clone(), as_json: false })
    }
}

impl RevokeToken {
    /// The body in JSON, with its whole capacity from the beginning: growing would leave copies of the
    /// secrets in memory.
    fn json(&self) -> Vec<u8> {
        #[derive(Serialize)]
        struct Body<'a> {
            client_id: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            client_secret: Option<&'a str>,
            token: &'a str,
        }
        let body = Body {
            client_id: self.app.client_id(),
            client_secret: self.app.client_secret().map(Secret::expose),
            token: self.session.access_token().expose(),
        };
        let secret = body.client_secret.map_or(0, str::len);
        // `\u0000` is the longest form of a byte.
        let longest = 6 * (body.client_id.len() + secret + body.token.len());
        let mut json = Vec::with_capacity(longest + 64);
        serde_json::to_writer(&mut json, &body).expect("texts can be serialized");
        json
    }

    /// The same request in JSON.
    pub fn as_json(mut self) -> Self {
        self.as_json = true;
        self
    }
}

fn is_page(error: &Error) -> bool {
    use UnexpectedReason::{Html, NotJson};
    matches!(error, Error::UnexpectedResponse(it) if matches!(it.reason, Html | NotJson(..)))
}

impl Exchange for RevokeToken {
    type Output = Revocation;

    fn operation(&self) -> Operation {
        Operation::RevokeToken
    }

    fn request(&self) -> Request<Vec<u8>> {
        let token = self.session.access_token();
        let url = self.app.endpoint(|it| &it.revoke);
        let user_agent = &self.session.0.user_agent;
        let mut request = if self.as_json {
            wire::post(url, user_agent, JSON, self.json())
        } else {
            post_form(&self.app, url, user_agent, |form| form.pair("token", token.expose()))
        };
        let authorization = request.headers_mut().entry(AUTHORIZATION);
        authorization.or_insert_with(|| wire::authorization(token));
        request
    }

    fn parse(&self, response: &Response<impl AsRef<[u8]>>) -> Result<Revocation, Error> {
        let basic = basic_credentials(&self.app);
        let [token, refresh_token] = self.session.0.secrets();
        let secrets = self.app.secrets(basic.as_ref(), [token, refresh_token, ""]);
        let host = self.app.instance().authority();
        let response = ResponseReader::new(response, Operation::RevokeToken, host, &secrets);
        let Err(error) = response.require_success() else {
            // The rest of the body has no meaning: `{}`, `[]`, or nothing.
            let error = response.error_in_success();
            return Ok(error.map_or(Revocation::Accepted, Revocation::NotConfirmed));
        };
        match (error.cause(), response.status.as_u16()) {
            (Cause::NotApi, _) => Ok(Revocation::NotConfirmed(error)),
            // Not from the server's API.
            (_, 404 | 405 | 501) if is_page(&error) => Ok(Revocation::NotConfirmed(error)),
            (_, 404 | 405 | 501) => Ok(Revocation::Unsupported),
            (Cause::Forbidden | Cause::TokenRejected, _) => Ok(Revocation::NotConfirmed(error)),
            _ => Err(error),
        }
    }

    fn send(&self, http: &dyn Transport) -> Result<Revocation, Error> {
        let uri = self.app.endpoint(|it| &it.revoke).uri();
        let parsed = match http.send(self.request()) {
            Ok(response) => self.parse(&response),
            Err(error) => Err(Error::transport_at(self.operation(), &Method::POST, &uri, error)),
        };
        match parsed {
            Err(error) if !self.as_json && error.status() == Some(StatusCode::BAD_REQUEST) => {
                // The form is what most servers read, so its error says more.
                self.clone().as_json().send(http).map_err(|_| error)
            }
            outcome => outcome,
        }
    }
}

//! Client authentication (RFC 6749 section 2.3.1), and the client id of public clients (section
//! 3.2.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response};

use super::App;
use crate::error::{Error, Operation};
use crate::transport::ReceivedAt;
use crate::types::{EndpointUrl, Scopes, Secret, UserAgent};
use crate::wire::{self, Bearer, FORM, Form, ResponseReader, TokenResponse};

/// A request to the token endpoint.
pub(crate) fn post_token_request(app: &App, fill: impl FnOnce(Form) -> Form) -> Request<Vec<u8>> {
    let url = app.endpoint(|it| &it.token);
    post_form(app, url, &app.registration().user_agent, fill)
}

/// A form with the credentials of the app, for one of its endpoints.
///
/// The client id and secret are in the body: GoToSocial reads no `Authorization: Basic`, and other
/// servers reject both at once. Only if the metadata lists nothing else are they in the header.
pub(crate) fn post_form(
    app: &App,
    url: &EndpointUrl,
    user_agent: &UserAgent,
    fill: impl FnOnce(Form) -> Form,
) -> Request<Vec<u8>> {
    let form = Form::with_capacity(512);
    let Some(basic) = basic_credentials(app) else {
        let form = form.pair("client_id", app.client_id());
        let form = match app.client_secret() {
            Some(secret) => form.pair("client_secret", secret.expose()),
            None => form,
        };
        return wire::post(url, user_agent, FORM, fill(form).into_string());
    };
    let value = Secret::new(format!("Basic {}", basic.expose()));
    let mut header = HeaderValue::try_from(value.expose()).expect("base64 can stand in a header");
    header.set_sensitive(true);
    let mut request = wire::post(url, user_agent, FORM, fill(form).into_string());
    request.headers_mut().insert(AUTHORIZATION, header);
    request
}

/// The credentials as the header contains them, which servers can echo like any other secret. `None`
/// if they are in the body. Both parts are form-encoded first.
pub(crate) fn basic_credentials(app: &App) -> Option<Secret> {
    if !app.metadata()?.basic_only {
        return None;
    }
    let secret = app.client_secret()?;
    let secret = Secret::new(wire::encoded(secret.expose()));
    let pair = format!("{}:{}", wire::encoded(app.client_id()), secret.expose());
    let pair = Secret::new(pair);
    Some(Secret::new(STANDARD.encode(pair.expose())))
}

impl App {
    /// Reads a token response. Its errors repeat neither the app's own secrets nor `others`.
    pub(crate) fn read_token(
        &self,
        response: &Response<impl AsRef<[u8]>>,
        operation: Operation,
        others: [&str; 3],
        requested: &Scopes,
    ) -> Result<Bearer, Error> {
        let basic = basic_credentials(self);
        let secrets = self.secrets(basic.as_ref(), others);
        let host = self.instance().authority();
        let reader = ResponseReader::new(response, operation, host, &secrets);
        let mut token = TokenResponse::read(&reader, requested)?;
        if let Some(received_at) = ReceivedAt::of(response) {
            token.set_received_at(received_at.time());
        }
        let user_agent = self.registration().user_agent.clone();
        Ok(Bearer { instance: self.instance().clone(), user_agent, token })
    }

    /// The secrets that errors must not repeat: the app's own, and others of the request. Empty
    /// ones are ignored.
    pub(crate) fn secrets<'a>(
        &'a self,
        basic: Option<&'a Secret>,
        others: [&'a str; 3],
    ) -> [&'a str; 5] {
        let [a, b, c] = others;
        let text = |secret: Option<&'a Secret>| secret.map_or("", Secret::expose);
        [text(self.client_secret()), text(basic), a, b, c]
    }
}

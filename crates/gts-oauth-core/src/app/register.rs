//! App registration (`POST /api/v1/apps`): the request and its response.

use std::sync::Arc;

use http::{Request, Response};

use super::{App, RegisterApp, Registered};
use crate::discovery::Endpoints;
use crate::error::{Error, Operation, UnexpectedReason};
use crate::exchange::Exchange;
use crate::types::{EndpointUrl, RedirectUri, Scopes, Secret, snippet};
use crate::wire::{self, FORM, Form, ResponseReader, fields};

impl Exchange for RegisterApp {
    type Output = App;

    fn operation(&self) -> Operation {
        Operation::Register
    }

    fn request(&self) -> Request<Vec<u8>> {
        let uris: Vec<&str> = self.redirect_uris.iter().map(RedirectUri::as_str).collect();
        let mut form = Form::with_capacity(256)
            .pair("client_name", &self.name)
            .pair("redirect_uris", &uris.join("\n"))
            .words("scopes", self.scopes.iter().map(|scope| scope.as_str()));
        if let Some(website) = &self.website {
            form = form.pair("website", website);
        }
        // A token must not be sent: GoToSocial rejects one without `write:applications`.
        let url = EndpointUrl::new(&self.instance, "/api/v1/apps");
        wire::post(&url, &self.user_agent, FORM, form.into_string())
    }

    fn parse(&self, response: &Response<impl AsRef<[u8]>>) -> Result<App, Error> {
        fields::lenient_struct! {
            struct Body {
                client_id: Option<String> = fields::text,
                client_secret: Option<Secret> = fields::secret,
                redirect_uri: Vec<String> = fields::text_or_texts,
                redirect_uris: Vec<String> = fields::text_or_texts,
                scopes: Option<Scopes> = fields::scopes,
            }
        }
        let response =
            ResponseReader::new(response, Operation::Register, self.instance.authority(), &[]);
        let body: Body = response.object()?;
        let missing = |name| response.missing_field(name);
        let client_id = body.client_id.ok_or_else(|| missing("client_id"))?;
        let client_secret = body.client_secret.ok_or_else(|| missing("client_secret"))?;
        response.check_length("client_id", client_id.len())?;
        response.check_length("client_secret", client_secret.expose().len())?;
        let is_set = body.redirect_uris.iter().any(|uri| !uri.trim().is_empty());
        let echoed = if is_set { body.redirect_uris } else { body.redirect_uri };
        let redirect_uris = match_redirect_uris(&self.redirect_uris, &echoed).ok_or_else(|| {
            let echoed = snippet(&echoed.join(" "), &[client_secret.expose()]);
            let reason = UnexpectedReason::OtherRedirectUri(echoed.unwrap_or_default());
            response.unexpected(reason, None)
        })?;
        let registered = body.scopes.unwrap_or_else(|| self.scopes.clone());
        let scopes = registered.limited_to(&self.scopes);
        let app = App(Arc::new(Registered {
            registration: self.clone(),
            redirect_uris,
            scopes,
            client_id,
            client_secret: Some(client_secret),
            endpoints: Endpoints::default(),
        }));
        app.checked()
    }
}

/// The maximum number of redirect URIs that are compared with each requested one.
const MAX_ECHOED: usize = 1000;

/// The requested redirect URIs as the server spells them, because it compares them byte for byte.
/// `None` if the server did not register one of them. A server that echoes none registered all.
fn match_redirect_uris(requested: &[RedirectUri], echoed: &[String]) -> Option<Vec<RedirectUri>> {
    let words = || echoed.iter().flat_map(|text| text.split_whitespace()).take(MAX_ECHOED);
    if words().next().is_none() {
        return Some(requested.to_vec());
    }
    // Pixelfed joins several with commas, which are allowed inside one, too.
    let parts = || words().flat_map(|word| word.split(',')).take(MAX_ECHOED);
    let spelled = |uri: &RedirectUri| {
        let same = |echo: &&str| uri.is_same_as(echo);
        let echo = words().find(same).or_else(|| parts().find(same))?;
        if echo == uri.as_str() { Some(uri.clone()) } else { echo.parse().ok() }
    };
    requested.iter().map(spelled).collect()
}

//! How an app proves to a server that it is itself (RFC 6749 §2.3.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request};
use zeroize::Zeroize as _;

use crate::address::Address;
use crate::app::App;
use crate::metadata::Metadata;
use crate::secret::Secret;
use crate::user_agent::UserAgent;
use crate::wire::{self, Form};

/// A form in the app's name, for one of its endpoints. Its id and secret stand in the body:
/// GoToSocial reads no `Authorization: Basic`, and two ways at once are refused by others. Only
/// a server whose metadata says that it takes nothing else is sent the header.
pub(crate) fn post(
    app: &App,
    address: &Address,
    user_agent: &UserAgent,
    fill: impl FnOnce(Form) -> Form,
) -> Request<Vec<u8>> {
    let form = Form::with_capacity(512);
    if !app.metadata().is_some_and(Metadata::basic_only) {
        let form = form
            .pair("client_id", app.client_id())
            .pair("client_secret", app.client_secret().expose());
        return wire::post(address, user_agent, fill(form));
    }
    let mut request = wire::post(address, user_agent, fill(form));
    request.headers_mut().insert(AUTHORIZATION, basic(app));
    request
}

fn basic(app: &App) -> HeaderValue {
    let mut value = format!("Basic {}", pair(app).expose());
    let mut header = HeaderValue::try_from(&value).expect("base64 can stand in a header");
    header.set_sensitive(true);
    value.zeroize();
    header
}

/// The app's id and secret as the header has them, which servers may echo like any other secret;
/// empty where they stand in the body. Both parts are encoded as in a form, before anything else
/// is done to them.
pub(crate) fn pair(app: &App) -> Secret {
    if !app.metadata().is_some_and(Metadata::basic_only) {
        return Secret::new(String::new());
    }
    let mut pair = wire::encoded(app.client_id());
    pair.push(':');
    pair.push_str(&wire::encoded(app.client_secret().expose()));
    let encoded = STANDARD.encode(&pair);
    pair.zeroize();
    Secret::new(encoded)
}

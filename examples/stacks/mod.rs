//! Transports over several HTTP clients, each in its own file: how to configure a client so that it
//! does what a [`Transport`] must.
//!
//! ```text
//! cargo run --example stack_ureq              # also _isahc, _curl, _attohttpc, _std, _async
//! cargo run --example stack_curl -- INSTANCE
//! ```
//!
//! Most take the time limit of one request, the certificate authorities to trust, in DER, and the
//! URL of a proxy. An empty list means the authorities of the system.

use gts_oauth_core::http::Response;
use gts_oauth_core::http::header::CONTENT_ENCODING;
use gts_oauth_core::{Account, BoxError, Exchange as _, Login, RegisterApp, Session, Transport};
use gts_oauth_ureq::entropy;

use crate::Setup;

pub mod attohttpc;
pub mod curl;
pub mod isahc;
pub mod reqwest;
pub mod std_net;
pub mod ureq;

/// For stacks that do not decompress: an error if a server compressed the body unasked.
fn uncompressed(response: Response<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
    match response.headers().get(CONTENT_ENCODING) {
        Some(coding) if coding != "identity" && !response.body().is_empty() => {
            Err(format!("the response is compressed ({coding:?})").into())
        }
        _ => Ok(response),
    }
}

/// Logs in with this transport, prints the account and its notifications, and revokes the token.
///
/// # Errors
/// As [`Login::run`], and if one of the other requests fails.
pub fn log_in(http: &dyn Transport) -> Result<(), BoxError> {
    let setup = Setup::from_args()?;
    let app = RegisterApp::new(setup.instance(), "example stack")?;
    let mut login = Login::new(app, entropy()?);
    let me = login.run(http, |step| setup.ask(step))?;
    let call = me.session.get("/api/v1/notifications")?;
    let notifications: Vec<serde_json::Value> = call.send(http)?.json()?;
    print(me.account.as_ref(), &me.session, &notifications);
    me.app.revoke(&me.session)?.send(http)?;
    Ok(())
}

/// Prints the account and its notifications.
pub fn print(account: Option<&Account>, session: &Session, notifications: &[serde_json::Value]) {
    let name = account.map_or("unknown", Account::username);
    println!("@{name} logged in to {}", session.instance());
    for notification in notifications {
        let from = &notification["account"]["username"];
        println!("{} from {from}", notification["type"]);
    }
}

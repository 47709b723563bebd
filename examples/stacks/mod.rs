//! Transports over HTTP stacks of every kind, each in a file of its own: what it takes to tell a
//! stack what a [`Transport`] owes.
//!
//! ```text
//! cargo run --example stack_ureq              # also _isahc, _curl, _attohttpc, _std, _async
//! cargo run --example stack_curl -- INSTANCE
//! ```
//!
//! All are made with the time that one request may take, and with the certificate authorities
//! to trust, in DER: none for those that the system trusts.

use gts_oauth_core::{Account, BoxError, Exchange as _, Login, RegisterApp, Session, Transport};
use gts_oauth_ureq::entropy;

use crate::Stage;

pub mod attohttpc;
pub mod curl;
pub mod isahc;
pub mod reqwest;
pub mod std_net;
pub mod ureq;

/// Logs in with this transport, prints who logged in and what there is to read, and gives the
/// token back.
///
/// # Errors
/// As [`Login::run`]; if the notifications do not come, or nobody takes the token back.
pub fn log_in(http: &dyn Transport) -> Result<(), BoxError> {
    let stage = Stage::from_args()?;
    let register = RegisterApp::new(stage.instance(), "example stack")?;
    let mut login = Login::new(register, entropy()?);
    let me = login.run(http, |ask| stage.ask(ask))?;
    let call = me.session.get("/api/v1/notifications")?;
    let notifications: Vec<serde_json::Value> = call.send(http)?.json()?;
    print(me.account.as_ref(), &me.session, &notifications);
    me.app.revoke(&me.session)?.send(http)?;
    Ok(())
}

/// Prints who logged in and what there is to read.
pub fn print(account: Option<&Account>, session: &Session, notifications: &[serde_json::Value]) {
    let name = account.map_or("somebody", Account::username);
    println!("@{name} logged in to {}", session.instance());
    for notification in notifications {
        let from = &notification["account"]["username"];
        println!("{} from {from}", notification["type"]);
    }
}

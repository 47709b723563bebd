//! OAuth login for GoToSocial and every server that speaks the Mastodon API: from "my instance is
//! example.org" to a verified account and authenticated calls.
//!
//! | you | crate | guide |
//! |---|---|---|
//! | write a program for its own user | `gts-oauth-ureq`,<br>`gts-oauth-prompt` | [desktop](manual::guides::desktop), [headless machine](manual::guides::headless), [progress and cancelling](manual::guides::progress) |
//! | run a web back end | `gts-oauth-ureq` | [web back end](manual::guides::web_backend) |
//! | have your own HTTP stack | this one, sync or async | [own stack](manual::guides::own_stack) |
//! | keep a session for months | any | [renewing](manual::guides::renewing) |
//! | test your own login code | `gts-oauth-fake` | [testing](manual::guides::testing) |
//! | move from another crate | any | [from `oauth2`](manual::guides::from_oauth2), [from `megalodon`](manual::guides::from_megalodon) |
//! | search for the cause of an error | any | [why did my login fail?](manual::guides::failed_login) |
//! | want a token at a shell | `gts-oauth-cli` | `gts-oauth help` |
//!
//! With a [`Transport`] and a way to ask the user, a [`Login`] does all of it, [step by step](login):
//!
//! ```
//! use gts_oauth_core::{BoxError, Entropy, Login, RegisterApp, Session, Transport, UserReply};
//!
//! fn log_in(
//!     http: &dyn Transport,
//!     ask: impl Fn(&str) -> Result<UserReply, BoxError>,
//!     entropy: Entropy,
//! ) -> Result<Session, BoxError> {
//!     let app = RegisterApp::new("example.org".parse()?, "my-bot")?;
//!     let mut login = Login::new(app, entropy);
//!     let me = login.run(http, |step| ask(step.url))?;
//!     Ok(me.session.clone())
//! }
//! ```
//!
//! Everything that sends a request is an [`Exchange`]. Each type is obtained from the one on its
//! left, or from a validating constructor ([`App::from_credentials`], [`Session::from_token`]):
//!
//! ```text
//! RegisterApp ─▶ App ─▶ PendingAuthorization ─▶ ExchangeCode ─▶ Session
//!                                                                  │
//!   Call, Pages, VerifyCredentials, RefreshSession, RevokeToken ◀──┘
//! ```
//!
//! This crate is the protocol and nothing else: no IO, no clock, no randomness, no threads, no
//! global state, no `unsafe`. It creates [`http::Request`]s and reads [`http::Response`]s. Sending
//! them is up to you, or to an adapter (`gts-oauth-ureq`, `gts-oauth-isahc`): any closure from
//! request to response is a [`Transport`].

pub mod app;
pub mod authorization;
pub mod discovery;
pub mod error;
mod exchange;
pub mod login;
pub mod manual;
pub mod renewal;
pub mod session;
mod time;
pub mod transport;
pub mod types;
mod wire;

pub use app::{App, RegisterApp};
pub use authorization::{AuthorizeOptions, Callback, PendingAuthorization};
pub use error::{BoxError, Error};
pub use exchange::Exchange;
pub use login::{AuthorizeStep, Driver, LoggedIn, Login, Step, UserReply};
pub use session::{Account, ExpectedAccount, Session};
pub use transport::Transport;
pub use types::{Entropy, Instance, RedirectUri, Scopes, Secret};

pub use http;

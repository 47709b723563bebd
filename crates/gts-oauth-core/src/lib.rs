//! OAuth login for GoToSocial and every server that speaks the Mastodon API: from "my instance is
//! example.org" to a verified account and authenticated calls.
//!
//! # Contract
//!
//! This crate is the protocol and nothing else: no IO, no clock, no randomness, no threads, no
//! global state, no `unsafe`. It creates [`http::Request`]s and reads [`http::Response`]s. Sending
//! them is up to you, or to an adapter (`gts-oauth-ureq`, `gts-oauth-isahc`): any closure from
//! request to response is a [`Transport`].
//!
//! # Layout
//!
//! | module | contents |
//! |---|---|
//! | [`login`] | [`Login`], the state machine of a whole login |
//! | [`authorization`] | the URL to open, the callback or code, its exchange |
//! | [`renewal`] | keeping a session valid, revoking tokens, tokens of the app itself |
//! | [`app`] | registering an app |
//! | [`session`] | a user's token, the account, any call to the API |
//! | [`discovery`] | the API host, software and metadata of a server |
//! | [`transport`] | what an HTTP stack must do |
//! | [`error`] | errors, by who caused them |
//! | [`types`] | instances, scopes, redirect URIs, secrets, rate limits |
//! | [`manual`] | guides, how servers differ, and what the RFCs require |
//!
//! Everything that sends a request is an [`Exchange`]: one request, and how to read its response.
//! Each type is obtained from the one on its left, or from a validating constructor
//! ([`App::from_credentials`], [`Session::from_token`]):
//!
//! ```text
//! RegisterApp ─▶ App ─▶ PendingAuthorization ─▶ ExchangeCode ─▶ Session
//!                                                                  │
//!   Call, Pages, VerifyCredentials, RefreshSession, RevokeToken ◀──┘
//! ```
//!
//! # Flow
//!
//! [`Login`] does all of it as one value that can be stored between any two steps:
//!
//! | stage | sends | success | error response | no response, 429, 5xx, HTML |
//! |---|---|---|---|---|
//! | discover | nodeinfo, WebFinger, metadata | *register* | *register*: nothing is known | stays |
//! | register | `POST /api/v1/apps` | *authorize* | stays | stays |
//! | authorize | (the user opens a URL) | *exchange* | new attempt, if it has our `state` | |
//! | exchange | `POST /oauth/token` | *verify* | *authorize*, or *register* once | stays |
//! | verify | `GET …/verify_credentials` | *done* | missing scope: *done* without account; rejected token: stays once, then *authorize*; else stays | stays |
//!
//! - Discovery is optional ([`Login::skip_discovery`]). Metadata with a foreign issuer or endpoint
//!   is ignored, and the [reason](discovery::Discovery::ignored_metadata) kept.
//! - Out of band, a rejected code leads back to the same attempt, so that a mistyped code can be
//!   typed again; by redirect, to a new one. An unknown app is registered again, once, where
//!   [allowed](Login::allow_reregistration).
//! - A server that has just issued a token might not accept it yet. The first rejection
//!   is an error ([`NewTokenRejected`](error::Cause::NewTokenRejected)), and the token is verified again; a
//!   second rejection starts a new attempt.
//! - Another account than the [expected](Login::expect_account) one leads back to *authorize*,
//!   with `force_login`.
//! - If no response was received, the same code is sent again. This departs from RFC 6749
//!   section 4.1.2 on purpose: a lost request cannot be distinguished from a lost response, and a server
//!   that has seen the code rejects it.
//!
//! # Example
//!
//! ```
//! use gts_oauth_core::{BoxError, Entropy, Login, RegisterApp, Transport, UserReply};
//!
//! fn log_in(
//!     http: &dyn Transport,
//!     ask: impl Fn(&str) -> Result<UserReply, BoxError>,
//!     entropy: Entropy,
//! ) -> Result<(), BoxError> {
//!     let app = RegisterApp::new("example.org".parse()?, "my-bot")?;
//!     let mut login = Login::new(app, entropy);
//!     let me = login.run(http, |step| ask(step.url))?;
//!     println!("a token for {}", me.session.instance());
//!     Ok(())
//! }
//! ```
//!
//! Or exchange by exchange:
//!
//! ```
//! use gts_oauth_core::{AuthorizeOptions, BoxError, Entropy, Exchange, RegisterApp};
//! # use http::{Request, Response};
//! # // A server of canned responses.
//! # fn my_stack(request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
//! #     let body = match request.uri().path() {
//! #         "/api/v1/apps" => r#"{"client_id":"01ST88WW","client_secret":"63688859"}"#,
//! #         "/oauth/token" => r#"{"access_token":"M2I1M2Y3","token_type":"Bearer","scope":"read"}"#,
//! #         _ => r#"{"id":"015JSQDQ","username":"alice","acct":"alice"}"#,
//! #     };
//! #     Ok(Response::new(body.into()))
//! # }
//! # fn random(bytes: &mut [u8]) -> Result<(), BoxError> { bytes.fill(7); Ok(()) }
//! # fn ask(url: &str) -> String { assert!(url.starts_with("https://example.org/oauth/authorize?")); "MJG4YJRK".into() }
//!
//! let register = RegisterApp::new("example.org".parse()?, "my-bot")?;
//! let app = register.parse(&my_stack(register.request())?)?;
//!
//! let options = AuthorizeOptions::new();
//! let pending = app.authorize(options, Entropy::from_fn(random)?)?;
//! let exchange = pending.code_from_text(&ask(pending.url()))?;
//! let session = exchange.parse(&my_stack(exchange.request())?)?;
//!
//! let verify = session.verify();
//! let account = verify.parse(&my_stack(verify.request())?)?;
//! assert_eq!(account.username(), "alice");
//! # Ok::<(), BoxError>(())
//! ```
//!
//! Guides, and programs to copy, which are in the repository:
//!
//! | you | guide | example |
//! |---|---|---|
//! | write a synchronous program | [desktop](manual::guides::desktop), [headless machine](manual::guides::headless), [progress and cancelling](manual::guides::progress), [renewing](manual::guides::renewing) | `examples/embed.rs`, `examples/bot.rs`, `examples/text_ui.rs` |
//! | have an HTTP stack of your own | [own stack](manual::guides::own_stack) | `examples/stacks/async_loop.rs`, `examples/stacks/post_only.rs` |
//! | test your own login code | [testing](manual::guides::testing) | `examples/test_your_bot` |
//! | run a web back end | [web back end](manual::guides::web_backend) | `examples/web_backend` |
//!
//! # Errors
//!
//! [`Error`] is sorted by who caused it. Its `Display` says what failed, why, and what to do; print
//! it to your users. Programs read the same from [`Error::cause`] and [`Error::remedy`], which know
//! how servers differ: a rejected token can be a 400, 401, 403, 422 or 500, and a 403 can mean four
//! things. An error leaves the login where a next step works, and loses nothing that was obtained.
//! A web back end responds with [`Error::http_status`].
//!
//! # Secrets
//!
//! [`Secret`]s print as `Secret(..)`, are wiped when dropped, and compare in constant time. No
//! `Debug`, `Display` or `source` of this crate contains one. Requests do: print their method and
//! path, never their `Debug`. Serialized values contain their secrets, too.
//!
//! # What is left out
//!
//! The password grant (RFC 9700 section 2.4), the implicit grant (section 2.1.2), PKCE `plain`,
//! bearer tokens in URLs, redirects except in discovery, cookies. Also `resource` (RFC 8707),
//! OpenID Connect and dynamic registration (RFC 7591), which no known server reads.

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

//! The user's authorization: the URL to open, the callback or code, and its exchange for a token.
//!
//! A [`Login`](crate::Login) does all of it. Exchange by exchange, without one:
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

mod callback;
mod exchange_code;
mod options;
mod pending;
mod pkce;
mod text;

pub use callback::Callback;
pub use exchange_code::ExchangeCode;
pub use options::AuthorizeOptions;
pub use pending::PendingAuthorization;
pub(crate) use pkce::{Attempts, sha256};
pub(crate) use text::read_text;

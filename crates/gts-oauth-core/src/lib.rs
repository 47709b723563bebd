//! OAuth login for GoToSocial, and for every server that speaks the Mastodon API: from "my
//! instance is example.org" to a verified account and authenticated calls.
//!
//! # The contract
//!
//! This crate is the protocol and nothing else. It does no IO, reads no clock, draws no
//! randomness, starts no thread, keeps no global state and has no `unsafe`. It makes
//! [`http::Request`]s and reads [`http::Response`]s; what lies between is yours, or an
//! adapter's (`gts-oauth-ureq`). What a [`Transport`] owes is written there.
//!
//! # The flow
//!
//! ```text
//!  Discover ─ ─▶ RegisterApp ──▶ App ──▶ PendingLogin ──▶ ExchangeCode ──▶ Session ──▶ VerifyCredentials ──▶ Account
//!  (exchanges,    (exchange)              (a person, at     (exchange)          │          (exchange)
//!   if wished)                             an address)                          ├──▶ Call ──▶ Reply, page by page
//!                                                                               ├──▶ RefreshToken ──▶ Session
//!                                                                               └──▶ RevokeToken ──▶ Revocation
//! ```
//!
//! Every arrow is a value. What stands right of one can be had only through it (or by a checked
//! constructor from what its owner already holds: [`App::from_credentials`],
//! [`Session::from_token`]): no [`PendingLogin`] without an [`App`], no [`Session`] without a
//! token. Those that send something are [`Exchange`]s, one request each and how to read its answer.
//!
//! ```
//! use gts_oauth_core::{BoxError, Entropy, Exchange, RegisterApp};
//! # use http::{Request, Response};
//! # // A server of canned answers.
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
//! // By hand: each exchange is sent with a stack of one's own.
//! let register = RegisterApp::new("example.org".parse()?, "my-bot")?;
//! let app = register.parse(&my_stack(register.request())?)?;
//!
//! let pending = app.authorize(Entropy::from_fn(random)?).start();
//! let exchange = pending.pasted(&ask(pending.url()))?;
//! let session = exchange.parse(&my_stack(exchange.request())?)?;
//!
//! let verify = session.verify();
//! let account = verify.parse(&my_stack(verify.request())?)?;
//! assert_eq!(account.username(), "alice");
//! # Ok::<(), BoxError>(())
//! ```
//!
//! [`Login`] is the same as one value that can be stored anywhere between two steps, and that
//! knows what to do when something goes wrong:
//!
//! | at | asks for | good answer | refused | no answer, 429, 5xx, a web page |
//! |---|---|---|---|---|
//! | discover, if [wished](Login::discover) | `nodeinfo`, then RFC 8414 metadata | *register*, at the host that was found | *register*: nothing known is an answer, and so is a web page. Metadata with a foreign issuer or endpoint is ignored whole, the [reason kept](Discovery::ignored) | stays; [`Login::skip_discovery`] goes on with what is known. A web page with a good status is an answer |
//! | register | `POST /api/v1/apps` | *authorize*; the reply is compared with what was asked | stays; [`Login::register_with`] changes what is asked | stays |
//! | authorize | a person at an address | *exchange* | a fresh attempt, if the error bears our `state`; with `force_login`, if a token came in place of a code | |
//! | exchange | `POST /oauth/token` | *verify* | *authorize*: the same attempt out of band, where a mistyped code can be typed again; a fresh one by redirect. `invalid_client`, or 401 without a word: *register*, once, where the login may | stays, and the same request goes again |
//! | verify | `GET /api/v1/accounts/verify_credentials` | *done*; another account than expected: *authorize*, with `force_login` | 403: *done* without an account, or an error where one was expected | stays, as on 400, 401, 404 and 422; the session is readable |
//!
//! To send a code again after a lost answer departs from RFC 6749 §4.1.2 ("MUST NOT use more
//! than once") on purpose: nobody can tell a lost request from a lost answer, and a server that
//! saw the code before refuses it, which leads back to *authorize*.
//!
//! How servers differ, and what is done about it, stands in the [manual](manual::traps), with the
//! test that shows it; and so does what the [RFCs](manual::rfcs) ask of a client.
//!
//! # Where it departs from the first design
//!
//! - [`Login::run`] takes a closure that asks; whoever also keeps the login, or waits for a busy
//!   server, is a [`Driver`]. Core never waits: the driver is told for how long.
//! - A code that is refused out of band leads back to the same attempt, at an address with
//!   `force_login`: Akkoma would show whoever is signed in the same wrong code again.
//! - [`Discover`] is one exchange that becomes the next: redirects make the number of requests
//!   unknown beforehand.
//! - Metadata's endpoints are used, which must be on the server's own origin or an allowed one.
//! - Addresses are `&str`, not `Url`: they are opened or printed, and parsing what was just
//!   written costs more than writing it.
//! - [`RegisterApp::new`] checks its name, so it can fail; [`Login::restart`] and its like fail
//!   on a finished login, whose seed is wiped.
//! - [`Exchange`] tells its [`Endpoint`], so that an error can say what got no answer.
//! - SHA-256 and HMAC come from `hmac-sha256`, one crate without dependencies, in place of
//!   eleven.
//!
//! # Secrets
//!
//! [`Secret`]s print as `Secret(..)`, wipe themselves and compare in constant time. No `Debug`,
//! `Display` or `source` of this crate shows one. Requests hold them: print a request by method
//! and path, never with its own `Debug`, which shows body and query. Everything that serialises
//! holds its secrets in clear.
//!
//! # What it costs
//!
//! From having an app to having a session (the address with PKCE, the token request, reading its
//! answer): at most 15 allocations, which `tests/budget.rs` counts; 19,500 instructions with a
//! pasted code and 20,700 with a redirect, 1,500 of them for reading the callback, as
//! `examples/cost.rs` counts them on x86-64 and says how. 48 crates under this one.
//!
//! # What is left out
//!
//! The password grant (RFC 9700 §2.4) and the implicit grant (§2.1.2); PKCE `plain`; bearer
//! tokens in URLs; redirects, but for those of discovery; cookies; `resource` (RFC 8707), OpenID
//! Connect and dynamic registration (RFC 7591), which no server here reads.

mod account;
mod address;
mod api;
mod app;
mod authorize;
mod callback;
mod client_auth;
mod client_credentials;
mod discover;
mod discover_steps;
mod discovery;
mod driver;
mod entropy;
mod error;
mod exchange;
mod exchange_code;
mod expected;
mod instance;
mod issued;
mod limits;
mod logged_in;
mod login;
mod login_value;
pub mod manual;
mod message;
mod metadata;
mod nodeinfo;
mod paste;
mod pending;
mod redirect;
mod redirect_echo;
mod refresh;
mod register;
mod revoke;
mod run;
mod scope;
mod scrub;
mod secret;
mod session;
mod stored;
mod stored_login;
mod taken;
mod text;
mod token;
mod transport;
mod typed;
mod user_agent;
mod wire;

pub use account::{Account, VerifyCredentials};
pub use api::{Call, Reply};
pub use app::App;
pub use authorize::Authorize;
pub use callback::{Callback, Parameter, RedirectFault};
pub use client_credentials::{AppToken, ClientCredentials};
pub use discover::{Discover, Discovered};
pub use discovery::{Discovery, Software};
pub use driver::{Ask, Driver, StartOver};
pub use entropy::Entropy;
pub use error::{
    BoxError, Busy, Endpoint, Error, InputError, Refused, TooLong, Unexpected, Why, WrongAccount,
};
pub use exchange::Exchange;
pub use exchange_code::ExchangeCode;
pub use expected::ExpectedAccount;
pub use instance::Instance;
pub use issued::{AppInfo, AppName, TokenInfo};
pub use limits::{RateLimit, Retry};
pub use logged_in::LoggedIn;
pub use login_value::{Login, Step};
pub use metadata::Metadata;
pub use pending::PendingLogin;
pub use redirect::RedirectUri;
pub use refresh::RefreshToken;
pub use register::RegisterApp;
pub use revoke::{Revocation, RevokeToken};
pub use run::LoginError;
pub use scope::{Scope, Scopes};
pub use secret::Secret;
pub use session::Session;
pub use text::printable;
pub use transport::{TIMEOUT, Transport};
pub use typed::{List, One, Page};
pub use wire::MAX_BODY;

pub use http;

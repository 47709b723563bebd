//! A GoToSocial in memory, faithful to recordings of the real one, for tests of logins without a
//! network.
//!
//! ```
//! use gts_oauth_core::{Error, Exchange, Session, Transport};
//! use gts_oauth_fake::{Fault, Server, serde_json::Value};
//!
//! struct Bot {
//!     session: Session,
//! }
//!
//! impl Bot {
//!     /// Greets each account that mentioned the bot, and returns their names.
//!     fn greet(&self, http: &dyn Transport) -> Result<Vec<String>, Error> {
//!         let notifications = self.session.get("/api/v1/notifications")?.send(http)?;
//!         let mut names = Vec::new();
//!         for notification in notifications.json::<Vec<Value>>()? {
//!             let name = notification["account"]["acct"].as_str().unwrap_or_default();
//!             let status = format!("hello @{name}");
//!             self.session.post("/api/v1/statuses")?.form("status", &status).send(http)?;
//!             names.push(name.to_owned());
//!         }
//!         Ok(names)
//!     }
//! }
//!
//! // A bot that has a session.
//! let server = Server::new(7);
//! let bot = Bot { session: server.session("alice", "read write") };
//! server.post("bob", "hello @alice");
//! assert_eq!(bot.greet(&server)?, ["bob"]);
//!
//! // A login that survives a fault.
//! let alice = server.account("alice");
//! let mut login = server.login("my-bot");
//! server.fail(Fault::BadGateway.at("/oauth/token"));
//! assert!(login.run(&server, |step| alice.allow(step.url)).is_err());
//! login.run(&server, |_| unreachable!("the code is kept"))?;
//!
//! // The requests that the server received.
//! let requests = server.requests();
//! let register = requests.iter().find(|request| request.path == "/api/v1/apps");
//! assert_eq!(register.and_then(|it| it.field("client_name")).as_deref(), Some("my-bot"));
//! # Ok::<(), Error>(())
//! ```
//!
//! In the repository, `examples/test_your_bot` is a bot with its tests.
//!
//! # What is faithful, simplified, left out
//!
//! | | |
//! |---|---|
//! | **faithful**: replayed against recordings of GoToSocial 0.20.0 | statuses, content types, `Cache-Control`, `Link`, `Location` and rate-limit headers, JSON fields and their types, and error strings of: registration, the redirects of the sign-in and consent pages, tokens, revocation, `verify_credentials`, notifications and their pages, posting, the tokens and apps APIs, nodeinfo, instance v1 and v2, host-meta, WebFinger |
//! | **faithful**: as GoToSocial 0.22 responds | media uploads and attachments, reading and deleting a status |
//! | **faithful**: enforced | scopes; redirect URIs byte for byte; codes that expire after five minutes and are used once; app tokens that expire after one hour, although the response reports two; 300 requests in five minutes for `/api`, `/auth` and `/oauth` together; browser sessions of two minutes that hold one app; 418 without `User-Agent`; 406, and the crash on `application/jsonx` |
//! | **simplified** | HTML pages have the real paths, forms and fields, but another design; all accounts have the same password, and the e-mail address `NAME@example.org`; signing in with a disabled account ends with 403, without a redirect; a home timeline has the account's own statuses only; only mentions in a status become links; the format of a file follows from its first bytes, and pictures are not measured; a deleted status is 404, but 410 on GoToSocial 0.22; other [`Dialect`]s follow their sources in how apps, codes and tokens are obtained, used and revoked, and GoToSocial in all else |
//! | **left out** | federation, the content of uploaded files, their focus and their later changes, replies, languages and content warnings of statuses, two-factor sign-in and OIDC, XML and YAML bodies, administration |
//!
//! [`Server::route`] adds an endpoint that is left out. [`Server::posts`] lists what was posted.
//!
//! The clock does not move unless a test [advances it](Server::advance), and randomness is derived
//! from the seed: the same test gets the same bytes.
//!
//! # On a loopback port
//!
//! With the feature `serve`, `Server::builder(7).serve()?` serves on a port of 127.0.0.1. That is
//! for code with its own HTTP stack, for other programs, and for browsers. Pages need no scripts.
//! There, faults occur on the wire, all requests are recorded, and the clock is the real one.
//!
//! # Control port
//!
//! `let control = served.control()?` opens a second port, which steers the served fake from any
//! language. `gts-oauth demo --serve` opens one too, and prints its URL. Requests and responses
//! are JSON; a rejected request has no effect, and its response `{"error": "…"}` states why.
//!
//! | request | fields | response |
//! |---|---|---|
//! | `POST /fail` | a fault and its requests, see below | `{}` |
//! | `POST /clear-failures` | none | `{}` |
//! | `POST /advance` | `seconds`: moves the clock forward | `{"now": "2027-01-01T00:00:00.000Z"}` |
//! | `POST /revoke` | `token`: an access token; without it, all are revoked | `{"revoked": 1}`, the number of tokens |
//! | `POST /forget-apps` | none | `{}` |
//! | `GET /requests` | none | a list of `{"method", "origin", "path", "query", "headers", "body"}`, including secrets |
//! | `POST /clear-requests` | none | `{}` |
//!
//! | field of `POST /fail` | |
//! |---|---|
//! | `fault` | a name: `rate-limited` (with `seconds`), `throttled`, `bad-gateway`, `empty`, `cut-off`, `wrong-content-type`, `patched` (with `patch`), `redirect` (with `location`), `endless`, `no-response`, `slow-drip`, `reset`, `lost-response`. They are those of [`Fault`] |
//! | `status`, `headers`, `body` | instead of `fault`: exactly this response. A value of `headers` is a string, or a list for repeated headers. `body_base64` replaces `body` if it is not text |
//! | `path` | only requests for this path and all paths below it |
//! | `method` | only requests with this method |
//! | `count` | for this many requests; 1 if missing |
//! | `after` | skips this many matching requests first |
//!
//! `headers` of `GET /requests` have lower-case names; repeated ones are joined by commas. A body that
//! is not UTF-8 is in `body_base64` instead of `body`. `POST` requires
//! `Content-Type: application/json`. Web pages cannot use the port: `Host` must be
//! `127.0.0.1:PORT` or `localhost:PORT`, and requests with `Origin`, or with a `Sec-Fetch-Site`
//! other than `none`, are rejected.
//!
//! # Layout
//!
//! Imports point down this list.
//!
//! - `serve`: the server on a port, and the control port
//! - `account`, `builder`, `server`: the public types
//! - `fault`, `route`, `recorded_request`, `post`: faults on demand, endpoints of a test, and what
//!   was requested and posted
//! - `endpoints`: request handlers, one file per endpoint
//! - `dialects`: how servers differ, one profile per server
//! - `entities`: the API's JSON
//! - `state`: accounts, apps, codes, tokens; `state/redeem_code.rs` decides that a code is spent
//! - `dialect`: the list of servers
//! - `http`: requests, bodies, URIs, negotiation, responses

mod account;
mod builder;
mod dialect;
mod dialects;
mod endpoints;
mod entities;
mod fault;
mod http;
mod post;
mod recorded_request;
mod route;
#[cfg(feature = "serve")]
mod serve;
mod server;
mod state;

pub use account::Account;
pub use builder::ServerBuilder;
pub use dialect::Dialect;
pub use fault::{Failure, Fault, ForeignOrigin};
pub use post::{Post, PostedMedia};
pub use recorded_request::RecordedRequest;
#[cfg(feature = "serve")]
pub use serve::{Control, Served};
pub use server::Server;

pub use serde_json;

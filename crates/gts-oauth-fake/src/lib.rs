//! A GoToSocial in memory, faithful to recordings of the real one, for tests of logins without a
//! network.
//!
//! | you test | use |
//! |---|---|
//! | code that takes a [`Transport`](gts_oauth_core::Transport) | a [`Server`], which is one |
//! | code with its own HTTP client, or a browser | a port: `Server::builder(7).serve()?` (feature `serve`) |
//! | code in another language | `gts-oauth demo --serve`, and its [control port](manual::control_port) |
//! | logins to another server than GoToSocial | its [`Dialect`] |
//!
//! [What is faithful, simplified and left out](manual::faithful) · In the repository, a bot with its
//! tests: `examples/test_your_bot`
//!
//! ```
//! use gts_oauth_core::{Error, Exchange, Session, Transport};
//! use gts_oauth_fake::{Fault, Server, serde_json::Value};
//!
//! struct Bot(Session);
//!
//! impl Bot {
//!     /// Greets each account that mentioned the bot, and returns their names.
//!     fn greet(&self, http: &dyn Transport) -> Result<Vec<String>, Error> {
//!         let notifications = self.0.get("/api/v1/notifications")?.send(http)?;
//!         let mut names = Vec::new();
//!         for notification in notifications.json::<Vec<Value>>()? {
//!             let name = notification["account"]["acct"].as_str().unwrap_or_default();
//!             let post = self.0.post("/api/v1/statuses")?;
//!             post.form("status", &format!("hello @{name}")).send(http)?;
//!             names.push(name.to_owned());
//!         }
//!         Ok(names)
//!     }
//! }
//!
//! // A bot that has a session.
//! let server = Server::new(7);
//! let bot = Bot(server.session("alice", "read write"));
//! server.post("bob", "hello @alice");
//! assert_eq!(bot.greet(&server)?, ["bob"]);
//!
//! // A login that survives a fault.
//! let alice = server.account("alice");
//! let mut login = server.login("my-bot");
//! server.fail(Fault::BadGateway.at("/oauth/token"));
//! assert!(login.run(&server, |step| alice.allow(step.url)).is_err());
//! login.run(&server, |_| unreachable!("the code is kept"))?;
//! # Ok::<(), Error>(())
//! ```

// Imports point down this list:
//
// - `serve`: the server on a port, and the control port
// - `account`, `builder`, `server`: the public types
// - `fault`, `route`, `recorded_request`, `post`: faults on demand, endpoints of a test, and what
//   was requested and posted
// - `endpoints`: request handlers, one file per endpoint
// - `dialects`: how servers differ, one profile per server
// - `entities`: the API's JSON
// - `state`: accounts, apps, codes, tokens; `state/redeem_code.rs` decides that a code is spent
// - `dialect`: the list of servers
// - `http`: requests, bodies, URIs, negotiation, responses

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
pub use state::AccountState;

pub use serde_json;

/// What the fake does and does not, and how other languages steer it.
pub mod manual {
    #[doc = include_str!("../docs/faithful.md")]
    pub mod faithful {}

    #[doc = include_str!("../docs/control_port.md")]
    pub mod control_port {}
}

//! A GoToSocial in memory, faithful to recordings of the real one: unit tests of a login with no
//! network, in milliseconds, with the real server's quirks.
//!
//! ```
//! use gts_oauth_core::{Exchange, Login, RegisterApp};
//! use gts_oauth_fake::{Fault, Server};
//!
//! let server = Server::new(7);
//! let alice = server.person("alice");
//! server.post("bob", "hello @alice");
//!
//! let register = RegisterApp::new(server.instance(), "my-bot")?;
//! let mut login = Login::new(register, server.entropy());
//! server.fail(Fault::BadGateway.at("/oauth/token"));
//! assert!(login.run(&server, |ask| alice.allow(ask.url)).is_err());
//! let me = login.run(&server, |_| unreachable!("the code is not lost"))?;
//!
//! let call = me.session.get("/api/v1/notifications")?;
//! let notifications: Vec<serde_json::Value> = call.send(&server)?.json()?;
//! assert_eq!(notifications[0]["account"]["username"], "bob");
//! assert_eq!(server.asked()[0].field("client_name").as_deref(), Some("my-bot"));
//! # Ok::<(), gts_oauth_core::Error>(())
//! ```
//!
//! # What is faithful, simplified, left out
//!
//! | | |
//! |---|---|
//! | **faithful**: replayed against recordings of GoToSocial 0.20.0 | statuses, content types, `Cache-Control`, `Link`, `Location` and rate-limit headers, JSON fields and their types, error strings, of: registration, the sign-in and consent pages' redirects, tokens, revocation, `verify_credentials`, notifications and their pages, posting, the tokens and apps APIs, nodeinfo, instance v1 and v2, host-meta, webfinger |
//! | **faithful**: enforced | scopes; redirect URIs byte for byte; codes of five minutes, used once; app tokens of one hour that claim two; 300 requests in five minutes over `/api`, `/auth` and `/oauth` together; a browser's session of two minutes that remembers one app; 418 without `User-Agent`; 406, and the crash on `application/jsonx` |
//! | **simplified** | pages have the real paths, forms and fields, but another look; everybody has one password, and the e-mail address `NAME@example.org`; a home timeline holds one's own posts; of a post's markup only mentions become links; other [`Dialect`]s follow their sources in how apps, codes and tokens are had, used and taken back, and GoToSocial in all else |
//! | **left out** | federation, media, replies, languages and content warnings of posts, two-factor sign-in and OIDC, XML and YAML bodies, administration |
//!
//! Time stands still unless a test [moves it](Server::advance), and chance comes from the seed:
//! the same test sees the same bytes.
//!
//! # On a loopback port
//!
//! With the feature `serve`, `Server::builder(7).serve()?` puts the same server on a port of
//! 127.0.0.1, for code that brings its own HTTP, for other programs, and for browsers: its pages
//! work without scripts. There faults strike on the wire, everything is recorded, and time passes
//! as everywhere.

mod account_domain;
mod api;
mod apps;
mod auth;
mod authorize;
mod body;
mod browser;
mod builder;
mod callback;
mod dialect;
mod discovery;
mod fault;
mod grant;
mod ids;
mod incoming;
mod issue;
mod json;
mod limits;
mod pages;
mod paging;
mod person;
mod pkce;
mod record;
mod reply;
mod revoke;
mod route;
mod scopes;
#[cfg(feature = "serve")]
mod serve;
mod server;
mod shapes;
mod spared;
mod text;
mod token;
mod uri;
mod world;

pub use builder::Builder;
pub use dialect::Dialect;
pub use fault::{Failure, Fault, ForeignOrigin};
pub use person::Person;
pub use record::Asked;
#[cfg(feature = "serve")]
pub use serve::Served;
pub use server::Server;

pub use serde_json;

//! From what a person types to the host of the API, and what is known of it.

use std::fmt;
use std::str::FromStr;

use http::{Method, Request, Response};
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::discovery::{Discovery, Software};
use crate::error::{Endpoint, Error};
use crate::exchange::Exchange;
use crate::instance::{Instance, is_user_name};
use crate::metadata::Metadata;
use crate::stored::Version;
use crate::transport::Transport;
use crate::user_agent::UserAgent;
use crate::wire::{self, Answer};

/// Finds the host that serves the API, and what is known of it: its software, by `nodeinfo`, and
/// its [`Metadata`] (RFC 8414). One request at a time, each without any secret.
///
/// An account domain need not be the host of the API: `@me@example.org` may live on
/// `gts.example.org` (GoToSocial's `account-domain`, Mastodon's `LOCAL_DOMAIN`). What leads from
/// one to the other are redirects of `/.well-known/nodeinfo`, which are followed one by one (at
/// most five, never from `https` to `http`), the links found there, and where that finds nothing,
/// WebFinger. Whether people are known by the account domain's name, too, is asked of WebFinger
/// where a name is known.
///
/// ```no_run
/// use gts_oauth_core::{BoxError, Discover, RegisterApp, Transport};
///
/// fn register(http: &dyn Transport) -> Result<RegisterApp, BoxError> {
///     let discover: Discover = "@me@example.org".parse()?;
///     let found = discover.run(http)?;
///     Ok(RegisterApp::new(found.instance().clone(), "my-bot")?.at(&found))
/// }
/// ```
///
/// A [`Login`](crate::Login) does it by itself with [`discover`](crate::Login::discover). With a
/// stack of one's own, it is a loop:
///
/// ```no_run
/// use gts_oauth_core::{BoxError, Discover, Discovered, Discovery, Exchange};
/// # use http::{Request, Response};
/// # async fn my_stack(_: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> { unimplemented!() }
///
/// async fn discover(mut discover: Discover) -> Result<Discovery, BoxError> {
///     loop {
///         let answer = my_stack(discover.request()).await?;
///         match discover.parse(&answer)? {
///             Discovered::Next(next) => discover = next,
///             Discovered::Found(found) => return Ok(found),
///         }
///     }
/// }
/// ```
///
/// A program that lets strangers name a server will be made to send requests to hosts of their
/// choice, here as in every later step: keep its transport away from hosts inside your network.
#[derive(Clone, Serialize, Deserialize)]
#[must_use = "nothing is found out until its requests are answered"]
pub struct Discover {
    version: Version,
    pub(crate) asked: Instance,
    pub(crate) name: Option<String>,
    user_agent: UserAgent,
    pub(crate) allowed: Vec<Instance>,
    pub(crate) at: At,
    /// What is asked for next.
    pub(crate) address: Address,
    /// Where the API is, as far as is known.
    pub(crate) instance: Instance,
    /// Redirects that may still be followed.
    pub(crate) hops: u8,
    pub(crate) software: Option<Software>,
    /// Whether the server knows somebody by a name of the host that was asked; none while nobody
    /// was asked about.
    pub(crate) known_by_asked: Option<bool>,
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum At {
    Links,
    WebFinger,
    Software,
    Metadata,
}

/// What came of one request.
#[derive(Clone, Debug)]
#[must_use = "this is all that is known"]
pub enum Discovered {
    /// There is more to ask.
    Next(Discover),
    /// That is all there is to find.
    Found(Discovery),
}

pub(crate) const LINKS: &str = "/.well-known/nodeinfo";
const HOPS: u8 = 5;

impl Discover {
    /// Begins at this host.
    pub fn new(asked: Instance) -> Self {
        Self {
            version: Version,
            name: None,
            user_agent: UserAgent::default(),
            allowed: Vec::new(),
            at: At::Links,
            address: Address::new(&asked, LINKS),
            instance: asked.clone(),
            hops: HOPS,
            software: None,
            known_by_asked: None,
            asked,
        }
    }

    /// Somebody who has an account there, without `@` and host. With a name, WebFinger can be
    /// asked where the host itself says nothing.
    ///
    /// # Errors
    /// [`Error::Input`] if it is no user name.
    pub fn account(mut self, name: &str) -> Result<Self, Error> {
        if !is_user_name(name) {
            return Err(Error::input("account", "it is not a user name"));
        }
        self.name = Some(name.to_owned());
        Ok(self)
    }

    /// The `User-Agent` of these requests.
    ///
    /// # Errors
    /// [`Error::Input`] if it is blank or has characters that a header may not have.
    pub fn user_agent(mut self, user_agent: &str) -> Result<Self, Error> {
        self.user_agent = user_agent.parse()?;
        Ok(self)
    }

    pub(crate) fn with_user_agent(mut self, user_agent: UserAgent) -> Self {
        self.user_agent = user_agent;
        self
    }

    /// Believes metadata whose endpoints are on this origin, too: codes, the app's secret and
    /// tokens will be sent there.
    pub fn allow_endpoints_at(mut self, instance: Instance) -> Self {
        self.allowed.push(instance);
        self
    }

    /// The host where this began.
    pub fn asked(&self) -> &Instance {
        &self.asked
    }

    /// What is known so far, without asking on.
    pub fn skip(self) -> Discovery {
        self.found(None, None)
    }

    /// Asks all there is to ask.
    ///
    /// # Errors
    /// [`Error::NoAnswer`], [`Error::Busy`], or [`Error::Unexpected`] for a server in trouble. A
    /// server that knows nothing of all this is no error.
    pub fn run(self, http: &dyn Transport) -> Result<Discovery, Error> {
        let mut discover = self;
        loop {
            let outcome = match (discover.send(http), discover.unanswered()) {
                (Err(Error::NoAnswer(..)), Some(instead)) => instead,
                (outcome, _) => outcome?,
            };
            match outcome {
                Discovered::Next(next) => discover = next,
                Discovered::Found(found) => return Ok(found),
            }
        }
    }

    pub(crate) fn found(self, metadata: Option<Metadata>, ignored: Option<String>) -> Discovery {
        Discovery {
            known_by_asked: self.known_by_asked == Some(true),
            asked: self.asked,
            instance: self.instance,
            software: self.software,
            metadata,
            ignored,
        }
    }
}

impl Exchange for Discover {
    type Output = Discovered;

    fn endpoint(&self) -> Endpoint {
        Endpoint::Discover
    }

    fn request(&self) -> Request<Vec<u8>> {
        let Address { instance, path } = self.address.clone();
        wire::request(Method::GET, &instance, path, &self.user_agent, None)
    }

    fn parse(&self, answer: &Response<impl AsRef<[u8]>>) -> Result<Discovered, Error> {
        self.next(&Answer::new(answer, Endpoint::Discover, &[]))
    }
}

impl fmt::Debug for Discover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not who is looking for their server.
        f.debug_struct("Discover")
            .field("asked", &self.asked)
            .field("at", &self.at)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// What a person types: `example.org`, `@me@example.org`, `https://example.org/@me`.
impl FromStr for Discover {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (asked, name) = Instance::with_name(text)?;
        Ok(Self {
            name,
            ..Self::new(asked)
        })
    }
}

//! Finding the API host of a domain: nodeinfo, WebFinger (RFC 7033) and server metadata (RFC 8414).

use std::fmt;
use std::str::FromStr;

use http::{Method, Request, Response, StatusCode};
use serde::{Deserialize, Serialize};

use super::nodeinfo::{Links, NodeInfo, read_document, redirect_target, webfinger_url};
use super::{Discovery, Metadata, Software, metadata};
use crate::error::{Error, Operation};
use crate::exchange::Exchange;
use crate::transport::Transport;
use crate::types::stored::stored;
use crate::types::{EndpointUrl, Instance, UserAgent, is_user_name};
use crate::wire::{self, ResponseReader};

/// Finds the API host of a domain, its software (nodeinfo) and its [`Metadata`] (RFC 8414).
///
/// It is one exchange that becomes the next, because redirects make the number of requests
/// unknown. No request contains a secret.
///
/// The account domain can differ from the API host: the server of `@me@example.org` might be
/// `gts.example.org` (GoToSocial's `account-domain`, Mastodon's `LOCAL_DOMAIN`). Three things lead
/// from one to the other: redirects of `/.well-known/nodeinfo`, followed one by one (at most five,
/// never from `https` to `http`); the links in it; and, if both fail, WebFinger. A domain can lead to
/// any server, also to one that does not know it. If a user name is known, WebFinger at the server
/// therefore confirms that the account is named by this domain there.
///
/// ```no_run
/// use gts_oauth_core::{BoxError, RegisterApp, Transport, discovery::Discover};
///
/// fn register(http: &dyn Transport) -> Result<RegisterApp, BoxError> {
///     let discover: Discover = "@me@example.org".parse()?;
///     let found = discover.run(http)?;
///     Ok(RegisterApp::new(found.instance().clone(), "my-bot")?.with_discovery(&found))
/// }
/// ```
///
/// A [`Login`](crate::Login) starts with it by default. With your own HTTP stack, it is a loop:
///
/// ```no_run
/// use gts_oauth_core::discovery::{Discover, DiscoverStep, Discovery};
/// use gts_oauth_core::{BoxError, Exchange};
/// # use http::{Request, Response};
/// # async fn my_stack(_: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> { unimplemented!() }
///
/// async fn discover(mut discover: Discover) -> Result<Discovery, BoxError> {
///     loop {
///         let response = my_stack(discover.request()).await?;
///         match discover.parse(&response)? {
///             DiscoverStep::Next(next) => discover = next,
///             DiscoverStep::Found(found) => return Ok(found),
///         }
///     }
/// }
/// ```
///
/// Documents and redirects lead only to hosts on the public internet, or to one in the same kind of
/// network as the host that names it (loopback, private, link-local): no server chooses a host inside
/// your network. Two things are left to the transport: the host that the user typed can be any, and
/// the name of any host can resolve to an address inside. If users of your program name the server,
/// check the [addresses](Transport#hosts-inside-a-network) that the transport connects to.
#[derive(Clone, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[must_use = "discovery needs its requests to be sent"]
pub struct Discover {
    pub(crate) requested: Instance,
    pub(crate) account_name: Option<String>,
    pub(crate) user_agent: UserAgent,
    pub(crate) allowed_endpoints: Vec<Instance>,
    document: Document,
    /// The URL of the next request.
    url: EndpointUrl,
    /// The API host, as far as it is known.
    instance: Instance,
    redirects_left: u8,
    software: Option<Software>,
    /// Whether the server names the account by the requested domain. `None` if it was not asked yet.
    has_accounts: Option<bool>,
}

/// What is requested next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Document {
    NodeInfoLinks,
    WebFinger,
    NodeInfo,
    Metadata,
    /// WebFinger at the API host, which names the account by its domain.
    AccountDomain,
}

/// The result of one request.
///
/// It is exhaustive: a loop over it has exactly these two cases.
#[derive(Clone, Debug)]
#[must_use = "it contains all that was found"]
pub enum DiscoverStep {
    /// There is another request to send.
    Next(Discover),
    /// Discovery is complete.
    Found(Discovery),
}

const NODEINFO_LINKS: &str = "/.well-known/nodeinfo";

impl Discover {
    /// Starts at this host.
    pub fn new(requested: Instance) -> Self {
        Self {
            account_name: None,
            user_agent: UserAgent::default(),
            allowed_endpoints: Vec::new(),
            document: Document::NodeInfoLinks,
            url: EndpointUrl::new(&requested, NODEINFO_LINKS),
            instance: requested.clone(),
            redirects_left: 5,
            software: None,
            has_accounts: None,
            requested,
        }
    }

    /// The user name of an account there, without `@` and host. It is needed to look up the API
    /// host by WebFinger.
    ///
    /// # Errors
    /// [`Error::Input`] if it is not a user name.
    pub fn account_name(mut self, name: &str) -> Result<Self, Error> {
        if !is_user_name(name) {
            return Err(Error::input("account", "not a user name"));
        }
        self.account_name = Some(name.to_owned());
        Ok(self)
    }

    /// Sets the `User-Agent` of these requests.
    ///
    /// # Errors
    /// [`Error::Input`] if it is blank or contains characters that are not allowed in a header.
    pub fn user_agent(mut self, user_agent: &str) -> Result<Self, Error> {
        self.user_agent = user_agent.parse()?;
        Ok(self)
    }

    /// Accepts metadata with endpoints on this origin, too. Codes, the client secret and tokens
    /// are then sent there.
    pub fn allow_endpoints_at(mut self, instance: Instance) -> Self {
        self.allowed_endpoints.push(instance);
        self
    }

    /// The host where discovery started.
    pub fn requested(&self) -> &Instance {
        &self.requested
    }

    /// Ends discovery with what is known so far.
    pub fn skip(self) -> Discovery {
        self.into_discovery(None, None)
    }

    /// Whether a response was handled.
    pub(crate) fn has_started(&self) -> bool {
        self.document != Document::NodeInfoLinks
            || self.url != EndpointUrl::new(&self.requested, NODEINFO_LINKS)
    }

    /// Sends all requests.
    ///
    /// # Errors
    /// [`Error::Transport`], [`Error::Unavailable`], or [`Error::UnexpectedResponse`] on a server
    /// error. A server without any of these documents is not an error.
    pub fn run(mut self, http: &dyn Transport) -> Result<Discovery, Error> {
        loop {
            let step = match (self.send(http), self.without_response()) {
                (Err(Error::Transport(..)), Some(instead)) => instead,
                (step, _) => step?,
            };
            match step {
                DiscoverStep::Next(next) => self = next,
                DiscoverStep::Found(found) => return Ok(found),
            }
        }
    }

    /// The next step if no response was received. `None` if the same request must be sent again.
    ///
    /// A document on another host than the one that linked to it is skipped, because the link
    /// might be wrong. The host entered by the user is never skipped this way.
    pub(crate) fn without_response(&self) -> Option<DiscoverStep> {
        let mut next = self.clone();
        match self.document {
            Document::NodeInfo if self.url.instance != self.instance => {}
            Document::AccountDomain => next.has_accounts = Some(false),
            _ => return None,
        }
        Some(next.confirm_accounts())
    }

    fn next_step(mut self, response: &ResponseReader<'_>) -> Result<DiscoverStep, Error> {
        if let Some(url) = self.redirect(response) {
            self.redirects_left -= 1;
            let document = self.document;
            return Ok(self.request_document(document, url));
        }
        match self.document {
            Document::NodeInfoLinks => self.read_nodeinfo_links(response),
            Document::WebFinger => self.read_webfinger(response),
            Document::NodeInfo => self.read_nodeinfo(response),
            Document::Metadata => self.read_metadata(response),
            Document::AccountDomain => Ok(self.read_account_domain(response)),
        }
    }

    fn read_nodeinfo_links(self, response: &ResponseReader<'_>) -> Result<DiscoverStep, Error> {
        let links: Option<Links> = read_document(response)?;
        let Some(href) = links.as_ref().and_then(Links::newest_nodeinfo) else {
            return Ok(self.find_by_webfinger());
        };
        Ok(match self.url.join_on_this_host(href) {
            Some(url) => self.at_this_host().request_document(Document::NodeInfo, url),
            // A redirect to this host is enough, even if the document cannot be requested.
            None if self.url.instance != self.requested => self.at_this_host().confirm_accounts(),
            None => self.find_by_webfinger(),
        })
    }

    /// Looks up the API host by an account, if the host itself did not name another one. Mastodon
    /// names the server's own account by the account domain.
    fn find_by_webfinger(self) -> DiscoverStep {
        if self.is_elsewhere() { self.confirm_accounts() } else { self.request_webfinger() }
    }

    fn request_webfinger(self) -> DiscoverStep {
        let name = self.account_name.as_deref();
        match webfinger_url(&self.requested, name.unwrap_or(self.requested.host())) {
            Some(url) => self.request_document(Document::WebFinger, url),
            None => self.request_metadata(),
        }
    }

    fn read_webfinger(mut self, response: &ResponseReader<'_>) -> Result<DiscoverStep, Error> {
        let links: Option<Links> = read_document(response)?;
        let account = |links: &Links| self.url.join_on_this_host(links.own_account()?);
        let home = links.as_ref().and_then(account).map(|url| url.instance);
        let Some(home) = home.filter(|home| *home != self.requested) else {
            return Ok(self.confirm_accounts());
        };
        // Another host: its nodeinfo and metadata are requested, too.
        let url = EndpointUrl::new(&home, NODEINFO_LINKS);
        // After a redirect, the document is that host's own.
        if self.url.instance == home {
            self.has_accounts = links.map(|links| self.is_named_by(&links));
        }
        self.instance = home;
        Ok(self.request_document(Document::NodeInfoLinks, url))
    }

    fn read_account_domain(mut self, response: &ResponseReader<'_>) -> DiscoverStep {
        let links: Option<Links> = read_document(response).ok().flatten();
        self.has_accounts = Some(links.is_some_and(|links| self.is_named_by(&links)));
        self.request_metadata()
    }

    /// Whether the account is named by the requested domain.
    fn is_named_by(&self, links: &Links) -> bool {
        let name = self.account_name.as_deref().unwrap_or(self.requested.host());
        links.names(name, &self.requested)
    }

    fn read_nodeinfo(mut self, response: &ResponseReader<'_>) -> Result<DiscoverStep, Error> {
        let info: Option<NodeInfo> = match (read_document(response), self.without_response()) {
            (Err(_), Some(instead)) => return Ok(instead),
            (info, _) => info?,
        };
        if let Some(info) = info.filter(NodeInfo::names_software) {
            self.software = info.software();
            self = self.at_this_host();
        }
        Ok(self.confirm_accounts())
    }

    /// Requests metadata, or first WebFinger at the API host, if that is elsewhere and a user name is
    /// known.
    fn confirm_accounts(self) -> DiscoverStep {
        let unconfirmed = self.is_elsewhere() && self.has_accounts.is_none();
        let name = self.account_name.as_deref().filter(|_| unconfirmed);
        match name.and_then(|name| webfinger_url(&self.instance, name)) {
            Some(url) => self.request_document(Document::AccountDomain, url),
            None => self.request_metadata(),
        }
    }

    fn request_metadata(self) -> DiscoverStep {
        let url = Metadata::url(&self.instance);
        self.request_document(Document::Metadata, url)
    }

    fn read_metadata(self, response: &ResponseReader<'_>) -> Result<DiscoverStep, Error> {
        let document: Option<metadata::Document> = match read_document(response) {
            // Some servers return 500 for each path that they do not know.
            Err(error) if error.status() == Some(StatusCode::INTERNAL_SERVER_ERROR) => None,
            document => document?,
        };
        let check = |document| Metadata::read(document, &self.instance, &self.allowed_endpoints);
        let (metadata, ignored) = match document.map(check).transpose() {
            Ok(metadata) => (metadata, None),
            Err(fault) => (None, Some(fault)),
        };
        Ok(DiscoverStep::Found(self.into_discovery(metadata, ignored)))
    }

    /// The target of a redirect. Redirects are followed one by one, up to a limit. Metadata must be
    /// on the server itself (RFC 8414 section 3).
    fn redirect(&self, response: &ResponseReader<'_>) -> Option<EndpointUrl> {
        let follows = self.document != Document::Metadata && self.redirects_left > 0;
        redirect_target(&self.url, response).filter(|_| follows)
    }

    fn is_elsewhere(&self) -> bool {
        self.instance != self.requested
    }

    fn at_this_host(mut self) -> Self {
        if self.instance != self.url.instance {
            self.instance = self.url.instance.clone();
            self.has_accounts = None;
        }
        self
    }

    fn request_document(mut self, document: Document, url: EndpointUrl) -> DiscoverStep {
        (self.document, self.url) = (document, url);
        DiscoverStep::Next(self)
    }

    fn into_discovery(self, metadata: Option<Metadata>, ignored: Option<String>) -> Discovery {
        Discovery {
            has_accounts: self.has_accounts == Some(true),
            requested: self.requested,
            instance: self.instance,
            software: self.software,
            metadata,
            ignored,
        }
    }
}

impl Exchange for Discover {
    type Output = DiscoverStep;

    fn operation(&self) -> Operation {
        Operation::Discover
    }

    fn request(&self) -> Request<Vec<u8>> {
        let EndpointUrl { instance, path } = self.url.clone();
        wire::request(Method::GET, &instance, path, &self.user_agent, None)
    }

    fn parse(&self, response: &Response<impl AsRef<[u8]>>) -> Result<DiscoverStep, Error> {
        let host = self.url.instance.authority();
        self.clone().next_step(&ResponseReader::new(response, Operation::Discover, host, &[]))
    }
}

impl fmt::Debug for Discover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the user name.
        f.debug_struct("Discover")
            .field("requested", &self.requested)
            .field("document", &self.document)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// What users type: `example.org`, `@me@example.org`, `https://example.org/@me`.
impl FromStr for Discover {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (requested, account_name) = Instance::with_name(text)?;
        Ok(Self { account_name, ..Self::new(requested) })
    }
}

stored!(Discover);

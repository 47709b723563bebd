//! Finding the account domain of a server by WebFinger (RFC 7033).

use std::fmt;

use http::uri::PathAndQuery;
use http::{Method, Request, Response};

use super::nodeinfo::{Links, read_document, redirect_target, webfinger_url};
use crate::error::{BoxError, Error, Operation};
use crate::exchange::Exchange;
use crate::transport::Transport;
use crate::types::{EndpointUrl, Instance, UserAgent, is_user_name};
use crate::wire::{self, ResponseReader};

/// Finds the account domain of a server by one of its accounts: `example.org` of `@me@example.org`,
/// on the server `gts.example.org`.
///
/// [`Discover`](super::Discover) finds the server of a domain. This is the other direction, for a
/// user who typed the server. WebFinger there names the account by its domain. A server could name
/// any domain, so WebFinger at that domain must lead back to the same account. Only a parent domain
/// of the server that does not exist, as in a private network, is taken from the server. No request
/// contains a secret.
///
/// It is one exchange that becomes the next, as [`Discover`](super::Discover). A loop of your own
/// passes the errors of its transport to [`handle_transport_error`](Self::handle_transport_error).
///
/// ```no_run
/// use gts_oauth_core::discovery::FindAccountDomain;
/// use gts_oauth_core::{BoxError, LoggedIn, Transport};
///
/// fn handle(me: &LoggedIn, http: &dyn Transport) -> Result<String, BoxError> {
///     let account = me.account.as_ref().ok_or("unknown account")?;
///     let instance = me.session.instance();
///     let find = FindAccountDomain::new(instance.clone(), account.username())?;
///     let domain = find.run(http)?;
///     let host = domain.as_ref().unwrap_or(instance).authority();
///     Ok(format!("@{}@{host}", account.username()))
/// }
/// ```
#[derive(Clone)]
#[must_use = "discovery needs its requests to be sent"]
pub struct FindAccountDomain {
    instance: Instance,
    account_name: String,
    user_agent: UserAgent,
    /// What the server claims. `None` until it was asked.
    claim: Option<Claim>,
    /// The URL of the next request.
    url: EndpointUrl,
    redirects_left: u8,
}

/// The account as its server names it.
#[derive(Clone)]
struct Claim {
    domain: Instance,
    /// The account itself, which is on the server.
    account: PathAndQuery,
}

/// The result of one request.
///
/// It is exhaustive: a loop over it has exactly these two cases.
#[derive(Clone, Debug)]
#[must_use = "it contains all that was found"]
#[expect(clippy::large_enum_variant, reason = "a step is matched at once and never stored")]
pub enum AccountDomainStep {
    /// There is another request to send.
    Next(FindAccountDomain),
    /// The account domain. `None` if it is the server's own host, or is not known.
    Found(Option<Instance>),
}

impl FindAccountDomain {
    /// Starts at this server, with the user name of an account there.
    ///
    /// # Errors
    /// [`Error::Input`] if it is not a user name.
    pub fn new(instance: Instance, account_name: &str) -> Result<Self, Error> {
        let url = Some(account_name).filter(|name| is_user_name(name));
        let url = url.and_then(|name| webfinger_url(&instance, name));
        Ok(Self {
            url: url.ok_or_else(|| Error::input("account", "not a user name"))?,
            account_name: account_name.to_owned(),
            user_agent: UserAgent::default(),
            claim: None,
            redirects_left: 5,
            instance,
        })
    }

    /// Sets the `User-Agent` of these requests.
    ///
    /// # Errors
    /// [`Error::Input`] if it is blank or contains characters that are not allowed in a header.
    pub fn user_agent(mut self, user_agent: &str) -> Result<Self, Error> {
        self.user_agent = user_agent.parse()?;
        Ok(self)
    }

    /// Sends all requests. `None` if the account domain is the server's own host, or is not known.
    ///
    /// # Errors
    /// [`Error::Transport`], [`Error::Unavailable`], or [`Error::UnexpectedResponse`] on a server
    /// error of the server itself.
    pub fn run(mut self, http: &dyn Transport) -> Result<Option<Instance>, Error> {
        loop {
            match self.send(http) {
                Ok(AccountDomainStep::Next(next)) => self = next,
                Ok(AccountDomainStep::Found(found)) => return Ok(found),
                Err(error) => return self.without_response(error),
            }
        }
    }

    /// Handles the transport's error for this request: no response was received. Returns the account
    /// domain, as [`run`](Self::run) does.
    ///
    /// # Errors
    /// [`Error::Transport`] with that error if it is of the server itself.
    pub fn handle_transport_error(
        &self,
        error: impl Into<BoxError>,
    ) -> Result<Option<Instance>, Error> {
        let error = Error::transport(Operation::Discover, &self.request(), error);
        self.without_response(error)
    }

    /// The domain that the server names, which this request confirms. `None` for the first requests.
    pub fn claimed(&self) -> Option<&Instance> {
        Some(&self.claim.as_ref()?.domain)
    }

    /// The account domain if a domain could not be asked. A name in DNS that does not exist can be
    /// registered, so that only the owner of a parent domain can claim it.
    fn without_response(&self, error: Error) -> Result<Option<Instance>, Error> {
        match (self.claimed(), &error) {
            (Some(domain), Error::Transport(failed)) => {
                let name = self.instance.host().strip_suffix(domain.host());
                let is_parent = name.is_some_and(|name| name.ends_with('.'));
                let is_asked = self.url.instance == *domain;
                let is_taken = is_parent && is_asked && failed.host_does_not_exist();
                Ok(is_taken.then(|| domain.clone()))
            }
            _ => Err(error),
        }
    }

    fn next_step(mut self, response: &ResponseReader<'_>) -> Result<AccountDomainStep, Error> {
        let target = redirect_target(&self.url, response);
        if let Some(url) = target.filter(|_| self.redirects_left > 0) {
            self.redirects_left -= 1;
            self.url = url;
            return Ok(AccountDomainStep::Next(self));
        }
        let links: Option<Links> = match read_document(response) {
            Err(_) if self.claim.is_some() => None,
            links => links?,
        };
        let Some(Claim { domain, account }) = self.claim.take() else {
            let claimed = links.and_then(|links| self.claim(&links));
            return Ok(claimed.unwrap_or(AccountDomainStep::Found(None)));
        };
        let leads_back = |links: &Links| {
            links.names(&self.account_name, &domain)
                && self.own_account(links).is_some_and(|it| it == account)
        };
        let is_confirmed = links.as_ref().is_some_and(leads_back);
        Ok(AccountDomainStep::Found(is_confirmed.then_some(domain)))
    }

    /// The account itself, if it is on the server.
    fn own_account(&self, links: &Links) -> Option<PathAndQuery> {
        let url = self.url.join_on_this_host(links.own_account()?)?;
        (url.instance == self.instance).then_some(url.path)
    }

    /// Requests the document that confirms the domain in these links. `None` if it is the server's
    /// own host.
    fn claim(&self, links: &Links) -> Option<AccountDomainStep> {
        let (name, host) = links.subject()?;
        let (scheme, _) = self.instance.origin().split_once("://")?;
        let linked = |scheme| self.instance.linked_origin(&format!("{scheme}://{host}"));
        let domain = linked(scheme).or_else(|| linked("https"))?;
        let is_elsewhere = domain.authority() != self.instance.authority();
        if !is_elsewhere || !name.eq_ignore_ascii_case(&self.account_name) {
            return None;
        }
        let url = webfinger_url(&domain, &self.account_name)?;
        let claim = Claim { account: self.own_account(links)?, domain };
        Some(AccountDomainStep::Next(Self { claim: Some(claim), url, ..self.clone() }))
    }
}

impl Exchange for FindAccountDomain {
    type Output = AccountDomainStep;

    fn operation(&self) -> Operation {
        Operation::Discover
    }

    fn request(&self) -> Request<Vec<u8>> {
        let EndpointUrl { instance, path } = self.url.clone();
        wire::request(Method::GET, &instance, path, &self.user_agent, None)
    }

    fn parse(&self, response: &Response<impl AsRef<[u8]>>) -> Result<AccountDomainStep, Error> {
        let host = self.url.instance.authority();
        self.clone().next_step(&ResponseReader::new(response, Operation::Discover, host, &[]))
    }
}

impl fmt::Debug for FindAccountDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the user name.
        f.debug_struct("FindAccountDomain")
            .field("instance", &self.instance)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

//! Finding the account domain of a server by WebFinger (RFC 7033).

use std::fmt;

use http::{Method, Request, Response};

use super::nodeinfo::{Links, read_document, redirect_target, webfinger_url};
use crate::error::{Error, NetworkFault, Operation};
use crate::exchange::Exchange;
use crate::transport::Transport;
use crate::types::{EndpointUrl, Instance, UserAgent, is_user_name};
use crate::wire::{self, ResponseReader};

/// Finds the account domain of a server by one of its accounts: `example.org` of `@me@example.org`,
/// on the server `gts.example.org`.
///
/// [`Discover`](super::Discover) finds the server of a domain. This is the other direction, for a
/// user who typed the server. WebFinger there names the account by its domain. A server could name
/// any domain, so WebFinger at that domain must lead back to the server. Only a domain that does not
/// exist, as in a private network, is taken from the server: it can belong to no other user. No request contains
/// a secret.
///
/// It is one exchange that becomes the next, as [`Discover`](super::Discover). A loop of your own finds
/// in [`claimed`](Self::claimed) what to do with a domain that does not exist.
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
    /// The domain that the server names. `None` until it was asked.
    claimed: Option<Instance>,
    /// The URL of the next request.
    url: EndpointUrl,
    redirects_left: u8,
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
            claimed: None,
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
                Err(Error::Transport(failed)) if self.claimed.is_some() => {
                    let does_not_exist = failed.fault == NetworkFault::UnknownHost;
                    return Ok(self.claimed.filter(|_| does_not_exist));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The domain that the server names, which the next request confirms. [`run`](Self::run) takes it
    /// without that only if the domain does not exist
    /// ([`UnknownHost`](NetworkFault::UnknownHost)).
    pub fn claimed(&self) -> Option<&Instance> {
        self.claimed.as_ref()
    }

    fn next_step(mut self, response: &ResponseReader<'_>) -> Result<AccountDomainStep, Error> {
        let target = redirect_target(&self.url, response);
        if let Some(url) = target.filter(|_| self.redirects_left > 0) {
            self.redirects_left -= 1;
            self.url = url;
            return Ok(AccountDomainStep::Next(self));
        }
        let links: Option<Links> = match read_document(response) {
            Err(_) if self.claimed.is_some() => None,
            links => links?,
        };
        let Some(domain) = self.claimed.take() else {
            let claimed = links.and_then(|links| self.claim(&links));
            return Ok(claimed.unwrap_or(AccountDomainStep::Found(None)));
        };
        let leads_back = |links: &Links| {
            let account = links.own_account().and_then(|url| self.url.join_on_this_host(url));
            links.has_subject_at(&domain) && account.is_some_and(|it| it.instance == self.instance)
        };
        let is_confirmed = links.as_ref().is_some_and(leads_back);
        Ok(AccountDomainStep::Found(is_confirmed.then_some(domain)))
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
        Some(AccountDomainStep::Next(Self { claimed: Some(domain), url, ..self.clone() }))
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

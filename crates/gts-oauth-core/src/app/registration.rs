//! App registration (`POST /api/v1/apps`): what to register.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::discovery::{Discover, Discovery, Metadata};
use crate::error::Error;
use crate::types::stored::{Stored, stored};
use crate::types::{Instance, RedirectUri, Scopes, UserAgent, is_invisible, is_variation_selector};

/// Registers an app with a server (`POST /api/v1/apps`): its name, its redirect URIs, and the
/// scopes that it can request.
///
/// By default it is out of band and registers `read`. Every server understands one redirect URI;
/// register more only with servers that are known to accept them.
///
/// ```
/// use gts_oauth_core::{Exchange, RegisterApp};
///
/// let register = RegisterApp::new("example.org".parse()?, "my-bot")?
///     .scopes("read write:statuses".parse()?)
///     .website("https://bot.example/")?;
/// assert_eq!(register.request().uri(), "https://example.org/api/v1/apps");
/// # Ok::<(), gts_oauth_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[must_use = "its methods return the changed registration"]
pub struct RegisterApp {
    pub(crate) instance: Instance,
    pub(super) name: String,
    pub(super) website: Option<String>,
    pub(crate) redirect_uris: Vec<RedirectUri>,
    pub(crate) scopes: Scopes,
    pub(crate) user_agent: UserAgent,
    allowed_endpoints: Vec<Instance>,
    #[serde(with = "Stored")]
    discovery: Option<Discovery>,
}

impl RegisterApp {
    /// An app with this name, which the server shows to the user. It is also part of the
    /// `User-Agent`, unless it contains characters that are not allowed there.
    ///
    /// # Errors
    /// [`Error::Input`] unless the name has 3 to 60 characters, all of them visible. Mastodon and
    /// Hollo reject all others.
    pub fn new(instance: Instance, name: &str) -> Result<Self, Error> {
        let name = name.trim();
        check_name(name)?;
        Ok(Self {
            instance,
            name: name.to_owned(),
            website: None,
            redirect_uris: vec![RedirectUri::out_of_band()],
            scopes: "read".parse()?,
            user_agent: UserAgent::of(name),
            allowed_endpoints: Vec::new(),
            discovery: None,
        })
    }

    /// Sets the redirect URI, in place of all set before.
    pub fn redirect_uri(mut self, uri: RedirectUri) -> Self {
        self.redirect_uris = vec![uri];
        self
    }

    /// Adds another redirect URI. Mitra and Pixelfed accept only one. GoToSocial before 0.19 and
    /// Kitsune register several as one that no authorization request matches.
    pub fn add_redirect_uri(mut self, uri: RedirectUri) -> Self {
        if !self.redirect_uris.contains(&uri) {
            self.redirect_uris.push(uri);
        }
        self
    }

    /// Sets the scopes that the app can request. An empty set is ignored: servers read it as
    /// `read`.
    pub fn scopes(mut self, scopes: Scopes) -> Self {
        if !scopes.is_empty() {
            self.scopes = scopes;
        }
        self
    }

    /// Sets the website of the app, which the server can show to the user.
    ///
    /// # Errors
    /// [`Error::Input`] unless it is an `http` or `https` URL of at most 2000 characters.
    pub fn website(mut self, website: &str) -> Result<Self, Error> {
        check_website(website)?;
        self.website = Some(website.to_owned());
        Ok(self)
    }

    /// Sets the `User-Agent` of this request, and of all requests of the app and its sessions.
    /// GoToSocial responds with 418 to requests without one.
    ///
    /// # Errors
    /// [`Error::Input`] if it is blank or contains characters that are not allowed in a header.
    pub fn user_agent(mut self, user_agent: &str) -> Result<Self, Error> {
        self.user_agent = user_agent.parse()?;
        Ok(self)
    }

    /// Makes the discovery of a [`Login`](crate::Login) accept metadata with endpoints on this
    /// origin, as [`Discover::allow_endpoints_at`] does.
    pub fn allow_endpoints_at(mut self, instance: Instance) -> Self {
        self.allowed_endpoints.push(instance);
        self
    }

    /// Uses the discovered API host, endpoints, [`Metadata`] and account domain. An
    /// [`ExpectedAccount`](crate::ExpectedAccount) can then be named by that domain, too. Redirect
    /// URIs [for this instance](RedirectUri::for_instance) become those for the API host.
    pub fn with_discovery(mut self, found: &Discovery) -> Self {
        self.move_to(found.instance().clone());
        // Those that the discovery was allowed to find.
        let origins = found.metadata().into_iter().flat_map(Metadata::endpoint_origins);
        for origin in origins.filter(|it| it.origin() != found.instance().origin()) {
            if !self.allowed_endpoints.contains(origin) {
                self.allowed_endpoints.push(origin.clone());
            }
        }
        self.discovery = Some(found.clone());
        self
    }

    /// [`with_discovery`](Self::with_discovery), with the scopes that the server supports.
    pub(crate) fn discovered(mut self, found: &Discovery) -> Self {
        if let Some(metadata) = found.metadata() {
            self.scopes = self.scopes.supported_by(metadata);
        }
        self.with_discovery(found)
    }

    /// Discards the discovery result, and registers at the original host.
    pub(crate) fn without_discovery(mut self) -> Self {
        if let Some(found) = self.discovery.take() {
            self.move_to(found.requested().clone());
        }
        self
    }

    /// Sets the instance, and moves the redirect URIs that were made for the one before.
    fn move_to(&mut self, instance: Instance) {
        for uri in &mut self.redirect_uris {
            *uri = uri.moved(&self.instance, &instance);
        }
        self.instance = instance;
    }

    /// The discovery of the server to register with.
    pub(crate) fn discover(&self) -> Discover {
        let mut discover = Discover::new(self.instance.clone());
        discover.user_agent = self.user_agent.clone();
        discover.allowed_endpoints = self.allowed_endpoints.clone();
        discover
    }

    /// The server to register with.
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// What is known of the server. `None` if there was no discovery.
    pub fn discovery(&self) -> Option<&Discovery> {
        self.discovery.as_ref()
    }

    pub(crate) fn metadata(&self) -> Option<&Metadata> {
        self.discovery.as_ref()?.metadata()
    }

    /// The name of the app.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn checked(self) -> Result<Self, Error> {
        check_name(&self.name)?;
        self.website.as_deref().map_or(Ok(()), check_website)?;
        let fault = |fault| Err(Error::input("stored app", fault));
        if self.redirect_uris.is_empty() || self.scopes.is_empty() {
            return fault("no redirect URI or no scopes");
        }
        if self.discovery.as_ref().is_some_and(|found| *found.instance() != self.instance) {
            return fault("its discovery result belongs to another instance");
        }
        let is_allowed = |origin: &Instance| {
            let allowed = [&self.instance].into_iter().chain(&self.allowed_endpoints);
            allowed.into_iter().any(|it| it.origin() == origin.origin())
        };
        let all_allowed = self.metadata().is_none_or(|it| it.endpoint_origins().all(is_allowed));
        if !all_allowed {
            return fault("an endpoint is on an origin that was not allowed");
        }
        Ok(self)
    }
}

fn check_name(name: &str) -> Result<(), Error> {
    let fault = |fault| Err(Error::input("app name", fault));
    if name.chars().any(|it| is_invisible(it) && !is_variation_selector(it)) {
        return fault("invisible or control character");
    }
    match name.chars().count() {
        0..3 => fault("fewer than 3 characters, which some servers reject"),
        3..=60 => Ok(()),
        _ => fault("more than 60 characters, which Mastodon rejects"),
    }
}

fn check_website(website: &str) -> Result<(), Error> {
    let http = Url::parse(website).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if http && website.len() <= 2000 {
        return Ok(());
    }
    let fault = "not an http or https URL of at most 2000 characters";
    Err(Error::input("website", fault))
}

stored!(RegisterApp, RegisterApp::checked);

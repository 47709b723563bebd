//! Registering an app.

use http::{Request, Response};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::address::Address;
use crate::app::App;
use crate::discover::Discover;
use crate::discovery::Discovery;
use crate::error::{Endpoint, Error, Why};
use crate::exchange::Exchange;
use crate::instance::Instance;
use crate::metadata::Metadata;
use crate::redirect::RedirectUri;
use crate::redirect_echo::match_redirects;
use crate::scope::Scopes;
use crate::secret::Secret;
use crate::stored::Version;
use crate::text::snippet;
use crate::user_agent::UserAgent;
use crate::wire::{self, Answer, Form, lenient};

/// `POST /api/v1/apps`: makes the program known to a server (its name, where its people come
/// back to, what it may ask for).
///
/// Out of band and `read` unless said otherwise. One redirect URI is what every server
/// understands; ask for more only where you know the server.
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
#[serde(try_from = "Stored", into = "Stored")]
pub struct RegisterApp {
    pub(crate) instance: Instance,
    name: String,
    website: Option<String>,
    pub(crate) redirect_uris: Vec<RedirectUri>,
    pub(crate) scopes: Scopes,
    pub(crate) user_agent: UserAgent,
    pub(crate) metadata: Option<Metadata>,
    /// Where the accounts are said to live, if that is another host.
    pub(crate) account_domain: Option<Instance>,
}

const PATH: &str = "/api/v1/apps";

impl RegisterApp {
    /// An app of this name, which people see when they allow it. Requests carry the name in
    /// their `User-Agent` too, where its characters permit.
    ///
    /// # Errors
    /// [`Error::Input`] unless the name has 3 to 60 characters, none of them invisible: what
    /// the pickiest servers (Hollo, Mastodon) take.
    pub fn new(instance: Instance, name: &str) -> Result<Self, Error> {
        let fault = |fault| Err(Error::input("app name", fault));
        let name = name.trim();
        if name.chars().any(crate::text::is_invisible) {
            return fault("it holds an invisible or control character");
        }
        match name.chars().count() {
            0..3 => return fault("it has fewer than 3 characters, which some servers refuse"),
            3..=60 => {}
            _ => return fault("it has more than 60 characters, which Mastodon refuses"),
        }
        Ok(Self {
            instance,
            name: name.to_owned(),
            website: None,
            redirect_uris: vec![RedirectUri::out_of_band()],
            scopes: "read".parse()?,
            user_agent: UserAgent::of(name),
            metadata: None,
            account_domain: None,
        })
    }

    /// Where people come back to, in place of what was set before.
    pub fn redirect_uri(mut self, uri: RedirectUri) -> Self {
        self.redirect_uris = vec![uri];
        self
    }

    /// One more place to come back to. Several servers (Mitra, Pixelfed, GoToSocial before
    /// 0.19) know only one.
    pub fn also_redirect_uri(mut self, uri: RedirectUri) -> Self {
        if !self.redirect_uris.contains(&uri) {
            self.redirect_uris.push(uri);
        }
        self
    }

    /// What the app may ask for. None at all means `read`, as servers have it.
    pub fn scopes(mut self, scopes: Scopes) -> Self {
        if !scopes.is_empty() {
            self.scopes = scopes;
        }
        self
    }

    /// The app's web page, which people may be shown.
    ///
    /// # Errors
    /// [`Error::Input`] unless it is an `http` or `https` URL of at most 2000 characters.
    pub fn website(mut self, website: &str) -> Result<Self, Error> {
        let url = Url::parse(website).ok();
        if !url.is_some_and(|url| matches!(url.scheme(), "http" | "https")) || website.len() > 2000
        {
            return Err(Error::input(
                "website",
                "it is not an http or https URL of at most 2000 characters",
            ));
        }
        self.website = Some(website.to_owned());
        Ok(self)
    }

    /// The `User-Agent` of every request from here to the session's own. GoToSocial answers
    /// 418 to requests without one.
    ///
    /// # Errors
    /// [`Error::Input`] if it is blank or has characters that a header may not have.
    pub fn user_agent(mut self, user_agent: &str) -> Result<Self, Error> {
        self.user_agent = user_agent.parse()?;
        Ok(self)
    }

    /// Registers where the API was found to be, and goes by what is known of that server: its
    /// endpoints, what it promises ([`Metadata`]), and its account domain, in which an
    /// [`ExpectedAccount`](crate::ExpectedAccount) may be named.
    pub fn at(mut self, found: &Discovery) -> Self {
        self.instance = found.instance().clone();
        self.metadata = found.metadata().cloned();
        self.account_domain = found.account_domain().cloned();
        self
    }

    /// [`at`](Self::at), with the scopes that are known there.
    pub(crate) fn found_at(mut self, found: &Discovery) -> Self {
        if let Some(metadata) = found.metadata() {
            self.scopes = self.scopes.known_to(metadata);
        }
        self.at(found)
    }

    pub(crate) fn discover(&self) -> Discover {
        let discover = Discover::new(self.instance.clone());
        discover.with_user_agent(self.user_agent.clone())
    }

    /// The server to register with.
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// What is known of that server's authorisation, if anything.
    pub fn metadata(&self) -> Option<&Metadata> {
        self.metadata.as_ref()
    }

    /// The name people see.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Exchange for RegisterApp {
    type Output = App;

    fn endpoint(&self) -> Endpoint {
        Endpoint::Register
    }

    fn request(&self) -> Request<Vec<u8>> {
        let uris: Vec<&str> = self.redirect_uris.iter().map(RedirectUri::as_str).collect();
        let mut form = Form::with_capacity(256)
            .pair("client_name", &self.name)
            .pair("redirect_uris", &uris.join("\n"))
            .words("scopes", self.scopes.iter().map(|scope| scope.as_str()));
        if let Some(website) = &self.website {
            form = form.pair("website", website);
        }
        // A token must not be sent: GoToSocial refuses one that lacks `write:applications`.
        wire::post(&Address::new(&self.instance, PATH), &self.user_agent, form)
    }

    fn parse(&self, answer: &Response<impl AsRef<[u8]>>) -> Result<App, Error> {
        #[derive(Deserialize)]
        struct Reply {
            #[serde(default, deserialize_with = "lenient::text")]
            client_id: Option<String>,
            #[serde(default, deserialize_with = "lenient::text")]
            client_secret: Option<String>,
            #[serde(default, deserialize_with = "lenient::words")]
            redirect_uri: Vec<String>,
            #[serde(default, deserialize_with = "lenient::words")]
            redirect_uris: Vec<String>,
            #[serde(default, deserialize_with = "lenient::scopes")]
            scopes: Option<Scopes>,
        }
        let answer = Answer::new(answer, Endpoint::Register, &[]);
        let reply: Reply = answer.object()?;
        let client_id = reply.client_id.ok_or_else(|| answer.lacks("client_id"))?;
        let secret = reply.client_secret.map(Secret::new);
        let client_secret = secret.ok_or_else(|| answer.lacks("client_secret"))?;
        let names_any = |uris: &[String]| uris.iter().any(|uri| !uri.trim().is_empty());
        let echoed = match names_any(&reply.redirect_uris) {
            true => reply.redirect_uris,
            false => reply.redirect_uri,
        };
        let redirect_uris = match_redirects(&self.redirect_uris, &echoed).ok_or_else(|| {
            let echoed = snippet(&echoed.join(" "), &[client_secret.expose()]);
            answer.unexpected(Why::OtherRedirectUri(echoed.unwrap_or_default()), None)
        })?;
        let scopes = match reply.scopes {
            None => self.scopes.clone(),
            Some(registered) => registered.limited_to(&self.scopes),
        };
        Ok(App::new(
            self.clone(),
            redirect_uris,
            scopes,
            client_id,
            client_secret,
        ))
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    version: Version,
    instance: Instance,
    name: String,
    website: Option<String>,
    redirect_uris: Vec<RedirectUri>,
    scopes: Scopes,
    user_agent: UserAgent,
    metadata: Option<Metadata>,
    account_domain: Option<Instance>,
}

impl From<RegisterApp> for Stored {
    fn from(register: RegisterApp) -> Self {
        Self {
            version: Version,
            instance: register.instance,
            name: register.name,
            website: register.website,
            redirect_uris: register.redirect_uris,
            scopes: register.scopes,
            user_agent: register.user_agent,
            metadata: register.metadata,
            account_domain: register.account_domain,
        }
    }
}

impl TryFrom<Stored> for RegisterApp {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        let mut register = Self::new(stored.instance, &stored.name)?.scopes(stored.scopes);
        if let Some(metadata) = &stored.metadata {
            metadata.check(&register.instance)?;
        }
        register.user_agent = stored.user_agent;
        register.metadata = stored.metadata;
        register.account_domain = stored.account_domain;
        if let Some(website) = &stored.website {
            register = register.website(website)?;
        }
        if !stored.redirect_uris.is_empty() {
            register.redirect_uris = stored.redirect_uris;
        }
        Ok(register)
    }
}

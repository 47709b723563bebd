//! Whose token it is.

use http::uri::PathAndQuery;
use http::{Method, Request, Response};
use serde::{Deserialize, Serialize};

use crate::error::{Endpoint, Error};
use crate::exchange::Exchange;
use crate::instance::Instance;
use crate::session::Session;
use crate::stored::Version;
use crate::wire::{self, Answer, lenient};

/// `GET /api/v1/accounts/verify_credentials`: asks whose token it is. Made by
/// [`Session::verify`]. It takes the scope `profile` or `read:accounts`.
#[derive(Clone, Debug)]
pub struct VerifyCredentials {
    session: Session,
}

impl VerifyCredentials {
    pub(crate) fn new(session: Session) -> Self {
        Self { session }
    }
}

impl Exchange for VerifyCredentials {
    type Output = Account;

    fn endpoint(&self) -> Endpoint {
        Endpoint::Verify
    }

    fn request(&self) -> Request<Vec<u8>> {
        wire::request(
            Method::GET,
            self.session.instance(),
            PathAndQuery::from_static("/api/v1/accounts/verify_credentials"),
            &self.session.0.user_agent,
            Some(self.session.access_token()),
        )
    }

    fn parse(&self, answer: &Response<impl AsRef<[u8]>>) -> Result<Account, Error> {
        let secrets = [self.session.access_token().expose()];
        Account::read(&Answer::new(answer, Endpoint::Verify, &secrets))
    }
}

/// An account, as much of it as a login needs, and the rest as the server sent it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Account {
    id: String,
    username: String,
    acct: String,
    display_name: String,
    url: Option<String>,
    json: String,
}

impl Account {
    /// The account's id on its server: opaque text (a ULID on GoToSocial).
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The user name, without `@` and host.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// The address as its own server writes it: the user name alone on most.
    pub fn acct(&self) -> &str {
        &self.acct
    }

    /// The name the person gave themselves; may be empty, and may hold anything: see
    /// [`printable`](crate::printable).
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// The profile's web page.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// All of it, as the server sent it; but for bytes that are no UTF-8, which are U+FFFD.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The host that the account itself names: in its address, or in its page's.
    pub(crate) fn host(&self) -> Option<String> {
        let host = match self.acct.split_once('@') {
            Some((_, host)) => host,
            None => {
                let (_, rest) = self.url.as_deref()?.split_once("://")?;
                rest.split('/').next()?
            }
        };
        let instance: Instance = host.parse().ok()?;
        Some(instance.host().to_owned())
    }

    fn read(answer: &Answer<'_>) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Reply {
            #[serde(default, deserialize_with = "lenient::text")]
            id: Option<String>,
            #[serde(default, deserialize_with = "lenient::text")]
            username: Option<String>,
            #[serde(default, deserialize_with = "lenient::text")]
            acct: Option<String>,
            #[serde(default, deserialize_with = "lenient::text")]
            display_name: Option<String>,
            #[serde(default, deserialize_with = "lenient::text")]
            url: Option<String>,
        }
        let reply: Reply = answer.object()?;
        // Without the host that some servers write behind either.
        let name = |text: String| text.split('@').next().unwrap_or_default().to_owned();
        let username = reply.username.or_else(|| reply.acct.clone()).map(name);
        let username = username.filter(|name| !name.is_empty());
        let username = username.ok_or_else(|| answer.lacks("username"))?;
        Ok(Self {
            id: reply.id.ok_or_else(|| answer.lacks("id"))?,
            acct: reply.acct.unwrap_or_else(|| username.clone()),
            username,
            display_name: reply.display_name.unwrap_or_default(),
            url: reply.url,
            json: String::from_utf8_lossy(answer.text()).into_owned(),
        })
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    version: Version,
    json: String,
}

impl From<Account> for Stored {
    fn from(account: Account) -> Self {
        Self {
            version: Version,
            json: account.json,
        }
    }
}

impl TryFrom<Stored> for Account {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        let answer = Response::new(stored.json.as_bytes());
        Self::read(&Answer::new(&answer, Endpoint::Verify, &[]))
    }
}

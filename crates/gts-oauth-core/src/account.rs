//! Whose token it is.

use http::uri::PathAndQuery;
use http::{Method, Request, Response};
use serde::{Deserialize, Serialize};

use crate::error::{Endpoint, Error, Why, WrongAccount};
use crate::exchange::Exchange;
use crate::instance::Instance;
use crate::session::Session;
use crate::stored::Version;
use crate::text::printable;
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
    /// [`printable`].
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// The profile's web page.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// All of it, as the server sent it.
    pub fn json(&self) -> &str {
        &self.json
    }

    fn read(answer: &Answer<'_>) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Reply {
            #[serde(default, deserialize_with = "lenient::text")]
            id: Option<String>,
            username: Option<String>,
            acct: Option<String>,
            display_name: Option<String>,
            url: Option<String>,
        }
        let reply: Reply = answer.object()?;
        let username = reply.username.filter(|name| !name.is_empty());
        let username = username.ok_or_else(|| answer.lacks("username"))?;
        let json = std::str::from_utf8(answer.body);
        Ok(Self {
            id: reply.id.ok_or_else(|| answer.lacks("id"))?,
            acct: reply.acct.unwrap_or_else(|| username.clone()),
            username,
            display_name: reply.display_name.unwrap_or_default(),
            url: reply.url,
            json: json
                .map_err(|_| answer.unexpected(Why::NotJson(1, 1), None))?
                .to_owned(),
        })
    }
}

/// The account that a login is meant for, so that nobody's posts end up in another's account
/// because the browser was signed in to that one.
///
/// ```
/// use gts_oauth_core::ExpectedAccount;
///
/// let me: ExpectedAccount = "@me@example.org".parse()?;
/// let also_me: ExpectedAccount = "me".parse()?;
/// let by_id = ExpectedAccount::id("015JSQDQQAWFF3PB5M4C9KAZN3");
/// # Ok::<(), gts_oauth_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StoredExpectation")]
pub struct ExpectedAccount {
    name: Option<String>,
    host: Option<Instance>,
    id: Option<String>,
}

impl ExpectedAccount {
    /// By id, which outlives a change of name or host.
    pub fn id(id: &str) -> Self {
        Self {
            name: None,
            host: None,
            id: Some(id.to_owned()),
        }
    }

    /// Compares: ids exactly, user names without regard to ASCII case, hosts in their canonical
    /// form. The account's host is the instance's, or that of the account's own page or address.
    ///
    /// # Errors
    /// [`Error::WrongAccount`] if it is another.
    pub fn check(&self, account: &Account, instance: &Instance) -> Result<(), Error> {
        let same_id = self.id.as_ref().is_none_or(|id| *id == account.id);
        let same_name = self
            .name
            .as_ref()
            .is_none_or(|name| name.eq_ignore_ascii_case(&account.username));
        let same_host = self.host.as_ref().is_none_or(|host| {
            host.host() == instance.host()
                || account.host().is_some_and(|other| other == host.host())
        });
        if same_id && same_name && same_host {
            return Ok(());
        }
        let actual = match &self.id {
            Some(_) => account.id.clone(),
            None => format!("@{}@{}", account.username, instance.authority()),
        };
        Err(Error::WrongAccount(WrongAccount {
            expected: self.to_string(),
            actual: printable(&actual),
        }))
    }
}

impl Account {
    /// The host that the account itself names: in its address, or in its page's.
    fn host(&self) -> Option<String> {
        let host = match self.acct.split_once('@') {
            Some((_, host)) => host,
            None => self
                .url
                .as_deref()?
                .split_once("://")?
                .1
                .split('/')
                .next()?,
        };
        let instance: Instance = host.parse().ok()?;
        Some(instance.host().to_owned())
    }
}

impl std::str::FromStr for ExpectedAccount {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let bare = text.strip_prefix('@').unwrap_or(text);
        let (name, host) = match bare.split_once('@') {
            // A host that holds an @ would be read as somebody else's address.
            Some((name, host)) if !host.contains('@') => (name, Some(host.parse()?)),
            Some(_) => ("", None),
            None => (bare, None),
        };
        if !crate::instance::is_user_name(name) {
            return Err(Error::input(
                "account",
                "it is neither a user name nor of the form @name@host",
            ));
        }
        Ok(Self {
            name: Some(name.to_owned()),
            host,
            id: None,
        })
    }
}

impl std::fmt::Display for ExpectedAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.id, &self.name, &self.host) {
            (Some(id), ..) => f.write_str(id),
            (None, name, host) => {
                write!(f, "@{}", name.as_deref().unwrap_or_default())?;
                host.as_ref()
                    .map_or(Ok(()), |host| write!(f, "@{}", host.host()))
            }
        }
    }
}

#[derive(Deserialize)]
struct StoredExpectation {
    name: Option<String>,
    host: Option<Instance>,
    id: Option<String>,
}

impl TryFrom<StoredExpectation> for ExpectedAccount {
    type Error = Error;

    fn try_from(stored: StoredExpectation) -> Result<Self, Error> {
        let StoredExpectation { name, host, id } = stored;
        let named = name.as_deref().is_some_and(crate::instance::is_user_name);
        let by_id = id.as_ref().is_some_and(|id| !id.is_empty());
        // One that names nobody would be met by everybody.
        if named == by_id || name.is_some() != named || (by_id && host.is_some()) {
            let fault = "it names nobody, or two";
            return Err(Error::input("stored expectation of an account", fault));
        }
        Ok(Self { name, host, id })
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

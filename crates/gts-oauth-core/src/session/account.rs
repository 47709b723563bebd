//! The account of a token (`GET /api/v1/accounts/verify_credentials`).

use http::uri::PathAndQuery;
use http::{Method, Request, Response, Uri};
use serde::{Deserialize, Serialize};

use super::Session;
use crate::error::{Error, Operation};
use crate::exchange::Exchange;
use crate::types::Instance;
use crate::wire::{ResponseReader, ScopeCheck, fields};

impl Session {
    /// Requests the account of this token.
    pub fn verify(&self) -> VerifyCredentials {
        VerifyCredentials { session: self.clone() }
    }
}

/// Requests the account of a token (`GET /api/v1/accounts/verify_credentials`). Made by
/// [`Session::verify`]. It requires the scope `profile` or `read:accounts`.
#[derive(Clone, Debug)]
pub struct VerifyCredentials {
    session: Session,
}

impl Exchange for VerifyCredentials {
    type Output = Account;

    fn operation(&self) -> Operation {
        Operation::VerifyCredentials
    }

    fn request(&self) -> Request<Vec<u8>> {
        self.session.verify_request()
    }

    fn parse(&self, response: &Response<impl AsRef<[u8]>>) -> Result<Account, Error> {
        self.session.read_account(response)
    }
}

const PATH: &str = "/api/v1/accounts/verify_credentials";

/// The exchange without its own copy of the session, for a login.
impl Session {
    pub(crate) fn verify_request(&self) -> Request<Vec<u8>> {
        self.0.request(Method::GET, PathAndQuery::from_static(PATH))
    }

    pub(crate) fn verify_uri(&self) -> Uri {
        self.instance().uri(PathAndQuery::from_static(PATH))
    }

    pub(crate) fn read_account(
        &self,
        response: &Response<impl AsRef<[u8]>>,
    ) -> Result<Account, Error> {
        let secrets = self.0.secrets();
        let (host, granted) = (self.instance().authority(), self.scopes());
        let reader = ResponseReader::new(response, Operation::VerifyCredentials, host, &secrets);
        // `profile` is enough, too, which servers that do not know it do not grant.
        let required = || (!granted.contains("profile")).then_some("read:accounts");
        Account::read(&reader.with_scopes(ScopeCheck { required: &required, granted }))
    }
}

/// An account: the fields that a login needs, and the rest as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Account {
    id: String,
    username: String,
    acct: String,
    display_name: String,
    url: Option<String>,
    json: String,
}

impl Account {
    /// The id on its server: opaque text (a ULID on GoToSocial).
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The user name, without `@` and host.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// The `acct` of the account: on most servers only the user name.
    pub fn acct(&self) -> &str {
        &self.acct
    }

    /// The display name. It can be empty, or contain any characters: see
    /// [`printable`](crate::types::printable).
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// The URL of the profile page.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// The whole entity as the server sent it, with U+FFFD for bytes that are not UTF-8.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The host that the account itself names, in its `acct`, if that has the user name, or its URL.
    pub(crate) fn host(&self) -> Option<Instance> {
        let of_url = || self.url.as_deref()?.split_once("://")?.1.split('/').next();
        let host = match self.acct.split_once('@') {
            Some((name, _)) if !name.eq_ignore_ascii_case(&self.username) => return None,
            Some((_, host)) => host,
            None => of_url()?,
        };
        host.parse().ok()
    }

    fn read(response: &ResponseReader<'_>) -> Result<Self, Error> {
        fields::lenient_struct! {
            struct Body {
                id: Option<String> = fields::text,
                username: Option<String> = fields::text,
                acct: Option<String> = fields::text,
                display_name: Option<String> = fields::text,
                url: Option<String> = fields::text,
            }
        }
        let (body, text): (Body, _) = response.object_and_text()?;
        // Some servers append the host to either field.
        let name = |text: String| text.split('@').next().unwrap_or_default().to_owned();
        let username = body.username.or_else(|| body.acct.clone()).map(name);
        let username = username.filter(|name| !name.is_empty());
        let username = username.ok_or_else(|| response.missing_field("username"))?;
        Ok(Self {
            id: body.id.ok_or_else(|| response.missing_field("id"))?,
            acct: body.acct.unwrap_or_else(|| username.clone()),
            username,
            display_name: body.display_name.unwrap_or_default(),
            url: body.url,
            json: text.into_owned(),
        })
    }
}

impl From<Account> for String {
    fn from(account: Account) -> Self {
        account.json
    }
}

impl TryFrom<String> for Account {
    type Error = Error;

    fn try_from(json: String) -> Result<Self, Error> {
        let response = Response::new(json.as_bytes());
        Self::read(&ResponseReader::new(&response, Operation::VerifyCredentials, "", &[]))
    }
}

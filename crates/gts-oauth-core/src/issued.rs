//! What a person can see of the apps and tokens that have to do with their account: GoToSocial's
//! own API, since 0.19.

use std::time::SystemTime;

use http::Method;
use serde::Deserialize;

use crate::error::Error;
use crate::scope::Scopes;
use crate::secret::Secret;
use crate::session::Session;
use crate::typed::{List, One};
use crate::wire::lenient;

/// A token of this account's, as its owner may see it: never the token itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TokenInfo {
    /// What it is called, to invalidate it.
    #[serde(deserialize_with = "lenient::id")]
    pub id: String,
    /// When it was made.
    #[serde(default, deserialize_with = "lenient::moment")]
    pub created_at: Option<SystemTime>,
    /// When it was last used, to within an hour; none if never.
    #[serde(default, deserialize_with = "lenient::moment")]
    pub last_used: Option<SystemTime>,
    /// What it may do.
    #[serde(default, rename = "scope", deserialize_with = "lenient::some_scopes")]
    pub scopes: Scopes,
    /// Which app got it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub application: AppName,
}

/// An app, as people see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AppName {
    /// Its name; may be empty, and may hold anything: see [`printable`](crate::printable).
    #[serde(default, deserialize_with = "lenient::some_text")]
    pub name: String,
    /// Its web page.
    #[serde(default, deserialize_with = "lenient::text")]
    pub website: Option<String>,
}

/// An app that was registered with a token of this account's. Those that register as everybody
/// does, without a token, belong to nobody and are never listed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AppInfo {
    /// What it is called, to delete it.
    #[serde(deserialize_with = "lenient::id")]
    pub id: String,
    /// Its name; see [`printable`](crate::printable).
    #[serde(default, deserialize_with = "lenient::some_text")]
    pub name: String,
    /// Its web page.
    #[serde(default, deserialize_with = "lenient::text")]
    pub website: Option<String>,
    /// When it was made.
    #[serde(default, deserialize_with = "lenient::moment")]
    pub created_at: Option<SystemTime>,
    /// Where people may come back to.
    #[serde(default, deserialize_with = "lenient::texts")]
    pub redirect_uris: Vec<String>,
    /// What it may ask for.
    #[serde(default, deserialize_with = "lenient::some_scopes")]
    pub scopes: Scopes,
    /// The public half of its credentials.
    #[serde(default, deserialize_with = "lenient::text")]
    pub client_id: Option<String>,
    /// The secret half.
    #[serde(default, deserialize_with = "lenient::secret")]
    pub client_secret: Option<Secret>,
}

impl Session {
    /// `GET /api/v1/tokens`: the tokens of this account, this one among them. It takes the scope
    /// `read:accounts`. GoToSocial since 0.19; elsewhere it is refused (404).
    ///
    /// ```
    /// use gts_oauth_core::{Error, Exchange, Session, Transport};
    ///
    /// /// Ends every session of an app.
    /// fn end(session: &Session, app: &str, http: &dyn Transport) -> Result<(), Error> {
    ///     for token in session.tokens().all(http)? {
    ///         if token.application.name == app {
    ///             session.invalidate_token(&token.id)?.send(http)?;
    ///         }
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn tokens(&self) -> List<TokenInfo> {
        List::new(self.fixed(Method::GET, "/api/v1/tokens"))
    }

    /// `POST /api/v1/tokens/{id}/invalidate`: ends a token of this account's, of whatever app,
    /// without that app's secret. It takes the scope `write:accounts`.
    ///
    /// # Errors
    /// [`Error::Input`] if that can be no id.
    pub fn invalidate_token(&self, id: &str) -> Result<One<TokenInfo>, Error> {
        let path = format!("/api/v1/tokens/{}/invalidate", checked(id)?);
        Ok(One::new(self.post(&path)?))
    }

    /// `GET /api/v1/apps`: the apps that were registered with a token of this account's. It takes
    /// the scope `read:applications`. GoToSocial since 0.19.
    pub fn apps(&self) -> List<AppInfo> {
        List::new(self.fixed(Method::GET, "/api/v1/apps"))
    }

    /// `DELETE /api/v1/apps/{id}`: deletes such an app, and all its tokens with it. It takes the
    /// scope `write:applications`.
    ///
    /// # Errors
    /// [`Error::Input`] if that can be no id.
    pub fn delete_app(&self, id: &str) -> Result<One<AppInfo>, Error> {
        let path = format!("/api/v1/apps/{}", checked(id)?);
        Ok(One::new(self.call(Method::DELETE, &path)?))
    }
}

/// An id that is one part of a path, and no other.
fn checked(id: &str) -> Result<&str, Error> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    match !id.is_empty() && id.bytes().all(plain) {
        true => Ok(id),
        false => Err(Error::input(
            "id",
            "it has characters other than letters, digits, - and _, or none",
        )),
    }
}

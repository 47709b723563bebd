//! Tokens and apps of an account (`/api/v1/tokens`, `/api/v1/apps`): GoToSocial's own API, since
//! 0.19.

use std::time::SystemTime;

use http::Method;
use serde::Deserialize;

use super::call::typed_call;
use super::{Call, Pages, Session};
use crate::error::Error;
use crate::types::{Scopes, Secret};
use crate::wire::fields;

/// An access token of the account, without the token itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TokenInfo {
    /// The id, to name or invalidate it.
    #[serde(deserialize_with = "fields::id")]
    pub id: String,
    /// The name that the user gave it; see [`printable`](crate::types::printable). `None` if it has
    /// none, as always before GoToSocial 0.22.
    #[serde(default, deserialize_with = "fields::text")]
    pub name: Option<String>,
    /// When it was issued.
    #[serde(default, deserialize_with = "fields::timestamp")]
    pub created_at: Option<SystemTime>,
    /// When it was last used: to within a minute, or an hour before GoToSocial 0.22. `None` if it was
    /// never used.
    #[serde(default, deserialize_with = "fields::timestamp")]
    pub last_used: Option<SystemTime>,
    /// Its scopes.
    #[serde(default, rename = "scope", deserialize_with = "fields::some_scopes")]
    pub scopes: Scopes,
    /// The app that obtained it.
    #[serde(default, deserialize_with = "fields::object_or_default")]
    pub application: TokenApp,
}

/// The app of a token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TokenApp {
    /// The name. It can be empty, or contain any characters: see [`printable`](crate::types::printable).
    #[serde(default, deserialize_with = "fields::some_text")]
    pub name: String,
    /// The website.
    #[serde(default, deserialize_with = "fields::text")]
    pub website: Option<String>,
}

/// An app that was registered with a token of this account. Apps that were registered without a
/// token, as usual, have no owner and are never listed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AppInfo {
    /// The id, to delete it.
    #[serde(deserialize_with = "fields::id")]
    pub id: String,
    /// The name; see [`printable`](crate::types::printable).
    #[serde(default, deserialize_with = "fields::some_text")]
    pub name: String,
    /// The website.
    #[serde(default, deserialize_with = "fields::text")]
    pub website: Option<String>,
    /// When it was registered.
    #[serde(default, deserialize_with = "fields::timestamp")]
    pub created_at: Option<SystemTime>,
    /// The redirect URIs.
    #[serde(default, deserialize_with = "fields::texts")]
    pub redirect_uris: Vec<String>,
    /// The scopes that it can request.
    #[serde(default, deserialize_with = "fields::some_scopes")]
    pub scopes: Scopes,
    /// The client id.
    #[serde(default, deserialize_with = "fields::text")]
    pub client_id: Option<String>,
    /// The client secret.
    #[serde(default, deserialize_with = "fields::secret")]
    pub client_secret: Option<Secret>,
}

impl Session {
    /// `GET /api/v1/tokens`: the tokens of this account, including this one, newest first. It requires
    /// the scope `read:accounts`. GoToSocial since 0.19; other servers respond with 404.
    ///
    /// It requests the order of creation. By default GoToSocial 0.22 sorts by last use, and its later
    /// pages lack the tokens that were never used. With PostgreSQL, which puts those first, the
    /// list can end after the first page.
    ///
    /// ```
    /// use gts_oauth_core::{Error, Exchange, Session, Transport};
    ///
    /// /// Invalidates all tokens of an app.
    /// fn end(session: &Session, app: &str, http: &dyn Transport) -> Result<(), Error> {
    ///     for token in session.tokens().all(http)? {
    ///         if token.application.name == app {
    ///             session.invalidate_token(&token.id)?.send(http)?;
    ///         }
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn tokens(&self) -> Pages<TokenInfo> {
        Pages::limited(self.fixed(Method::GET, "/api/v1/tokens?order=created&limit=100"))
    }

    /// `PUT /api/v1/tokens/{id}`: names a token of this account, of any app, so that users recognize
    /// it in a list. An empty name removes the name. It requires the scope `write:accounts`.
    ///
    /// GoToSocial since 0.22. Before, the response is 405; on other servers, and for an unknown id, it
    /// is 404. All of them have the cause [`NotFound`](crate::error::Cause::NotFound).
    ///
    /// No list shows which token requested it. [`Session::created_at`] and the app's name find it:
    ///
    /// ```
    /// use std::time::SystemTime;
    ///
    /// use gts_oauth_core::{App, Error, Exchange, Session, Transport};
    ///
    /// /// Names the session's own token, if it is known which one that is.
    /// fn name(app: &App, session: &Session, http: &dyn Transport) -> Result<(), Error> {
    ///     let seconds = |time: Option<SystemTime>| {
    ///         Some(time?.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs())
    ///     };
    ///     let mut own = session.tokens().all(http)?;
    ///     own.retain(|token| {
    ///         token.application.name == app.registration().name()
    ///             && seconds(token.created_at) == seconds(session.created_at())
    ///     });
    ///     if let [own] = &own[..] {
    ///         session.name_token(&own.id, "laptop")?.send(http)?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error::Input`] if it is not a valid id.
    pub fn name_token(&self, id: &str, name: &str) -> Result<NameToken, Error> {
        let path = format!("/api/v1/tokens/{}", checked(id)?);
        Ok(NameToken(self.call(Method::PUT, &path)?.form("name", name)))
    }

    /// `POST /api/v1/tokens/{id}/invalidate`: invalidates a token of this account, of any app and
    /// without its secret. It requires the scope `write:accounts`.
    ///
    /// # Errors
    /// [`Error::Input`] if it is not a valid id.
    pub fn invalidate_token(&self, id: &str) -> Result<InvalidateToken, Error> {
        let path = format!("/api/v1/tokens/{}/invalidate", checked(id)?);
        Ok(InvalidateToken(self.post(&path)?))
    }

    /// `GET /api/v1/apps`: the apps that were registered with a token of this account. It requires
    /// the scope `read:applications`. GoToSocial since 0.19.
    pub fn apps(&self) -> Pages<AppInfo> {
        Pages::limited(self.fixed(Method::GET, "/api/v1/apps"))
    }

    /// `DELETE /api/v1/apps/{id}`: deletes such an app and all its tokens. It requires the scope
    /// `write:applications`.
    ///
    /// # Errors
    /// [`Error::Input`] if it is not a valid id.
    pub fn delete_app(&self, id: &str) -> Result<DeleteApp, Error> {
        let path = format!("/api/v1/apps/{}", checked(id)?);
        Ok(DeleteApp(self.call(Method::DELETE, &path)?))
    }
}

/// Names a token (`PUT /api/v1/tokens/{id}`). Made by [`Session::name_token`]. Its output is the token
/// with its new name.
#[derive(Clone, Debug)]
pub struct NameToken(Call);

/// Invalidates a token (`POST /api/v1/tokens/{id}/invalidate`). Made by
/// [`Session::invalidate_token`].
#[derive(Clone, Debug)]
pub struct InvalidateToken(Call);

/// Deletes an app (`DELETE /api/v1/apps/{id}`). Made by [`Session::delete_app`].
#[derive(Clone, Debug)]
pub struct DeleteApp(Call);

typed_call!(NameToken => TokenInfo, InvalidateToken => TokenInfo, DeleteApp => AppInfo);

/// An id that is exactly one segment of a path.
fn checked(id: &str) -> Result<&str, Error> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if id.is_empty() || !id.bytes().all(plain) {
        let fault = "must consist of letters, digits, - and _";
        return Err(Error::input("id", fault));
    }
    Ok(id)
}

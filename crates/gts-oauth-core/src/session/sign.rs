//! Signing requests that were made elsewhere.

use http::header::{AUTHORIZATION, USER_AGENT};
use http::uri::Scheme;
use http::{Request, Uri};

use super::Session;
use crate::error::Error;
use crate::wire::authorization;

impl Session {
    /// Signs a request that was made elsewhere: by a generated API client, or for a transfer that
    /// does not fit into memory. It sets `Authorization`, and `User-Agent` if the request has none.
    ///
    /// ```
    /// use gts_oauth_core::http::Request;
    /// use gts_oauth_core::{Secret, Session};
    ///
    /// # struct File;
    /// let session = Session::from_token("example.org".parse()?, Secret::new("M2I1M2Y3YJQTMTJL"))?;
    /// let mut upload = Request::post("https://example.org/api/v2/media").body(File)?;
    /// session.sign(&mut upload)?;
    /// assert_eq!(upload.headers()["authorization"], "Bearer M2I1M2Y3YJQTMTJL");
    /// # Ok::<(), gts_oauth_core::BoxError>(())
    /// ```
    ///
    /// The header is marked sensitive. Follow no redirect with the request: it carries the token.
    ///
    /// # Errors
    /// [`Error::Input`] if the URI is not absolute, or of another origin than this
    /// [instance](Self::instance). The request is unchanged then.
    pub fn sign<B>(&self, request: &mut Request<B>) -> Result<(), Error> {
        if origin(request.uri()).as_deref() != Some(self.instance().origin()) {
            let fault = "its URI is not absolute and on this session's instance, so the token is \
                         not sent there";
            return Err(Error::input("request", fault));
        }
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, authorization(self.access_token()));
        headers.entry(USER_AGENT).or_insert_with(|| self.0.user_agent.0.clone());
        Ok(())
    }
}

/// The origin of an absolute URI, in the spelling of [`Instance`](crate::Instance). It is read by the
/// parser that the HTTP stack uses, too. `None` if it is not absolute, or has a user or a port that is
/// no number, which that parser accepts.
fn origin(uri: &Uri) -> Option<String> {
    let (scheme, authority) = (uri.scheme()?, uri.authority()?);
    let usual = if *scheme == Scheme::HTTPS { 443 } else { 80 };
    let port = match (authority.as_str().strip_prefix(authority.host())?, authority.port_u16()) {
        ("" | ":", _) => usual,
        (text, Some(port)) if text[1..].bytes().all(|byte| byte.is_ascii_digit()) => port,
        _ => return None,
    };
    let port = if port == usual { String::new() } else { format!(":{port}") };
    Some(format!("{scheme}://{}{port}", authority.host().to_ascii_lowercase()))
}

//! The servers that a story is played on.

use std::time::Duration;

use gts_oauth_core::http::{Request, Response};
use url::Url;

/// A server that can be prepared for a story.
pub(crate) trait Stage {
    fn origin(&self) -> String;

    /// The domain of account names, after [`Setup::SplitDomain`].
    fn account_domain(&self) -> String;

    fn send(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>>;

    /// The e-mail address and the password of alice or bob.
    fn credentials(&self, name: &str) -> (String, String);

    /// Whether it was possible.
    fn prepare(&mut self, setup: Setup) -> bool;

    /// Lets this time pass.
    fn wait(&self, time: Duration);

    /// Whether the pages for a browser are not GoToSocial's. Then [`allow`](Self::allow) replaces
    /// them.
    fn has_own_pages(&self) -> bool {
        false
    }

    /// The callback URL, or the code, after this person allowed an app at this URL. `None` to use
    /// GoToSocial's pages.
    fn allow(&self, _person: &str, _url: &str) -> Option<String> {
        None
    }

    /// `127.0.0.1:8085`
    fn host(&self) -> String {
        host(&self.origin())
    }
}

/// The host of an origin, with its port.
pub(crate) fn host(origin: &str) -> String {
    let url = Url::parse(origin).expect("an origin");
    let host = url.host_str().expect("a host");
    url.port().map_or(host.to_owned(), |port| format!("{host}:{port}"))
}

/// What the recordings from a certain one on require.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setup {
    /// No rate limit.
    Unlimited,
    /// Six requests in five minutes.
    SixRequests,
    /// 300 requests in five minutes.
    DefaultLimit,
    /// All codes that were issued have expired.
    ExpiredCodes,
    /// Another server without a rate limit, with an account domain.
    SplitDomain,
}

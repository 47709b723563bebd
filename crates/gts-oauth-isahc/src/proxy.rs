//! The proxy of a request, and its name in an error.

use std::env;

use gts_oauth_core::error::{NetworkError, NetworkFault};
use gts_oauth_core::http::Uri;
use gts_oauth_core::transport::proxies::Proxies;

/// The proxies of the environment, now.
pub(crate) fn environment() -> Proxies {
    Proxies::from_vars(|name| env::var_os(name))
}

/// How a request reaches its host.
pub(crate) struct Route {
    pub(crate) proxy: Option<Uri>,
    /// As in `ALL_PROXY (http://127.0.0.1:3128)`. `None` if the request is sent directly.
    pub(crate) name: Option<String>,
}

impl Route {
    /// The route through the proxies of the environment.
    pub(crate) fn new(environment: &Proxies, uri: &Uri) -> Result<Self, NetworkError> {
        let Some(chosen) = environment.of(uri)? else {
            return Ok(Self { proxy: None, name: None });
        };
        let name = chosen.to_string();
        if chosen.url().starts_with("https://") {
            let fault = NetworkFault::Proxy(name);
            return Err(NetworkError::new(fault, "isahc cannot check the certificate of a proxy"));
        }
        match chosen.url().parse() {
            Ok(proxy) => Ok(Self { proxy: Some(proxy), name: Some(name) }),
            Err(error) => Err(NetworkError::new(NetworkFault::Proxy(name), error)),
        }
    }
}

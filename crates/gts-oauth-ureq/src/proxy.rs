//! The proxy of a request, and its name in an error.

use std::env;

use gts_oauth_core::error::{NetworkError, NetworkFault};
use gts_oauth_core::http::Uri;
use gts_oauth_core::transport::proxies::Proxies;
use ureq::Proxy;
use ureq::config::Config;

/// The proxies of the environment, now.
pub(crate) fn environment() -> Proxies {
    Proxies::from_vars(|name| env::var_os(name))
}

/// The proxies of the environment, if the caller's agent uses them: it has read them itself, by
/// other rules. `None` if the caller has configured a proxy, or none.
pub(crate) fn environment_of(agent: &Config) -> Option<Proxies> {
    let is_of_environment = match agent.proxy() {
        Some(proxy) => proxy.is_from_env(),
        // ureq ignores values that are not valid.
        None => Proxy::try_from_env().is_none(),
    };
    is_of_environment.then(environment)
}

/// How a request reaches its host.
pub(crate) struct Route {
    pub(crate) proxy: Option<Proxy>,
    /// As in `ALL_PROXY (http://127.0.0.1:3128)`, or only the address if the caller configured the
    /// proxy. `None` if the request is sent directly.
    pub(crate) name: Option<String>,
}

impl Route {
    /// The route through the proxies of the environment, or through the agent's own.
    pub(crate) fn new(
        agent: &Config,
        environment: Option<&Proxies>,
        uri: &Uri,
    ) -> Result<Self, NetworkError> {
        let Some(environment) = environment else {
            let proxy = agent.proxy().cloned();
            let used = proxy.as_ref().filter(|proxy| !proxy.is_no_proxy(uri));
            let name = used.map(|proxy| address(proxy.uri()));
            return Ok(Self { proxy, name });
        };
        let Some(chosen) = environment.of(uri)? else {
            return Ok(Self { proxy: None, name: None });
        };
        let name = chosen.to_string();
        match Proxy::new(chosen.url()) {
            Ok(proxy) => Ok(Self { proxy: Some(proxy), name: Some(name) }),
            Err(error) => Err(NetworkError::new(NetworkFault::Proxy(name), error)),
        }
    }
}

/// The URL without its user name and password.
fn address(uri: &Uri) -> String {
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let host_and_port = authority.rsplit('@').next().unwrap_or_default();
    format!("{}://{host_and_port}", uri.scheme_str().unwrap_or("http"))
}

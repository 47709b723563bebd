//! The proxy that libcurl takes from the environment, and its name in an error.

use std::env;

use gts_oauth_core::http::Uri;

/// Names the proxy of a request to this URI: `ALL_PROXY (http://127.0.0.1:3128)`. `None` if
/// libcurl connects without one.
pub(crate) fn of_environment(uri: &Uri) -> Option<String> {
    if is_excluded(uri.host()?) {
        return None;
    }
    let (name, value) = first(variables(uri))?;
    Some(match value.parse() {
        Ok(proxy) => format!("{name} ({})", address(&proxy)),
        Err(_) => name.to_owned(),
    })
}

/// The variables that libcurl reads, in its order.
fn variables(uri: &Uri) -> &'static [&'static str] {
    match uri.scheme_str() {
        Some("http") => &["http_proxy", "all_proxy", "ALL_PROXY"],
        _ => &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
    }
}

/// The first variable with a value.
fn first(names: &[&'static str]) -> Option<(&'static str, String)> {
    let mut values = names.iter().filter_map(|name| Some((*name, env::var(name).ok()?)));
    values.find(|(_, value)| !value.is_empty())
}

/// Whether `NO_PROXY` contains the host or a domain above it. Ranges of IP addresses, which
/// libcurl also accepts, are ignored.
fn is_excluded(host: &str) -> bool {
    let Some((_, list)) = first(&["no_proxy", "NO_PROXY"]) else { return false };
    let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
    list == "*" || list.split(',').any(|entry| is_within(&host, &entry.trim().to_ascii_lowercase()))
}

fn is_within(host: &str, domain: &str) -> bool {
    let domain = domain.trim_start_matches('.');
    let rest = host.strip_suffix(domain);
    !domain.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The URL without its user name and password.
fn address(proxy: &Uri) -> String {
    let authority = proxy.authority().map_or("", |authority| authority.as_str());
    let host_and_port = authority.rsplit('@').next().unwrap_or_default();
    format!("{}://{host_and_port}", proxy.scheme_str().unwrap_or("http"))
}

//! Instances, scopes, redirect URIs, secrets, rate limits: types that every other module uses.
//! Nothing here sends, receives or waits.
//!
//! # Secrets
//!
//! [`Secret`]s print as `Secret(..)`, are wiped when dropped, and compare in constant time. No
//! `Debug`, `Display` or `source` of this crate contains one. Requests do: print their method and
//! path, never their `Debug`. Serialized values contain their secrets, too.

mod endpoint_url;
mod entropy;
mod instance;
mod known_scopes;
mod redact;
mod redirect_uri;
mod scope;
mod secret;
pub(crate) mod stored;
mod text;
mod user_agent;

pub use crate::time::{RateLimit, Retry};
pub(crate) use endpoint_url::{EndpointUrl, MAX_URL};
pub use entropy::Entropy;
pub use instance::Instance;
pub(crate) use instance::is_user_name;
pub use known_scopes::KNOWN_SCOPES;
pub use redact::redact;
pub use redirect_uri::RedirectUri;
pub(crate) use scope::MAX_SCOPES;
pub use scope::{Scope, Scopes};
pub(crate) use secret::MAX_CREDENTIAL;
pub use secret::Secret;
pub use text::printable;
pub(crate) use text::{
    find_ignoring_case, html_title, is_invisible, is_variation_selector, redact_snippet, snippet,
    snippet_of,
};
pub(crate) use user_agent::UserAgent;

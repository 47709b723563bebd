//! What transports share.

mod no_proxy;
mod proxies;
mod response;

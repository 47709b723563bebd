//! What transports share.

mod limits;
mod no_proxy;
mod proxies;
mod response;

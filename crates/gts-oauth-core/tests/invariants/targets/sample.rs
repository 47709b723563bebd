//! Values to begin with.

use std::sync::LazyLock;

use gts_oauth_core::discovery::Discovery;
use gts_oauth_core::{App, Entropy, Error, Instance, RegisterApp, Secret, Session};

use super::canary::{CLIENT_SECRET, REFRESH_TOKEN, TOKEN};

pub const ORIGIN: &str = "https://gts.example.org";

/// The endpoint of [`discovery`] for tokens is at another origin.
pub const TOKEN_ORIGIN: &str = "https://auth.example.org";

pub const CALLBACK: &str = "http://127.0.0.1:7777/callback";

pub fn instance() -> Instance {
    static INSTANCE: LazyLock<Instance> = LazyLock::new(|| ORIGIN.parse().unwrap());
    INSTANCE.clone()
}

/// A discovery result with metadata that requires HTTP Basic and `iss`.
pub fn discovery() -> Discovery {
    static DISCOVERY: LazyLock<Discovery> = LazyLock::new(|| {
        let sample = include_str!("../../core/samples/discovery.json");
        serde_json::from_str(sample).unwrap()
    });
    DISCOVERY.clone()
}

/// Entropy that depends on the seed.
pub fn entropy(seed: u8) -> Entropy {
    let fill = |bytes: &mut [u8]| {
        for (at, byte) in (0..).zip(bytes) {
            *byte = seed.wrapping_mul(31).wrapping_add(at).wrapping_mul(7);
        }
        Ok::<(), Error>(())
    };
    Entropy::from_fn(fill).unwrap()
}

pub fn registration(by_redirect: bool) -> RegisterApp {
    let register = RegisterApp::new(instance(), "fuzz-bot").unwrap();
    let register = register.scopes("read write:statuses".parse().unwrap());
    match by_redirect {
        true => register.redirect_uri(CALLBACK.parse().unwrap()),
        false => register,
    }
}

pub fn app(registration: RegisterApp) -> App {
    App::from_credentials(registration, "01CLIENT", Secret::new(CLIENT_SECRET)).unwrap()
}

pub fn session() -> Session {
    let session = Session::from_token(instance(), Secret::new(TOKEN)).unwrap();
    session.with_refresh_token(Secret::new(REFRESH_TOKEN)).unwrap()
}

//! How much memory a login costs: the protocol should not be what a busy server notices.

use allocation_counter::measure;
use gts_oauth_core::http::Response;
use gts_oauth_core::{
    App, AuthorizeOptions, Callback, Entropy, Error, Exchange, PendingAuthorization, RegisterApp,
    Secret,
};

/// GoToSocial's own reply.
const REPLY: &[u8] = br#"{"access_token":"M2I1M2Y3YJQTMTJLMY0ZNZJKLWJKZWYTYMVKYZMZOGZKZWIZ","created_at":1795431467,"scope":"read","token_type":"Bearer"}"#;
const CODE: &str = "NDE5MJZHNDKTNTFKOS0ZOWNHLTKZNTMTZDI1YZRKMZJLNMIZ";

/// From the address to open to the session: what may be allocated on the way.
const ALLOWED: u64 = 15;

fn app(redirect_uri: &str) -> App {
    let registration = RegisterApp::new("example.org".parse().unwrap(), "my-bot").unwrap();
    let registration = registration.redirect_uri(redirect_uri.parse().unwrap());
    let secret = Secret::new("63688859-6eb8-4676-8dd7-befc52cf89ee");
    App::from_credentials(registration, "01ST88WWRXFV6YDXY3W9WAJSVG", secret).unwrap()
}

fn start(app: &App) -> PendingAuthorization {
    let entropy = Entropy::from_fn(|bytes| {
        bytes.fill(7);
        Ok::<(), Error>(())
    });
    app.authorize(AuthorizeOptions::new(), entropy.unwrap()).unwrap()
}

/// All allocations from having an app to having a session. `bring` is what the person does.
fn allocations<X: Exchange>(app: &App, bring: impl Fn(&PendingAuthorization) -> X) -> u64 {
    let answer = Response::new(REPLY);
    let info = measure(|| {
        let pending = start(app);
        let exchange = bring(&pending);
        let request = exchange.request();
        let session = exchange.parse(&answer).ok();
        assert!(session.is_some() && request.method() == "POST");
    });
    info.count_total
}

#[test]
fn a_login_by_pasted_code_stays_within_its_allocations() {
    let app = app("urn:ietf:wg:oauth:2.0:oob");
    let count = allocations(&app, |pending| pending.code_from_text(CODE).unwrap());
    assert!(count <= ALLOWED, "{count} allocations");
}

#[test]
fn a_login_by_redirect_stays_within_its_allocations() {
    let app = app("http://127.0.0.1:7777/callback");
    let query = format!("code={CODE}&state={}", start(&app).state());
    let count = allocations(&app, |pending| {
        let callback = Callback::from_query(&query).unwrap();
        pending.code_from_callback(&callback).unwrap()
    });
    assert!(count <= ALLOWED, "{count} allocations");
}

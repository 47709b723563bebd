//! From an app to a token: the authorization URL, the code, its exchange. No registration and no
//! HTTP stack.

use std::convert::Infallible;
use std::hint::black_box;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use gts_oauth_core::http::Response;
use gts_oauth_core::{
    App, AuthorizeOptions, Callback, Entropy, Exchange as _, RegisterApp, Secret,
};
use oauth2::basic::BasicClient;
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, TokenResponse as _, TokenUrl,
};
use url::form_urlencoded::Serializer;

use crate::measure::Task;

pub const TASKS: [(&str, Task); 5] = [
    ("redeem/pasted", pasted),
    ("redeem/redirect", redirect),
    ("redeem/oauth2-kept", oauth2_kept),
    ("redeem/oauth2-new", oauth2_new),
    ("redeem/by-hand", by_hand),
];

/// GoToSocial's own response, and a code as it makes them.
const TOKEN: &[u8] = br#"{"access_token":"M2I1M2Y3YJQTMTJLMY0ZNZJKLWJKZWYTYMVKYZMZOGZKZWIZ","created_at":1795431467,"scope":"read","token_type":"Bearer"}"#;
const CODE: &str = "NDE5MJZHNDKTNTFKOS0ZOWNHLTKZNTMTZDI1YZRKMZJLNMIZ";
const CLIENT_ID: &str = "01ST88WWRXFV6YDXY3W9WAJSVG";
const CLIENT_SECRET: &str = "63688859-6eb8-4676-8dd7-befc52cf89ee";
const AUTHORIZE: &str = "https://example.org/oauth/authorize";
const TOKEN_ENDPOINT: &str = "https://example.org/oauth/token";
const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";
const CALLBACK: &str = "http://127.0.0.1:7777/callback";

pub fn app(redirect_uri: &str) -> App {
    let instance = "example.org".parse().expect("an instance");
    let registration = RegisterApp::new(instance, "my-bot").expect("a name");
    let registration = registration.redirect_uri(redirect_uri.parse().expect("a redirect URI"));
    App::from_credentials(registration, CLIENT_ID, Secret::new(CLIENT_SECRET)).expect("an app")
}

pub fn entropy() -> Entropy {
    Entropy::from_fn(|bytes| {
        bytes.fill(7);
        Ok::<(), Infallible>(())
    })
    .expect("bytes")
}

fn pasted(repetitions: u64) {
    let (app, response) = (app(OUT_OF_BAND), Response::new(TOKEN));
    for _ in 0..repetitions {
        let pending = app.authorize(AuthorizeOptions::new(), entropy()).expect("a URL");
        black_box(pending.url());
        let exchange = pending.code_from_text(black_box(CODE)).expect("a code");
        black_box(exchange.request());
        black_box(exchange.parse(&response).expect("a session"));
    }
}

fn redirect(repetitions: u64) {
    let (app, response) = (app(CALLBACK), Response::new(TOKEN));
    for _ in 0..repetitions {
        let pending = app.authorize(AuthorizeOptions::new(), entropy()).expect("a URL");
        black_box(pending.url());
        let query = format!("code={CODE}&state={}", pending.state());
        let callback = Callback::from_query(black_box(&query)).expect("a callback");
        let exchange = pending.code_from_callback(&callback).expect("a code");
        black_box(exchange.request());
        black_box(exchange.parse(&response).expect("a session"));
    }
}

macro_rules! oauth2_client {
    () => {
        BasicClient::new(ClientId::new(CLIENT_ID.to_owned()))
            .set_client_secret(ClientSecret::new(CLIENT_SECRET.to_owned()))
            .set_auth_type(AuthType::RequestBody)
            .set_auth_uri(AuthUrl::new(AUTHORIZE.to_owned()).expect("a URL"))
            .set_token_uri(TokenUrl::new(TOKEN_ENDPOINT.to_owned()).expect("a URL"))
            .set_redirect_uri(RedirectUrl::new(OUT_OF_BAND.to_owned()).expect("a URL"))
    };
}

macro_rules! oauth2_login {
    ($client:expr) => {{
        let verifier =
            PkceCodeVerifier::new("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc".to_owned());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        let state = || CsrfToken::new("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc".to_owned());
        let (url, _state) = $client
            .authorize_url(state)
            .add_scope(Scope::new("read".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        black_box(url);
        let send = |request: oauth2::HttpRequest| {
            black_box(request);
            Ok::<_, Infallible>(Response::new(TOKEN.to_vec()))
        };
        let code = AuthorizationCode::new(black_box(CODE).to_owned());
        let exchange = $client.exchange_code(code).set_pkce_verifier(verifier);
        let token = exchange.request(&send).expect("a token");
        black_box(token.access_token());
    }};
}

fn oauth2_kept(repetitions: u64) {
    let client = oauth2_client!();
    for _ in 0..repetitions {
        oauth2_login!(client);
    }
}

fn oauth2_new(repetitions: u64) {
    for _ in 0..repetitions {
        let client = oauth2_client!();
        oauth2_login!(client);
    }
}

/// The least that a program can do by hand: no check, no error, no type.
fn by_hand(repetitions: u64) {
    #[derive(serde::Deserialize)]
    struct Token {
        access_token: String,
    }
    for _ in 0..repetitions {
        let verifier = BASE64_URL_SAFE_NO_PAD.encode([7; 32]);
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(hmac_sha256::Hash::hash(verifier.as_bytes()));
        let url = format!("{AUTHORIZE}?");
        let start = url.len();
        let url = Serializer::for_suffix(url, start)
            .append_pair("response_type", "code")
            .append_pair("client_id", CLIENT_ID)
            .append_pair("redirect_uri", OUT_OF_BAND)
            .append_pair("scope", "read")
            .append_pair("state", &BASE64_URL_SAFE_NO_PAD.encode([7; 32]))
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .finish();
        black_box(url);
        let form = Serializer::new(String::new())
            .append_pair("client_id", CLIENT_ID)
            .append_pair("client_secret", CLIENT_SECRET)
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", black_box(CODE))
            .append_pair("redirect_uri", OUT_OF_BAND)
            .append_pair("code_verifier", &verifier)
            .finish();
        black_box(form);
        let token: Token = serde_json::from_slice(black_box(TOKEN)).expect("a token");
        black_box(token.access_token);
    }
}

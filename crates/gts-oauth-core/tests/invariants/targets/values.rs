//! What users type or a caller configures: instances, accounts, redirect URIs, names.

use arbitrary::Arbitrary;
use gts_oauth_core::discovery::{Discover, FindAccountDomain};
use gts_oauth_core::http::Uri;
use gts_oauth_core::{
    AuthorizeOptions, Error, Exchange, ExpectedAccount, Instance, RedirectUri, RegisterApp, Secret,
    Session,
};
use url::Url;

use super::canary::assert_error;
use super::inward::is_loopback;
use super::request::{assert_sent_to, parts};
use super::sample::{app, instance, registration, session};
use super::text::Text;
use super::twin;

#[derive(Arbitrary, Clone, Debug)]
pub struct Input(Text);

pub fn check(input: &Input) {
    let text = &*input.0.string(&[]);
    instances(text);
    accounts(text);
    redirect_uris(text);
    settings(text);
}

/// The value, unless the text is rejected, with a message that is safe to print.
fn accepted<T>(result: Result<T, Error>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error) => {
            assert_error(&error, &[]);
            None
        }
    }
}

fn instances(text: &str) {
    let insecure = accepted(Instance::insecure_http(text));
    if let Some(instance) = accepted(text.parse::<Instance>()) {
        assert_eq!(insecure.as_ref(), Some(&instance), "the permission changes the instance");
        let origin = instance.origin();
        let is_secure = origin.starts_with("https://") || is_loopback(origin);
        assert!(is_secure, "{origin} is not encrypted");
        assert_eq!(origin.parse::<Instance>().unwrap(), instance);
    }
    if let Some(instance) = insecure {
        assert_eq!(Instance::insecure_http(instance.origin()).unwrap(), instance);
        use_instance(&instance);
    }
}

fn use_instance(instance: &Instance) {
    let origin = instance.origin();
    let (url, uri) = (Url::parse(origin).unwrap(), origin.parse::<Uri>().unwrap());
    assert_eq!(url.origin().ascii_serialization(), origin);
    assert_eq!(Some(url.scheme()), uri.scheme_str());
    assert_eq!((url.host_str(), url.port()), (uri.host(), uri.port_u16()));
    assert_eq!(Some(instance.host()), uri.host());
    assert_eq!(url.as_str(), format!("{origin}/"));
    for twin in twin::stored(instance) {
        assert_eq!(*instance, twin);
    }
    let request = RegisterApp::new(instance.clone(), "fuzz-bot").unwrap().request();
    assert_sent_to(&request, &[origin]);
    assert_eq!(request.uri().path(), "/api/v1/apps");
    assert_eq!(request.uri().authority().unwrap().as_str(), instance.authority());

    let callback: RedirectUri = "https://app.example/callback?a=b".parse().unwrap();
    let own = callback.for_instance(instance);
    assert_eq!(own.as_str().parse::<RedirectUri>().unwrap(), own);
}

fn accounts(text: &str) {
    if let Some(account) = accepted(text.parse::<ExpectedAccount>()) {
        assert_eq!(account.to_string().parse::<ExpectedAccount>().unwrap(), account);
        for twin in twin::stored(&account) {
            assert_eq!(account, twin);
        }
    }
    if let Some(account) = accepted(ExpectedAccount::id(text)) {
        assert_eq!(account.to_string(), text);
        twin::stored(&account);
    }
    if let Some(discover) = accepted(text.parse::<Discover>()) {
        assert_eq!(text.parse::<Instance>().unwrap(), *discover.requested());
        for twin in twin::stored(&discover) {
            assert_eq!(parts(discover.request()), parts(twin.request()));
        }
    }
    if let Some(find) = accepted(FindAccountDomain::new(instance(), text)) {
        assert_sent_to(&find.request(), &[instance().origin()]);
    }
}

fn redirect_uris(text: &str) {
    let Some(uri) = accepted(text.parse::<RedirectUri>()) else { return };
    assert_eq!(uri.as_str(), text);
    for twin in twin::stored(&uri) {
        assert_eq!(uri, twin);
    }
    let _ = uri.port();
    let own = uri.for_instance(&instance());
    assert_eq!(own.as_str().parse::<RedirectUri>().unwrap(), own);
    assert_eq!(own.is_out_of_band(), uri.is_out_of_band());

    let app = app(registration(false).redirect_uri(uri.clone()));
    let pending = app.authorize(AuthorizeOptions::new(), super::sample::entropy(5)).unwrap();
    let url = Url::parse(pending.url()).unwrap();
    let sent = url.query_pairs().find(|(name, _)| name == "redirect_uri");
    assert_eq!(sent.unwrap().1, uri.as_str());
}

fn settings(text: &str) {
    let register = RegisterApp::new(instance(), "fuzz-bot").unwrap();
    let register = [
        RegisterApp::new(instance(), text),
        register.clone().user_agent(text),
        register.website(text),
    ];
    for register in register.into_iter().filter_map(accepted) {
        let [_, twin] = twin::stored(&register);
        assert_eq!(parts(register.request()), parts(twin.request()));
        assert_sent_to(&register.request(), &[instance().origin()]);
    }
    if let Some(options) = accepted(AuthorizeOptions::new().lang(text)) {
        for twin in twin::stored(&options) {
            assert_eq!(options, twin);
        }
    }
    if let Some(session) = accepted(Session::from_token(instance(), Secret::new(text))) {
        let header = session.verify().request().headers()["authorization"].clone();
        assert_eq!(header.to_str().unwrap(), format!("Bearer {text}"));
        twin::stored(&session);
    }
    if let Some(invalidate) = accepted(session().invalidate_token(text)) {
        let path = format!("/api/v1/tokens/{text}/invalidate");
        let url = Url::parse(&invalidate.request().uri().to_string()).unwrap();
        assert_eq!(url.path(), path, "an id is more than a segment");
    }
}

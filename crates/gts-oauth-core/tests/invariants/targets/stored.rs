//! Stored values, unchanged and tampered with: each is rejected, or behaves as it does when it is
//! stored again.

use std::fmt::Debug;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use arbitrary::Arbitrary;
use gts_oauth_core::authorization::ExchangeCode;
use gts_oauth_core::discovery::{Discover, Discovery};
use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::renewal::{AppToken, RenewalStep, RenewingSession, RequestAppToken};
use gts_oauth_core::{
    Account, App, AuthorizeOptions, Exchange, ExpectedAccount, Instance, LoggedIn, Login,
    PendingAuthorization, RedirectUri, RegisterApp, Scopes, Session, Step, UserReply,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::request::parts;
use super::response::AnyValue;
use super::sample::{ORIGIN, entropy};
use super::text::{List, Text};
use super::twin;

#[derive(Arbitrary, Clone, Debug)]
pub struct Input {
    sample: u8,
    edits: Edits,
}

#[derive(Arbitrary, Clone, Debug)]
enum Edits {
    /// Of the sample in JSON.
    Json(List<JsonEdit, 3>),
    /// Of the sample in postcard: a byte is replaced or added.
    Postcard(List<(u16, bool, u8), 3>),
    /// A text or bytes instead of the sample.
    JsonText(Text),
    PostcardBytes(Text),
}

/// Each changes the value at a place, in the order in which they are written.
#[derive(Arbitrary, Clone, Debug)]
enum JsonEdit {
    Set(u8, AnyValue),
    /// As the value at a place of another sample.
    Copy(u8, u8, u8),
    Remove(u8),
}

pub fn check(input: &Input) {
    let samples = &*SAMPLES;
    let sample = &samples[usize::from(input.sample) % samples.len()];
    match &input.edits {
        Edits::Json(edits) => {
            let mut value = sample.json.clone();
            for edit in &edits.0 {
                edit.apply(&mut value);
            }
            (sample.check)(Stored::Json(value.to_string().as_bytes()));
        }
        Edits::Postcard(edits) => {
            let mut bytes = sample.postcard.clone();
            for (place, is_added, byte) in &edits.0 {
                let place = usize::from(*place) % bytes.len();
                match is_added {
                    true => bytes.insert(place, *byte),
                    false => bytes[place] = *byte,
                }
            }
            (sample.check)(Stored::Postcard(&bytes));
        }
        Edits::JsonText(text) => (sample.check)(Stored::Json(&text.0)),
        Edits::PostcardBytes(bytes) => (sample.check)(Stored::Postcard(&bytes.0)),
    }
}

impl JsonEdit {
    fn apply(&self, value: &mut Value) {
        match self {
            Self::Set(place, new) => *at(value, *place) = new.build("", ORIGIN, &[]),
            Self::Copy(place, sample, from) => {
                let samples = &*SAMPLES;
                let mut other = samples[usize::from(*sample) % samples.len()].json.clone();
                *at(value, *place) = at(&mut other, *from).take();
            }
            Self::Remove(place) => {
                if let Some(object) = at(value, *place).as_object_mut() {
                    let name = object.keys().next().cloned();
                    name.map(|name| object.remove(&name));
                }
            }
        }
    }
}

/// The value at the place with this number, from the root on.
fn at(value: &mut Value, place: u8) -> &mut Value {
    fn count(value: &Value) -> usize {
        1 + match value {
            Value::Array(items) => items.iter().map(count).sum(),
            Value::Object(fields) => fields.values().map(count).sum::<usize>(),
            _ => 0,
        }
    }
    fn find(value: &mut Value, place: usize) -> &mut Value {
        let mut left = match place.checked_sub(1) {
            Some(left) => left,
            None => return value,
        };
        let children: Vec<&mut Value> = match value {
            Value::Array(items) => items.iter_mut().collect(),
            Value::Object(fields) => fields.values_mut().collect(),
            _ => unreachable!("a place below a leaf"),
        };
        for child in children {
            let size = count(child);
            if left < size {
                return find(child, left);
            }
            left -= size;
        }
        unreachable!("a place beyond the end")
    }
    let size = count(value);
    find(value, usize::from(place) % size)
}

enum Stored<'a> {
    Json(&'a [u8]),
    Postcard(&'a [u8]),
}

struct Sample {
    json: Value,
    postcard: Vec<u8>,
    check: fn(Stored<'_>),
}

static SAMPLES: LazyLock<Vec<Sample>> = LazyLock::new(|| {
    macro_rules! samples {
        ($($file:literal: $type:ty,)*) => {
            vec![$(sample::<$type>(include_str!(concat!("../../core/samples/", $file, ".json")))),*]
        };
    }
    let mut samples = samples![
        "app": App,
        "register_app": RegisterApp,
        "register_app_plain": RegisterApp,
        "discovery": Discovery,
        "discover": Discover,
        "pending_authorization": PendingAuthorization,
        "exchange_code": ExchangeCode,
        "session": Session,
        "request_app_token_scopes": RequestAppToken,
        "app_token": AppToken,
        "logged_in": LoggedIn,
        "renewing_session_unstored": RenewingSession,
        "login_new": Login,
        "login_discover": Login,
        "login_register_again": Login,
        "login_authorize_again": Login,
        "login_exchange": Login,
        "login_verify_again": Login,
        "login_done": Login,
    ];
    let instance = json!({"origin": "http://example.org", "insecure_http": true});
    let options = json!(AuthorizeOptions::new().lang("de").unwrap());
    samples.extend([
        sample::<Instance>(&instance.to_string()),
        sample::<Scopes>(r#""read write:statuses""#),
        sample::<RedirectUri>(r#""http://127.0.0.1:7777/callback""#),
        sample::<ExpectedAccount>(r#"{"name":"alice","host":null,"id":null}"#),
        sample::<Account>(r#""{\"id\":\"01\",\"username\":\"alice\",\"acct\":\"alice\"}""#),
        sample::<AuthorizeOptions>(&options.to_string()),
    ]);
    samples
});

fn sample<T: Used>(text: &str) -> Sample {
    let value: T = serde_json::from_str(text).unwrap();
    Sample {
        json: serde_json::from_str(text).unwrap(),
        postcard: postcard::to_allocvec(&value).unwrap(),
        check: |stored| {
            let read = || -> Option<T> {
                match stored {
                    Stored::Json(text) => serde_json::from_slice(text).ok(),
                    Stored::Postcard(bytes) => postcard::from_bytes(bytes).ok(),
                }
            };
            let Some(value) = read() else { return };
            let twins = twin::stored(&value);
            let uses = value.uses();
            for twin in twins {
                assert_eq!(twin.uses(), uses);
            }
        },
    }
}

/// A value that can be stored.
trait Used: Serialize + DeserializeOwned {
    /// What it does, as texts to compare.
    fn uses(self) -> Vec<String>;
}

fn sent(exchange: &impl Exchange) -> String {
    request(exchange.request())
}

fn request(request: Request<Vec<u8>>) -> String {
    format!("{:?}", parts(request))
}

/// The request, and what the exchange makes of a response.
fn exchanged<X: Exchange<Output: Debug>>(exchange: &X) -> Vec<String> {
    let bodies = ["{}", r#"{"access_token":"T","scope":"read"}"#, r#"{"error":"invalid_client"}"#];
    let outcome = |body: &str| twin::outcome(&exchange.parse(&Response::new(body.as_bytes())));
    [sent(exchange)].into_iter().chain(bodies.into_iter().map(outcome)).collect()
}

macro_rules! used {
    ($($type:ty: |$value:ident| $uses:expr,)*) => {$(
        impl Used for $type {
            fn uses(self) -> Vec<String> {
                let $value = self;
                $uses
            }
        }
    )*};
}

used! {
    Instance: |it| vec![sent(&RegisterApp::new(it, "fuzz-bot").unwrap())],
    Scopes: |it| vec![it.to_string(), it.expand_follow().to_string()],
    RedirectUri: |it| vec![it.to_string(), format!("{:?}", it.port())],
    ExpectedAccount: |it| vec![it.to_string(), format!("{it:?}")],
    Account: |it| vec![it.acct().to_owned(), it.json().to_owned(), format!("{it:?}")],
    AuthorizeOptions: |it| vec![format!("{it:?}")],
    RegisterApp: |it| exchanged(&it),
    Discover: |it| exchanged(&it),
    ExchangeCode: |it| exchanged(&it),
    RequestAppToken: |it| exchanged(&it),
    Discovery: |it| vec![format!("{it:?}"), format!("{:?}", it.account_domain())],
    App: |it| {
        let pending = it.authorize(AuthorizeOptions::new(), entropy(1)).unwrap();
        let url = url::Url::parse(pending.url()).unwrap().to_string();
        let token = it.request_token().map(|it| sent(&it)).unwrap_or_default();
        vec![format!("{it:?}"), url, token]
    },
    PendingAuthorization: |it| {
        let code = it.code_from_text(&format!("?code=1&state={}", it.state()));
        let code = code.map(|code| sent(&code)).unwrap_or_default();
        vec![it.url().to_owned(), twin::outcome(&it.code_from_text("code")), code]
    },
    Session: |it| {
        let times = (it.created_at(), it.expires_in(), it.expires_at());
        [format!("{it:?} {times:?}")].into_iter().chain(exchanged(&it.verify())).collect()
    },
    AppToken: |it| {
        let call = it.get("/api/v1/instance").unwrap();
        vec![format!("{it:?} {:?}", it.expires_at()), sent(&call), sent(it.request_again())]
    },
    LoggedIn: |it| {
        let revoke = it.app.revoke(&it.session).unwrap();
        vec![format!("{it} {it:?}"), sent(&revoke)]
    },
    RenewingSession: |it| renew(it),
    Login: |it| log_in(it),
}

fn renew(mut renewing: RenewingSession) -> Vec<String> {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000);
    let mut uses = Vec::new();
    for body in ["", r#"{"access_token":"T"}"#, "{}"] {
        uses.push(match renewing.step(now) {
            RenewalStep::Send { request: it, .. } => request(it),
            RenewalStep::Store { new, old } => format!("{new:?} {old:?}"),
            RenewalStep::Ready(session) => format!("{session:?}"),
        });
        let handled = renewing.handle_response(&Response::new(body.as_bytes()), now);
        uses.push(twin::outcome(&handled));
        renewing.handle_stored();
    }
    uses
}

fn log_in(mut login: Login) -> Vec<String> {
    const BODIES: [&str; 4] = [
        "{}",
        r#"{"error":"invalid_client"}"#,
        r#"{"client_id":"a","client_secret":"b"}"#,
        r#"{"access_token":"T","id":"1","username":"alice","acct":"alice"}"#,
    ];
    let mut uses = Vec::new();
    for body in BODIES {
        uses.push(match login.step() {
            Step::Send { request: it, .. } => request(it),
            Step::Authorize { url, .. } => url.to_owned(),
            Step::Done(logged_in) => format!("{logged_in} {logged_in:?}"),
        });
        uses.push(format!("{login:?}"));
        uses.push(twin::outcome(&login.handle_response(&Response::new(body.as_bytes()))));
        uses.push(twin::outcome(&login.handle_reply("code")));
        let [json, _] = twin::stored(&login);
        uses.push(format!("{:?}", json.revision()));
    }
    uses.push(twin::outcome(&login.handle_reply(UserReply::StartOver)));
    uses.push(twin::outcome(&login.handle_reply(UserReply::NewApp)));
    uses
}

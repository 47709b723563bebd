//! The other server's counterparts of random texts in the recordings: ids, secrets, codes, tokens,
//! cookies.

use gts_oauth_core::http::header::{LOCATION, SET_COOKIE};
use gts_oauth_core::http::{HeaderName, Request, Response};
use gts_oauth_tests::RecordedRequest;
use gts_oauth_tests::secrets::{SECRETS, SHORTEST};
use serde_json::Value;
use url::form_urlencoded;

use crate::fidelity::client::code_at;

/// Fields with random texts, in addition to the secrets.
const PUBLIC: [&str; 4] = ["id", "client_id", "public_key", "vapid_key"];

/// Pairs of a recorded text and the other server's.
#[derive(Default)]
pub(crate) struct Learnt {
    pairs: Vec<(String, String)>,
    /// Those that are only sent: other forms of the texts, and words that can occur in responses.
    sent: Vec<(String, String)>,
}

impl Learnt {
    /// Replaces the one by the other from now on, in forms and queries too.
    pub(crate) fn remember(&mut self, recorded: &str, played: &str) {
        add(&mut self.pairs, recorded, played);
        // Only one text can be restored.
        let (recorded, encoded) = (encoded(recorded), encoded(played));
        match encoded == played {
            true => add(&mut self.sent, &recorded, &encoded),
            false => add(&mut self.pairs, &recorded, &encoded),
        }
    }

    /// As [`remember`](Self::remember), but not for [`restore`](Self::restore).
    pub(crate) fn remember_sent(&mut self, recorded: &str, played: &str) {
        add(&mut self.sent, recorded, played);
        add(&mut self.sent, &encoded(recorded), &encoded(played));
    }

    /// Learns the server's host, which names its cookie, too.
    pub(crate) fn remember_host(&mut self, recorded: &str, played: &str) {
        let cookie = |host: &str| {
            let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
            format!("gotosocial-{name}=")
        };
        self.remember(&cookie(recorded), &cookie(played));
        self.remember(recorded, played);
    }

    /// Learns pairs from the same places of two responses to one request.
    pub(crate) fn learn(&mut self, recorded: &Response<Vec<u8>>, played: &Response<Vec<u8>>) {
        let json = |answer: &Response<Vec<u8>>| serde_json::from_slice(answer.body()).ok();
        if let (Some(recorded), Some(played)) = (json(recorded), json(played)) {
            self.learn_fields(&recorded, &played);
        }
        let id = |response: &Response<Vec<u8>>| {
            header(response, &HeaderName::from_static("x-request-id")).map(str::to_owned)
        };
        // The request's id is on pages, too.
        for (recorded, played) in [(code(recorded), code(played)), (id(recorded), id(played))] {
            if let (Some(recorded), Some(played)) = (recorded, played) {
                self.learn_random(&recorded, &played);
            }
        }
        for (name, played) in cookies(played) {
            let same = |other: &&(String, String)| self.restore(&name) == other.0;
            let recorded = cookies(recorded).iter().find(same).map(|it| it.1.clone());
            if let Some(recorded) = recorded {
                self.learn_random(&recorded, &played);
            }
        }
    }

    /// Mastodon's apps have short ids.
    fn learn_random(&mut self, recorded: &str, played: &str) {
        if recorded.len().min(played.len()) >= SHORTEST {
            self.remember(recorded, played);
        }
    }

    fn learn_fields(&mut self, recorded: &Value, played: &Value) {
        match (recorded, played) {
            (Value::Object(recorded), Value::Object(played)) => {
                for (name, recorded) in recorded {
                    let Some(played) = played.get(name) else {
                        continue;
                    };
                    match (recorded.as_str(), played.as_str()) {
                        (Some(recorded), Some(played)) if name == "error" => {
                            self.learn_ids(recorded, played);
                        }
                        (Some(recorded), Some(played)) if is_random(name) => {
                            self.learn_random(recorded, played);
                        }
                        _ => self.learn_fields(recorded, played),
                    }
                }
            }
            (Value::Array(recorded), Value::Array(played)) => {
                for (recorded, played) in recorded.iter().zip(played) {
                    self.learn_fields(recorded, played);
                }
            }
            _ => {}
        }
    }

    /// Learns ids from the same places of two error texts: `user 01F1ZR5… not an admin`.
    fn learn_ids(&mut self, recorded: &str, played: &str) {
        let is_id = |word: &str| {
            let capital = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
            word.len() == 26 && word.bytes().all(capital)
        };
        for (recorded, played) in recorded.split(' ').zip(played.split(' ')) {
            if is_id(recorded) && is_id(played) {
                self.remember(recorded, played);
            }
        }
    }

    /// The recorded text with the other server's counterparts.
    pub(crate) fn translate(&self, text: &str) -> String {
        let replace = |text: String, (from, to): &(String, String)| text.replace(from, to);
        self.pairs.iter().chain(&self.sent).fold(text.to_owned(), replace)
    }

    /// A text of the other server with the recorded counterparts: the latest, if there are several.
    pub(crate) fn restore(&self, text: &str) -> String {
        let replace = |text: String, (to, from): &(String, String)| text.replace(from, to);
        self.pairs.iter().rev().fold(text.to_owned(), replace)
    }

    /// The recorded request with the other server's counterparts.
    pub(crate) fn request(&self, recorded: &RecordedRequest, origin: &str) -> Request<Vec<u8>> {
        let path = self.translate(&recorded.path);
        let mut request =
            Request::builder().method(recorded.method.as_str()).uri(format!("{origin}{path}"));
        // The host is that of the origin.
        for (name, value) in recorded.headers.iter().filter(|(name, _)| name != "Host") {
            request = request.header(name, self.translate(value));
        }
        let body = self.translate(recorded.body.as_deref().unwrap_or_default());
        let request = request.body(body.into_bytes());
        request.expect("a recorded request is a request")
    }
}

/// Whether fields with this name differ on each server.
fn is_random(name: &str) -> bool {
    PUBLIC.contains(&name) || SECRETS.contains(&name)
}

/// Empty texts are everywhere.
fn add(pairs: &mut Vec<(String, String)>, recorded: &str, played: &str) {
    let pair = (recorded.to_owned(), played.to_owned());
    if !pairs.contains(&pair) && !recorded.is_empty() && !played.is_empty() {
        pairs.push(pair);
    }
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The code in a redirect.
fn code(answer: &Response<Vec<u8>>) -> Option<String> {
    code_at(header(answer, &LOCATION)?)
}

/// Names and values of the cookies that the response sets, the names with `=`.
pub(crate) fn cookies(response: &Response<Vec<u8>>) -> Vec<(String, String)> {
    let headers = response.headers().get_all(SET_COOKIE).iter();
    let texts = headers.filter_map(|header| header.to_str().ok());
    let pairs = texts.filter_map(|cookie| cookie.split(';').next()?.trim().split_once('='));
    pairs.map(|(name, value)| (format!("{name}="), value.to_owned())).collect()
}

fn header<'a>(answer: &'a Response<Vec<u8>>, name: &HeaderName) -> Option<&'a str> {
    answer.headers().get(name)?.to_str().ok()
}

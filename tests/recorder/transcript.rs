//! The format of transcripts.

use gts_oauth_core::http::Response;
use gts_oauth_core::http::header::SET_COOKIE;
use gts_oauth_tests::Recording;
use serde::Serialize;
use serde_json::Value;
use serde_json::ser::PrettyFormatter;

use crate::fidelity::learnt::Learnt;
use crate::mask::Mask;

#[derive(Serialize)]
struct Transcript<'a> {
    request: Sent<'a>,
    response: Received,
}

#[derive(Serialize)]
struct Sent<'a> {
    method: &'a str,
    path: &'a str,
    headers: &'a [(String, String)],
    body: &'a Option<String>,
}

#[derive(Serialize)]
struct Received {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    /// Only of an HTML page.
    #[serde(skip_serializing_if = "Option::is_none")]
    cut: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

/// Headers whose values differ each time.
const TIMES: [&str; 3] = ["Date", "X-Ratelimit-Reset", "X-Request-Id"];
/// The beginning of a page.
const PAGE: &str = "<!DOCTYPE html>";

/// The transcript of this response to the recorded request. Learnt texts are replaced by the recorded
/// ones; so are times, if the recording has one at the same place. Other secrets are removed.
pub(crate) fn write(
    recording: &Recording,
    response: &Response<Vec<u8>>,
    learnt: &Learnt,
    mask: &Mask,
) -> String {
    let body = learnt.restore(&String::from_utf8_lossy(response.body()));
    let mut body = mask.apply(&with_recorded_times(&body, recording.body()));
    let is_page = body.trim_start().starts_with(PAGE);
    let text = is_page.then(|| visible(&body));
    if is_page {
        body = body.split_inclusive('\n').take(2).collect();
    }
    let headers = response.headers().iter().map(|(name, value)| {
        let name = canonical(name.as_str());
        let value = learnt.restore(&String::from_utf8_lossy(value.as_bytes()));
        let value = match name.as_str() {
            "Content-Length" if !is_page => body.len().to_string(),
            "Set-Cookie" => cookie(&value, &recording.response(), mask),
            _ if TIMES.contains(&name.as_str()) => {
                recording.response_header(&name).map_or(value, str::to_owned)
            }
            _ => mask.apply(&value),
        };
        (name, value)
    });
    let request = &recording.request;
    let transcript = Transcript {
        request: Sent {
            method: &request.method,
            path: &request.path,
            headers: &request.headers,
            body: &request.body,
        },
        response: Received {
            status: response.status().as_u16(),
            headers: headers.collect(),
            cut: is_page.then_some(true),
            text,
            body,
        },
    };
    let mut written = Vec::new();
    let format = PrettyFormatter::with_indent(b" ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut written, format);
    transcript.serialize(&mut serializer).expect("texts");
    String::from_utf8(written).expect("JSON")
}

/// As Go writes a header's name: `X-Request-Id`.
fn canonical(name: &str) -> String {
    let word = |word: &str| match word.split_at_checked(1) {
        Some((first, rest)) => first.to_ascii_uppercase() + rest,
        None => String::new(),
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}

/// A cookie with the recorded expiry, and without its value if that is secret.
fn cookie(cookie: &str, recorded: &Response<Vec<u8>>, mask: &Mask) -> String {
    let (pair, attributes) = match cookie.split_once(';') {
        Some((pair, attributes)) => (pair, format!(";{attributes}")),
        None => (cookie, String::new()),
    };
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let expires = |cookie: &str| {
        let attribute = cookie.split("; ").find(|it| it.starts_with("Expires="));
        attribute.map(str::to_owned)
    };
    let headers = recorded.headers().get_all(SET_COOKIE).iter();
    let mut recorded = headers.filter_map(|header| header.to_str().ok());
    let recorded = recorded.find(|cookie| cookie.starts_with(&format!("{name}=")));
    let attributes = match (expires(cookie), recorded.and_then(expires)) {
        (Some(played), Some(recorded)) => attributes.replace(&played, &recorded),
        _ => attributes,
    };
    format!("{name}={}{attributes}", mask.apply_to_cookie(value))
}

/// The body with the recorded times at the same places.
fn with_recorded_times(body: &str, recorded: &str) -> String {
    let (Ok(played), recorded) = (
        serde_json::from_str::<Value>(body),
        serde_json::from_str::<Value>(recorded).unwrap_or_default(),
    ) else {
        return body.to_owned();
    };
    let mut replaced = Vec::new();
    collect(&played, &recorded, &mut replaced);
    replaced.iter().fold(body.to_owned(), |body, (from, to)| body.replace(from, to))
}

/// Pairs of a text to replace and its replacement.
fn collect(played: &Value, recorded: &Value, replaced: &mut Vec<(String, String)>) {
    match played {
        Value::Object(fields) => {
            for (name, played) in fields {
                let recorded = &recorded[name];
                match (played, recorded) {
                    (Value::Number(played), Value::Number(recorded)) if name == "created_at" => {
                        let field = |time| format!("\"created_at\":{time}");
                        replaced.push((field(played), field(recorded)));
                    }
                    _ => collect(played, recorded, replaced),
                }
            }
        }
        Value::Array(items) => {
            for (position, item) in items.iter().enumerate() {
                collect(item, &recorded[position], replaced);
            }
        }
        Value::String(text) => {
            if let Some(recorded) = recorded.as_str().filter(|it| differs_each_time(it, text)) {
                replaced.push((text.clone(), recorded.to_owned()));
            }
        }
        _ => {}
    }
}

/// Whether both are times (`2026-11-26T02:07:26.163Z`), dates, or avatars, which are chosen at random.
fn differs_each_time(one: &str, other: &str) -> bool {
    let shape = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "0");
    let (one, other) = (shape(one), shape(other));
    let is_time = one.starts_with("0000-00-00");
    one == other && (is_time || one.contains("/default_avatars/"))
}

/// The text of a page, without tags and with single spaces.
fn visible(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page;
    while let Some((before, tag)) = rest.split_once('<') {
        text += before;
        text.push(' ');
        let end = ["script", "style"].into_iter().find(|name| tag.starts_with(name));
        let tag = match end {
            Some(name) => tag.split_once(&format!("</{name}")).map_or("", |(_, rest)| rest),
            None => tag,
        };
        rest = tag.split_once('>').map_or("", |(_, rest)| rest);
    }
    text += rest;
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use gts_oauth_tests::recording;

    use super::*;

    /// The transcript of this response in place of a recorded one without secrets.
    fn written(headers: &[(&str, &str)], body: &str, learnt: &Learnt) -> String {
        let recording = recording(1);
        let mut response = Response::builder().status(200);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let response = response.body(body.as_bytes().to_vec()).expect("a response");
        write(&recording, &response, learnt, &Mask::new(&[]))
    }

    #[test]
    fn all_cookies_are_replaced() {
        let cookies = [("Set-Cookie", "a=first; Path=/"), ("Set-Cookie", "b=second")];
        let text = written(&cookies, "", &Learnt::default());
        assert!(text.contains("\"a=REPLACED; Path=/\""), "{text}");
        assert!(text.contains("\"b=REPLACED\""), "{text}");
    }

    #[test]
    fn empty_secrets_leave_the_body_as_it_is() {
        let body = r#"{"access_token":"","scope":"read"}"#;
        let mut learnt = Learnt::default();
        learnt.remember("alice@example.org", "");
        let text = written(&[], body, &learnt);
        let transcript: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(transcript["response"]["body"], body);
    }

    #[test]
    fn each_played_text_is_restored() {
        let mut learnt = Learnt::default();
        learnt.remember("recorded", "first-played");
        learnt.remember("recorded", "second-played");
        assert_eq!(learnt.restore("first-played second-played"), "recorded recorded");
        assert_eq!(learnt.translate("recorded"), "first-played");
    }

    #[test]
    fn cookies_are_learnt_by_name() {
        let response = |cookies: [&str; 2]| {
            let [first, second] = cookies;
            let response = Response::builder().header(SET_COOKIE, first);
            response.header(SET_COOKIE, second).body(Vec::new()).expect("a response")
        };
        let mut learnt = Learnt::default();
        let recorded = response(["a=recorded-value-1; Path=/", "b=recorded-value-2"]);
        learnt.learn(&recorded, &response(["b=played-value-2", "a=played-value-1"]));
        let restored = learnt.restore("played-value-1 played-value-2");
        assert_eq!(restored, "recorded-value-1 recorded-value-2");
    }
}

//! Exchanges recorded with a real GoToSocial 0.20.0, as files beside the tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use gts_oauth_core::http::Response;
use serde::Deserialize;
use url::form_urlencoded;

/// How many exchanges were recorded; they are numbered from 1.
pub const RECORDINGS: u8 = 82;

/// One recorded exchange.
#[derive(Clone, Debug, Deserialize)]
pub struct Recording {
    /// The file's name without `.json`: `19-token-ok-json`.
    #[serde(skip)]
    pub name: String,
    /// What was sent.
    pub request: RecordedRequest,
    response: RecordedResponse,
}

/// The request of a recording.
#[derive(Clone, Debug, Deserialize)]
pub struct RecordedRequest {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Names and values, in order.
    pub headers: Vec<(String, String)>,
    /// None where there was none.
    pub body: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct RecordedResponse {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

/// The recording with this number.
///
/// # Panics
/// If there is none, or more than one.
pub fn recording(number: u8) -> Recording {
    let prefix = format!("{number:02}-");
    let mut found = names().into_iter().filter(|name| name.starts_with(&prefix));
    match (found.next(), found.next()) {
        (Some(name), None) => named(&name),
        (None, _) => panic!("no recording has the number {number}"),
        (Some(one), Some(other)) => panic!("both {one} and {other} have one number"),
    }
}

/// The recording with this name: `19-token-ok-json`.
///
/// # Panics
/// If there is none, or it cannot be read.
pub fn named(name: &str) -> Recording {
    let path = folder().join(format!("{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let recording = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    Recording {
        name: name.to_owned(),
        ..recording
    }
}

/// The names of all recordings, in order.
///
/// # Panics
/// If their folder cannot be read.
pub fn names() -> Vec<String> {
    let entries = fs::read_dir(folder()).expect("the folder of recordings");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry of that folder").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("transcripts/gotosocial-0.20.0")
}

impl Recording {
    /// The answer, whole, as a transport hands it over.
    ///
    /// # Panics
    /// If the file holds what is no status or no header.
    pub fn response(&self) -> Response<Vec<u8>> {
        let mut response = Response::builder().status(self.response.status);
        for (name, value) in &self.response.headers {
            response = response.header(name, value);
        }
        let body = self.response.body.clone().into_bytes();
        response.body(body).expect("recorded headers are headers")
    }

    /// The status of the answer.
    pub fn status(&self) -> u16 {
        self.response.status
    }

    /// The body of the answer.
    pub fn body(&self) -> &str {
        &self.response.body
    }

    /// The first header of the answer with this name, in any case.
    pub fn answered_header(&self, name: &str) -> Option<&str> {
        find(&self.response.headers, name)
    }

    pub(crate) fn answered_headers(&self) -> &[(String, String)] {
        &self.response.headers
    }
}

impl RecordedRequest {
    /// The first header with this name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The token of the `Authorization` header, whatever the case of `Bearer`.
    pub fn bearer(&self) -> Option<&str> {
        let (kind, token) = self.header("authorization")?.split_once(' ')?;
        kind.eq_ignore_ascii_case("bearer").then_some(token)
    }

    /// The fields of the body, form or JSON; none of a body that is neither.
    pub fn fields(&self) -> BTreeMap<String, String> {
        let Some(body) = &self.body else {
            return BTreeMap::new();
        };
        match serde_json::from_str::<BTreeMap<String, serde_json::Value>>(body) {
            Ok(json) => json
                .into_iter()
                .map(|(name, value)| (name, value.as_str().map_or(value.to_string(), Into::into)))
                .collect(),
            Err(_) => form_urlencoded::parse(body.as_bytes())
                .into_owned()
                .collect(),
        }
    }
}

pub(crate) fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut named = headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
    named.next().map(|(_, value)| value.as_str())
}

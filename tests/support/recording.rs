//! Exchanges recorded with real servers, as files beside the tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use gts_oauth_core::Instance;
use gts_oauth_core::http::Response;
use serde::Deserialize;
use url::form_urlencoded;

/// How many exchanges were recorded first with GoToSocial 0.20; they are numbered from 1.
pub const RECORDINGS: u8 = 82;

const GOTOSOCIAL: &str = "gotosocial-0.20.0";

/// The servers that were recorded, by the names of their folders.
pub const SERVERS: [&str; 10] = [
    "gotosocial-0.18.3",
    GOTOSOCIAL,
    "gotosocial-0.20.0-more",
    "gotosocial-0.22.0-rc2",
    "hollo-0.10.0",
    "kitsune-0.0.1-pre.6",
    "mastodon-4.3.13",
    "mastodon-4.6.5",
    "mitra-5.9.2-dev",
    "snac-2.94",
];

/// One recorded exchange.
#[derive(Clone, Debug, Deserialize)]
pub struct Recording {
    /// The file's name without `.json`: `19-token-ok-json`.
    #[serde(skip)]
    pub name: String,
    /// The request.
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
    /// `None` if there was none.
    pub body: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct RecordedResponse {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    /// The visible text of a page that was shortened.
    text: Option<String>,
}

/// All recordings of a server, by the name of its folder, in the order in which they were made.
///
/// # Panics
/// If the folder cannot be read.
pub fn recordings(server: &str) -> Vec<Recording> {
    let mut all: Vec<Recording> = names_in(server).iter().map(|name| read(server, name)).collect();
    all.sort_by_key(Recording::number);
    all
}

/// GoToSocial's recording with this number.
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

/// GoToSocial's recording with this name: `19-token-ok-json`.
///
/// # Panics
/// If there is none, or it cannot be read.
pub fn named(name: &str) -> Recording {
    read(GOTOSOCIAL, name)
}

fn read(server: &str, name: &str) -> Recording {
    let path = folder(server).join(format!("{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let recording = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    Recording { name: name.to_owned(), ..recording }
}

/// The names of all of GoToSocial's recordings, in order.
///
/// # Panics
/// If their folder cannot be read.
pub fn names() -> Vec<String> {
    names_in(GOTOSOCIAL)
}

fn names_in(server: &str) -> Vec<String> {
    let entries = fs::read_dir(folder(server)).expect("the folder of recordings");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry of that folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

fn folder(server: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("transcripts/{server}"))
}

impl Recording {
    /// Its number among those of its server.
    ///
    /// # Panics
    /// If its name does not begin with a number.
    pub fn number(&self) -> u16 {
        let number = self.name.split('-').next().and_then(|it| it.parse().ok());
        number.unwrap_or_else(|| panic!("{} has no number", self.name))
    }

    /// The server that was recorded. GoToSocial's recordings have no `Host`.
    ///
    /// # Panics
    /// If `Host` is not a loopback address.
    pub fn instance(&self) -> Instance {
        let host = self.request.header("host").unwrap_or("127.0.0.1:8085");
        format!("http://{host}").parse().expect("a loopback address")
    }

    /// Whether a browser sent it.
    pub fn is_from_browser(&self) -> bool {
        let agent = self.request.header("user-agent").unwrap_or_default();
        agent.starts_with("Mozilla/")
    }

    /// The visible text of the response.
    pub fn visible(&self) -> &str {
        let page = self.response.text.as_deref();
        page.unwrap_or(&self.response.body)
    }

    /// The whole response, as a transport returns it.
    ///
    /// # Panics
    /// If the status or a header in the file is not valid.
    pub fn response(&self) -> Response<Vec<u8>> {
        let mut response = Response::builder().status(self.response.status);
        for (name, value) in &self.response.headers {
            response = response.header(name, value);
        }
        let body = self.response.body.clone().into_bytes();
        response.body(body).expect("recorded headers are headers")
    }

    /// The status of the response.
    pub fn status(&self) -> u16 {
        self.response.status
    }

    /// The body of the response.
    pub fn body(&self) -> &str {
        &self.response.body
    }

    /// The first header of the response with this name, in any case.
    pub fn response_header(&self, name: &str) -> Option<&str> {
        find(&self.response.headers, name)
    }

    pub(crate) fn response_headers(&self) -> &[(String, String)] {
        &self.response.headers
    }
}

impl RecordedRequest {
    /// The first header with this name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The token of the `Authorization` header, with `Bearer` in any case.
    pub fn bearer(&self) -> Option<&str> {
        let (kind, token) = self.header("authorization")?.split_once(' ')?;
        kind.eq_ignore_ascii_case("bearer").then_some(token)
    }

    /// The fields of a body that is a form or JSON. Empty for any other body.
    pub fn fields(&self) -> BTreeMap<String, String> {
        let Some(body) = &self.body else {
            return BTreeMap::new();
        };
        match serde_json::from_str::<BTreeMap<String, serde_json::Value>>(body) {
            Ok(json) => json
                .into_iter()
                .map(|(name, value)| (name, value.as_str().map_or(value.to_string(), Into::into)))
                .collect(),
            Err(_) => form_urlencoded::parse(body.as_bytes()).into_owned().collect(),
        }
    }
}

pub(crate) fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut named = headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
    named.next().map(|(_, value)| value.as_str())
}

//! `--verbose`: a transport that tells every request and its answer, secrets masked.

use std::fmt::Display;

use gts_oauth_ureq::http::header::{AUTHORIZATION, CONTENT_TYPE, SET_COOKIE};
use gts_oauth_ureq::http::{HeaderMap, HeaderName, Request, Response, Uri};
use gts_oauth_ureq::{BoxError, Transport, Ureq, printable};

use crate::masked;
use crate::output::tell;

const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) struct Traffic {
    http: Ureq,
    told: bool,
}

impl Traffic {
    pub(crate) fn new(told: bool) -> Self {
        let http = Ureq::new();
        Self { http, told }
    }
}

impl Transport for Traffic {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        if !self.told {
            return self.http.send(request);
        }
        line(
            '>',
            format_args!("{} {}", request.method(), address(request.uri())),
        );
        message('>', request.headers(), request.body());
        let answer = self.http.send(request)?;
        line('<', answer.status());
        message('<', answer.headers(), answer.body());
        Ok(answer)
    }
}

fn message(mark: char, headers: &HeaderMap, body: &[u8]) {
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        line(mark, format_args!("{name}: {}", shown(name, &value)));
    }
    let kind = headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if body.is_empty() {
    } else if kind.starts_with(FORM) {
        masked::form(body)
            .iter()
            .for_each(|field| line(mark, field));
    } else if let Some(json) = masked::json(body) {
        json.lines().for_each(|text| line(mark, text));
    } else {
        line(mark, format_args!("({} bytes)", body.len()));
    }
}

/// Of a header that is a secret only what kind it is.
fn shown(name: &HeaderName, value: &str) -> String {
    match *name {
        AUTHORIZATION => format!("{} …", value.split(' ').next().unwrap_or_default()),
        SET_COOKIE => "…".to_owned(),
        _ => value.to_owned(),
    }
}

fn address(uri: &Uri) -> String {
    let query = uri
        .query()
        .map(|query| masked::form(query.as_bytes()).join("&"));
    let query = query.map(|query| format!("?{query}"));
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let scheme = uri.scheme_str().unwrap_or_default();
    format!(
        "{scheme}://{authority}{}{}",
        uri.path(),
        query.unwrap_or_default()
    )
}

fn line(mark: char, text: impl Display) {
    let text = text.to_string();
    let indent = text.len() - text.trim_start().len();
    tell(format_args!(
        "{mark} {}{}",
        &text[..indent],
        printable(&text)
    ));
}

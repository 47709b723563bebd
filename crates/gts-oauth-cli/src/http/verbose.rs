//! `--verbose`: a transport that prints requests and responses with secrets redacted.

use std::fmt::Display;
use std::sync::{Mutex, PoisonError};

use gts_oauth_ureq::http::header::{AUTHORIZATION, CONTENT_TYPE};
use gts_oauth_ureq::http::{HeaderMap, HeaderName, Request, Response};
use gts_oauth_ureq::types::printable;
use gts_oauth_ureq::{BoxError, Transport, Ureq};

use super::slow_servers::SlowServers;
use crate::http::redact::{self, FORM, is_form};
use crate::output::unwrapped_message;
use crate::secrets;

pub(crate) struct VerboseHttp {
    http: Ureq,
    verbose: bool,
    /// The request that was printed last, if several are sent at once.
    printed: Mutex<u64>,
    slow_servers: SlowServers,
}

impl VerboseHttp {
    pub(crate) fn new(http: Ureq, verbose: bool) -> Self {
        Self { http, verbose, printed: Mutex::new(0), slow_servers: SlowServers::default() }
    }

    fn send_or_report(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        let server = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        self.slow_servers.wait_for(&server, || self.http.send(request))
    }
}

impl Transport for VerboseHttp {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        if !self.verbose {
            return self.send_or_report(request);
        }
        let line = format!("{} {}", request.method(), redact::text(&request.uri().to_string()));
        let number = {
            let mut printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
            *printed += 1;
            print_request(&request);
            *printed
        };
        // Not locked, so that a slow server does not delay the others.
        let response = self.send_or_report(request)?;
        let printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        secrets::remember_issued(found(response.headers(), response.body()));
        if *printed != number {
            print_line('<', format_args!("(response to {line})"));
        }
        print_line('<', response.status());
        print_message('<', response.headers(), response.body());
        Ok(response)
    }
}

/// Prints a request with its secrets redacted.
pub(crate) fn print_request(request: &Request<Vec<u8>>) {
    let query = request.uri().query().unwrap_or_default();
    secrets::remember(redact::secrets(query.as_bytes(), FORM));
    secrets::remember(found(request.headers(), request.body()));
    let url = redact::text(&request.uri().to_string());
    print_line('>', format_args!("{} {url}", request.method()));
    print_message('>', request.headers(), request.body());
}

/// Collects the secrets in a request or a response.
fn found(headers: &HeaderMap, body: &[u8]) -> Vec<String> {
    let mut found = redact::secrets(body, kind(headers));
    for (name, value) in headers.iter().filter(|(name, _)| redact::is_secret(name.as_str())) {
        let value = value.to_str().unwrap_or_default();
        let credentials = value.split_once(' ').filter(|_| *name == AUTHORIZATION);
        found.push(credentials.map_or(value, |(_, credentials)| credentials).to_owned());
    }
    found
}

fn print_message(mark: char, headers: &HeaderMap, body: &[u8]) {
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        print_line(mark, format_args!("{name}: {}", redacted_header(name, &value)));
    }
    if body.is_empty() {
    } else if is_form(kind(headers)) {
        print_lines(mark, &redact::form(body).join("\n"));
    } else if let Some(json) = redact::json(body) {
        print_lines(mark, &json);
    } else {
        print_line(mark, format_args!("({} bytes)", body.len()));
    }
}

fn print_lines(mark: char, text: &str) {
    // Invisible characters are removed first: a server can repeat a secret with some between.
    let lines = text.lines().map(|line| {
        let rest = line.trim_start_matches(' ');
        format!("{}{}", &line[..line.len() - rest.len()], printable(rest))
    });
    let text = secrets::hide_in_http(&lines.collect::<Vec<_>>().join("\n"));
    text.lines().for_each(|line| unwrapped_message(format_args!("{mark} {line}")));
}

fn print_line(mark: char, text: impl Display) {
    print_lines(mark, &text.to_string().replace(['\r', '\n'], " "));
}

fn kind(headers: &HeaderMap) -> &str {
    let kind = headers.get(CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default()
}

/// Redacts a header value. Of `Authorization`, the scheme remains.
fn redacted_header(name: &HeaderName, value: &str) -> String {
    match *name {
        AUTHORIZATION => match value.split_once(' ') {
            Some((scheme, _)) => format!("{scheme} …"),
            None => "…".to_owned(),
        },
        _ if redact::is_secret(name.as_str()) => "…".to_owned(),
        _ => redact::text(value),
    }
}

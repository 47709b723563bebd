//! `--verbose`: a transport that prints requests and responses with secrets redacted.

use std::fmt::Display;
use std::sync::{Mutex, PoisonError};

use gts_oauth_ureq::http::header::{AUTHORIZATION, CONTENT_TYPE};
use gts_oauth_ureq::http::{HeaderMap, HeaderName, Request, Response};
use gts_oauth_ureq::types::{printable, redact as redact_secrets};
use gts_oauth_ureq::{BoxError, Transport, Ureq};

use super::patience::Patience;
use crate::http::redact::{self, FORM, is_form};
use crate::output::unwrapped_message;

pub(crate) struct VerboseHttp {
    http: Ureq,
    verbose: bool,
    /// The request that was printed last, if several are sent at once.
    printed: Mutex<u64>,
    patience: Patience,
}

impl VerboseHttp {
    pub(crate) fn new(http: Ureq, verbose: bool) -> Self {
        Self { http, verbose, printed: Mutex::new(0), patience: Patience::default() }
    }

    fn send_patiently(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        let server = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        self.patience.wait_for(&server, || self.http.send(request))
    }
}

impl Transport for VerboseHttp {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        if !self.verbose {
            return self.send_patiently(request);
        }
        let log = RedactedLog::of(&request);
        let line = format!("{} {}", request.method(), redact::text(&request.uri().to_string()));
        let number = {
            let mut printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
            *printed += 1;
            log.print_request(&request);
            *printed
        };
        // Not locked, so that a slow server does not delay the others.
        let response = self.send_patiently(request)?;
        let printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        if *printed != number {
            log.print_line('<', format_args!("(response to {line})"));
        }
        log.print_line('<', response.status());
        log.print_message('<', response.headers(), response.body());
        Ok(response)
    }
}

/// Prints a request with its secrets redacted.
pub(crate) fn print_request(request: &Request<Vec<u8>>) {
    RedactedLog::of(request).print_request(request);
}

/// Prints lines without the secrets of the request, because some servers repeat them.
struct RedactedLog {
    secrets: Vec<String>,
}

impl RedactedLog {
    fn of(request: &Request<Vec<u8>>) -> Self {
        let header = request.headers().get(AUTHORIZATION);
        let header = header.and_then(|value| value.to_str().ok()?.split_once(' '));
        let query = request.uri().query().unwrap_or_default();
        let mut secrets = redact::secrets(query.as_bytes(), FORM);
        secrets.extend(redact::secrets(request.body(), kind(request.headers())));
        secrets.extend(header.map(|(_, secret)| secret.to_owned()));
        let headers = request.headers().iter().filter(|(name, _)| redact::is_secret(name.as_str()));
        let values = headers.filter_map(|(_, value)| Some(value.to_str().ok()?.to_owned()));
        secrets.extend(values.filter(|value| value.len() >= 4));
        Self { secrets }
    }

    fn print_request(&self, request: &Request<Vec<u8>>) {
        let url = redact::text(&request.uri().to_string());
        self.print_line('>', format_args!("{} {url}", request.method()));
        self.print_message('>', request.headers(), request.body());
    }

    fn print_message(&self, mark: char, headers: &HeaderMap, body: &[u8]) {
        for (name, value) in headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            self.print_line(mark, format_args!("{name}: {}", redacted_header(name, &value)));
        }
        if body.is_empty() {
        } else if is_form(kind(headers)) {
            let fields = redact::form(body);
            fields.iter().for_each(|field| self.print_line(mark, field));
        } else if let Some(json) = redact::json(body) {
            json.lines().for_each(|text| self.print_line(mark, text));
        } else {
            self.print_line(mark, format_args!("({} bytes)", body.len()));
        }
    }

    fn print_line(&self, mark: char, text: impl Display) {
        let text = text.to_string();
        let rest = text.trim_start_matches(' ');
        let indent = &text[..text.len() - rest.len()];
        let secrets: Vec<&str> = self.secrets.iter().map(String::as_str).collect();
        // Invisible characters are removed first: a server can repeat a secret with some between.
        let rest = redact_secrets(&printable(rest), &secrets);
        unwrapped_message(format_args!("{mark} {indent}{rest}"));
    }
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

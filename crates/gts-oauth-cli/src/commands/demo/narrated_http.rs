//! A transport that prints each request and response.

use std::cell::Cell;
use std::fmt::Display;

use gts_oauth_ureq::http::header::AUTHORIZATION;
use gts_oauth_ureq::http::{Request, Response};
use gts_oauth_ureq::{BoxError, Transport, Ureq};

use crate::http::redact;
use crate::output::message;

pub(super) struct NarratedHttp {
    http: Ureq,
    steps: Cell<u8>,
}

impl NarratedHttp {
    pub(super) fn new(http: Ureq) -> Self {
        let steps = Cell::new(0);
        Self { http, steps }
    }

    /// Prints the heading of the next step.
    pub(super) fn step(&self, title: &str) {
        self.steps.set(self.steps.get() + 1);
        message(format_args!("\n{}. {title}", self.steps.get()));
    }
}

impl Transport for NarratedHttp {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        self.step(title(request.uri().path()));
        message(format_args!("   {} {}", request.method(), request.uri().path()));
        if request.headers().contains_key(AUTHORIZATION) {
            indented("Authorization: Bearer …");
        }
        for line in redact::form(request.body()) {
            indented(line);
        }
        let response = self.http.send(request)?;
        message(format_args!("   {}", response.status()));
        for line in redact::summary(response.body()).lines() {
            indented(line);
        }
        Ok(response)
    }
}

fn indented(line: impl Display) {
    message(format_args!("      {line}"));
}

fn title(path: &str) -> &'static str {
    match path {
        "/api/v1/apps" => "Register an app",
        "/oauth/token" => "Exchange the code for a token",
        "/api/v1/accounts/verify_credentials" => "Verify the token",
        "/api/v1/notifications" => "Read the notifications",
        _ => "Call the API",
    }
}

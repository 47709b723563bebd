//! Rendering error responses in the format that the client accepts.

use http::StatusCode;
use serde::Serialize;

use super::error_response::ErrorResponse;
use super::html::{self, Software};
use super::negotiation::{wants_html, wants_json};
use super::request::IncomingRequest;
use super::response::{Response, Unhandled, html_page, json, response};

impl ErrorResponse {
    /// The response, or `None` if the server crashes. GoToSocial puts the status text in front
    /// of each error's text.
    pub(crate) fn render(
        self,
        software: Software,
        with_status: bool,
        request: &IncomingRequest,
    ) -> Option<Response> {
        Some(match self {
            Self::Plain(status, help) if wants_html(request).ok()? => {
                html_page(status, html::error(software, &prefixed(status, &help)))
            }
            Self::Plain(status, help) => {
                let error = match with_status || help.is_empty() {
                    true => prefixed(status, &help),
                    false => help,
                };
                json(status, &serde_json::json!({ "error": error }))
            }
            Self::OAuth(status, error, help) => {
                // A struct keeps the order of the fields.
                #[derive(Serialize)]
                struct Body {
                    error: String,
                    error_description: String,
                }
                let error_description = match with_status {
                    true => prefixed(status, &help),
                    false => help,
                };
                json(status, &Body { error, error_description })
            }
            Self::Finished(response) => *response,
            Self::ByAccept(responses) => {
                let [json, page] = *responses;
                if wants_json(request) { json } else { page }
            }
            Self::Unhandled(status) => {
                let error = status.canonical_reason().unwrap_or_default();
                let body = serde_json::json!({ "status": status.as_u16(), "error": error });
                let kind = "application/json; charset=UTF-8";
                let mut response = response(status, kind, body.to_string());
                response.extensions_mut().insert(Unhandled);
                response
            }
            Self::Crash => return None,
        })
    }
}

/// `Bad Request: help`
fn prefixed(status: StatusCode, help: &str) -> String {
    let reason = status.canonical_reason().unwrap_or_default();
    match help {
        "" => reason.to_owned(),
        help => format!("{reason}: {help}"),
    }
}

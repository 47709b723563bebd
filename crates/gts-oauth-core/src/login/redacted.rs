//! Errors after an app was replaced: the server knows the client secret of the former one, too.

use super::Login;
use crate::error::{Error, UnexpectedReason, is_registered_code};
use crate::types::{Secret, redact_snippet};

impl Login {
    /// The error without the client secret of the app that was replaced.
    pub(super) fn redacted(&self, error: Error) -> Error {
        match &self.former_secret {
            Some(secret) => without(error, secret),
            None => error,
        }
    }
}

fn without(mut error: Error, secret: &Secret) -> Error {
    let clean = |text: &mut String| *text = redact_snippet(text, secret.expose());
    match &mut error {
        Error::ErrorResponse(response) => {
            if !is_registered_code(&response.code) {
                clean(&mut response.code);
            }
            response.description.iter_mut().for_each(clean);
        }
        Error::UnexpectedResponse(response) => {
            response.snippet.iter_mut().for_each(clean);
            match &mut response.reason {
                UnexpectedReason::Redirect(text)
                | UnexpectedReason::OtherRedirectUri(text)
                | UnexpectedReason::Authentication(text) => clean(text),
                _ => {}
            }
        }
        _ => {}
    }
    error
}

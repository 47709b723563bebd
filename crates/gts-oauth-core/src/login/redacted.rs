//! Errors without secrets of earlier requests, which the server knows, too.

use super::Login;
use super::stage::Stage;
use crate::error::{Error, UnexpectedReason, is_registered_code};
use crate::types::{Secret, redact_snippet};

impl Login {
    /// The error without the client secret of the app that was replaced, and without the token that
    /// is verified: another account than the expected one can have any name.
    pub(super) fn redacted(&self, error: Error) -> Error {
        let token = match &self.stage {
            Stage::Verify(_, session) => Some(session.access_token()),
            _ => None,
        };
        self.former_secret.iter().chain(token).fold(error, without)
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
        Error::WrongAccount(wrong) => clean(&mut wrong.actual),
        _ => {}
    }
    error
}

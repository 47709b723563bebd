//! Errors without secrets that were not part of their request: the server knows those, too.

use crate::error::{Error, UnexpectedReason, is_registered_code};
use crate::types::{Secret, redact_snippet};

impl Error {
    /// The error without these secrets. An exchange redacts those of its own request; this is for
    /// the others that its caller holds.
    pub(crate) fn without(mut self, secrets: &[Secret]) -> Self {
        let clean = |text: &mut String| *text = redact_snippet(text, secrets);
        let scopes = match &mut self {
            Self::ErrorResponse(response) => {
                if !is_registered_code(&response.code) {
                    clean(&mut response.code);
                }
                response.description.iter_mut().for_each(clean);
                &mut response.missing_scopes
            }
            Self::UnexpectedResponse(response) => {
                response.snippet.iter_mut().for_each(clean);
                match &mut response.reason {
                    UnexpectedReason::Redirect(text)
                    | UnexpectedReason::OtherRedirectUri(text)
                    | UnexpectedReason::Authentication(text) => clean(text),
                    _ => {}
                }
                &mut response.missing_scopes
            }
            Self::WrongAccount(wrong) => {
                clean(&mut wrong.actual);
                return self;
            }
            _ => return self,
        };
        if scopes.as_ref().is_some_and(|text| redact_snippet(text, secrets) != **text) {
            // It is not known which, because these are no scopes.
            *scopes = Some(Box::default());
        }
        self
    }
}

//! What an error means for the login: the one place that decides.

use http::StatusCode;

use crate::error::{Error, UnexpectedReason, is_temporary, is_token_code};

/// Whether this is a definitive error response from the token endpoint, as opposed to a transient
/// failure.
///
/// An HTML page comes from a proxy. 408, 418 and 425 concern the request and not the code. A 5xx
/// is definitive only with an error code of RFC 6749 section 5.2.
pub(crate) fn rejects_code(error: &Error) -> bool {
    let concerns_the_code = |status: u16| status < 500 && !matches!(status, 408 | 418 | 425);
    match error {
        Error::ErrorResponse(response) if is_temporary(&response.code) => false,
        Error::ErrorResponse(response) => {
            is_token_code(&response.code)
                || response.status.is_none_or(|status| concerns_the_code(status.as_u16()))
        }
        Error::UnexpectedResponse(response) => {
            matches!(response.reason, UnexpectedReason::Empty | UnexpectedReason::PlainText)
                && response.status.is_some_and(|status| {
                    status.is_client_error() && concerns_the_code(status.as_u16())
                })
        }
        _ => false,
    }
}

/// Whether the server does not know the app, or not with this client secret.
///
/// RFC 6749 section 5.2 has `invalid_client` for it, which GoToSocial sends with a 400, and a
/// status that means nothing else, which snac sends with an empty body.
pub(crate) fn is_unknown_client(error: &Error) -> bool {
    match error {
        // The second is Takahē's.
        Error::ErrorResponse(response) => {
            matches!(&*response.code, "invalid_client" | "invalid_client_id")
        }
        Error::UnexpectedResponse(response) => {
            response.reason == UnexpectedReason::Empty
                && response.status == Some(StatusCode::UNAUTHORIZED)
        }
        _ => false,
    }
}

/// Whether the server knows the token, but does not permit it to read its own account.
pub(crate) fn is_forbidden(error: &Error) -> bool {
    let page = matches!(
        error,
        Error::UnexpectedResponse(response) if response.reason == UnexpectedReason::Html
    );
    !page && error.status() == Some(StatusCode::FORBIDDEN)
}

/// Whether a document of discovery might exist although it could not be read: the server failed,
/// or the response was cut off.
pub(crate) fn is_transient(error: &Error) -> bool {
    let cut_off = matches!(
        error,
        Error::UnexpectedResponse(response)
            if matches!(response.reason, UnexpectedReason::CutOff(..))
    );
    let failed = error
        .status()
        // 501 and 505 mean that the document does not exist.
        .is_some_and(|status| status.is_server_error() && !matches!(status.as_u16(), 501 | 505));
    cut_off || failed || matches!(error, Error::Unavailable(_))
}

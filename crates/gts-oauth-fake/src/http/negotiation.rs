//! Content negotiation by the `Accept` header (RFC 9110 section 12.5.1), as GoToSocial does it.

use http::StatusCode;
use http::header::ACCEPT;

use super::error_response::ErrorResponse;
use super::framework::Framework;
use super::request::IncomingRequest;

/// Checks that the client accepts one of the offered media types. A missing `Accept` and `*/*`
/// accept anything.
///
/// # Errors
/// If none is accepted, with 406. A media type that continues after an offered one (`application/jsonx`) crashes the
/// server.
pub(crate) fn negotiate(request: &IncomingRequest, offers: &[&str]) -> Result<(), ErrorResponse> {
    if request.framework == Framework::Rails || choose(request, offers)?.is_some() {
        return Ok(());
    }
    let header = request.header(ACCEPT).unwrap_or_default();
    Err(ErrorResponse::Plain(
        StatusCode::NOT_ACCEPTABLE,
        format!(
            "no format can be offered for requested Accept header(s) [{header}]; this endpoint \
             offers [{}]",
            offers.join(" ")
        ),
    ))
}

/// Whether an error is to be sent as an HTML page: if that is accepted before JSON. On Rails the
/// pages for browsers have no other errors, and the API has none of them.
pub(crate) fn wants_html(request: &IncomingRequest) -> Result<bool, ErrorResponse> {
    if request.framework == Framework::Rails {
        if request.path.starts_with("/oauth/authorize") || request.path.starts_with("/auth/") {
            return Ok(true);
        }
        if request.path.starts_with("/api/") || request.path.starts_with("/oauth/") {
            return Ok(false);
        }
    }
    let chosen = choose(request, &["application/json", "text/html"])?;
    Ok(chosen == Some("text/html"))
}

/// Whether JSON is accepted first. Without `Accept` it is not.
pub(super) fn wants_json(request: &IncomingRequest) -> bool {
    let first = accepted(request).first().copied().unwrap_or_default();
    first.contains("/json") || first.contains("+json")
}

/// The media types in `Accept`, in order. Weights are ignored, as the server ignores them.
fn accepted(request: &IncomingRequest) -> Vec<&str> {
    let headers = request.headers.get_all(ACCEPT).iter();
    headers
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|item| item.split(';').next().unwrap_or_default().trim())
        .filter(|item| !item.is_empty())
        .collect()
}

/// The offer that matches the first acceptable media type, byte by byte up to a `*`.
fn choose<'a>(
    request: &IncomingRequest,
    offers: &[&'a str],
) -> Result<Option<&'a str>, ErrorResponse> {
    let accepted = accepted(request);
    if accepted.is_empty() {
        return Ok(offers.first().copied());
    }
    for item in &accepted {
        for offer in offers {
            let prefix = item.split('*').next().unwrap_or_default();
            if offer.starts_with(prefix) {
                return Ok(Some(offer));
            }
            if prefix.starts_with(offer) {
                return Err(ErrorResponse::Crash);
            }
        }
    }
    Ok(None)
}

//! Callback URLs: the redirect URI with response parameters (RFC 6749 section 4.1.2).

use http::StatusCode;
use url::form_urlencoded;

use crate::dialects::{ADVICE, CallbackQuery};
use crate::http::ErrorResponse;
use crate::http::uri;
use crate::state::{AuthorizationRequest, State};

/// GoToSocial normalizes the redirect URI, and returns 500 if it cannot.
pub(crate) fn normalize_redirect_uri(
    state: &State,
    authorization: &AuthorizationRequest,
) -> Result<AuthorizationRequest, ErrorResponse> {
    if !state.profile().consent.redirects_unregistered {
        return Ok(authorization.clone());
    }
    let unreadable = |_| ErrorResponse::Plain(StatusCode::INTERNAL_SERVER_ERROR, ADVICE.to_owned());
    let redirect_uri = uri::normalized(&authorization.redirect_uri).map_err(unreadable)?;
    Ok(AuthorizationRequest { redirect_uri, ..authorization.clone() })
}

/// The callback URL after the user denied.
pub(crate) fn denied(state: &State, authorization: &AuthorizationRequest) -> String {
    let help = "The resource owner or authorization server denied the request.";
    error_redirect(state, authorization, "access_denied", help)
}

/// The callback URL of an error response (RFC 6749 section 4.1.2.1).
pub(crate) fn error_redirect(
    state: &State,
    authorization: &AuthorizationRequest,
    error: &str,
    help: &str,
) -> String {
    let parameters = [("error", error), ("error_description", help)];
    callback_url(state, &authorization.redirect_uri, authorization, &parameters)
}

/// The URI with these parameters in its query, and the `state` of the request.
pub(crate) fn callback_url(
    state: &State,
    uri: &str,
    authorization: &AuthorizationRequest,
    parameters: &[(&str, &str)],
) -> String {
    let profile = &state.profile().consent;
    let state = authorization.state.as_deref().or(profile.default_state);
    let state = state.map(|state| ("state", state));
    let parameters: Vec<_> = parameters.iter().copied().chain(state).collect();
    match profile.callback {
        CallbackQuery::Sorted => sorted(uri, &parameters),
        CallbackQuery::Appended => appended(uri, &encoded(&parameters)),
        CallbackQuery::Doubled => match uri.split_once('?') {
            Some((_, before)) => appended(uri, &format!("{before}&{}", encoded(&parameters))),
            None => appended(uri, &encoded(&parameters)),
        },
        CallbackQuery::Unencoded => appended(uri, &unencoded(&parameters)),
    }
}

/// Sorts all parameters, and replaces those of the same name.
fn sorted(uri: &str, parameters: &[(&str, &str)]) -> String {
    let (uri, fragment) = uri.split_at(uri.find('#').unwrap_or(uri.len()));
    let (page, query) = uri.split_once('?').unwrap_or((uri, ""));
    let mut pairs: Vec<(String, String)> =
        form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    for (name, value) in parameters.iter().copied() {
        pairs.retain(|(other, _)| other != name);
        pairs.push((name.to_owned(), value.to_owned()));
    }
    pairs.sort();
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    format!("{page}?{}{fragment}", query.finish())
}

fn appended(uri: &str, query: &str) -> String {
    let joint = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{joint}{query}")
}

fn encoded(parameters: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters).finish()
}

/// Percent-encodes characters that URLs do not allow, but not delimiters.
fn unencoded(parameters: &[(&str, &str)]) -> String {
    let pairs = parameters.iter().map(|(name, value)| format!("{name}={value}"));
    let query = pairs.collect::<Vec<_>>().join("&");
    let is_allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-_./#%[]=:;$&()+,!?*@'~".contains(&byte);
    query
        .bytes()
        .map(|byte| match is_allowed(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

//! The address that people are sent back to.

use http::StatusCode;
use url::form_urlencoded;

use crate::authorize::ADVICE;
use crate::dialect::Callback;
use crate::reply::Refusal;
use crate::uri;
use crate::world::{AuthorizeForm, World};

/// GoToSocial writes the redirect URI anew, and is lost if it cannot.
pub(crate) fn sent_to(world: &World, form: &AuthorizeForm) -> Result<AuthorizeForm, Refusal> {
    if !world.manner().consent.redirects_anywhere {
        return Ok(form.clone());
    }
    let unreadable = |_| Refusal::Plain(StatusCode::INTERNAL_SERVER_ERROR, ADVICE.to_owned());
    let redirect_uri = uri::written_anew(&form.redirect_uri).map_err(unreadable)?;
    Ok(AuthorizeForm {
        redirect_uri,
        ..form.clone()
    })
}

/// With the person's no.
pub(crate) fn denied(world: &World, form: &AuthorizeForm) -> String {
    let help = "The resource owner or authorization server denied the request.";
    failed(world, form, "access_denied", help)
}

/// With an error (RFC 6749 §4.1.2.1).
pub(crate) fn failed(world: &World, form: &AuthorizeForm, error: &str, help: &str) -> String {
    let answer = [("error", error), ("error_description", help)];
    with_query(world, &form.redirect_uri, form, &answer)
}

/// The URI with these parameters in its query, and the `state` that came.
pub(crate) fn with_query(
    world: &World,
    uri: &str,
    form: &AuthorizeForm,
    answer: &[(&str, &str)],
) -> String {
    let manner = &world.manner().consent;
    let state = form.state.as_deref().or(manner.stateless);
    let state = state.map(|state| ("state", state));
    let answer: Vec<_> = answer.iter().copied().chain(state).collect();
    match manner.callback {
        Callback::Sorted => sorted(uri, &answer),
        Callback::Appended => appended(uri, &encoded(&answer)),
        Callback::Doubled => match uri.split_once('?') {
            Some((_, before)) => appended(uri, &format!("{before}&{}", encoded(&answer))),
            None => appended(uri, &encoded(&answer)),
        },
        Callback::Unencoded => appended(uri, &unencoded(&answer)),
    }
}

/// All that is in the query comes out sorted; what has a name of ours is ours.
fn sorted(uri: &str, answer: &[(&str, &str)]) -> String {
    let (uri, fragment) = uri.split_at(uri.find('#').unwrap_or(uri.len()));
    let (page, query) = uri.split_once('?').unwrap_or((uri, ""));
    let mut pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    for (name, value) in answer.iter().copied() {
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

fn encoded(answer: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(answer).finish()
}

/// What cannot be in an address at all is encoded; what separates parameters is not.
fn unencoded(answer: &[(&str, &str)]) -> String {
    let pairs = answer.iter().map(|(name, value)| format!("{name}={value}"));
    let query = pairs.collect::<Vec<_>>().join("&");
    let may_stand =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-_./#%[]=:;$&()+,!?*@'~".contains(&byte);
    query
        .bytes()
        .map(|byte| match may_stand(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

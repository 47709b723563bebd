//! An answer as the server writes it.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use http::{Response, StatusCode};
use serde::Serialize;

use crate::dialect::Dialect;
use crate::incoming::Incoming;
use crate::pages;

pub(crate) type Reply = Response<Vec<u8>>;

/// What a handler comes to.
pub(crate) type Outcome = Result<Reply, Refusal>;

/// A handler's no.
pub(crate) enum Refusal {
    /// `{"error":"<Status Text>: <help>"}`, or a page that says so.
    Plain(StatusCode, String),
    /// `{"error":…,"error_description":…}` (RFC 6749 §5.2).
    OAuth(StatusCode, String, String),
    /// An answer that is finished.
    Ready(Box<Reply>),
    /// Two of them: for whoever wants JSON before anything else, and for all others.
    ByAccept(Box<[Reply; 2]>),
    /// The server falls over, and the connection with it.
    Crash,
}

impl Refusal {
    pub(crate) fn bad_request(help: impl Into<String>) -> Self {
        Self::Plain(StatusCode::BAD_REQUEST, help.into())
    }

    /// Whether a browser that met it at this path has to begin anew. It may try another
    /// password, and another `Accept`.
    pub(crate) fn ends_session(&self, path: &str) -> bool {
        let Self::Plain(status, _) = self else {
            return false;
        };
        let again = *status == StatusCode::NOT_ACCEPTABLE
            || *status == StatusCode::UNAUTHORIZED && path == "/auth/sign_in";
        !again && ["/auth/sign_in", "/oauth/authorize", "/oauth/oob"].contains(&path)
    }

    pub(crate) fn not_found() -> Self {
        Self::Plain(StatusCode::NOT_FOUND, String::new())
    }

    pub(crate) fn invalid_request(help: impl Into<String>) -> Self {
        Self::oauth(StatusCode::BAD_REQUEST, "invalid_request", help)
    }

    pub(crate) fn oauth(status: StatusCode, error: &str, help: impl Into<String>) -> Self {
        Self::OAuth(status, error.to_owned(), help.into())
    }

    pub(crate) fn ready(reply: Reply) -> Self {
        Self::Ready(Box::new(reply))
    }

    pub(crate) fn by_accept(json: Reply, page: Reply) -> Self {
        Self::ByAccept(Box::new([json, page]))
    }

    /// `{"error":…}` in exactly these words, whatever `Accept` says.
    pub(crate) fn told(status: StatusCode, error: &str) -> Self {
        let body = serde_json::json!({ "error": error });
        Self::ready(json(status, &body))
    }

    /// In the words of the dialect, as the first thing in `Accept` that the server knows.
    pub(crate) fn reply(self, dialect: Dialect, incoming: &Incoming) -> Option<Reply> {
        let gotosocial = dialect.is_gotosocial();
        Some(match self {
            Self::Plain(status, help) if wants_html(incoming).ok()? => {
                html(status, pages::error(&told(status, &help)))
            }
            Self::Plain(status, help) => {
                let error = match gotosocial || help.is_empty() {
                    true => told(status, &help),
                    false => help,
                };
                json(status, &serde_json::json!({ "error": error }))
            }
            Self::OAuth(status, error, help) => {
                #[derive(Serialize)]
                struct Body {
                    error: String,
                    error_description: String,
                }
                let error_description = match gotosocial {
                    true => told(status, &help),
                    false => help,
                };
                json(
                    status,
                    &Body {
                        error,
                        error_description,
                    },
                )
            }
            Self::Ready(reply) => *reply,
            Self::ByAccept(replies) => {
                let [json, page] = *replies;
                if wants_json(incoming) { json } else { page }
            }
            Self::Crash => return None,
        })
    }
}

/// `Bad Request: what is wrong`
fn told(status: StatusCode, help: &str) -> String {
    let reason = status.canonical_reason().unwrap_or_default();
    match help {
        "" => reason.to_owned(),
        help => format!("{reason}: {help}"),
    }
}

pub(crate) fn reply(status: StatusCode, kind: &str, body: impl Into<Vec<u8>>) -> Reply {
    let mut reply = Response::new(body.into());
    *reply.status_mut() = status;
    if !kind.is_empty() {
        set(&mut reply, CONTENT_TYPE, kind);
    }
    reply
}

pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Reply {
    let body = serde_json::to_vec(body).expect("our own shapes are JSON");
    reply(status, "application/json", body)
}

pub(crate) fn ok(body: &impl Serialize) -> Outcome {
    Ok(json(StatusCode::OK, body))
}

pub(crate) fn html(status: StatusCode, page: String) -> Reply {
    reply(status, "text/html; charset=utf-8", page)
}

pub(crate) fn redirect(status: StatusCode, target: &str) -> Reply {
    let mut reply = reply(status, "", "");
    set(&mut reply, LOCATION, target);
    reply
}

pub(crate) fn uncached(mut reply: Reply) -> Reply {
    set(&mut reply, CACHE_CONTROL, "no-store");
    reply
}

pub(crate) fn set(reply: &mut Reply, name: HeaderName, value: &str) {
    // What came from a request may hold what no header can.
    let clean: String = value.chars().filter(|c| !c.is_control()).collect();
    if let Ok(value) = HeaderValue::try_from(clean) {
        reply.headers_mut().insert(name, value);
    }
}

/// The media types in `Accept`, in order; weights are ignored, as the server ignores them.
fn accepted(incoming: &Incoming) -> Vec<&str> {
    let headers = incoming.headers.get_all(http::header::ACCEPT).iter();
    headers
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|item| item.split(';').next().unwrap_or_default().trim())
        .filter(|item| !item.is_empty())
        .collect()
}

/// Whether one of the offers will do. No `Accept`, or `*/*`, takes anything.
///
/// # Errors
/// 406; or a crash, for a media type that goes on where an offer ends (`application/jsonx`).
pub(crate) fn negotiate(incoming: &Incoming, offers: &[&str]) -> Result<(), Refusal> {
    if choose(incoming, offers)?.is_some() {
        return Ok(());
    }
    let header = incoming.header(http::header::ACCEPT).unwrap_or_default();
    Err(Refusal::Plain(
        StatusCode::NOT_ACCEPTABLE,
        format!(
            "no format can be offered for requested Accept header(s) [{header}]; this endpoint \
             offers [{}]",
            offers.join(" ")
        ),
    ))
}

/// The offer that the first acceptable media type takes, byte by byte up to a `*`.
fn choose<'a>(incoming: &Incoming, offers: &[&'a str]) -> Result<Option<&'a str>, Refusal> {
    let accepted = accepted(incoming);
    if accepted.is_empty() {
        return Ok(offers.first().copied());
    }
    for item in &accepted {
        for offer in offers {
            let wanted = item.split('*').next().unwrap_or_default();
            if offer.starts_with(wanted) {
                return Ok(Some(offer));
            }
            if wanted.starts_with(offer) {
                return Err(Refusal::Crash);
            }
        }
    }
    Ok(None)
}

/// Whether JSON is what is accepted first: no `Accept` does not ask for it.
fn wants_json(incoming: &Incoming) -> bool {
    let first = accepted(incoming).first().copied().unwrap_or_default();
    first.contains("/json") || first.contains("+json")
}

/// In which form to tell an error: JSON, unless a page comes first.
pub(crate) fn wants_html(incoming: &Incoming) -> Result<bool, Refusal> {
    let chosen = choose(incoming, &["application/json", "text/html"])?;
    Ok(chosen == Some("text/html"))
}

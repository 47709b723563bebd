//! The path of a call, in the forms in which users have it.

use gts_oauth_ureq::{BoxError, Instance};

use crate::exit_code::InvalidUsage;
use crate::output::shell_word;

/// The first parts of paths that servers have.
const ROOTS: [&str; 5] = ["/api/", "/oauth/", "/.well-known/", "/nodeinfo/", "/manifest.json"];

/// What follows `/api/v1/` in the paths that users call most.
const COLLECTIONS: [&str; 16] = [
    "accounts",
    "announcements",
    "blocks",
    "bookmarks",
    "conversations",
    "favourites",
    "filters",
    "follow_requests",
    "instance",
    "lists",
    "markers",
    "mutes",
    "notifications",
    "preferences",
    "statuses",
    "timelines",
];

/// Returns a path that begins with `/`. Accepts one without it, a URL of this instance, and what Git
/// Bash makes of a path: `C:/Program Files/Git/api/v1/notifications`.
///
/// # Errors
/// An empty path, and a URL of another host. Other faults of a path are reported by core.
pub(super) fn read(text: &str, instance: &Instance) -> Result<String, BoxError> {
    if text.trim().is_empty() {
        let message = "invalid path: empty; name one, such as /api/v1/notifications";
        return Err(InvalidUsage(message.to_owned()).into());
    }
    if let Some((scheme, rest)) = url_parts(text) {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        // Not a password before it.
        let shown = host.rsplit('@').next().unwrap_or_default();
        // Not for https only: it is compared, and nothing is sent there.
        let origin = Instance::insecure_http(&format!("{scheme}://{host}")).ok();
        return match origin {
            Some(origin) if origin.origin() == instance.origin() => Ok(with_slash(&rest[host.len()..])),
            Some(origin) if origin.authority() == instance.authority() => {
                let used = instance.origin();
                let message = format!("invalid path: the instance of this token is {used}, not {origin}.");
                Err(InvalidUsage(message).into())
            }
            _ => Err(InvalidUsage(format!(
                "invalid path: {shown} is not {}, the instance of this token. To use another account, \
                 pass --account.",
                instance.authority()
            ))
            .into()),
        };
    }
    if is_windows_path(text) {
        let start = ROOTS.iter().filter_map(|root| text.find(root)).min();
        return match start {
            Some(start) => Ok(text[start..].to_owned()),
            None => {
                let message = "invalid path: Git Bash has replaced the first slash. Leave it out, as \
                               in api/v1/notifications.";
                Err(InvalidUsage(message.to_owned()).into())
            }
        };
    }
    Ok(with_slash(text))
}

/// Returns what to do about a path that the server does not have. `None` if it is one of those that
/// servers have.
pub(super) fn hint(text: &str) -> Option<String> {
    let path = with_slash(text);
    if ROOTS.iter().any(|root| path.starts_with(root)) || url_parts(text).is_some() {
        return None;
    }
    if !text.contains('/') && text.contains('=') {
        return Some(format!("To send a field, use `-f {text}` after the path."));
    }
    let first = path[1..].split(['/', '?']).next().unwrap_or_default();
    let below = match first {
        "v1" | "v2" => "/api",
        _ if COLLECTIONS.contains(&first) => "/api/v1",
        _ => {
            let example = "/api/v1/accounts/verify_credentials";
            return Some(format!("Paths of the API begin with /api/v1/, as in {example}."));
        }
    };
    Some(format!("Did you mean the path {}?", shell_word(&format!("{below}{path}"))))
}

/// The scheme and the rest of a URL. `None` if it is none, as a path with a URL in its query.
fn url_parts(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    scheme.chars().all(|c| c.is_ascii_alphanumeric()).then_some((scheme, rest))
}

fn with_slash(text: &str) -> String {
    match text.starts_with('/') {
        true => text.to_owned(),
        false => format!("/{text}"),
    }
}

fn is_windows_path(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|drive| drive.is_ascii_alphabetic())
        && characters.next() == Some(':')
        && characters.next() == Some('/')
}

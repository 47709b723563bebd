//! The path of a call, in the forms in which users have it.

use gts_oauth_ureq::{BoxError, Instance};

/// The first parts of paths that servers have.
const ROOTS: [&str; 5] = ["/api/", "/oauth/", "/.well-known/", "/nodeinfo/", "/manifest.json"];

/// Returns a path that begins with `/`. Accepts one without it, a URL of this instance, and what Git
/// Bash makes of a path: `C:/Program Files/Git/api/v1/notifications`.
///
/// # Errors
/// A URL of another host. Other faults of a path are reported by core.
pub(super) fn read(text: &str, instance: &Instance) -> Result<String, BoxError> {
    if let Some((scheme, rest)) = text.split_once("://") {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let origin: Option<Instance> = format!("{scheme}://{host}").parse().ok();
        if origin.is_none_or(|origin| origin.origin() != instance.origin()) {
            return Err(format!(
                "invalid path: {host} is not {}, the instance of this token. To use another account, \
                 pass --account.",
                instance.authority()
            )
            .into());
        }
        return Ok(with_slash(&rest[host.len()..]));
    }
    if is_windows_path(text) {
        let start = ROOTS.iter().filter_map(|root| text.find(root)).min();
        return match start {
            Some(start) => Ok(text[start..].to_owned()),
            None => {
                Err("invalid path: Git Bash has replaced the first slash. Leave it out, as in \
                         api/v1/notifications."
                    .into())
            }
        };
    }
    Ok(with_slash(text))
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

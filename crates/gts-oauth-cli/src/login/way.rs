//! How the person is asked: in a browser that comes back by itself, or with a code to paste.

use std::env;
use std::path::Path;

use webbrowser::Browser;

use crate::arguments::Login;

/// Whether to open a browser; and if not, why, where that was not wished.
pub(super) fn opens_browser(wanted: &Login) -> Result<(), Option<&'static str>> {
    if wanted.browser {
        return Ok(());
    }
    if wanted.no_browser {
        return Err(None);
    }
    match far_away() {
        Some(why) => Err(Some(why)),
        None if !Browser::is_available() => Err(Some("no browser was found")),
        None => Ok(()),
    }
}

/// Why a browser that is opened here would not be seen.
fn far_away() -> Option<&'static str> {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let any = |names: &[&str]| names.iter().any(|name| set(name));
    let there = |path: &str| Path::new(path).exists();
    if any(&["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"]) {
        return Some("this is an SSH session");
    }
    if set("container") || there("/.dockerenv") || there("/run/.containerenv") {
        return Some("this is a container");
    }
    let needs_display = cfg!(all(unix, not(target_os = "macos")));
    if needs_display && !any(&["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"]) {
        return Some("there is no display");
    }
    None
}

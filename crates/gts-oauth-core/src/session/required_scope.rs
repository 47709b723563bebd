//! The scope that a call requires (Mastodon's `docs/api/oauth-scopes`, GoToSocial's API).

use http::Method;

/// The narrowest scope that permits the call on Mastodon and GoToSocial. `None` if the path is not
/// known, or the call is for administrators.
pub(super) fn required_scope(method: &Method, path: &str) -> Option<&'static str> {
    if path == "/oauth/userinfo" {
        return Some("profile");
    }
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    if segments.next()? != "api" {
        return None;
    }
    segments.next()?;
    let (resource, rest) = (segments.next()?, segments.collect::<Vec<_>>());
    let action = match (resource, &rest[..]) {
        ("timelines", [kind, ..]) => kind,
        (_, rest) => rest.last().copied().unwrap_or_default(),
    };
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    Some(match (noun(resource, action)?, is_read) {
        ("push", _) => "push",
        ("read", _) => "read",
        ("media", _) => "write:media",
        ("accounts", true) => "read:accounts",
        ("accounts", false) => "write:accounts",
        ("applications", true) => "read:applications",
        ("applications", false) => "write:applications",
        ("blocks", true) => "read:blocks",
        ("blocks", false) => "write:blocks",
        ("bookmarks", true) => "read:bookmarks",
        ("bookmarks", false) => "write:bookmarks",
        ("collections", true) => "read:collections",
        ("collections", false) => "write:collections",
        ("conversations", true) => "read:statuses",
        ("conversations", false) => "write:conversations",
        ("directory", true) => "read:directory",
        ("favourites", true) => "read:favourites",
        ("favourites", false) => "write:favourites",
        ("filters", true) => "read:filters",
        ("filters", false) => "write:filters",
        ("follows", true) => "read:follows",
        ("follows", false) => "write:follows",
        ("lists", true) => "read:lists",
        ("lists", false) => "write:lists",
        ("mutes", true) => "read:mutes",
        ("mutes", false) => "write:mutes",
        ("notifications", true) => "read:notifications",
        ("notifications", false) => "write:notifications",
        ("relays", true) => "read:relays",
        ("relays", false) => "write:relays",
        ("reports", true) => "read:reports",
        ("reports", false) => "write:reports",
        ("search", _) => "read:search",
        ("read:statuses", _) => "read:statuses",
        ("statuses", true) => "read:statuses",
        ("statuses", false) => "write:statuses",
        _ => return None,
    })
}

/// The part of the scope after the colon, or a scope that does not depend on the method.
fn noun(resource: &str, action: &str) -> Option<&'static str> {
    Some(match (resource, action) {
        (
            "accounts",
            "follow"
            | "unfollow"
            | "remove_from_followers"
            | "relationships"
            | "familiar_followers",
        ) => "follows",
        ("accounts", "block" | "unblock") => "blocks",
        ("accounts" | "statuses", "mute" | "unmute") => "mutes",
        ("accounts", "lists") | ("timelines", "list") => "lists",
        ("accounts", "statuses") => "statuses",
        ("accounts", "collections" | "in_collections") => "collections",
        ("statuses", "pin" | "unpin") => "accounts",
        // A POST that changes nothing.
        ("statuses", "translate") => "read:statuses",
        ("statuses", "bookmark" | "unbookmark") => "bookmarks",
        ("statuses", "favourite" | "unfavourite") => "favourites",
        ("tags", "follow" | "unfollow") => "follows",
        ("tags", "feature" | "unfeature") => "accounts",
        ("announcements", "dismiss") => "accounts",
        ("announcements", _) => "favourites",
        (
            "accounts" | "annual_reports" | "endorsements" | "featured_tags" | "preferences"
            | "profile" | "tokens",
            _,
        ) => "accounts",
        ("async_refreshes" | "suggestions", _) => "read",
        ("apps", _) => "applications",
        ("blocks" | "domain_blocks", _) => "blocks",
        ("bookmarks", _) => "bookmarks",
        ("collections", _) => "collections",
        ("conversations", _) => "conversations",
        // Since GoToSocial 0.22, which requires no token if the directory is public.
        ("directory", _) => "directory",
        ("favourites", _) => "favourites",
        ("filters", _) => "filters",
        ("follow_requests" | "followed_tags", _) => "follows",
        ("lists", _) => "lists",
        ("media", _) => "media",
        ("mutes", _) => "mutes",
        ("notifications" | "interaction_requests", _) => "notifications",
        ("push", _) => "push",
        // Since GoToSocial 0.22.
        ("relay_pushes", _) => "relays",
        ("reports", _) => "reports",
        ("search", _) => "search",
        (
            "markers" | "polls" | "scheduled_statuses" | "statuses" | "streaming" | "timelines",
            _,
        ) => "statuses",
        _ => return None,
    })
}

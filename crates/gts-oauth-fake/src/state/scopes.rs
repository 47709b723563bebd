//! Scopes: which ones servers know, and what they permit.

use gts_oauth_core::types::{Scope, Scopes};

const READ: [&str; 11] = [
    "accounts",
    "blocks",
    "bookmarks",
    "favourites",
    "filters",
    "follows",
    "lists",
    "mutes",
    "notifications",
    "search",
    "statuses",
];

const WRITE: [&str; 13] = [
    "accounts",
    "blocks",
    "bookmarks",
    "conversations",
    "favourites",
    "filters",
    "follows",
    "lists",
    "media",
    "mutes",
    "notifications",
    "reports",
    "statuses",
];

const ADMIN: [&str; 7] = [
    "accounts",
    "reports",
    "domain_allows",
    "domain_blocks",
    "ip_blocks",
    "email_domain_blocks",
    "canonical_email_blocks",
];

/// The scopes that Mastodon 4.6 added.
const COLLECTIONS: [&str; 2] = ["read:collections", "write:collections"];

/// As [`is_known`], with those that Mastodon 4.6 added.
pub(crate) fn is_known_to_mastodon_46(scope: &str) -> bool {
    COLLECTIONS.contains(&scope) || is_known(scope)
}

/// Whether Mastodon 4.3 knows the scope. There is no bare `admin`.
pub(crate) fn is_known(scope: &str) -> bool {
    match scope.split(':').collect::<Vec<_>>().as_slice() {
        ["read" | "write" | "follow" | "push" | "profile"] => true,
        ["read", below] => READ.contains(below),
        ["write", below] => WRITE.contains(below),
        ["admin", "read" | "write"] => true,
        ["admin", "read" | "write", below] => ADMIN.contains(below),
        _ => false,
    }
}

/// All known scopes, in the order in which Mastodon's metadata lists them.
pub(crate) fn known() -> Vec<String> {
    let alone = |scope: &str| vec![scope.to_owned()];
    let below = |top: &str, all: &[&str]| -> Vec<String> {
        all.iter().map(|scope| format!("{top}:{scope}")).collect()
    };
    let known = [
        ["read", "profile", "write"].map(str::to_owned).to_vec(),
        below("write", &WRITE),
        below("read", &READ),
        ["follow", "push"].map(str::to_owned).to_vec(),
        alone("admin:read"),
        below("admin:read", &ADMIN),
        alone("admin:write"),
        below("admin:write", &ADMIN),
    ];
    known.concat()
}

/// As [`known`], with those that Mastodon 4.6 added.
pub(crate) fn known_to_mastodon_46() -> Vec<String> {
    let mut known = known();
    for added in COLLECTIONS {
        let bookmarks = added.replace("collections", "bookmarks");
        let at = known.iter().position(|scope| *scope == bookmarks);
        known.insert(at.map_or(known.len(), |at| at + 1), added.to_owned());
    }
    known
}

/// The scopes of Iceshrimp.NET that are no parts of others.
const GROUPS: [&str; 5] = ["read", "write", "follow", "push", "admin"];

/// Whether Iceshrimp.NET knows the scope.
pub(crate) fn is_known_to_iceshrimp(scope: &str) -> bool {
    let below = |top: &str, all: &[&str]| {
        let scope = scope.strip_prefix(top);
        scope.is_some_and(|scope| all.contains(&scope))
    };
    GROUPS.contains(&scope) || below("read:", &READ) || below("write:", &WRITE)
}

/// All requested scopes, if the registered ones cover them; each group covers its parts.
pub(crate) fn all_expanded(registered: &str, requested: &str) -> Option<String> {
    let registered: Vec<String> = expanded(registered);
    let covered = expanded(requested).iter().all(|it| registered.contains(it));
    covered.then(|| requested.to_owned())
}

fn expanded(scopes: &str) -> Vec<String> {
    let below = |top: &str, all: &[&str]| -> Vec<String> {
        all.iter().map(|scope| format!("{top}:{scope}")).collect()
    };
    let follow = ["follows", "blocks", "mutes"];
    let parts = scopes.split_whitespace().map(|scope| match scope {
        "read" => below("read", &READ),
        "write" => below("write", &WRITE),
        "follow" => [below("read", &follow), below("write", &follow)].concat(),
        other => vec![other.to_owned()],
    });
    parts.flatten().collect()
}

/// Whether the scope's first part was granted. `read:accounts` alone permits nothing.
pub(crate) fn permits_top_level(granted: &str, required: &str) -> bool {
    granted.split_whitespace().any(|it| it == top(required))
}

/// Searches for the scope's first part as a substring, so `read:accounts` permits all of `read`.
pub(crate) fn permits_substring(granted: &str, required: &str) -> bool {
    ["read", "write"].contains(&top(required)) && granted.contains(top(required))
}

fn top(scope: &str) -> &str {
    scope.split(':').next().unwrap_or_default()
}

/// Whether the granted scopes permit an endpoint's required scope.
pub(crate) fn permits(granted: &str, required: &str) -> bool {
    let granted: Scopes = granted.parse().unwrap_or_default();
    let required: Result<Scope, _> = required.parse();
    required.is_ok_and(|required| granted.permits(&required))
}

/// All requested scopes, or none: each must be covered by a registered one.
pub(crate) fn all_or_nothing(registered: &str, requested: &str) -> Option<String> {
    let covered = requested.split(' ').all(|scope| permits(registered, scope));
    covered.then(|| requested.to_owned())
}

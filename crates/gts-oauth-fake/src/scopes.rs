//! The scopes that Mastodon knows, which refuses all others.

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

/// As [`is_known`], but for `profile`, which is of 4.3.
pub(crate) fn is_known_to_42(scope: &str) -> bool {
    scope != "profile" && is_known(scope)
}

/// Whether it is one of them. There is no bare `admin`.
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

/// All of them, as server metadata lists them.
pub(crate) fn known() -> Vec<String> {
    let tops = ["read", "write", "follow", "push", "profile"];
    let below = |top: &str, all: &[&str]| -> Vec<String> {
        all.iter().map(|scope| format!("{top}:{scope}")).collect()
    };
    let mut known: Vec<String> = tops.iter().map(|&top| top.to_owned()).collect();
    known.extend(["admin:read".to_owned(), "admin:write".to_owned()]);
    known.extend(below("read", &READ));
    known.extend(below("write", &WRITE));
    known.extend(below("admin:read", &ADMIN));
    known.extend(below("admin:write", &ADMIN));
    known
}

//! The scopes that servers know, and what they permit.

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

/// Iceshrimp.NET's own, beside those that [`expanded`] knows.
const GROUPS: [&str; 5] = ["read", "write", "follow", "push", "admin"];

/// Whether Iceshrimp.NET registers it.
pub(crate) fn is_known_to_iceshrimp(scope: &str) -> bool {
    let below = |top: &str, all: &[&str]| {
        let scope = scope.strip_prefix(top);
        scope.is_some_and(|scope| all.contains(&scope))
    };
    GROUPS.contains(&scope) || below("read:", &READ) || below("write:", &WRITE)
}

/// All of what is asked for, if what was registered comes to as much; each group stands for its
/// parts.
pub(crate) fn all_expanded(registered: &str, asked: &str) -> Option<String> {
    let registered: Vec<String> = expanded(registered);
    let covered = expanded(asked).iter().all(|it| registered.contains(it));
    covered.then(|| asked.to_owned())
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

/// There are no scopes below `read` and `write`: whoever has only `read:accounts` may nothing.
pub(crate) fn permit_the_whole(granted: &str, wanted: &str) -> bool {
    granted.split_whitespace().any(|it| it == top(wanted))
}

/// As [`permit_the_whole`], but `read:accounts` has `read` in it, so it may read everything.
pub(crate) fn permit_what_is_in_it(granted: &str, wanted: &str) -> bool {
    ["read", "write"].contains(&top(wanted)) && granted.contains(top(wanted))
}

fn top(scope: &str) -> &str {
    scope.split(':').next().unwrap_or_default()
}

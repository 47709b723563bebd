//! The scopes that servers have.

/// The scopes of Mastodon 4.6 and GoToSocial 0.22, to find mistyped ones, or to offer for completion.
/// Broad ones are first.
///
/// No server has all of them. GoToSocial grants every other scope, too, which then permits nothing;
/// Mastodon rejects it. Servers can have scopes of their own, and list them in their
/// [`Metadata`](crate::discovery::Metadata::scopes) (Sharkey).
///
/// ```
/// use gts_oauth_core::types::KNOWN_SCOPES;
///
/// assert!(KNOWN_SCOPES.contains(&"write:media"));
/// assert!(!KNOWN_SCOPES.contains(&"write:medai"));
/// ```
pub const KNOWN_SCOPES: &[&str] = &[
    "read",
    "write",
    "follow",
    "profile",
    "push",
    "admin",
    "admin:read",
    "admin:write",
    "read:accounts",
    "read:applications",
    "read:blocks",
    "read:bookmarks",
    "read:collections",
    "read:custom_emojis",
    "read:directory",
    "read:favourites",
    "read:filters",
    "read:follows",
    "read:lists",
    "read:mutes",
    "read:notifications",
    "read:relays",
    "read:reports",
    "read:search",
    "read:statuses",
    "write:accounts",
    "write:applications",
    "write:blocks",
    "write:bookmarks",
    "write:collections",
    "write:conversations",
    "write:favourites",
    "write:filters",
    "write:follows",
    "write:lists",
    "write:media",
    "write:mutes",
    "write:notifications",
    "write:relays",
    "write:reports",
    "write:statuses",
    "admin:read:accounts",
    "admin:read:canonical_email_blocks",
    "admin:read:custom_emojis",
    "admin:read:domain_allows",
    "admin:read:domain_blocks",
    "admin:read:domain_limits",
    "admin:read:email_domain_blocks",
    "admin:read:instances",
    "admin:read:ip_blocks",
    "admin:read:relays",
    "admin:read:reports",
    "admin:write:accounts",
    "admin:write:canonical_email_blocks",
    "admin:write:custom_emojis",
    "admin:write:domain_allows",
    "admin:write:domain_blocks",
    "admin:write:domain_limits",
    "admin:write:email_domain_blocks",
    "admin:write:instances",
    "admin:write:ip_blocks",
    "admin:write:relays",
    "admin:write:reports",
];

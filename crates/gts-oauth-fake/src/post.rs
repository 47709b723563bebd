//! The statuses on the server, for assertions.

/// A status that was posted, as [`Server::posts`](crate::Server::posts) returns it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Post {
    /// The status's id.
    pub id: String,
    /// The name of its author, such as `alice`.
    pub author: String,
    /// The text as it was sent, not the HTML of it; empty if there was none.
    pub text: String,
    /// `public`, `unlisted`, `private`, `mutuals_only` or `direct`.
    pub visibility: String,
    /// Its attachments, in order.
    pub media: Vec<PostedMedia>,
}

/// An attachment of a [`Post`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PostedMedia {
    /// The attachment's id, which the upload returned.
    pub id: String,
    /// `image`, `audio` or `video`.
    pub kind: String,
    /// The description for users who cannot see it; empty if there was none.
    pub description: String,
}

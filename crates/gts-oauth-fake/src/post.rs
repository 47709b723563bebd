//! The statuses on the server, for assertions.

use crate::state::{State, Status};

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

impl Post {
    pub(crate) fn new(state: &State, status: &Status) -> Self {
        let author = state.account(&status.author);
        let media = state.media_of(status).map(|media| PostedMedia {
            id: media.id.clone(),
            kind: media.format.kind.to_owned(),
            description: media.description.clone(),
        });
        Self {
            id: status.id.clone(),
            author: author.map(|author| author.name.clone()).unwrap_or_default(),
            text: status.text.clone(),
            visibility: status.visibility.clone(),
            media: media.collect(),
        }
    }
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

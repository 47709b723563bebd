//! Web frameworks, which decide how a server reads requests and labels responses.

/// The web framework of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framework {
    /// GoToSocial's. It negotiates by `Accept`, ignores bodies without a `Content-Type`, and
    /// redirects paths that end in a slash.
    Gin,
    /// Mastodon's. It ignores `Accept` in the API, reads bodies without a `Content-Type` as forms,
    /// and ignores a slash at the end of a path.
    Rails,
}

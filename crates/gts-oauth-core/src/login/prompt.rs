//! What the user is asked, and what they return with.

use std::fmt;

use crate::authorization::Callback;
use crate::error::Error;

/// What the prompt of [`Login::run`](super::Login::run) shows to the user: the fields of
/// [`Step::Authorize`](super::Step::Authorize).
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct AuthorizeStep<'a> {
    /// The authorization URL. It changes when a new attempt starts, and when the server must ask for
    /// a password again.
    pub url: &'a str,
    /// Why the last attempt failed. `None` on the first attempt.
    pub problem: Option<&'a Error>,
}

impl fmt::Debug for AuthorizeStep<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the URL, which contains the state.
        f.debug_struct("AuthorizeStep").field("problem", &self.problem).finish_non_exhaustive()
    }
}

/// What the user returned with.
///
/// It is exhaustive: a [`Login`](super::Login) handles exactly these cases.
///
/// ```
/// use gts_oauth_core::UserReply;
///
/// let reply: UserReply = String::from("MJG4YJRK").into();
/// assert!(matches!(reply, UserReply::Pasted(_)));
/// ```
#[derive(Clone)]
pub enum UserReply {
    /// A text: the code, or the whole callback URL.
    Pasted(String),
    /// The callback that the program received itself.
    Callback(Callback),
    /// Start a new attempt with the same app (nothing, before there is one): the user sees an error page of the server, or has
    /// closed its page.
    StartOver,
    /// Register the app again (nothing, before there is one), and start a new attempt: the server does not know the app any
    /// longer, which GoToSocial and others show only to the user.
    NewApp,
}

impl From<String> for UserReply {
    fn from(text: String) -> Self {
        Self::Pasted(text)
    }
}

impl From<&str> for UserReply {
    fn from(text: &str) -> Self {
        Self::Pasted(text.to_owned())
    }
}

impl From<Callback> for UserReply {
    fn from(callback: Callback) -> Self {
        Self::Callback(callback)
    }
}

impl fmt::Debug for UserReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the text, which is or contains the code.
        f.write_str(match self {
            Self::Pasted(_) => "Pasted(..)",
            Self::Callback(_) => "Callback(..)",
            Self::StartOver => "StartOver",
            Self::NewApp => "NewApp",
        })
    }
}

//! Cancelling and replying from another thread.

use std::fmt;
use std::sync::mpsc::Sender;

use gts_oauth_core::UserReply;

/// Ends the wait of [`Loopback::ask`](crate::Loopback::ask) from another thread, or the next wait.
///
/// ```
/// use std::sync::mpsc::Receiver;
/// use std::thread;
///
/// use gts_oauth_prompt::{Handle, Loopback};
///
/// // A browser on another machine cannot return: its user pastes the URL into a window.
/// fn forward(handle: Handle, pasted: Receiver<String>) {
///     thread::spawn(move || pasted.into_iter().for_each(|url| handle.reply(url)));
/// }
///
/// let loopback = Loopback::bind(0)?;
/// let handle = loopback.handle();
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Handle(Sender<Message>);

pub(super) enum Message {
    Reply(UserReply),
    Cancel,
}

impl Handle {
    pub(super) fn new(sender: Sender<Message>) -> Self {
        Self(sender)
    }

    /// Stops the login with [`LoopbackError::Cancelled`](crate::LoopbackError::Cancelled). Nothing
    /// happens if it is finished.
    ///
    /// ```
    /// use gts_oauth_prompt::Loopback;
    ///
    /// let loopback = Loopback::bind(0)?;
    /// let handle = loopback.handle();
    /// let on_escape = move || handle.cancel(); // for example in the thread of a text UI
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn cancel(&self) {
        let _ = self.0.send(Message::Cancel);
    }

    /// Replies in place of the browser: with the callback URL or the code that the user pasted, or
    /// with another [`UserReply`]. A reply that comes early waits for the next question.
    ///
    /// ```
    /// use gts_oauth_core::UserReply;
    /// use gts_oauth_prompt::Loopback;
    ///
    /// let loopback = Loopback::bind(0)?;
    /// loopback.handle().reply(UserReply::NewApp); // the server shows an error page
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn reply(&self, reply: impl Into<UserReply>) {
        let _ = self.0.send(Message::Reply(reply.into()));
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle(..)")
    }
}

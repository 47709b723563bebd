//! Standard input: what a user types or pastes, as a whole.
//!
//! The line mode of a terminal cuts a line after 4,095 bytes (1,024 on macOS), and ends it where a
//! mail client wrapped it. So lines are read without that mode, and lines that arrive at once are
//! one text.
//!
//! - `line`: a line in the making, from the bytes of a terminal
//! - `mode`: the terminal's mode, restored before a signal ends or stops the process
//! - `signals`: what signals wait for
//! - `unix`, `other`: waiting for input

#[cfg(unix)]
mod line;
#[cfg(unix)]
mod mode;
#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod unix;

use std::fmt;
use std::io;
use std::sync::{Mutex, PoisonError};

use gts_oauth_core::{Secret, UserReply};

#[cfg(not(unix))]
use other::Input;
#[cfg(unix)]
use unix::Input;

/// Whether a terminal shows what is typed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Echo {
    Shown,
    Hidden,
}

/// Reads what a user types or pastes on standard input: a code, a callback URL, or `new` for another
/// app ([`UserReply::NewApp`]). `None` if the input has ended.
///
/// Lines that arrive at once are one reply, because terminals and mails wrap long lines. At a
/// terminal, `question` is printed again after the program was stopped with Ctrl-Z.
pub(crate) fn read_reply(question: &str) -> io::Result<Option<UserReply>> {
    let line = Input::new(question, Echo::Shown).read_line()?;
    Ok(line.map(reply))
}

/// Reads a secret, such as a token, on standard input. A terminal does not show it, and is restored
/// after Ctrl-C and Ctrl-Z. `None` if the input has ended.
///
/// ```no_run
/// use gts_oauth_prompt::read_secret;
///
/// let question = "Token: ";
/// eprint!("{question}");
/// let token = read_secret(question)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// Those of reading. The kind is [`Interrupted`](io::ErrorKind::Interrupted) if the user pressed
/// Ctrl-C and the program ignores that signal.
pub fn read_secret(question: &str) -> io::Result<Option<Secret>> {
    let line = Input::new(question, Echo::Hidden).read_line()?;
    Ok(line.map(|line| Secret::new(text(line))))
}

/// Sets a function that is called before Ctrl-C ends the process while a terminal is read, for example
/// to print how to go on. The terminal is restored by then. It replaces an earlier function.
///
/// It is not called if the program handles or ignores that signal, nor on Windows.
///
/// ```
/// gts_oauth_prompt::before_interrupt(|| eprintln!("Run this program again to resume the login."));
/// ```
pub fn before_interrupt(action: impl Fn() + Send + 'static) {
    *BEFORE_INTERRUPT.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(action));
}

/// Holds back Ctrl-C, SIGTERM and SIGHUP while the result exists: for what must not be done by half,
/// such as a renewal, whose new refresh token would be lost. When the result is dropped, the signal that
/// was received ends the process. Until then, a second one ends it at once.
///
/// `notify` is called for the first signal. A program that handles or ignores a signal goes on to do
/// so. On Windows, nothing is held back.
///
/// ```
/// use gts_oauth_prompt::hold_interrupts;
///
/// let notify = || eprintln!("Storing the token. Press Ctrl-C again to end at once.");
/// let held = hold_interrupts(notify);
/// // Renew the token, and store it.
/// drop(held);
/// ```
pub fn hold_interrupts(notify: impl FnOnce() + Send + 'static) -> HeldInterrupts {
    #[cfg(not(unix))]
    drop(notify);
    HeldInterrupts {
        // Without a thread, signals act at once.
        #[cfg(unix)]
        _held: signals::Held::begin(notify).ok(),
    }
}

/// What [`hold_interrupts`] returns: signals are held back until it is dropped.
#[must_use = "signals are held back until it is dropped"]
pub struct HeldInterrupts {
    #[cfg(unix)]
    _held: Option<signals::Held>,
}

impl fmt::Debug for HeldInterrupts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HeldInterrupts")
    }
}

/// The function of [`before_interrupt`].
static BEFORE_INTERRUPT: Mutex<Option<Box<dyn Fn() + Send>>> = Mutex::new(None);

/// Whether standard input has ended, so that no reply can come: it is closed, or an empty file. It
/// never waits. `false` if it is not known, as always on Windows.
///
/// ```
/// if gts_oauth_prompt::is_input_closed() {
///     eprintln!("Run this program at a terminal.");
/// }
/// ```
pub fn is_input_closed() -> bool {
    #[cfg(unix)]
    return unix::is_closed();
    #[cfg(not(unix))]
    return false;
}

/// What a user types or pastes on standard input, while something else is waited for: a code, a
/// callback URL, or `new` for another app ([`UserReply::NewApp`]). Lines that arrive at once are one
/// reply, because terminals and mails wrap long lines.
///
/// While this value exists, a terminal might be in another mode, in which Ctrl-C is handled by
/// [`poll`](Self::poll). Drop it when the user is no longer asked.
///
/// ```no_run
/// use gts_oauth_prompt::{Loopback, Replies};
///
/// // A browser on another machine cannot return: its user pastes the address.
/// let loopback = Loopback::bind(0)?;
/// let handle = loopback.handle();
/// let mut replies = Replies::new();
/// let loopback = loopback.while_waiting(move |_| {
///     if let Some(reply) = replies.poll() {
///         handle.reply(reply);
///     }
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "a reply is read only when it is polled"]
pub struct Replies {
    /// `None` if the input has ended.
    input: Option<Input>,
}

impl Replies {
    /// Replies on standard input.
    ///
    /// ```no_run
    /// let replies = gts_oauth_prompt::Replies::new();
    /// ```
    pub fn new() -> Self {
        Self { input: Some(Input::new("", Echo::Shown)) }
    }

    /// Returns a reply if there is a complete one. `None` also if the input has ended or cannot be
    /// read. A reply without text is skipped.
    ///
    /// ```no_run
    /// let mut replies = gts_oauth_prompt::Replies::new();
    /// if let Some(reply) = replies.poll() {
    ///     eprintln!("{reply:?}");
    /// }
    /// ```
    pub fn poll(&mut self) -> Option<UserReply> {
        match self.input.as_mut()?.poll_line() {
            Ok(Some(Some(line))) if line.trim_ascii().is_empty() => None,
            Ok(Some(Some(line))) => Some(reply(line)),
            Ok(None) => None,
            Ok(Some(None)) | Err(_) => {
                self.input = None;
                None
            }
        }
    }

    /// Whether the user has begun a reply, so that other output would hide it. `false` if it is not
    /// known, as always on Windows.
    ///
    /// ```
    /// let replies = gts_oauth_prompt::Replies::new();
    /// if !replies.is_begun() {
    ///     eprintln!("Waiting for your browser");
    /// }
    /// ```
    pub fn is_begun(&self) -> bool {
        self.input.as_ref().is_some_and(Input::is_begun)
    }
}

impl Default for Replies {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Replies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the text, which can be a code.
        f.write_str("Replies(..)")
    }
}

fn reply(line: Vec<u8>) -> UserReply {
    let line = text(line);
    match line.trim().eq_ignore_ascii_case("new") {
        true => UserReply::NewApp,
        false => UserReply::Pasted(line),
    }
}

/// Invalid UTF-8 is never a code, and the user can type again.
fn text(line: Vec<u8>) -> String {
    String::from_utf8(line)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

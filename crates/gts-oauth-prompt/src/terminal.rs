//! Out-of-band authorization at a terminal: the user opens the URL anywhere and pastes the code.

use std::io::{self, Write as _};
use std::sync::{Mutex, PoisonError};

use gts_oauth_core::error::Cause;
use gts_oauth_core::types::printable;
use gts_oauth_core::{AuthorizeStep, BoxError, Error, UserReply};

use crate::input::read_reply;

/// What is pasted is on lines of its own, so that the user can compare it.
const QUESTION: &str =
    "Paste the code or the URL you were sent to (after an error page, type `new`):\n";

/// Prints the authorization URL on standard error, after the problem of the last attempt, and reads
/// what the user pastes from standard input: a code, a callback URL, or `new` for another app. A URL
/// that was printed last is not printed again. Lines that arrive at once are one reply, because
/// terminals and mails wrap long lines.
///
/// ```no_run
/// # use gts_oauth_core::{Error, Login, Transport};
/// # fn run(login: &mut Login, http: &dyn Transport) -> Result<(), Error> {
/// use gts_oauth_prompt::terminal;
///
/// let me = login.run(http, terminal)?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Those of reading. The kind of the [`io::Error`] is
/// [`UnexpectedEof`](io::ErrorKind::UnexpectedEof) if the input ends before there is a line, and
/// [`Interrupted`](io::ErrorKind::Interrupted) if the user pressed Ctrl-C and the program ignores
/// that signal.
pub fn terminal(step: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
    terminal_with(step, |text| {
        // The input can arrive even if standard error is closed.
        let _ = writeln!(io::stderr(), "{text}");
    })
}

/// As [`terminal()`], with a function that prints the problem of the last attempt and the authorization
/// URL, and ends with a line break: to name the options of a program, or to wrap long lines.
///
/// ```no_run
/// # use gts_oauth_core::{Error, Login, Transport};
/// # fn run(login: &mut Login, http: &dyn Transport) -> Result<(), Error> {
/// use gts_oauth_prompt::terminal_with;
///
/// let show = |text: &str| {
///     eprintln!("{}", text.replace("skip discovery.", "skip discovery (--skip-discovery)."));
/// };
/// let me = login.run(http, |step| terminal_with(step, show))?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`terminal()`].
pub fn terminal_with(
    step: AuthorizeStep<'_>,
    show: impl FnOnce(&str),
) -> Result<UserReply, BoxError> {
    show(&text(&step));
    let _ = write!(io::stderr(), "{QUESTION}");
    match read_reply(QUESTION)? {
        Some(reply) => Ok(reply),
        None => {
            let ended = "standard input ended before there was a code";
            Err(io::Error::new(io::ErrorKind::UnexpectedEof, ended).into())
        }
    }
}

/// The problem and the URL. An empty line is last.
fn text(step: &AuthorizeStep<'_>) -> String {
    /// The URL that was printed last.
    static PRINTED: Mutex<String> = Mutex::new(String::new());
    let mut printed = PRINTED.lock().unwrap_or_else(PoisonError::into_inner);
    let url = step.url;
    let text = match step.problem.map(problem_line) {
        Some(problem) if *printed == url => {
            format!("\n{problem}\nThe authorization URL above remains valid.\n")
        }
        // Only `force_login` is different.
        Some(problem) if state(&printed).is_some_and(|it| state(url) == Some(it)) => format!(
            "\n{problem}\nTo try again, open this URL, or paste a code of the earlier page. To start over\n\
             with a new app, type `new`:\n\n{url}\n"
        ),
        Some(problem) => format!("\n{problem}\nThe authorization URL has changed:\n\n{url}\n"),
        None => format!("Open this URL in your browser and allow the app:\n\n{url}\n"),
    };
    url.clone_into(&mut printed);
    text
}

/// The `state` of an authorization URL. Attempts with the same one accept the same codes.
fn state(url: &str) -> Option<&str> {
    url.split(['?', '&']).find_map(|parameter| parameter.strip_prefix("state="))
}

/// Describes the problem of the last attempt on one line.
pub(crate) fn problem_line(problem: &Error) -> String {
    let mut text = format!("That did not work: {}", problem_text(problem));
    if !text.ends_with('.') {
        text.push('.');
    }
    text
}

/// The problem of the last attempt, for a user who knows what was tried: they have just pasted a
/// code, or were asked to allow the app.
pub(crate) fn problem_text(problem: &Error) -> String {
    let text = problem.to_string();
    let what = match (problem.cause(), problem.operation()) {
        (Cause::CodeRejected | Cause::Denied, Some(operation)) => format!("{operation} failed: "),
        _ => String::new(),
    };
    printable(text.strip_prefix(&what).unwrap_or(&text))
}

//! Out-of-band authorization at a terminal: the user opens the URL anywhere and pastes the code.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};

use gts_oauth_core::error::{Cause, Operation, Remedy};
use gts_oauth_core::types::printable;
use gts_oauth_core::{AuthorizeStep, BoxError, Error, UserReply};

use crate::input::read_reply;

/// Short, so that what is pasted begins in the same line.
const QUESTION: &str = "Code or URL: ";

/// Prints the authorization URL on standard error, after the problem of the last attempt, and reads
/// what the user pastes from standard input: a code, a callback URL, or `new` for another app. A URL
/// that was printed last is not printed again. At a terminal, an empty line is asked about again.
/// Lines that arrive at once are one reply, because terminals and mails wrap long lines.
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
    loop {
        let _ = write!(io::stderr(), "{QUESTION}");
        match read_reply(QUESTION)? {
            // A program that writes empty lines must not be asked for ever.
            Some(UserReply::Pasted(text))
                if text.trim().is_empty() && io::stdin().is_terminal() => {}
            Some(reply) => {
                if !io::stdin().is_terminal() {
                    // Nothing was typed that ends the line of the question.
                    let _ = writeln!(io::stderr());
                }
                return Ok(reply);
            }
            None => {
                // The next output starts on a line of its own.
                let _ = writeln!(io::stderr());
                let ended = "standard input ended before there was a code";
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, ended).into());
            }
        }
    }
}

/// What the user pastes.
const PASTE: &str = "Then paste the code, or the URL that you are sent to. If the page shows an error, type `new` \
     to register a new app.";

/// The problem, the URL, and what to do.
fn text(step: &AuthorizeStep<'_>) -> String {
    /// The URL that was printed last.
    static PRINTED: Mutex<String> = Mutex::new(String::new());
    let mut printed = PRINTED.lock().unwrap_or_else(PoisonError::into_inner);
    let url = step.url;
    let text = match step.problem {
        Some(problem) if *printed == url => {
            format!(
                "\n{}\nPaste again, or open the authorization URL above for another code.",
                problem_line(problem)
            )
        }
        Some(problem) => {
            // The same attempt accepts the code that was meant.
            let open = match problem.cause() {
                Cause::CodeRejected => {
                    "Paste the code again, or open this authorization URL for another one:"
                }
                _ => "Open this authorization URL:",
            };
            format!("\n{}\n{open}\n\n{url}\n\n{PASTE}", problem_line(problem))
        }
        None => {
            format!(
                "Open this authorization URL in your browser and allow the app:\n\n{url}\n\n{PASTE}"
            )
        }
    };
    url.clone_into(&mut printed);
    text
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
/// code, or were asked to allow the app. They are asked again, so it does not advise to start over.
pub(crate) fn problem_text(problem: &Error) -> String {
    let text = match (problem.cause(), problem.operation()) {
        (Cause::CodeRejected, Some(Operation::ExchangeCode))
            if problem.remedy() == Remedy::SignIn =>
        {
            with_response(CODE_REJECTED, problem)
        }
        (Cause::Denied, Some(_)) => with_response("access was denied.", problem),
        _ => problem.to_string(),
    };
    printable(&text)
}

const CODE_REJECTED: &str = "the server rejected the code. It was mistyped, used before, is of another login, or has \
     expired (GoToSocial: after five minutes), or the server no longer knows the app.";

/// Adds what the server responded.
fn with_response(text: &str, problem: &Error) -> String {
    let response = match problem {
        Error::ErrorResponse(response) => response.to_string(),
        Error::UnexpectedResponse(response) => response.to_string(),
        _ => return text.to_owned(),
    };
    let what = problem.operation().map_or(String::new(), |it| format!("{it} failed: "));
    let response = response.strip_prefix(&what).unwrap_or(&response);
    format!("{text} The server's response: {response}.")
}

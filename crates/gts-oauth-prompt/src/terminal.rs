//! Out-of-band authorization at a terminal: the user opens the URL anywhere and pastes the code.

use std::io::{self, BufRead, Write as _};

use gts_oauth_core::types::printable;
use gts_oauth_core::{AuthorizeStep, BoxError, UserReply};

/// Prints the authorization URL on standard error, after the problem of the last attempt, and reads
/// what the user pastes from standard input, as [`read_reply`].
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
/// An [`io::Error`] if standard input cannot be read. Its kind is
/// [`UnexpectedEof`](io::ErrorKind::UnexpectedEof) if the input ends before there is a line.
pub fn terminal(step: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
    // The input can arrive even if standard error is closed.
    let _ = print(&step);
    match read_reply(&mut io::stdin().lock())? {
        Some(reply) => Ok(reply),
        None => {
            // The next output starts on a line of its own.
            let _ = writeln!(io::stderr());
            let ended = "standard input ended before there was a code";
            Err(io::Error::new(io::ErrorKind::UnexpectedEof, ended).into())
        }
    }
}

fn print(step: &AuthorizeStep<'_>) -> io::Result<()> {
    let mut stderr = io::stderr().lock();
    match step.problem {
        Some(problem) => writeln!(stderr, "\n{}", problem_line(problem))?,
        None => writeln!(stderr, "Open this address in your browser and allow the app:")?,
    }
    writeln!(stderr, "\n{}\n", step.url)?;
    write!(
        stderr,
        "Paste the code, or the whole address you were sent to (or type `new`, if the page shows \
         an error): "
    )
}

/// Describes the problem of the last attempt in one sentence.
pub(crate) fn problem_line(problem: &gts_oauth_core::Error) -> String {
    let mut text = format!("That did not work: {}", printable(&problem.to_string()));
    if !text.ends_with('.') {
        text.push('.');
    }
    text
}

/// Reads one line that a user typed or pasted: a code, a callback URL, or `new` for another app
/// ([`UserReply::NewApp`]). `None` if the input has ended.
///
/// ```
/// use gts_oauth_core::UserReply;
/// use gts_oauth_prompt::read_reply;
///
/// let mut input = &b"MJG4YJRK\nnew\n"[..];
/// assert!(matches!(read_reply(&mut input)?, Some(UserReply::Pasted(_))));
/// assert!(matches!(read_reply(&mut input)?, Some(UserReply::NewApp)));
/// assert!(read_reply(&mut input)?.is_none());
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// Those of reading.
pub fn read_reply(input: &mut dyn BufRead) -> io::Result<Option<UserReply>> {
    let mut line = Vec::new();
    if input.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    // Invalid UTF-8 is never a code, and the user can type again.
    let line = String::from_utf8_lossy(&line).into_owned();
    Ok(Some(match line.trim() {
        "new" => UserReply::NewApp,
        _ => UserReply::Pasted(line),
    }))
}

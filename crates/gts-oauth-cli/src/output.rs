//! Results to standard output, everything else to standard error; and nobody dies because
//! nobody listens.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};

use gts_oauth_ureq::{LoggedIn, printable};

/// A result, on a line of standard output.
pub(crate) fn result(line: impl Display) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}

/// A body as it came; but a terminal is spared what could take it over.
pub(crate) fn body(body: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    if !stdout.is_terminal() {
        stdout.write_all(body)?;
        return stdout.flush();
    }
    let text = String::from_utf8_lossy(body);
    let safe = text
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    writeln!(stdout, "{}", safe.collect::<String>())
}

/// A message, on a line of standard error. What was done stays done if nobody reads it.
pub(crate) fn tell(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// A question, on standard error; the answer is typed behind it.
pub(crate) fn prompt(question: &str) {
    let _ = write!(io::stderr(), "{question}");
}

/// An error and what caused it, on one line.
pub(crate) fn told(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    printable(&text)
}

/// `@alice@example.org`, or as much of it as is known.
pub(crate) fn handle(logged_in: &LoggedIn) -> String {
    let name = logged_in.account.as_ref().map(|account| account.username());
    let host = logged_in.session.instance().authority();
    printable(&format!("@{}@{host}", name.unwrap_or("(unknown)")))
}

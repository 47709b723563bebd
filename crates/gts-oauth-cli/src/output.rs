//! Results to standard output, everything else to standard error; and nobody dies because
//! nobody listens.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};
use gts_oauth_ureq::{BoxError, Error, printable};
use serde::Serialize;

/// What went well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What did not.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// What a look should find first.
pub(crate) const STRONG: Style = Style::new().bold();

/// A result, on a line of standard output. Colours reach only a terminal that wants them.
pub(crate) fn result(line: impl Display) -> io::Result<()> {
    writeln!(anstream::stdout(), "{line}")
}

/// A result as JSON; what could deceive its reader is escaped.
pub(crate) fn json(value: &impl Serialize) -> io::Result<()> {
    let mut text = String::new();
    for character in serde_json::to_string_pretty(value)?.chars() {
        if is_safe(character) {
            text.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    writeln!(io::stdout(), "{text}")
}

/// A body, on lines of its own at a terminal.
pub(crate) fn body(body: &[u8]) -> io::Result<()> {
    bytes(body)?;
    match io::stdout().is_terminal() && !body.ends_with(b"\n") {
        true => bytes(b"\n"),
        false => Ok(()),
    }
}

/// What a server sent, as it came; but a terminal is spared what could take it over, or mislead its
/// reader.
pub(crate) fn bytes(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    if stdout.is_terminal() {
        let text = String::from_utf8_lossy(bytes);
        let safe: String = text.chars().filter(|&c| is_safe(c)).collect();
        stdout.write_all(safe.as_bytes())?;
    } else {
        stdout.write_all(bytes)?;
    }
    stdout.flush()
}

fn is_safe(character: char) -> bool {
    match character {
        '\n' | '\t' => true,
        // They join letters, and the parts of pictures.
        '\u{200c}' | '\u{200d}' => true,
        _ if character.is_control() || ['\u{2028}', '\u{2029}'].contains(&character) => false,
        _ => character.is_whitespace() || !printable(character.encode_utf8(&mut [0; 4])).is_empty(),
    }
}

/// A message, on a line of standard error. What was done stays done if nobody reads it.
pub(crate) fn tell(line: impl Display) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// A question, on standard error; the answer is typed behind it.
pub(crate) fn prompt(question: &str) {
    let _ = write!(anstream::stderr(), "{question}");
}

/// What went wrong, and what to do about it. That nobody reads the results any more is no news.
pub(crate) fn fail(error: &BoxError) {
    let unread = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    if error.downcast_ref().is_some_and(unread) {
        return;
    }
    tell(format_args!("{BAD}gts-oauth:{BAD:#} {}", told(&**error)));
}

/// An error and what caused it, on one line.
pub(crate) fn told(error: &(dyn std::error::Error + 'static)) -> String {
    // An error of our own comes back wrapped in one that adds nothing.
    if let Some(Error::Prompt(error) | Error::Store(error)) = error.downcast_ref() {
        return told(&**error);
    }
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    printable(&text)
}

//! Printing to standard output and standard error. Broken pipes are ignored.

mod json;
#[cfg(unix)]
mod reader;
mod terminal;

use std::fmt::{Display, Write as _};
use std::io::{self, IsTerminal as _, Write as _};
use std::time::SystemTime;

use anstyle::{AnsiColor, Style};
use gts_oauth_ureq::types::printable;
use gts_oauth_ureq::{BoxError, Error};
pub(crate) use json::{JsonOutput, print_body};
#[cfg(unix)]
pub(crate) use reader::{is_discarded, when_reader_ends};
use serde::Serialize;
pub(crate) use terminal::{MAX_HELP_WIDTH, erase_progress, show_progress};

use crate::secrets::hide;

/// Success.
pub(crate) const SUCCESS_STYLE: Style = AnsiColor::Green.on_default();
/// Failure.
pub(crate) const FAILURE_STYLE: Style = AnsiColor::Red.on_default();
/// Emphasis.
pub(crate) const EMPHASIS: Style = Style::new().bold();

/// Prints a result on a line of standard output. Colours are removed unless it is a terminal.
pub(crate) fn print(line: impl Display) -> io::Result<()> {
    writeln!(anstream::stdout(), "{line}").map_err(named)
}

/// Prints a field of a result: its label, and a text that is wrapped beside it at a terminal.
pub(crate) fn print_field(label: &str, text: impl Display) -> io::Result<()> {
    print(terminal::wrap_for_stdout(&format!("{label}{text}"), label.len()))
}

/// Prints a part of a result on standard output.
fn print_part(text: &str) -> io::Result<()> {
    let mut stdout = anstream::stdout();
    write!(stdout, "{text}").and_then(|()| stdout.flush()).map_err(named)
}

/// Prints a result as JSON, with control and invisible characters escaped.
pub(crate) fn print_json(value: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    writeln!(io::stdout(), "{}", json::escape(&text)).map_err(named)
}

/// Quotes a text for a POSIX shell, if necessary.
pub(crate) fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./_-".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// Formats a time. `None` after the year 9999, which RFC 3339 cannot express.
pub(crate) fn timestamp(at: SystemTime) -> Option<String> {
    let mut text = String::new();
    write!(text, "{}", humantime::format_rfc3339_seconds(at)).ok()?;
    Some(text)
}

/// Formats a time for people, to the minute. `None` as for [`timestamp`].
pub(crate) fn minute(at: SystemTime) -> Option<String> {
    let timestamp = timestamp(at)?;
    let (day, time) = timestamp.split_once('T')?;
    Some(format!("{day} {} UTC", time.get(..5)?))
}

/// Prints a response unchanged. At a terminal, control and invisible characters are removed.
pub(crate) fn print_bytes(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let written = match stdout.is_terminal() {
        true => {
            let text = String::from_utf8_lossy(bytes);
            let safe: String = text.chars().filter(|&c| is_safe(c)).collect();
            stdout.write_all(safe.as_bytes())
        }
        false => stdout.write_all(bytes),
    };
    written.and_then(|()| stdout.flush()).map_err(named)
}

/// Names standard output in an error, which keeps its kind.
pub(crate) fn named(error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("could not write to standard output: {error}"))
}

fn is_safe(character: char) -> bool {
    match character {
        '\n' | '\t' => true,
        // Joiners of letters and emoji.
        '\u{200c}' | '\u{200d}' => true,
        _ if character.is_control() || ['\u{2028}', '\u{2029}'].contains(&character) => false,
        _ => character.is_whitespace() || !printable(character.encode_utf8(&mut [0; 4])).is_empty(),
    }
}

/// Prints a message on a line of standard error, with the command's flags, wrapped at the width of a
/// terminal. A closed stream is ignored.
pub(crate) fn message(line: impl Display) {
    terminal::print(with_flags(&line.to_string()));
}

/// As [`message`], for a line that is not prose, such as a part of a request.
pub(crate) fn unwrapped_message(line: impl Display) {
    terminal::print_unwrapped(line);
}

/// Prints a question on standard error, without a line break.
pub(crate) fn prompt(question: &str) {
    terminal::prompt(question);
}

/// Prints a question, and reads a line from standard input. `None` if the input has ended.
pub(crate) fn ask(question: &str) -> io::Result<Option<String>> {
    prompt(question);
    let mut line = String::new();
    if io::stdin().read_line(&mut line)? == 0 {
        // The next output starts on a line of its own.
        message("");
        return Ok(None);
    }
    Ok(Some(line.trim().to_owned()))
}

/// Prints an error on standard error.
pub(crate) fn report_error(error: &BoxError) {
    message(format_args!("{FAILURE_STYLE}gts-oauth:{FAILURE_STYLE:#} {}", error_chain(&**error)));
}

/// As [`report_error`], as an object on one line.
pub(crate) fn report_error_as_json(error: &BoxError, exit_code: u8) {
    unwrapped_message(
        serde_json::json!({ "error": error_chain(&**error), "exit_code": exit_code }),
    );
}

/// As [`report_error`], for a command line that is not valid: as wide as the help.
pub(crate) fn report_usage(error: &clap::Error) {
    // With the name that all errors begin with.
    terminal::print_usage(&error.render().ansi().to_string().replacen("error:", "gts-oauth:", 1));
}

/// As [`report_error_as_json`], for a command line that is not valid.
pub(crate) fn report_usage_as_json(error: &clap::Error) {
    let text = error.render().to_string();
    // The usage and the help are for users.
    let parts = text.split("\n\n").take_while(|it| !it.starts_with("Usage:"));
    let parts = parts.take_while(|it| !it.starts_with("For more information"));
    let parts = parts.map(|it| it.split_whitespace().collect::<Vec<_>>().join(" "));
    let text = parts.collect::<Vec<_>>().join("; ");
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    unwrapped_message(serde_json::json!({ "error": text, "exit_code": 2 }));
}

/// Whether standard output no longer has a reader. A command notices that only if it prints later, so
/// it is a success: otherwise the exit code would be a matter of time.
pub(crate) fn is_broken_pipe(error: &BoxError) -> bool {
    let is_broken_pipe = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    error.downcast_ref().is_some_and(is_broken_pipe)
}

/// Formats an error and its causes on one line, without secrets.
pub(crate) fn error_chain(error: &(dyn std::error::Error + 'static)) -> String {
    match error.downcast_ref() {
        // Core wraps an error of the prompt or the store in one that adds nothing.
        Some(Error::Prompt(error) | Error::Store(error)) => return error_chain(&**error),
        // Its messages are complete, but name no flags.
        Some(error) => return with_flags(&hide(&printable(&error.to_string()))),
        None => {}
    }
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    with_flags(&hide(&printable(&text)))
}

/// Adds the command's flags to what core advises, unless they are there.
fn with_flags(text: &str) -> String {
    let flags = [
        ("skip discovery.", "skip discovery (--skip-discovery)."),
        ("within the time limit.", "within the time limit (--request-timeout)."),
        ("allow callbacks without iss.", "allow callbacks without iss (--waive-iss)."),
    ];
    flags.iter().fold(text.to_owned(), |text, (advice, flag)| text.replace(advice, flag))
}

/// As [`error_chain`], with a full stop at the end.
pub(crate) fn error_sentence(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error_chain(error);
    if !text.ends_with('.') {
        text.push('.');
    }
    text
}

/// Prints a response body on standard error, without control and invisible characters.
pub(crate) fn message_body(body: &[u8]) {
    let text = String::from_utf8_lossy(body);
    unwrapped_message(text.chars().filter(|&c| is_safe(c)).collect::<String>().trim_end());
}

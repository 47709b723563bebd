//! Messages at a terminal: as wide as it is, and a line of progress below them.

use std::env;
use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

use terminal_size::{Width, terminal_size_of};

/// Whether a line of progress is shown.
static HAS_PROGRESS: Mutex<bool> = Mutex::new(false);

/// Wider lines are harder to read.
pub(crate) const MAX_HELP_WIDTH: usize = 80;

/// Moves to the start of the line, and erases it.
const ERASE: &str = "\r\x1b[K";

/// Shows a line of progress, no wider than the terminal, in place of the last one. It is erased
/// before the next message. Nothing is shown unless standard error is a terminal.
pub(crate) fn show_progress(text: &str) {
    let is_dumb = env::var_os("TERM").is_some_and(|name| name == "dumb");
    if !io::stderr().is_terminal() || is_dumb {
        return;
    }
    let text: String = text.chars().take(width().unwrap_or(80).saturating_sub(1)).collect();
    let mut has_progress = lock();
    let _ = write!(anstream::stderr(), "{ERASE}{text}");
    *has_progress = true;
}

/// Erases the line of progress, if there is one.
pub(crate) fn erase_progress() {
    erase(&mut lock());
}

/// Prints a line on standard error, wrapped at the width of the terminal. A closed stream is
/// ignored.
pub(super) fn print(line: impl Display) {
    let line = line.to_string();
    let line = match width().filter(|_| io::stderr().is_terminal()) {
        Some(width) => wrap(&line, width),
        None => line,
    };
    print_unwrapped(line);
}

/// Wraps a line of standard output at the width of its terminal, if it is one. The lines after the first
/// are indented by this many columns.
pub(super) fn wrap_for_stdout(line: &str, indent: usize) -> String {
    match terminal_size_of(io::stdout()) {
        Some((Width(width), _)) if width > 0 && io::stdout().is_terminal() => {
            wrap_line(line, indent, width.into())
        }
        _ => line.to_owned(),
    }
}

/// Prints an error of clap's, wrapped as the help is.
pub(super) fn print_usage(text: &str) {
    let width = width().unwrap_or(MAX_HELP_WIDTH).min(MAX_HELP_WIDTH);
    let lines = text.trim_end().lines().map(|line| wrap_line(line, hanging_indent(line), width));
    print_unwrapped(lines.collect::<Vec<_>>().join("\n"));
}

/// The column of the text in a line of clap's, which can have a label.
fn hanging_indent(line: &str) -> usize {
    let plain = anstream::adapter::strip_str(line).to_string();
    let text = plain.trim_start_matches(' ');
    let label = ["Usage: ", "tip: ", "["].iter().find(|label| text.starts_with(**label));
    plain.len() - text.len() + label.map_or(0, |label| label.len())
}

/// As [`print()`], without a line break.
pub(super) fn prompt(question: &str) {
    let mut has_progress = lock();
    erase(&mut has_progress);
    let question = match width().filter(|_| io::stderr().is_terminal()) {
        Some(width) => wrap(question, width),
        None => question.to_owned(),
    };
    let _ = write!(anstream::stderr(), "{question}");
}

/// As [`print()`], for what is not prose.
pub(super) fn print_unwrapped(line: impl Display) {
    let mut has_progress = lock();
    erase(&mut has_progress);
    let _ = writeln!(anstream::stderr(), "{line}");
}

fn erase(has_progress: &mut bool) {
    if std::mem::take(has_progress) {
        let _ = write!(anstream::stderr(), "{ERASE}");
    }
}

fn lock() -> MutexGuard<'static, bool> {
    HAS_PROGRESS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The width of the terminal at standard error. `None` if it is not known.
fn width() -> Option<usize> {
    let (Width(width), _) = terminal_size_of(io::stderr())?;
    Some(width.into()).filter(|width| *width > 0)
}

/// Wraps the lines of a text, except indented ones. A URL and a command in backticks remain whole,
/// so that they can be copied.
fn wrap(text: &str, width: usize) -> String {
    let lines = text.split('\n').map(|line| match line.starts_with(' ') {
        true => line.to_owned(),
        false => wrap_line(line, 0, width),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Wraps a line. The lines after the first are indented by this many columns.
fn wrap_line(line: &str, indent: usize, width: usize) -> String {
    let mut wrapped = String::new();
    let mut length = 0;
    let mut is_command = false;
    let mut rest = line;
    for (at, word) in line.split(' ').enumerate() {
        if at > 0 {
            if !is_command && length + 1 + whole_length(rest, word) > width {
                wrapped.push('\n');
                wrapped.extend(std::iter::repeat_n(' ', indent));
                length = indent;
            } else {
                wrapped.push(' ');
                length += 1;
            }
        }
        is_command ^= word.matches('`').count() % 2 == 1;
        wrapped.push_str(word);
        length += visible_length(word);
        rest = rest.get(word.len() + 1..).unwrap_or_default();
    }
    wrapped
}

/// The length of the word at the start of a text, or of the command that it begins.
fn whole_length(text: &str, word: &str) -> usize {
    let end = match word.matches('`').count() {
        1 => text[word.len()..].find('`').map_or(word.len(), |end| word.len() + end + 1),
        _ => word.len(),
    };
    visible_length(&text[..end])
}

/// The number of characters that a terminal shows: not those of colours.
fn visible_length(text: &str) -> usize {
    anstream::adapter::strip_str(text).to_string().chars().count()
}

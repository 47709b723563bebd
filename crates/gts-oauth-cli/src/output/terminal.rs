//! Messages at a terminal: as wide as it is, and a line of progress below them.

use std::env;
use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

use terminal_size::{Width, terminal_size_of};

/// Whether a line of progress is shown.
static HAS_PROGRESS: Mutex<bool> = Mutex::new(false);

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
        false => wrap_line(line, width),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn wrap_line(line: &str, width: usize) -> String {
    let mut wrapped = String::new();
    let mut length = 0;
    let mut is_command = false;
    for word in line.split(' ') {
        let visible = visible_length(word);
        if !wrapped.is_empty() {
            if !is_command && length + 1 + whole_length(line, &wrapped, word) > width {
                wrapped.push('\n');
                length = 0;
            } else {
                wrapped.push(' ');
                length += 1;
            }
        }
        is_command ^= word.matches('`').count() % 2 == 1;
        wrapped.push_str(word);
        length += visible;
    }
    wrapped
}

/// The length of the word that follows, or of the command that it begins.
fn whole_length(line: &str, before: &str, word: &str) -> usize {
    // Each character of the line is kept: a line break replaces a space.
    let rest = &line[before.len() + 1..];
    let end = match rest[..word.len()].matches('`').count() {
        1 => rest[word.len()..].find('`').map_or(word.len(), |end| word.len() + end + 1),
        _ => word.len(),
    };
    visible_length(&rest[..end])
}

/// The number of characters that a terminal shows: not those of colours.
fn visible_length(text: &str) -> usize {
    anstream::adapter::strip_str(text).to_string().chars().count()
}

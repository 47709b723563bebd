//! JSON at a terminal: indented and coloured. Numbers and the order of fields stay as they are.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};

use anstyle::{AnsiColor, Style};
use serde::de::IgnoredAny;

use super::{is_safe, print, print_bytes};

const KEY: Style = AnsiColor::Blue.on_default().bold();
const STRING: Style = AnsiColor::Green.on_default();
const NULL: Style = AnsiColor::BrightBlack.on_default();

/// Prints JSON that arrives in parts: at a terminal when it is complete, and unchanged otherwise.
pub(crate) struct JsonOutput {
    /// `None` if standard output is not a terminal.
    parts: Option<Vec<u8>>,
}

impl JsonOutput {
    pub(crate) fn new() -> Self {
        Self { parts: io::stdout().is_terminal().then(Vec::new) }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.parts {
            Some(parts) => {
                parts.extend(bytes);
                Ok(())
            }
            None => print_bytes(bytes),
        }
    }

    pub(crate) fn finish(self) -> io::Result<()> {
        match self.parts {
            Some(parts) => print_body(&parts),
            None => Ok(()),
        }
    }
}

/// Prints a response body: unchanged, or at a terminal as lines, JSON indented and coloured.
pub(crate) fn print_body(body: &[u8]) -> io::Result<()> {
    if !io::stdout().is_terminal() {
        return print_bytes(body);
    }
    if let Some(text) = std::str::from_utf8(body).ok().and_then(pretty) {
        return print(text);
    }
    print_bytes(body)?;
    match body.ends_with(b"\n") {
        true => Ok(()),
        false => print_bytes(b"\n"),
    }
}

/// Formats JSON, on one line if it is nested too deeply. `None` if it is not JSON. Control and invisible
/// characters are escaped.
fn pretty(text: &str) -> Option<String> {
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    let mut pretty = Pretty::default();
    let mut rest = text.trim_ascii();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => string_length(rest),
            '{' | '}' | '[' | ']' | ',' | ':' => 1,
            _ => rest.find([',', ']', '}', ' ', '\n', '\r', '\t']).unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(length);
        rest = after.trim_ascii_start();
        pretty.push(token, rest);
        // Nested so deeply that most of the lines would be spaces.
        if pretty.text.len() > 16 * text.len() + 4096 {
            return Some(escape(text));
        }
    }
    Some(pretty.text)
}

/// The length of the string at the start of the text, with its quotes.
fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    });
    end.map_or(text.len(), |end| end + 2)
}

#[derive(Default)]
struct Pretty {
    text: String,
    depth: usize,
}

impl Pretty {
    /// Adds a token. `rest` is what follows it.
    fn push(&mut self, token: &str, rest: &str) {
        match token {
            "{" | "[" => {
                self.text.push_str(token);
                self.depth += 1;
                if !rest.starts_with(['}', ']']) {
                    self.start_line();
                }
            }
            "}" | "]" => {
                self.depth = self.depth.saturating_sub(1);
                if !self.text.ends_with(['{', '[']) {
                    self.start_line();
                }
                self.text.push_str(token);
            }
            "," => {
                self.text.push_str(token);
                self.start_line();
            }
            ":" => self.text.push_str(": "),
            "null" => self.push_styled(NULL, token),
            _ if !token.starts_with('"') => self.text.push_str(token),
            _ if rest.starts_with(':') => self.push_styled(KEY, token),
            _ => self.push_styled(STRING, token),
        }
    }

    fn push_styled(&mut self, style: Style, token: &str) {
        // Writing to a string does not fail.
        let _ = write!(self.text, "{style}{}{style:#}", escape(token));
    }

    fn start_line(&mut self) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n("  ", self.depth));
    }
}

/// Escapes control and invisible characters in JSON.
pub(super) fn escape(json: &str) -> String {
    let mut text = String::new();
    for character in json.chars() {
        if is_safe(character) {
            text.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text
}

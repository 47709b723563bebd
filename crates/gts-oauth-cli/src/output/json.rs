//! JSON at a terminal: indented and coloured. Numbers and the order of fields stay as they are.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};

use anstyle::{AnsiColor, Style};
use serde::de::IgnoredAny;

use super::{is_safe, print_bytes, print_part};

const KEY: Style = AnsiColor::Blue.on_default().bold();
const STRING: Style = AnsiColor::Green.on_default();
const NULL: Style = AnsiColor::BrightBlack.on_default();

/// The most levels of indentation. Deep JSON would otherwise become 100 times as long.
const MAX_INDENT: usize = 16;

/// The text that is formatted before it is printed, in bytes.
const CHUNK: usize = 64 * 1024;

/// Prints JSON that arrives in parts, each of whole tokens: at a terminal indented and coloured, and
/// unchanged otherwise.
pub(crate) struct JsonOutput {
    /// `None` if standard output is not a terminal.
    pretty: Option<Pretty>,
}

impl JsonOutput {
    pub(crate) fn new() -> Self {
        Self { pretty: io::stdout().is_terminal().then(Pretty::default) }
    }

    /// Prints a part.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.pretty {
            Some(pretty) => {
                pretty.write(&String::from_utf8_lossy(bytes))?;
                pretty.flush()
            }
            None => print_bytes(bytes),
        }
    }

    pub(crate) fn finish(self) -> io::Result<()> {
        self.pretty.map_or(Ok(()), Pretty::finish)
    }
}

/// Prints a response body: unchanged, or at a terminal as lines, JSON indented and coloured.
pub(crate) fn print_body(body: &[u8]) -> io::Result<()> {
    if !io::stdout().is_terminal() {
        return print_bytes(body);
    }
    if let Some(json) = std::str::from_utf8(body).ok().filter(|text| is_json(text)) {
        let mut pretty = Pretty::default();
        pretty.write(json)?;
        return pretty.finish();
    }
    print_bytes(body)?;
    match body.ends_with(b"\n") {
        true => Ok(()),
        false => print_bytes(b"\n"),
    }
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
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

/// Formats JSON, and prints it piece by piece. Control and invisible characters are escaped.
#[derive(Default)]
struct Pretty {
    /// Not printed yet.
    text: String,
    depth: usize,
    /// Whether the last token began a list or an object, which might be empty.
    has_opened: bool,
}

impl Pretty {
    /// Formats tokens.
    fn write(&mut self, json: &str) -> io::Result<()> {
        let mut rest = json.trim_ascii();
        while let Some(first) = rest.chars().next() {
            let length = match first {
                '"' => string_length(rest),
                '{' | '}' | '[' | ']' | ',' | ':' => 1,
                _ => rest.find([',', ']', '}', ' ', '\n', '\r', '\t']).unwrap_or(rest.len()),
            };
            let (token, after) = rest.split_at(length);
            rest = after.trim_ascii_start();
            self.push(token, rest);
            if self.text.len() >= CHUNK {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        print_part(&std::mem::take(&mut self.text))
    }

    fn finish(mut self) -> io::Result<()> {
        self.text.push('\n');
        self.flush()
    }

    /// Adds a token. `rest` is what follows it.
    fn push(&mut self, token: &str, rest: &str) {
        let has_opened = std::mem::take(&mut self.has_opened);
        let is_end = matches!(token, "}" | "]");
        self.depth = self.depth.saturating_sub(usize::from(is_end));
        if has_opened != is_end {
            self.start_line();
        }
        match token {
            "{" | "[" => {
                self.text.push_str(token);
                self.depth += 1;
                self.has_opened = true;
            }
            "}" | "]" => self.text.push_str(token),
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
        self.text.extend(std::iter::repeat_n("  ", self.depth.min(MAX_INDENT)));
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

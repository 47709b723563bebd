//! A line in the making.

/// A longer line is neither a token nor a URL.
const MAX_LENGTH: usize = 64 * 1024;

/// What was typed or pasted so far. Line breaks within it are left out.
#[derive(Default)]
pub(super) struct Line {
    text: Vec<u8>,
    /// Whether the last byte was a line break.
    is_ended: bool,
    /// Whether the terminal is within a paste (bracketed paste mode of xterm).
    is_pasting: bool,
    /// An escape sequence in the making.
    escape: Vec<u8>,
}

/// What a byte from a terminal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// A part of the line, or nothing.
    Text,
    Interrupt,
    Quit,
    Suspend,
    EndOfInput,
}

impl Line {
    /// Whether the user has finished the line, unless more arrives at once.
    pub(super) fn is_complete(&self) -> bool {
        self.is_ended && !self.is_pasting
    }

    /// Whether more of the line is ignored.
    pub(super) fn is_full(&self) -> bool {
        self.text.len() >= MAX_LENGTH
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(self).text
    }

    /// Adds a byte from a pipe or a file.
    pub(super) fn push(&mut self, byte: u8) {
        match byte {
            b'\n' | b'\r' => self.is_ended = true,
            _ => {
                self.is_ended = false;
                if !self.is_full() {
                    self.text.push(byte);
                }
            }
        }
    }

    /// Adds a byte from a terminal without its line mode, and to `echo` what shows it.
    pub(super) fn push_key(&mut self, byte: u8, echo: &mut Vec<u8>) -> Key {
        if byte == ESCAPE || !self.escape.is_empty() && !byte.is_ascii_control() {
            self.push_escape(byte);
            return Key::Text;
        }
        // A control character is a key of its own: the Escape key was pressed before it.
        self.escape.clear();
        match byte {
            0x03 => return Key::Interrupt,
            0x1c => return Key::Quit,
            0x1a => return Key::Suspend,
            // As in the terminal's line mode, Ctrl-D ends the input at the start of a line.
            0x04 if self.is_empty() => return Key::EndOfInput,
            0x04 => self.is_ended = true,
            0x08 | 0x7f => self.erase(echo),
            // Ctrl-U.
            0x15 => {
                while !self.text.is_empty() {
                    self.erase(echo);
                }
            }
            b'\n' | b'\r' => self.push(byte),
            byte if byte.is_ascii_control() => {}
            byte => {
                self.push(byte);
                echo.push(byte);
            }
        }
        Key::Text
    }

    /// Arrow keys and the like are ignored. Those around a paste are `ESC [ 200 ~` and
    /// `ESC [ 201 ~`.
    fn push_escape(&mut self, byte: u8) {
        if byte == ESCAPE {
            self.escape.clear();
        }
        self.escape.push(byte);
        let is_end = match self.escape[..] {
            [_] | [_, b'[' | b'O'] => false,
            [_, b'[', ..] => (0x40..=0x7e).contains(&byte),
            _ => true,
        };
        if is_end {
            match &*std::mem::take(&mut self.escape) {
                b"\x1b[200~" => self.is_pasting = true,
                b"\x1b[201~" => self.is_pasting = false,
                _ => {}
            }
        }
    }

    /// Removes the last character.
    fn erase(&mut self, echo: &mut Vec<u8>) {
        let is_inside = |byte: &u8| byte & 0xc0 == 0x80;
        while self.text.last().is_some_and(is_inside) {
            self.text.pop();
        }
        if self.text.pop().is_some() {
            echo.extend(b"\x08 \x08");
        }
    }
}

const ESCAPE: u8 = 0x1b;

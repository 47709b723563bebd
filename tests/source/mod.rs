//! Source files of the workspace, and which of their text is code and which is comments.

use std::fs;
use std::path::{Path, PathBuf};

/// A file of the workspace.
pub(crate) struct File {
    /// From the root of the workspace, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Returns the path of a file or folder of the workspace.
pub(crate) fn in_workspace(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// Returns the files below a folder whose names end so, sorted by path.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<File> {
    let entries = fs::read_dir(in_workspace(folder));
    let entries = entries.unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.expect("a readable folder");
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.extend(files(&path, ending));
        } else if path.ends_with(ending) {
            let text = fs::read_to_string(entry.path());
            let text = text.unwrap_or_else(|error| panic!("{path}: {error}"));
            found.push(File { path, text });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Splits a Rust source into its code and the text of its comments, line by line: what is not
/// part of one is blank there. Strings and characters are part of neither.
pub(crate) fn split(source: &str) -> (String, String) {
    let chars: Vec<char> = source.chars().collect();
    let (mut code, mut comments) = (String::new(), String::new());
    let mut at = 0;
    while at < chars.len() {
        let (length, kind) = piece(&chars, at);
        let (opening, closing) = kind.marks(&chars[at..at + length]);
        for (index, &character) in chars[at..at + length].iter().enumerate() {
            let inside = index >= opening && index < length - closing;
            let shown = |kept: bool| match character {
                '\n' => '\n',
                _ if kept => character,
                _ => ' ',
            };
            code.push(shown(kind == Kind::Code));
            comments.push(shown(kind.is_comment() && inside));
        }
        at += length;
    }
    (code, comments)
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Code,
    LineComment,
    BlockComment,
    Literal,
}

impl Kind {
    fn is_comment(self) -> bool {
        matches!(self, Kind::LineComment | Kind::BlockComment)
    }

    /// How many characters open and close a comment: `///`, `/*!`, `*/`.
    fn marks(self, piece: &[char]) -> (usize, usize) {
        match self {
            Kind::LineComment => match piece.get(2) {
                Some('/' | '!') => (3, 0),
                _ => (2, 0),
            },
            Kind::BlockComment => (2, 2),
            Kind::Code | Kind::Literal => (0, 0),
        }
    }
}

/// The length and the kind of what starts here.
fn piece(chars: &[char], at: usize) -> (usize, Kind) {
    let rest = &chars[at..];
    let after_a_name = at > 0 && is_of_a_name(chars[at - 1]);
    match rest {
        ['/', '/', ..] => {
            let length = rest.iter().position(|&character| character == '\n');
            (length.unwrap_or(rest.len()), Kind::LineComment)
        }
        ['/', '*', ..] => (block_comment(rest), Kind::BlockComment),
        ['"', ..] => (quoted(rest, '"'), Kind::Literal),
        // A character, and not a lifetime.
        ['\'', '\\', ..] | ['\'', _, '\'', ..] => (quoted(rest, '\''), Kind::Literal),
        ['r', '"' | '#', ..] if !after_a_name || is_a_prefix(chars, at) => match raw(rest) {
            Some(length) => (length, Kind::Literal),
            None => (1, Kind::Code),
        },
        _ => (1, Kind::Code),
    }
}

/// Whether the character before is the `b` or `c` of `br"…"` or `cr"…"`.
fn is_a_prefix(chars: &[char], at: usize) -> bool {
    matches!(chars[at - 1], 'b' | 'c') && (at == 1 || !is_of_a_name(chars[at - 2]))
}

fn is_of_a_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The length of a block comment; these nest.
fn block_comment(chars: &[char]) -> usize {
    let (mut at, mut depth) = (0, 0);
    while at < chars.len() {
        match &chars[at..] {
            ['/', '*', ..] => (at, depth) = (at + 2, depth + 1),
            ['*', '/', ..] => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// The length of a string or character with escapes.
fn quoted(chars: &[char], quote: char) -> usize {
    let mut at = 1;
    while at < chars.len() && chars[at] != quote {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

/// The length of `r"…"` or `r#"…"#`; `None` if it is a raw name, such as `r#type`.
fn raw(chars: &[char]) -> Option<usize> {
    let hashes = chars[1..].iter().take_while(|&&mark| mark == '#').count();
    if chars.get(1 + hashes) != Some(&'"') {
        return None;
    }
    let mut end = vec!['"'];
    end.resize(1 + hashes, '#');
    let start = 2 + hashes;
    let found = chars[start..].windows(end.len()).position(|it| it == end);
    Some(found.map_or(chars.len(), |length| start + length + end.len()))
}

#[test]
fn strings_and_comments_are_not_code() {
    let source = r##"let a = "// no \" comment"; // a 'comment'
let b = r#"a " in /* a raw */ string"#; /* one /* in */ another */ c('"', '\'');
/// It's "documented".
fn d<'a>(r#type: &'a str) {}"##;
    let (code, comments) = split(source);
    let words = |text: &str| {
        let lines = text.lines();
        let lines = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        lines.collect::<Vec<_>>()
    };
    let expected = ["let a = ;", "let b = ; c( , );", "", "fn d<'a>(r#type: &'a str) {}"];
    assert_eq!(words(&code), expected);
    let expected = ["a 'comment'", "one /* in */ another", "It's \"documented\".", ""];
    assert_eq!(words(&comments), expected);
}

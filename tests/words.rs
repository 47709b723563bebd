//! The words of comments and documentation: plain English and standard terms.

mod source;

use std::fmt::Write as _;

use source::{File, files, split};

/// The sources whose comments are read.
const SOURCES: [&str; 4] = [
    "crates/gts-oauth-core/src",
    "crates/gts-oauth-fake/src",
    "crates/gts-oauth-prompt/src",
    "crates/gts-oauth-cli/src",
];
const DOCS: [&str; 2] = ["crates/gts-oauth-core/docs", "crates/gts-oauth-fake/docs"];

/// Words that no comment and no page has.
const FORBIDDEN: [&str; 11] = [
    "lest", "whoever", "anew", "wish", "wishes", "wished", "lives on", "earned", "strays",
    "nobody", "somebody",
];

/// A server gives a response.
const ANSWER: [&str; 4] = ["answer", "answers", "answered", "answering"];

/// Lines that may say "answer": the end of the file's path, a part of the line, and the reason.
const ANSWERS: [(&str, &str, &str); 0] = [];

/// Words of a private style, which other code bases hardly use.
const INDIRECT: [&str; 39] = [
    "whoever",
    "whosever",
    "whatever",
    "wish",
    "wished",
    "wishes",
    "live on",
    "lives on",
    "earned",
    "stand",
    "stands",
    "anew",
    "nobody",
    "somebody",
    "anybody",
    "everybody",
    "lest",
    "stead",
    "of worth",
    "all the same",
    "no more",
    "beforehand",
    "whose",
    "of use",
    "told",
    "tell",
    "tells",
    "say",
    "says",
    "said",
    "bear",
    "bears",
    "go",
    "goes",
    "come",
    "comes",
    "bring",
    "brings",
    "brought",
];

/// How many of these words 1,000 words of comments may have.
const MOST_INDIRECT: f64 = 3.0;

#[test]
fn forbidden_words_are_absent() {
    let mut found = Vec::new();
    for text in texts() {
        found.extend(text.find(&FORBIDDEN));
        let answers = text.find(&ANSWER).into_iter();
        found.extend(answers.filter(|found| !is_an_exception(found)));
    }
    let mut lines = String::new();
    for found in &found {
        write!(lines, "\n{}:{} {}", found.path, found.line, found.word).expect("a string");
    }
    assert!(found.is_empty(), "{} forbidden words:{lines}", found.len());
}

#[test]
fn exceptions_are_needed() {
    let texts = texts();
    for (file, part, reason) in ANSWERS {
        let mut answers = texts.iter().flat_map(|text| text.find(&ANSWER));
        let is_meant = |found: &Found| found.path.ends_with(file) && found.text.contains(part);
        assert!(answers.any(|found| is_meant(&found)), "{file} has no {part}");
        assert!(!reason.is_empty(), "{file} gives no reason");
    }
}

#[test]
fn indirect_words_are_rare() {
    let mut too_many = false;
    let mut report = String::new();
    for folder in SOURCES {
        let texts: Vec<Text> = files(folder, ".rs").iter().map(Text::of_comments).collect();
        let words: usize = texts.iter().map(Text::count).sum();
        let indirect: usize = texts.iter().map(|text| text.find(&INDIRECT).len()).sum();
        let share = indirect as f64 * 1000.0 / words as f64;
        too_many |= share > MOST_INDIRECT;
        let line = format!("{folder}: {indirect} of {words} words, {share:.1} per 1,000");
        println!("{line}");
        writeln!(report, "{line}").expect("a string");
    }
    assert!(!too_many, "more than {MOST_INDIRECT} per 1,000:\n{report}");
}

/// Everything that is read: the comments of the sources, and the pages.
fn texts() -> Vec<Text> {
    let sources = SOURCES.iter().flat_map(|folder| files(folder, ".rs"));
    let mut texts: Vec<Text> = sources.map(|file| Text::of_comments(&file)).collect();
    let pages = DOCS.iter().flat_map(|folder| files(folder, ".md"));
    texts.extend(pages.map(|file| Text::of_page(&file)));
    texts
}

fn is_an_exception(found: &Found) -> bool {
    let mut exceptions = ANSWERS.iter();
    exceptions.any(|(file, part, _)| found.path.ends_with(file) && found.text.contains(part))
}

/// A word that was found.
struct Found {
    path: String,
    line: usize,
    word: &'static str,
    /// The whole line.
    text: String,
}

/// The text of a file that is read by people, line by line.
struct Text {
    path: String,
    lines: Vec<String>,
}

impl Text {
    fn of_comments(file: &File) -> Self {
        let (code, comments) = split(&file.text);
        let path = file.path.clone();
        // Tests would have to be left out.
        assert!(!code.contains("#[cfg(test)]"), "{path} holds tests");
        let lines = comments.lines().map(str::to_owned).collect();
        Text { path, lines }
    }

    /// A page without its code spans, which name tests.
    fn of_page(file: &File) -> Self {
        let path = file.path.clone();
        let prose = |line: &str| line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
        let lines = file.text.lines().map(prose).collect();
        Text { path, lines }
    }

    /// The words in lower case, with their lines. A blank line ends a phrase.
    fn words(&self) -> Vec<(usize, String)> {
        let mut words = Vec::new();
        for (index, line) in self.lines.iter().enumerate() {
            let of_line = line.split(|character: char| !character.is_alphabetic());
            let of_line = of_line.filter(|word| !word.is_empty());
            let before = words.len();
            words.extend(of_line.map(|word| (index + 1, word.to_lowercase())));
            if words.len() == before {
                words.push((index + 1, String::new()));
            }
        }
        words
    }

    fn count(&self) -> usize {
        let words = self.words();
        words.iter().filter(|(_, word)| !word.is_empty()).count()
    }

    /// Where these words and phrases are.
    fn find(&self, wanted: &[&'static str]) -> Vec<Found> {
        let words = self.words();
        let mut found = Vec::new();
        for at in 0..words.len() {
            for &word in wanted {
                let mut parts = word.split(' ').zip(&words[at..]);
                let is_here = parts.all(|(part, (_, word))| part == word);
                let fits = words.len() - at >= word.split(' ').count();
                if is_here && fits {
                    let line = words[at].0;
                    found.push(Found {
                        path: self.path.clone(),
                        line,
                        word,
                        text: self.lines[line - 1].clone(),
                    });
                }
            }
        }
        found
    }
}

#[test]
fn words_are_found_in_comments_only() {
    let source = "//! Nobody, LEST it lives\n//! on.\nlet nobody = \"// wish\"; // wishes\n\
                  /// It lives\nfn f() {}\n// on. A wishful harvest.\n// A good answer";
    let text = Text::of_comments(&File { path: "a.rs".to_owned(), text: source.to_owned() });
    let found = text.find(&FORBIDDEN).into_iter();
    let found: Vec<_> = found.map(|found| (found.line, found.word)).collect();
    let expected = [(1, "nobody"), (1, "lest"), (1, "lives on"), (3, "wishes")];
    assert_eq!(found, expected);
    let answers = text.find(&ANSWER);
    assert_eq!(answers[0].text.trim(), "A good answer");
    assert_eq!(text.count(), 15);
}

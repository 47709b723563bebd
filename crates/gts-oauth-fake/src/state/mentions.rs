//! Mentions in a status (`@alice`, `@alice@example.org`).

/// A piece of a status.
pub(crate) enum Piece<'a> {
    Plain(&'a str),
    /// The text of the mention, and the account name in it.
    Mention(&'a str, String),
}

/// The account names that a text mentions, in order; not all of them need exist.
pub(crate) fn names(text: &str, host: &str) -> Vec<String> {
    let names = pieces(text, host).into_iter().filter_map(|piece| match piece {
        Piece::Plain(_) => None,
        Piece::Mention(_, name) => Some(name),
    });
    names.collect()
}

/// Splits a text into plain text and mentions.
pub(crate) fn pieces<'a>(text: &'a str, host: &str) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let (mut plain, mut from) = (0, 0);
    while let Some(at) = text[from..].find('@').map(|at| from + at) {
        from = at + 1;
        if let Some((end, name)) = mention(text, at, host) {
            pieces.push(Piece::Plain(&text[plain..at]));
            pieces.push(Piece::Mention(&text[at..end], name));
            (plain, from) = (end, end);
        }
    }
    pieces.push(Piece::Plain(&text[plain..]));
    pieces
}

/// The end and the account name of the mention that begins with the `@` at this position, if
/// any. Names can contain dots, so `@alice.` at the end of a sentence does not mention alice.
fn mention(text: &str, at: usize, host: &str) -> Option<(usize, String)> {
    let before = text[..at].chars().next_back();
    if before.is_some_and(|before| before.is_alphanumeric() || before == '_') {
        return None;
    }
    let name = run(&text[at + 1..], "_.-");
    let end = at + 1 + name.len();
    let server = text[end..].strip_prefix('@').map(|rest| run(rest, ".:-"));
    let end = match server.filter(|server| !server.is_empty()) {
        Some(server) if server == host => end + 1 + server.len(),
        Some(_) => return None,
        None => end,
    };
    (!name.is_empty()).then(|| (end, name.to_ascii_lowercase()))
}

/// The longest prefix of letters, digits and these characters.
fn run<'a>(text: &'a str, others: &str) -> &'a str {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || others.contains(c)));
    &text[..end.unwrap_or(text.len())]
}

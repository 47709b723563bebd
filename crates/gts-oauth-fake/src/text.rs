//! Posts: whom they mention, and how they look as HTML.

use crate::world::World;

/// A piece of a post.
enum Piece<'a> {
    Plain(&'a str),
    /// What stands there, and the name in it.
    Mention(&'a str, String),
}

/// The names that a text mentions, in order; not all of them need live here.
pub(crate) fn mentioned(text: &str, host: &str) -> Vec<String> {
    let names = pieces(text, host)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Plain(_) => None,
            Piece::Mention(_, name) => Some(name),
        });
    names.collect()
}

/// The text as HTML: spaces run together, lines kept, mentions as links.
pub(crate) fn html(world: &World, text: &str) -> String {
    let lines = text.lines().map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.join(" ")
    });
    let mut text = lines.collect::<Vec<_>>().join("\n");
    if text.is_empty() {
        return String::new();
    }
    let mut out = String::new();
    for piece in pieces(&text, world.account_domain()) {
        match piece {
            Piece::Mention(_, name) if world.resident_named(&name).is_some() => {
                out += &link(world, &name);
            }
            Piece::Mention(text, _) | Piece::Plain(text) => out += &escaped(text),
        }
    }
    text = out.replace('\n', "<br>");
    format!("<p>{text}</p>")
}

fn link(world: &World, name: &str) -> String {
    format!(
        "<span class=\"h-card\"><a href=\"{}/@{name}\" class=\"u-url mention\" rel=\"nofollow \
         noreferrer noopener\" target=\"_blank\">@<span>{name}</span></a></span>",
        world.origin
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn pieces<'a>(text: &'a str, host: &str) -> Vec<Piece<'a>> {
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

/// Where the mention ends that begins with the `@` there, if one does, and whose it is. A name
/// may hold points, so that `@alice.` at the end of a sentence is not alice.
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

/// As much of the beginning as is letters, digits and these.
fn run<'a>(text: &'a str, others: &str) -> &'a str {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || others.contains(c)));
    &text[..end.unwrap_or(text.len())]
}

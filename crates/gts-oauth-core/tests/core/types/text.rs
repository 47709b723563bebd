//! Printing texts of servers.

use gts_oauth_core::types::printable;

#[test]
fn invisible_characters_are_removed() {
    for invisible in [
        '\u{0}',
        '\u{1b}',
        '\u{ad}',
        '\u{34f}',
        '\u{61c}',
        '\u{115f}',
        '\u{1160}',
        '\u{17b4}',
        '\u{17b5}',
        '\u{180b}',
        '\u{180e}',
        '\u{180f}',
        '\u{200b}',
        '\u{200f}',
        '\u{202e}',
        '\u{2060}',
        '\u{2066}',
        '\u{206f}',
        '\u{2800}',
        '\u{3164}',
        '\u{fe00}',
        '\u{fe0f}',
        '\u{feff}',
        '\u{ffa0}',
        '\u{fff9}',
        '\u{fffc}',
        '\u{1d173}',
        '\u{e0001}',
        '\u{e0041}',
        '\u{e007f}',
        '\u{e0100}',
        '\u{e01ef}',
    ] {
        assert_eq!(printable(&format!("al{invisible}ice")), "alice", "{:x}", u32::from(invisible));
    }
}

#[test]
fn visible_characters_stay() {
    let text = "Zoë 日本語 한국어 ᠮᠣᠩᠭᠣᠯ ខ្មែរ ⠃⠗ ❤ 👍🏽 ﬀ";
    assert_eq!(printable(text), text);
}

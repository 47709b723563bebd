//! Reading a reply from a line of text.

use gts_oauth_core::UserReply;
use gts_oauth_prompt::read_reply;

fn replies(mut input: &[u8]) -> Vec<String> {
    let mut replies = Vec::new();
    while let Some(reply) = read_reply(&mut input).expect("no error") {
        replies.push(match reply {
            UserReply::Pasted(text) => text,
            other => format!("{other:?}"),
        });
    }
    replies
}

#[test]
fn each_line_is_a_reply() {
    assert_eq!(replies(b"CODE\n new \r\n\nlast"), ["CODE\n", "NewApp", "\n", "last"]);
}

#[test]
fn invalid_utf8_is_a_text() {
    assert_eq!(replies(b"\xff\n"), ["\u{fffd}\n"]);
}

#[test]
fn empty_input_has_no_reply() {
    assert!(replies(b"").is_empty());
}

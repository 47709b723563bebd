//! Texts and secrets as long as a response can have them. `tests/budget` checks what they cost; where they
//! are cut off, no part of a secret is left.

use gts_oauth_core::{Exchange, transport::BodyLimit};

use crate::error::secrets_shown::{assert_hidden, shown};
use crate::sample::{answer, exchange, register};

const MAX_BODY: usize = BodyLimit::PROTOCOL.bytes() as usize;

#[test]
fn a_secret_that_nearly_repeats_itself_in_a_long_text_is_looked_for_in_no_time() {
    // Each place of the text is nearly a secret.
    let secret = format!("{}b", "a".repeat(60_000));
    let uri = "a".repeat(MAX_BODY - 100_000);
    let body = format!(r#"{{"client_id":"1","client_secret":"{secret}","redirect_uri":"{uri}"}}"#);
    let error = register().parse(&answer(200, body)).unwrap_err();
    assert!(error.to_string().chars().count() < 800, "{error}");
}

#[test]
fn a_long_text_of_what_secrets_begin_with_is_told_in_no_time() {
    let body = "M".repeat(MAX_BODY);
    let error = exchange().parse(&answer(400, body)).unwrap_err();
    assert!(error.to_string().chars().count() < 800, "{error}");
}

/// The secret in an answer to a registration, behind so many characters that are not seen.
fn cut_off(secret: &str, written: &str, before: usize) -> String {
    let text = format!("{}{written}{}", "\u{200b}".repeat(before), " behind".repeat(150));
    let body = serde_json::json!({
        "client_id": "1", "client_secret": secret, "redirect_uri": text,
    });
    shown(&register().parse(&answer(200, body.to_string())).unwrap_err())
}

#[test]
fn of_a_secret_that_is_cut_off_nothing_is_left() {
    let secret = "Wj4HynB8kPm5Tq7Zx1Lc9Vd3";
    let plain = secret.to_owned();
    let encoded: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let entities: String = secret.bytes().map(|byte| format!("&#x{byte:04x};")).collect();
    let spread: String = secret.chars().flat_map(|it| [it, '\u{200b}']).collect();
    for written in [&plain, &encoded, &entities, &spread] {
        for before in 500..=810 {
            assert_hidden(&cut_off(secret, written, before), secret);
        }
    }
    // Also if the last character was cut in the middle of its encoding.
    for before in 780..=794 {
        let shown = cut_off(secret, &encoded, before);
        assert!(!shown.contains(&encoded[..6]), "{before}: {shown}");
    }
}

#[test]
fn long_secret_is_redacted_as_far_as_it_is_there() {
    use gts_oauth_core::types::redact;

    let secret: String = (0..1000).map(|number| format!("{number:03}")).collect();
    let encoded: String = secret.bytes().map(|byte| format!("%{byte:x}")).collect();
    for text in [&secret, &encoded, &secret[..100]] {
        assert_eq!(redact(&format!("<{text}>"), &[&secret]), "<[secret]>");
    }
    assert_eq!(redact(&format!("{}!", &secret[..200]), &[&secret]), "[secret]!");
    let short = &secret[..62];
    assert_eq!(redact(short, &[&secret]), short);
}

#[test]
fn ambiguous_text_after_a_long_secret_is_redacted() {
    use gts_oauth_core::types::redact;

    // Each backslash is one itself, or escapes the next one.
    let secret = "\\".repeat(200);
    assert_eq!(redact(&"\\".repeat(300), &[&secret]), "[secret]");
    let text = "\\".repeat(80) + " rest";
    assert_eq!(redact(&text, &[&secret[..40]]), "[secret] rest");
}

#[test]
fn an_answer_of_many_small_things_is_refused_like_any_other() {
    let things = format!("[{}0]", "{\"\":0},".repeat(500_000));
    let body = format!(r#"{{"client_id":"1","client_secret":"2","redirect_uris":{things}}}"#);
    // No text is among them: the server names nothing.
    register().parse(&answer(200, body)).unwrap();
}

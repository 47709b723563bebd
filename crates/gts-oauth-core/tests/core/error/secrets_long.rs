//! Texts and secrets as long as an answer may be: they are cleaned before anybody has grown old,
//! and where they are cut off, no piece of a secret is left. Without their limits these tests
//! take hours.

use gts_oauth_core::{Exchange, transport::BodyLimit};

use crate::error::secrets_shown::{assert_hidden, shown};
use crate::sample::{answer, exchange, register};

const MAX_BODY: usize = BodyLimit::PROTOCOL.bytes() as usize;

#[test]
fn a_secret_that_nearly_repeats_itself_in_a_long_text_is_looked_for_in_no_time() {
    // Each place of the text is nearly a secret.
    let secret = format!("{}b", "a".repeat(500_000));
    let uri = "a".repeat(MAX_BODY - 600_000);
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
    let text = format!("{}{written}{}", "\u{200b}".repeat(before), " behind".repeat(500));
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
    for written in [plain, encoded, entities, spread] {
        for before in 500..=810 {
            assert_hidden(&cut_off(secret, &written, before), secret);
        }
    }
}

#[test]
fn an_answer_of_many_small_things_is_refused_like_any_other() {
    let things = format!("[{}0]", "{\"\":0},".repeat(500_000));
    let body = format!(r#"{{"client_id":"1","client_secret":"2","redirect_uris":{things}}}"#);
    // No text is among them: the server names nothing.
    register().parse(&answer(200, body)).unwrap();
}

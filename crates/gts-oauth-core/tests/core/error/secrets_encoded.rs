//! Secrets that a server echoes in an encoding of its own: no error of ours shows a piece of
//! one, and what else the server said stays legible.

use gts_oauth_core::{AuthorizeOptions, Callback, Error, Exchange, authorization::ExchangeCode};

use crate::error::secrets_shown::{assert_hidden, shown};
use crate::sample::{CLIENT_SECRET, STATE, answer, app, encoded, entropy};

/// The exchange of a code that is not [`CODE`].
fn exchange_of(code: &str) -> ExchangeCode {
    let query = format!("code={}&state={STATE}", encoded(code));
    let callback = Callback::from_query(&query).unwrap();
    app()
        .authorize(AuthorizeOptions::new(), entropy())
        .unwrap()
        .code_from_callback(&callback)
        .unwrap()
}

fn refusal(exchange: &ExchangeCode, echo: &str) -> Error {
    let body = format!("no such code: {echo}!");
    exchange.parse(&answer(400, body)).unwrap_err()
}

#[test]
fn a_secret_is_hidden_whichever_characters_the_server_encodes() {
    // Go leaves ~ as it is, JavaScript !'()*~ too, and a path holds +=& as they are.
    let code = "Wj4Hyn~/!x'(*)+&=B8kPm5";
    for echo in [
        "Wj4Hyn~%2F%21x%27%28%2A%29%2B%26%3DB8kPm5",
        "Wj4Hyn~%2F!x'(*)%2B%26%3DB8kPm5",
        "Wj4Hyn~%2F%21x%27%28%2A%29+&=B8kPm5",
        "Wj4Hyn%7e%2F!x%27(%2a)%2B%26%3dB8kPm5",
    ] {
        assert_hidden(&shown(&refusal(&exchange_of(code), echo)), code);
    }
}

#[test]
fn a_secret_is_hidden_where_json_escapes_more_than_it_must() {
    // Go's encoding/json escapes &, < and > so; others all that is not ASCII.
    let code = "Wj4Hyn&<é>B8kPm5";
    for echo in ["Wj4Hyn\\u0026\\u003cé\\u003eB8kPm5", "Wj4Hyn&<\\u00e9>B8kPm5"] {
        let error = refusal(&exchange_of(code), echo);
        assert_hidden(&shown(&error), code);
    }
}

#[test]
fn a_secret_is_hidden_where_a_page_escapes_it() {
    // As Go's html/template and most others do.
    let code = "Wj4Hyn+&\"<'B8kPm5";
    for echo in ["Wj4Hyn&#43;&amp;&#34;&lt;&#39;B8kPm5", "Wj4Hyn+&amp;&quot;&lt;&#x27;B8kPm5"] {
        let page = format!("<html><title>no such code: {echo}</title>");
        let error = exchange_of(code).parse(&answer(400, page)).unwrap_err();
        assert_hidden(&shown(&error), code);
    }
}

#[test]
fn a_secret_is_hidden_where_invisible_characters_stand_within() {
    // They are dropped from what is shown, which must not put the secret together again.
    let code = "Wj4HynB8kPm5";
    for between in ["\u{200b}", "\u{7}", "\u{ad}"] {
        let error = refusal(&exchange_of(code), &code.replace("nB", &format!("n{between}B")));
        assert!(!error.to_string().contains(code), "{error}");
    }
}

#[test]
fn a_secret_that_begins_with_another_is_hidden_whole() {
    let code = format!("{CLIENT_SECRET}B8kPm5");
    let error = refusal(&exchange_of(&code), &code);
    assert_hidden(&shown(&error), "B8kPm5");
}

#[test]
fn a_mistyped_code_of_one_letter_does_not_spoil_what_the_server_said() {
    let body = r#"{"error":"invalid_client"}"#;
    for code in ["c", "e", "client"] {
        let error = exchange_of(code).parse(&answer(400, body)).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("400 invalid_client"), "{text}");
    }
}

#[test]
fn a_secret_of_any_length_is_hidden() {
    // The longest that is accepted.
    let code = "Wj4Hyn%25".repeat(64 * 1024 / 9);
    let error = refusal(&exchange_of(&code), &code);
    assert_hidden(&shown(&error), "Wj4Hyn");
}

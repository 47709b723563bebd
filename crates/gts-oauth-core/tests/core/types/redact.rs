//! Redacting secrets in logs.

use gts_oauth_core::types::redact;

const TOKEN: &str = "ZTK1MWMWZDGTMDQ4~/+?";

#[test]
fn base64_of_a_secret_is_redacted() {
    // Of the token, of `id:` and the token, and of the token between other bytes; also URL-safe.
    for (text, beside) in [
        ("WlRLMU1XTVdaREdUTURRNH4vKz8=", ["", "="]),
        ("aWQ6WlRLMU1XTVdaREdUTURRNH4vKz8=", ["aWQ6", "="]),
        ("YVpUSzFNV01XWkRHVE1EUTR-Lys_Yg", ["YV", "Yg"]),
        ("YWFaVEsxTVdNV1pER1RNRFE0fi8rP2I=", ["YWF", "I="]),
    ] {
        let redacted = redact(&format!("<{text}>"), &[TOKEN]);
        assert!(redacted.contains("[secret]"), "{redacted}");
        let (before, after) = redacted[1..redacted.len() - 1].split_once("[secret]").expect("one");
        assert!(before.len() <= beside[0].len() + 1, "{redacted}");
        assert!(after.len() <= beside[1].len() + 2, "{redacted}");
    }
}

#[test]
fn base64_of_eight_characters_is_redacted() {
    let redacted = redact("<YWJjZGVmZ2g=>", &["abcdefgh"]);
    assert!(redacted.contains("[secret]"), "{redacted}");
}

#[test]
fn percent_encoding_is_redacted_in_both_cases() {
    for text in ["ZTK1MWMWZDGTMDQ4%7e%2f%2b%3f", "ZTK1MWMWZDGTMDQ4%7E%2F%2B%3F"] {
        assert_eq!(redact(text, &[TOKEN]), "[secret]");
    }
}

/// As in a redirect URI within the query of another.
#[test]
fn percent_encoding_twice_is_redacted() {
    for (text, secret) in [
        ("ZTK1MWMWZDGTMDQ4%257e%252f%252b%253f", TOKEN),
        ("ZTK1MWMWZDGTMDQ4%257E%252F%252B%253F", TOKEN),
        ("ZTK1MWMWZDGTMDQ4~%2F%252B%3F", TOKEN),
        ("%25F0%259F%2598%2580%2525%2500", "\u{1f600}%\0"),
    ] {
        assert_eq!(redact(&format!("?next={text}&more"), &[secret]), "?next=[secret]&more");
    }
    let long = format!("{}%", "a+".repeat(60));
    assert_eq!(redact(&long.replace('%', "%2525").replace('+', "%252B"), &[&long]), "[secret]");
    assert_eq!(redact("100%25+%2525", &["secret"]), "100%25+%2525");
}

#[test]
fn secret_is_redacted_in_either_case() {
    for secret in [TOKEN, "ztk1mwMWZdgtmdq4"] {
        for text in [secret.to_ascii_lowercase(), secret.to_ascii_uppercase()] {
            assert_eq!(redact(&format!("<{text}>"), &[secret]), "<[secret]>");
        }
    }
    let long = format!("{}{}", "aB3".repeat(30), "cD");
    assert_eq!(redact(&long.to_ascii_lowercase(), &[&long]), "[secret]");
}

#[test]
fn text_without_a_secret_stays() {
    let text = "Bearer realm=\"example\", aWQ6c2VjcmV0";
    assert_eq!(redact(text, &[TOKEN, "abc"]), text);
}

#[test]
fn html_entities_are_redacted() {
    for text in ["a&lt;b&gt;c&amp;&quot;d&apos;ef", "a&#60;b&#x3e;c&#38;&#34;d&#39;ef"] {
        assert_eq!(redact(text, &["a<b>c&\"d'ef"]), "[secret]");
    }
}

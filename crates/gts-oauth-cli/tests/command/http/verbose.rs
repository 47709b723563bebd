//! `--verbose`: secrets are redacted.

use gts_oauth_fake::Fault;
use serde_json::{Value, json};

use crate::support::custom_server::{TOKEN, command, ok, serve, serve_all};
use crate::support::shell::{Shell, logged_in};

/// A server that echoes each request in a header and in JSON.
#[test]
fn what_a_server_repeats_is_masked_too() {
    let shell = Shell::new();
    let echo = |target: &str| {
        let headers = format!(
            "X-Echo: {target} Bearer {TOKEN} pass\"word p%22\r\n\
             Location: https://example.org/?code=THE-CODE&x=y\r\n\
             Content-Type: application/json\r\n"
        );
        ok(&headers, &json!({ "sent": [target, TOKEN, "pass\"word"] }).to_string())
    };
    let origin = serve(echo);
    let path = "/api/v1/x?access_token=THE+OTHER%21&y=z";
    let arguments = ["api", path, "--input", "-", "--verbose"];
    let input = json!({ "a": [{ "password": "pass\"word" }] }).to_string();
    let outcome = shell.run_to(&mut command(&shell, &origin, &arguments), &input);
    assert!(outcome.stdout.contains(TOKEN));
    for secret in [TOKEN, "pass\"word", "pass\\\"word", "THE+OTHER%21", "THE OTHER!", "THE-CODE"] {
        assert!(!outcome.stderr.contains(secret), "{}", outcome.stderr);
    }
    for shown in ["x-echo: ", "?access_token=…&y=z", "?code=…&x=y"] {
        assert!(outcome.stderr.contains(shown), "{}", outcome.stderr);
    }
}

#[test]
fn secrets_are_masked_by_every_name_and_encoding() {
    let shell = Shell::new();
    let origin = serve(|_| {
        let headers = "X-Auth-Token: HEADER-SECRET\r\n\
             Location: https://example.org/#access_token=FRAGMENT-SECRET&x=y\r\n\
             Link: <https://example.org/?max_id=3&access_token=LINK-SECRET>; rel=\"next\"\r\n\
             X-Echo: dXNlcjpUSEUtVE9LRU4tT0YtU09NRUJPRFk= %54he-%74oken %54%48%45-TOKEN-OF-SOMEBODY\r\n\
             Content-Type: application/json\r\n";
        let body = json!({
            "accessToken": "JSON-SECRET-1",
            "client": { "clientSecret": "JSON-SECRET-2", "tokenType": "Bearer" },
            "token_endpoint": "https://example.org/oauth/token",
        });
        ok(headers, &body.to_string())
    });
    let arguments = ["api", "/api/v1/x?apiKey=QUERY-SECRET&y=z", "--verbose"];
    let outcome = shell.run_to(&mut command(&shell, &origin, &arguments), "");
    for secret in [
        "HEADER-SECRET",
        "FRAGMENT-SECRET",
        "LINK-SECRET",
        "JSON-SECRET",
        "QUERY-SECRET",
        "VE9LRU4tT0YtU09NRUJPRF",
        "-TOKEN-OF-SOMEBODY",
    ] {
        assert!(!outcome.stderr.contains(secret), "{secret}: {}", outcome.stderr);
    }
    for shown in [
        "?apiKey=…&y=z",
        "#access_token=…&x=y",
        "<https://example.org/?max_id=3&access_token=…>; rel=\"next\"",
        "\"tokenType\": \"Bearer\"",
        "https://example.org/oauth/token",
        "%54he-%74oken",
    ] {
        assert!(outcome.stderr.contains(shown), "{shown}: {}", outcome.stderr);
    }
}

#[test]
fn secrets_are_masked_between_invisible_characters() {
    let shell = Shell::new();
    let spaced = |mark: &str| TOKEN.chars().map(|it| format!("{it}{mark}")).collect::<String>();
    let body = json!({ "error": spaced("\u{200b}"), "text": spaced("\u{feff}") }).to_string();
    let origin = serve(move |_| ok("Content-Type: application/json\r\n", &body));
    let outcome = shell.run_to(&mut command(&shell, &origin, &["api", "/api/v1/x", "-v"]), "");
    assert!(!outcome.stderr.contains("TOKEN"), "{}", outcome.stderr);
    assert_eq!(outcome.stderr.matches(": \"[secret]\"").count(), 2, "{}", outcome.stderr);
}

#[test]
fn a_form_that_a_server_sends_cannot_write_lines_of_its_own() {
    let shell = Shell::new();
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    let origin = serve(move |_| ok(kind, "%0D%0A%0C%C2%85fake line=1"));
    let arguments = ["api", "/api/v1/x", "--verbose"];
    let outcome = shell.run_to(&mut command(&shell, &origin, &arguments), "");
    assert!(outcome.stderr.contains("< fake line=1"), "{}", outcome.stderr);
}

#[test]
fn secrets_in_urls_and_less_common_names_are_masked() {
    let shell = Shell::new();
    let origin = serve(|_| {
        let headers = "Link: https://example.org/?code=SECRET-1; rel=next\r\n\
             Content-Location: /x?access_token=SECRET-2&y=z\r\n\
             Refresh: 0; url=https://example.org/?code=SECRET-3\r\n\
             Authorization: SECRET-4\r\n\
             X-Auth: SECRET-5\r\n\
             Content-Type: application/json\r\n";
        let body = json!({
            "url": "https://example.org/?code=SECRET-6&shown=yes",
            "text": "see <a href=\"https://me:SECRET-7@example.org/#jwt=SECRET-8\">this</a> page",
            "passwd": "SECRET-9",
            "otp": "SECRET-10",
            "jwt": "SECRET-11",
            "session_id": "SECRET-12",
            "private_key": "SECRET-13",
            "user_code": "SECRET-14",
            "tokenTypeSecret": "SECRET-15",
            "token_type": "Bearer",
        });
        ok(headers, &body.to_string())
    });
    let arguments = ["api", "/api/v1/x", "--verbose"];
    let outcome = shell.run_to(&mut command(&shell, &origin, &arguments), "");
    assert!(!outcome.stderr.contains("SECRET"), "{}", outcome.stderr);
    for shown in
        ["?code=…; rel=next", "&y=z", "shown=yes", "\"Bearer\"", "//…@example.org", "this</a> page"]
    {
        assert!(outcome.stderr.contains(shown), "{shown}: {}", outcome.stderr);
    }
}

#[test]
fn secrets_of_a_response_are_masked_in_all_of_it() {
    let shell = Shell::new();
    let origin = serve(|_| {
        let headers = "X-Ref: SECRET-1\r\n\
             Location: /x;access_token=SECRET-2\r\n\
             Content-Type: application/json\r\n";
        let body = json!({
            "id": "SECRET-1 SECRET-3 SECRET-4 SECRET-5",
            "access_token": "SECRET-1",
            "json": "{\"refresh_token\": \"SECRET-3\"}",
            "form": "access_token=SECRET-4",
            "fields": [{ "name": "client_secret", "value": "SECRET-5" }],
        });
        ok(headers, &body.to_string())
    });
    let outcome = shell.run_to(&mut command(&shell, &origin, &["api", "/x", "--verbose"]), "");
    assert!(!outcome.stderr.contains("SECRET"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("x-ref: [secret]"), "{}", outcome.stderr);
}

#[test]
fn many_secrets_of_a_server_displace_none_that_were_sent() {
    let shell = Shell::new();
    let origin = serve_all(|target| {
        let fields = |number: usize| (format!("token{number}"), json!(format!("SECRET-{number}")));
        let body = match target {
            "/x?apiKey=LATER-SECRET" => json!({ "echo": "LATER-SECRET" }),
            _ => Value::Object((0..300).map(fields).collect()),
        };
        ok("Content-Type: application/json\r\n", &body.to_string())
    });
    let arguments = ["api", "/x?apiKey=LATER-SECRET", "--verbose"];
    let outcome = shell.run_to(&mut command(&shell, &origin, &arguments), "");
    assert!(outcome.stderr.contains("\"echo\": \"[secret]\""), "{}", outcome.stderr);
}

/// The client secret of the only stored app.
fn client_secret(shell: &Shell) -> String {
    fn find(value: &Value) -> Option<&str> {
        match value {
            Value::Object(fields) => match fields.get("client_secret").and_then(Value::as_str) {
                Some(secret) => Some(secret),
                None => fields.values().find_map(find),
            },
            Value::Array(items) => items.iter().find_map(find),
            _ => None,
        }
    }
    let stored: Value = serde_json::from_str(&shell.stored()).expect("JSON");
    find(&stored).expect("a client secret").to_owned()
}

#[test]
fn stored_secrets_are_masked_in_errors_and_requests() {
    let (shell, served) = logged_in();
    let secret = client_secret(&shell);
    let kind = [("content-type", "application/json")];
    let body = json!({ "error": format!("no scope for {secret}") }).to_string();
    for arguments in [
        &["status"][..],
        &["status", "--json"],
        &["status", "--verbose"],
        &["api", "/api/v1/accounts/verify_credentials"],
    ] {
        served.fail(
            Fault::response(403, &kind, body.as_str()).at("/api/v1/accounts/verify_credentials"),
        );
        let outcome = shell.run(arguments);
        let printed = match arguments[0] {
            // It prints the response itself.
            "api" => outcome.stderr,
            _ => outcome.stdout + &outcome.stderr,
        };
        assert!(printed.contains("no scope for [secret]"), "{arguments:?}: {printed}");
        assert!(!printed.contains(&secret), "{arguments:?}: {printed}");
    }
}

#[test]
fn deeply_nested_json_is_printed_in_proportion() {
    let shell = Shell::new();
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let body = format!("[{}]", vec![deep.as_str(); 500].join(","));
    let length = body.len();
    let origin = serve(move |_| ok("Content-Type: application/json\r\n", &body));
    let outcome = shell.run_to(&mut command(&shell, &origin, &["api", "/x", "--verbose"]), "");
    assert!(outcome.stderr.contains(&deep), "it is not shortened");
    assert!(outcome.stderr.len() < 20 * length, "{} bytes", outcome.stderr.len());
}

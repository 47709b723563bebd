//! How bodies are read.

use crate::facts::client::{FORM, JSON, Parts, Received, ask, server, token};

const NO_NAME: &str = "Bad Request: Key: 'ApplicationCreateRequest.ClientName' Error:Field \
                       validation for 'ClientName' failed on the 'required' tag";

const MULTIPART: &str = "multipart/form-data; boundary=B";
const PARTS: &str = "--B\r\nContent-Disposition: form-data; name=\"client_name\"\r\n\r\nOdd\r\n\
                     --B--\r\n";

fn register(query: &str, kind: &str, body: &str) -> Received {
    let parts = Parts { kind, body, ..Parts::default() };
    ask(&server(), "POST", &format!("/api/v1/apps{query}"), parts)
}

#[test]
fn a_form_is_read_whatever_its_capitals_and_json_only_in_lower_case() {
    let form = register("", "Application/X-WWW-Form-Urlencoded", "client_name=Odd");
    assert_eq!(form.json()["name"], "Odd");
    let json = register("", "Application/JSON", r#"{"client_name":"Odd"}"#);
    assert_eq!((json.status(), json.error().as_str()), (400, NO_NAME));
    let charset = register("", "application/json;charset=utf-8", r#"{"client_name":"Odd"}"#);
    assert_eq!(charset.status(), 200);
}

#[test]
fn the_query_is_read_with_a_form_and_not_with_json_or_multipart() {
    let site = "?website=https://example.org";
    let form = register(site, FORM, "client_name=Odd");
    assert_eq!(form.json()["website"], "https://example.org");
    let json = register(site, JSON, r#"{"client_name":"Odd"}"#);
    assert_eq!(json.json()["website"], serde_json::Value::Null);
    let parts = register(site, MULTIPART, PARTS);
    assert_eq!(parts.json()["website"], serde_json::Value::Null);
    assert_eq!(register("?client_name=Odd", "", "").status(), 200);
}

#[test]
fn of_json_only_the_first_value_counts_and_names_may_be_in_capitals() {
    for body in [
        r#"{"client_name":"Odd"} and more"#,
        r#"{"CLIENT_NAME":"Odd"}"#,
        r#"{"client_name":"Odd","unknown":[1]}"#,
        r#"{"client_name":"Odd","scopes":null}"#,
    ] {
        assert_eq!(register("", JSON, body).status(), 200, "{body}");
    }
}

#[test]
fn a_body_that_cannot_be_read_is_told_in_the_readers_words() {
    let wrong = "json: cannot unmarshal";
    let of_app = "Go struct field ApplicationCreateRequest";
    let cases = [
        (JSON, "", "EOF".to_owned()),
        (JSON, "{", "unexpected EOF".to_owned()),
        (JSON, "[]", format!("{wrong} array into Go value of type model.ApplicationCreateRequest")),
        (
            JSON,
            r#"{"scopes":["read"]}"#,
            format!("{wrong} array into {of_app}.scopes of type string"),
        ),
        (JSON, "client_name=x", "invalid character 'c' looking for beginning of value".to_owned()),
        (
            JSON,
            "{'a':1}",
            r"invalid character '\'' looking for beginning of object key string".to_owned(),
        ),
        (JSON, "nope", "invalid character 'o' in literal null (expecting 'u')".to_owned()),
        (FORM, "client_name=%zz", r#"invalid URL escape "%zz""#.to_owned()),
        (FORM, "client_name=x;y", "invalid semicolon separator in query".to_owned()),
        (MULTIPART, "", "multipart: NextPart: EOF".to_owned()),
        (MULTIPART, &PARTS[..50], "unexpected EOF".to_owned()),
        ("multipart/form-data", PARTS, "no multipart boundary param in Content-Type".to_owned()),
    ];
    for (kind, body, words) in cases {
        let refused = register("", kind, body);
        assert_eq!(refused.status(), 400, "{body}");
        assert_eq!(refused.error(), format!("Bad Request: {words}"), "{body}");
    }
}

#[test]
fn a_token_request_that_cannot_be_read_is_an_oauth_error_and_a_revocation_is_none() {
    let server = server();
    let broken = Parts { kind: JSON, body: "{", ..Parts::default() };
    let token = ask(&server, "POST", "/oauth/token", broken);
    assert_eq!(token.error(), "invalid_request");
    assert_eq!(token.description(), "Bad Request: unexpected EOF");
    let revocation = ask(&server, "POST", "/oauth/revoke", broken);
    assert_eq!(revocation.error(), "Bad Request: unexpected EOF");
    assert_eq!(revocation.status(), 400);
}

#[test]
fn a_post_is_refused_for_its_kind_of_body_its_length_and_its_visibility() {
    let server = server();
    let token = token(&server, "write");
    let post = |kind: &str, body: &str| {
        let parts = Parts { kind, body, token: &token, ..Parts::default() };
        let refused = ask(&server, "POST", "/api/v1/statuses", parts);
        (refused.status(), refused.error())
    };
    let known = "application/json, application/x-www-form-urlencoded, multipart/form-data";
    let kind = format!(
        "Not Acceptable: content-type text/plain not supported for this endpoint; supported \
         content-types are {known}"
    );
    assert_eq!(post("text/plain", "x"), (406, kind));
    let empty = "Bad Request: status contains no text, media or poll";
    assert_eq!(post(FORM, "status="), (400, empty.to_owned()));
    let long = format!("status={}", "x".repeat(5001));
    let error = "Bad Request: text with spoiler exceed max chars (5000)";
    assert_eq!(post(FORM, &long), (400, error.to_owned()));
    let error = "Unprocessable Entity: processVisibility: invalid visibility";
    assert_eq!(post(FORM, "status=x&visibility=all"), (422, error.to_owned()));
}

//! Secrets that a server echoes: whatever it answers, in whatever encoding, no error of ours
//! shows a piece of one.

use std::collections::BTreeSet;

use gts_oauth_core::http::Response;
use gts_oauth_core::{Callback, Exchange, Secret, Session, error::Operation, renewal::Revocation};

use crate::error::secrets_shown::{assert_hidden, shown};
use crate::sample::{
    CLIENT_SECRET, CODE, OPERATIONS, REFRESH_TOKEN, STATE, TOKEN, VERIFIER, answer, encoded, error,
    errors, exchange, pending, refresh, register, request_token, revoke, session, with,
};

/// What the request to each endpoint holds that nobody may see.
fn secrets_of(endpoint: Operation) -> &'static [&'static str] {
    match endpoint {
        Operation::ExchangeCode => &[CLIENT_SECRET, CODE, VERIFIER, STATE],
        Operation::RequestAppToken => &[CLIENT_SECRET],
        Operation::RefreshSession => &[CLIENT_SECRET, REFRESH_TOKEN, TOKEN],
        Operation::VerifyCredentials | Operation::Read => &[TOKEN, REFRESH_TOKEN],
        Operation::RevokeToken => &[CLIENT_SECRET, TOKEN, REFRESH_TOKEN],
        _ => &[],
    }
}

/// A secret as servers echo it (as it is, form-encoded, or as JSON), bare and as a JSON text.
fn echoes(secret: &str) -> BTreeSet<(String, String)> {
    let quoted = serde_json::to_string(secret).unwrap();
    let json = quoted[1..quoted.len() - 1].to_owned();
    let upper = encoded(secret);
    let escaped =
        [lower_hex(&upper), upper.replace('+', "%20"), json.replace('/', "\\/"), json, upper];
    let escaped = escaped.into_iter().map(|echo| (echo.clone(), format!("\"{echo}\"")));
    escaped.chain([(secret.to_owned(), quoted)]).collect()
}

fn lower_hex(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        out.push('%');
        out.push_str(&part[..2].to_lowercase());
        out.push_str(&part[2..]);
    }
    out
}

/// Every bad answer that could hold `echo`.
fn bad_answers(echo: &str, quoted: &str) -> Vec<Response<Vec<u8>>> {
    // The echo lies across the end of what an error repeats.
    let long = format!("{}{echo}", "x".repeat(195));
    let bodies = [
        echo.to_owned(),
        quoted.to_owned(),
        format!("\"{echo}\""),
        format!("{{\"error\":{quoted}}}"),
        format!("{{\"error\":\"{echo}\"}}"),
        format!("{{\"error\":\"invalid_grant\",\"error_description\":{quoted}}}"),
        format!("{{\"error\":\"{long}\"}}"),
        format!("{{\"message\":\"{echo}\"}}"),
        format!("{{\"access_token\":\"{echo}"),
        format!("{{\"access_token\":[{quoted}]}}"),
        format!("{{{quoted}:{quoted},{quoted}:1}}"),
        format!("{{\"token_type\":{quoted},\"client_id\":{quoted}}}"),
        format!("<html><title>No such code: {echo}</title>"),
        format!("<html><title>{long}</title>"),
        format!("<p>{echo}"),
        long,
    ];
    let statuses = [200, 307, 400, 401, 403, 404, 418, 422, 429, 500, 502, 503];
    let each = |body: &String| statuses.map(|status| located(answer(status, body.as_str()), echo));
    bodies.iter().flat_map(each).collect()
}

fn located(answer: Response<Vec<u8>>, echo: &str) -> Response<Vec<u8>> {
    let target = format!("https://b.example/{echo}?code={echo}#{echo}");
    with(answer, "location", &target)
}

#[test]
fn no_error_shows_what_a_server_echoes_of_a_request() {
    for secret in [CLIENT_SECRET, CODE, VERIFIER, STATE, TOKEN, REFRESH_TOKEN] {
        for (echo, quoted) in echoes(secret) {
            for answer in bad_answers(&echo, &quoted) {
                assert_hidden_from_all(&answer, secret);
            }
        }
    }
}

fn assert_hidden_from_all(answer: &Response<Vec<u8>>, secret: &str) {
    let has_secret = |operation: &Operation| secrets_of(*operation).contains(&secret);
    for operation in OPERATIONS.into_iter().filter(has_secret) {
        if let Some(error) = error(operation, answer) {
            assert_hidden(&shown(&error), secret);
        }
    }
}

#[test]
fn an_echo_does_not_take_the_rest_of_the_error_with_it() {
    let body = format!("{{\"error\":\"no code {} here\"}}", encoded(CODE));
    let error = exchange().parse(&answer(400, body)).unwrap_err();
    assert!(error.to_string().contains("no code [secret] here"), "{error}");
}

#[test]
fn mistyped_short_code_masks_no_words() {
    for (code, shown) in [("q", "no request q"), ("Wx7Kp2Rt", "no request [secret]")] {
        let callback = Callback::from_query(&format!("code={code}&state={STATE}")).unwrap();
        let exchange = pending().code_from_callback(&callback).unwrap();
        let error = exchange.parse(&answer(400, format!("no request {code}")));
        let error = error.unwrap_err().to_string();
        assert!(error.contains(shown), "{error}");
    }
}

#[test]
fn unreadable_success_is_not_repeated() {
    // What the answer itself gives is as secret as what the request held.
    const NEW: &str = "Zp5Kw8Rt2Xq9";
    for body in [
        format!("{{\"access_token\":\"{NEW}"),
        format!("{{\"access_token\":\"{NEW}\",\"token_type\":\"mac\"}}"),
        format!("{{\"access_token\":\"{NEW}\\u0007\"}}"),
        format!("{{\"access_token\":\"{NEW}\",}}"),
        format!("{{\"access_token\":1,\"access_token\":[\"{NEW}\"]}}"),
        format!("{{\"access_token\":{{\"{NEW}\":1}}}}"),
        format!("{{\"client_secret\":\"{NEW}\"}}"),
        format!("{{\"client_secret\":\"{NEW}"),
        format!("{{\"client_id\":\"1\",\"client_secret\":[\"{NEW}\"]}}"),
        format!("{{\"token_type\":\"{NEW}\",\"username\":[\"{NEW}\"]}}"),
        format!("\"{NEW}\""),
        format!("<title>{NEW}</title>"),
        NEW.to_owned(),
    ] {
        for (endpoint, error) in errors(&answer(200, body.as_str())) {
            let unread = matches!(endpoint, Operation::Read | Operation::RevokeToken);
            match error {
                Some(error) => assert_hidden(&shown(&error), NEW),
                None => assert!(unread, "{endpoint:?} takes {body}"),
            }
        }
    }
}

#[test]
fn new_token_in_an_error_response_is_hidden() {
    const NEW: &str = "Zp5Kw8/Rt2Xq9";
    for body in [
        r#"{"error":"not stored: Zp5Kw8/Rt2Xq9","access_token":"Zp5Kw8/Rt2Xq9"}"#,
        r#"{"error":"no","error_description":"Zp5Kw8/Rt2Xq9","Refresh_Token": ["Zp5Kw8\/Rt2Xq9"]}"#,
        r#"{"error":"no","error_description":"not stored: access_token=Zp5Kw8/Rt2Xq9"}"#,
        r#"{"error":{"code":"no","message":"not stored: {"access_token": "Zp5Kw8/Rt2Xq9"}"}}"#,
        r#"{"message":"Zp5Kw8/Rt2Xq9","client_secret":"Zp5Kw8/Rt2Xq9"}"#,
        "<title>Zp5Kw8/Rt2Xq9</title>access_token=Zp5Kw8/Rt2Xq9",
    ] {
        for status in [400, 401, 403, 500] {
            for (endpoint, error) in errors(&answer(status, body)) {
                let error = error.unwrap_or_else(|| panic!("{endpoint:?}"));
                assert_hidden(&shown(&error), NEW);
            }
        }
    }
    let body = r#"{"error":"not stored: Zp5Kw8/Rt2Xq9","access_token":"Zp5Kw8/Rt2Xq9"}"#;
    let error = session().verify().parse(&answer(400, body)).unwrap_err();
    assert!(error.to_string().contains("not stored: [secret]"), "{error}");
    let many: String = (0..20).map(|n| format!(r#","access_token":"Zp5Kw8/Rt2Xq9{n}""#)).collect();
    let body = format!(r#"{{"error":"Zp5Kw8/Rt2Xq919"{many}}}"#);
    assert_hidden(&shown(&exchange().parse(&answer(400, body)).unwrap_err()), NEW);
    let body = r#"{"error":"invalid_request","error_description":"client_secret: missing"}"#;
    let error = exchange().parse(&answer(400, body)).unwrap_err();
    assert!(error.to_string().contains("client_secret: missing"), "{error}");
}

#[test]
fn text_that_names_a_new_token_is_not_shown() {
    let text = answer(500, "could not store the access_token Zp5Kw8/Rt2Xq9");
    for error in [
        register().parse(&text).unwrap_err(),
        exchange().parse(&text).unwrap_err(),
        request_token().parse(&text).unwrap_err(),
        refresh().parse(&text).unwrap_err(),
    ] {
        assert_hidden(&shown(&error), "Zp5Kw8/Rt2Xq9");
    }
}

/// Each token takes memory to find, so the text of an error with many is left out.
#[test]
fn text_with_more_than_eight_tokens_is_not_shown() {
    // A token with an escape can be written in two ways.
    for (tokens, escaped, is_shown) in [(8, 0, true), (9, 0, false), (6, 1, true), (7, 1, false)] {
        let token = |number| format!("refresh_token=Zp5Kw8Rt2Xq{number}");
        let mut words: Vec<String> = (0..tokens).map(token).collect();
        words.extend((0..escaped).map(|_| r"refresh_token=Zp5Kw8\u002fRt2".to_owned()));
        let response = answer(500, format!("no database {}", words.join(" ")));
        let shown = shown(&session().verify().parse(&response).unwrap_err());
        assert_eq!(shown.contains("no database"), is_shown, "{tokens} and {escaped}: {shown}");
        assert_hidden(&shown, "Zp5Kw8Rt2Xq");
    }
}

#[test]
fn a_registration_that_echoes_its_new_secret_does_not_show_it() {
    for (echo, _) in echoes(CLIENT_SECRET) {
        let body = serde_json::json!({
            "client_id": "1",
            "client_secret": CLIENT_SECRET,
            "redirect_uris": [format!("https://b.example/{echo}")],
        });
        let error = register().parse(&answer(200, body.to_string())).unwrap_err();
        assert_hidden(&shown(&error), CLIENT_SECRET);
    }
}

#[test]
fn a_redirect_that_echoes_secrets_in_its_error_does_not_show_them() {
    for secret in [CLIENT_SECRET, VERIFIER, STATE] {
        for (echo, _) in echoes(secret) {
            let echo = encoded(&echo);
            let query = format!("error=e+{echo}&error_description=d+{echo}&state={STATE}");
            let error = pending().code_from_callback(&Callback::from_query(&query).unwrap());
            assert_hidden(&shown(&error.unwrap_err()), secret);
        }
    }
}

#[test]
fn a_pasted_text_that_is_refused_is_not_repeated() {
    let pending = pending();
    for text in [
        CODE.to_owned(),
        format!("https://b.example/?code={}&state=Ht6Jm3Vb", encoded(CODE)),
        format!("https://b.example/?code={}", encoded(CODE)),
        format!("https://b.example/?code={0}&code={0}&state={STATE}", encoded(CODE)),
    ] {
        let error = pending.code_from_text(&text).unwrap_err();
        assert_hidden(&shown(&error), CODE);
        assert_hidden(&shown(&error), "Ht6Jm3Vb");
    }
}

#[test]
fn a_token_that_cannot_be_used_is_not_repeated() {
    for token in [format!("{TOKEN} x"), format!("{TOKEN}é"), format!("{TOKEN}\n")] {
        let instance = "example.org".parse().unwrap();
        let error = Session::from_token(instance, Secret::new(token)).unwrap_err();
        assert_hidden(&shown(&error), TOKEN);
    }
}

#[test]
fn an_error_within_a_good_reply_to_a_call_does_not_show_the_token() {
    let body = serde_json::json!({"error": format!("bad token {TOKEN}")});
    let call = session().get("/api/v1/x").unwrap();
    let reply = call.parse(&answer(200, body.to_string())).unwrap();
    let error = reply.json::<Vec<u8>>().unwrap_err();
    assert_hidden(&shown(&error), TOKEN);
}

#[test]
fn a_revocation_that_was_refused_shows_no_secret() {
    let body = format!("{{\"error\":{}}}", serde_json::to_string(TOKEN).unwrap());
    let Ok(became @ Revocation::NotConfirmed(_)) = revoke().parse(&answer(403, body)) else {
        panic!("it is confirmed");
    };
    assert_hidden(&format!("{became:?} {became:#?}"), TOKEN);
}

//! Good answers to everything but the token endpoint, in every dialect that servers are known to
//! speak: what is read of them, and what is let pass.

use gts_oauth_core::{Exchange, renewal::Revocation};
use serde_json::{Value, json};

use crate::sample::{answer, register, revoke, session};

#[test]
fn the_reply_of_gotosocial_to_a_registration_is_read() {
    let reply = r#"{"id":"01M840W2DD6TMDS55571SY0SAX","created_at":"2026-11-23T10:57:47.437Z",
        "name":"Probe","redirect_uri":"urn:ietf:wg:oauth:2.0:oob",
        "redirect_uris":["urn:ietf:wg:oauth:2.0:oob"],"client_id":"01ST88WWRXFV6YDXY3W9WAJSVG",
        "client_secret":"63688859-6eb8-4676-8dd7-befc52cf89ee","vapid_key":"BH2M","scopes":["read"]}"#;
    let app = register().parse(&answer(200, reply)).unwrap();
    assert_eq!(app.client_id(), "01ST88WWRXFV6YDXY3W9WAJSVG");
    let secret = "63688859-6eb8-4676-8dd7-befc52cf89ee";
    assert_eq!(app.client_secret().unwrap().expose(), secret);
    assert_eq!(app.scopes().to_string(), "read");
    assert!(app.redirect_uris()[0].is_out_of_band());
    assert_eq!(app.instance(), register().instance());
}

#[test]
fn numeric_ids_are_taken_as_text() {
    let app = register().parse(&answer(200, r#"{"client_id":12,"client_secret":345}"#));
    let app = app.unwrap();
    assert_eq!((app.client_id(), app.client_secret().unwrap().expose()), ("12", "345"));
    let account = session().verify().parse(&answer(200, r#"{"id":17,"username":"alice"}"#));
    assert_eq!(account.unwrap().id(), "17");
}

#[test]
fn empty_credentials_are_missing() {
    for (body, field) in [
        (r#"{"client_id":"","client_secret":"2"}"#, "client_id"),
        (r#"{"client_id":"1","client_secret":""}"#, "client_secret"),
    ] {
        let error = register().parse(&answer(200, body)).unwrap_err();
        assert!(error.to_string().contains(&format!("`{field}` is missing")), "{error}");
    }
}

#[test]
fn the_scopes_that_a_server_registered_are_told_whatever_their_form() {
    for (scopes, told) in [
        (json!(["read:accounts", "read:lists"]), "read:accounts read:lists"),
        (json!("read:accounts  read:lists"), "read:accounts read:lists"),
        (json!("read:accounts,read:lists"), "read:accounts read:lists"),
        (json!("read é"), "read"),
        (json!(["read"]), "read"),
        // More than was asked for is not asked of people.
        (json!(["read", "write", "admin:read"]), "read"),
        (json!("everything"), "read"),
        (json!(["read write"]), "read"),
        (json!([]), "read"),
        (json!(""), "read"),
        (json!(null), "read"),
        (json!(7), "read"),
    ] {
        let reply = json!({"client_id": "1", "client_secret": "2", "scopes": scopes});
        let app = register().parse(&answer(200, reply.to_string())).unwrap();
        assert_eq!(app.scopes().to_string(), told, "{scopes}");
    }
}

#[test]
fn an_account_is_read_and_kept_as_the_server_sent_it() {
    let sent = r#"{"id":"015JSQDQ","username":"alice","acct":"alice","display_name":"A. ☺",
        "url":"https://example.org/@alice","source":{"note":""}}"#;
    let account = session().verify().parse(&answer(200, sent)).unwrap();
    assert_eq!(account.id(), "015JSQDQ");
    assert_eq!(account.username(), "alice");
    assert_eq!(account.acct(), "alice");
    assert_eq!(account.display_name(), "A. ☺");
    assert_eq!(account.url(), Some("https://example.org/@alice"));
    assert_eq!(account.json(), sent);
    // But for the mark that some servers put before it.
    let marked = format!("\u{feff}{sent}");
    let account = session().verify().parse(&answer(200, &*marked)).unwrap();
    assert_eq!(account.json(), sent);
}

#[test]
fn an_account_needs_no_more_than_an_id_and_a_name() {
    let body = r#"{"id":"7","username":"alice","acct":null,"display_name":null,"url":null}"#;
    let account = session().verify().parse(&answer(200, body)).unwrap();
    assert_eq!((account.acct(), account.display_name()), ("alice", ""));
    assert_eq!(account.url(), None);
    for (body, field) in [
        (r#"{"id":"7"}"#, "username"),
        (r#"{"id":"7","username":""}"#, "username"),
        (r#"{"username":"alice"}"#, "id"),
        (r#"{"id":"","username":"alice"}"#, "id"),
    ] {
        let error = session().verify().parse(&answer(200, body)).unwrap_err();
        assert!(error.to_string().contains(&format!("`{field}`")), "{error}");
    }
}

#[test]
fn error_in_an_account_is_shown() {
    let body = r#"{"error":"closed","error_description":"for maintenance"}"#;
    let error = session().verify().parse(&answer(200, body)).unwrap_err();
    assert!(error.to_string().contains("closed (for maintenance)"), "{error}");
}

#[test]
fn every_good_answer_to_a_revocation_accepts_it() {
    for body in ["{}", "[]", "", "null"] {
        let became = revoke().parse(&answer(200, body)).unwrap();
        assert!(matches!(became, Revocation::Accepted), "{body:?}");
    }
    assert!(matches!(revoke().parse(&answer(204, "")), Ok(Revocation::Accepted)));
}

#[test]
fn missing_revocation_endpoint_is_unsupported() {
    for status in [404, 405, 501] {
        let became = revoke().parse(&answer(status, r#"{"error":"Not Found"}"#));
        assert!(matches!(became, Ok(Revocation::Unsupported)), "{status}");
    }
    for (status, body) in [(401, ""), (403, r#"{"error":"unauthorized_client"}"#), (403, "")] {
        let became = revoke().parse(&answer(status, body)).unwrap();
        let Revocation::NotConfirmed(error) = became else {
            panic!("{status}: {became:?}");
        };
        assert_eq!(error.status().unwrap(), status);
    }
    for status in [400, 429, 500, 503] {
        assert!(revoke().parse(&answer(status, "{}")).is_err(), "{status}");
    }
}

#[test]
fn rejected_revocation_keeps_the_token_valid() {
    let refusal = answer(403, r#"{"error":"unauthorized_client"}"#);
    let Ok(Revocation::NotConfirmed(error)) = revoke().parse(&refusal) else {
        panic!("it is confirmed");
    };
    assert!(error.to_string().contains("the token may still be valid"), "{error}");
}

#[test]
fn call_returns_the_body_unchanged() {
    let call = session().get("/api/v1/x").unwrap();
    let reply = call.parse(&answer(202, "[1, 2]")).unwrap();
    assert_eq!(reply.status, 202);
    assert_eq!(reply.body, b"[1, 2]");
    assert_eq!(reply.json::<Vec<u8>>().unwrap(), [1, 2]);
    let error = reply.json::<String>().unwrap_err();
    assert!(error.to_string().contains("JSON of an unexpected shape"), "{error}");
    assert!(call.parse(&answer(200, "no JSON")).unwrap().json::<Value>().is_err());
}

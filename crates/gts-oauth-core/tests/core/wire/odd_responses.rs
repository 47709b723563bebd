//! Answers that say what they mean, and not in the form that they should have.

use std::time::{Duration, SystemTime};

use gts_oauth_core::http::HeaderValue;
use gts_oauth_core::http::header::CONTENT_TYPE;
use gts_oauth_core::{
    App, Callback, Error, Exchange, Session,
    error::{Cause, Remedy},
    renewal::Revocation,
};
use serde_json::json;

use crate::discovery::discover::LINKS;
use crate::recorded::{Answer, PAGE};
use crate::sample::{answer, exchange, register, request_token, revoke, session};
use crate::scenario::{At, at, by_redirect, field, out_of_band, state, stays};

fn registered(reply: &str) -> App {
    register().parse(&answer(200, reply)).unwrap()
}

fn token(reply: &str) -> Session {
    exchange().parse(&answer(200, reply)).unwrap()
}

#[test]
fn of_a_name_that_stands_there_twice_the_last_counts() {
    let token = token(r#"{"access_token":"OLD","token_type":"Bearer","access_token":"NEW"}"#);
    assert_eq!(token.access_token().expose(), "NEW");
    let app = registered(r#"{"client_id":"1","client_secret":"2","client_id":"3"}"#);
    assert_eq!(app.client_id(), "3");
}

#[test]
fn repeated_names_are_read_in_every_document() {
    let account = r#"{"id":"1","username":"old","username":"me"}"#;
    assert_eq!(session().verify().parse(&answer(200, account)).unwrap().username(), "me");
    let error = r#"{"error":"server_error","error":"invalid_grant"}"#;
    let error = exchange().parse(&answer(400, error)).unwrap_err();
    assert!(error.to_string().contains("400 invalid_grant"), "{error}");
}

#[test]
fn page_of_too_many_tokens_is_an_error() {
    let body = format!("[{}{{\"id\":\"1\"}}]", "{\"id\":\"1\"},".repeat(500));
    assert!(session().tokens().parse(&answer(200, &body)).is_err());
    let fits = body.replacen("{\"id\":\"1\"},", "", 1);
    assert_eq!(session().tokens().parse(&answer(200, fits)).unwrap().items.len(), 500);
}

#[test]
fn text_with_much_invalid_utf8_is_no_json() {
    let read = |count| {
        let note = b"a\xff".repeat(count);
        let body = [b"{\"id\":\"1\",\"username\":\"a\",\"note\":\"", &note[..], b"\"}"].concat();
        session().verify().parse(&answer(200, body))
    };
    assert_eq!(read(1000).unwrap().json().matches('\u{fffd}').count(), 1000);
    assert!(read(1001).unwrap_err().to_string().contains("not JSON"));
}

#[test]
fn a_name_that_was_cut_in_the_middle_of_a_character_does_not_stop_a_login() {
    let read = |body: &[u8]| session().verify().parse(&answer(200, body)).unwrap();
    for (body, name) in [
        (&br#"{"id":"1","username":"a","display_name":"x\ud83d"}"#[..], "x\u{fffd}"),
        (br#"{"id":"1","username":"a","display_name":"\udc00\"y"}"#, "\u{fffd}\"y"),
        (br#"{"id":"1","username":"a","display_name":"\\\ud83dx"}"#, "\\\u{fffd}x"),
        (br#"{"id":"1","username":"a","display_name":"\ud83d\ude00\ud83d"}"#, "😀\u{fffd}"),
        (b"{\"id\":\"1\",\"username\":\"a\",\"display_name\":\"x\xf0\x9f\"}", "x\u{fffd}"),
    ] {
        assert_eq!(read(body).display_name(), name);
    }
    let note = read(b"{\"id\":\"1\",\"username\":\"a\",\"note\":\"\xff\"}");
    let stored = serde_json::to_string(&note).unwrap();
    assert_eq!(serde_json::from_str::<gts_oauth_core::Account>(&stored).unwrap(), note);
}

#[test]
fn a_user_name_may_have_its_host_with_it_or_stand_in_the_address_alone() {
    for account in [
        r#"{"id":"1","username":"me@example.org"}"#,
        r#"{"id":"1","username":null,"acct":"me@example.org"}"#,
        r#"{"id":"1","acct":"me"}"#,
    ] {
        let account = session().verify().parse(&answer(200, account)).unwrap();
        assert_eq!(account.username(), "me");
    }
    let nobody = session().verify().parse(&answer(200, r#"{"id":"1","acct":"@"}"#));
    assert!(nobody.unwrap_err().to_string().contains("`username`"));
}

/// Pixelfed joins them so.
#[test]
fn redirect_uris_may_be_joined_with_commas_or_stand_beside_an_empty_list() {
    let (one, two) = ("urn:ietf:wg:oauth:2.0:oob", "http://127.0.0.1:7777/cb");
    for reply in [
        json!({ "redirect_uri": format!("{one},{two}") }),
        json!({ "redirect_uris": [format!("{two}\n{one}")] }),
        json!({ "redirect_uris": [""], "redirect_uri": one }),
        json!({ "redirect_uris": [""], "redirect_uri": "" }),
    ] {
        let mut reply = reply;
        reply["client_id"] = json!("1");
        reply["client_secret"] = json!("2");
        assert_eq!(registered(&reply.to_string()).redirect_uris()[0].as_str(), one);
    }
    let other =
        json!({ "client_id": "1", "client_secret": "2", "redirect_uri": format!("{two},x:y") });
    let error = register().parse(&answer(200, other.to_string())).unwrap_err();
    assert!(error.to_string().contains("another redirect URI"), "{error}");
}

#[test]
fn a_bad_status_with_a_good_body_shows_no_secret() {
    for status in [400, 418, 500] {
        let body = r#"{"access_token":"NEWTOKEN","token_type":"Bearer"}"#;
        let error = exchange().parse(&answer(status, body)).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("NEWTOKEN"), "{error}");
        let body = r#"{"client_id":"x","client_secret":"NEWTOKEN"}"#;
        let error = register().parse(&answer(status, body)).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("NEWTOKEN"), "{error}");
    }
    // What is none is shown: Laravel says why in such words.
    let error =
        register().parse(&answer(422, r#"{"error":true,"message":"The name is too long."}"#));
    assert!(error.unwrap_err().to_string().contains("“The name is too long.”"));
}

#[test]
fn error_status_without_text_is_explained() {
    let told = |error: Error| error.to_string();
    for body in ["", "nope", "{}"] {
        for status in [400, 401, 403, 422] {
            let error = told(register().parse(&answer(status, body)).unwrap_err());
            assert!(!error.contains("lost on the way"), "{error}");
            let hint = error.contains("Change the app's name") || error.contains("administrator");
            assert!(hint, "{error}");
        }
        let call = session().get("/api/v1/x").unwrap();
        for error in [
            session().verify().parse(&answer(403, body)).unwrap_err(),
            call.parse(&answer(403, body)).unwrap_err(),
        ] {
            assert_eq!((error.cause(), error.remedy()), (Cause::Forbidden, Remedy::GiveUp));
        }
        let error = told(request_token().parse(&answer(404, body)).unwrap_err());
        assert!(error.contains("Check the instance address"), "{error}");
    }
}

#[test]
fn takahe_error_codes_are_known() {
    let forgotten = answer(400, r#"{"error":"invalid_client_id"}"#);
    let mut login = out_of_band().exchange();
    login.handle_response(&forgotten).unwrap();
    assert_eq!(at(&login), At::Register);
    let error = exchange().parse(&forgotten).unwrap_err();
    assert_eq!((error.cause(), error.remedy()), (Cause::UnknownClient, Remedy::RegisterApp));
    let error = request_token().parse(&answer(400, r#"{"error":"invalid_grant_type"}"#));
    let error = error.unwrap_err().to_string();
    assert!(error.contains("does not support the client credentials grant"), "{error}");
}

#[test]
fn takahe_rejects_a_token_with_text_as_html() {
    let rejected = html(400, "Invalid Bearer token");
    let error = session().verify().parse(&rejected).unwrap_err();
    assert_eq!(error.cause(), Cause::TokenRejected);
    let error = session().verify().parse(&html(400, "Please sign in")).unwrap_err();
    assert_eq!(error.cause(), Cause::NotApi);
}

fn html(status: u16, text: &str) -> Answer {
    let mut response = answer(status, text);
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, html);
    response
}

#[test]
fn a_yes_that_says_no_and_somebody_elses_page_revoke_nothing() {
    for body in [PAGE, r#"{"error":"unauthorized_client"}"#] {
        let outcome = revoke().parse(&answer(200, body)).unwrap();
        assert!(matches!(outcome, Revocation::NotConfirmed(_)), "{outcome:?}");
    }
    for body in ["", "{}", "[]", "null"] {
        let outcome = revoke().parse(&answer(200, body)).unwrap();
        assert!(matches!(outcome, Revocation::Accepted), "{body}");
    }
}

#[test]
fn when_a_token_was_made_may_be_written_in_many_ways() {
    let made = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_518_603);
    for created_at in [
        json!(1_795_518_603),
        json!(1_795_518_603_000_u64),
        json!(1_795_518_603_000_000_u64),
        json!(1_795_518_603.9),
        json!("1795518603"),
        json!("2026-11-24T11:10:03.954Z"),
    ] {
        let reply = json!({ "access_token": "T", "created_at": created_at });
        assert_eq!(token(&reply.to_string()).created_at().map(whole), Some(made), "{created_at}");
    }
    fn whole(moment: SystemTime) -> SystemTime {
        let since = moment.duration_since(SystemTime::UNIX_EPOCH).unwrap();
        SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs())
    }
}

#[test]
fn a_code_behind_a_second_question_mark_is_found() {
    for query in
        ["x=1?code=ABC&state=STATE", "code=ABC&amp;state=STATE", "state=STATE&x=a?b&code=ABC"]
    {
        let mut login = by_redirect().authorize();
        let query = query.replace("STATE", &state(&login));
        let url = format!("http://127.0.0.1:7777/callback?{query}");
        login.handle_reply(Callback::from_url(&url).unwrap()).unwrap();
        assert_eq!(field(&login, "code").as_deref(), Some("ABC"), "{query}");
    }
}

#[test]
fn pages_are_found_whatever_the_form_of_their_link() {
    let call = session().get("/api/v1/notifications?limit=2").unwrap();
    for link in [
        "<?max_id=7&limit=2>; rel='next'",
        "< /api/v1/notifications?max_id=7&limit=2 >; rel=\"next\"",
        "<//example.org/api/v1/notifications?max_id=7&limit=2>; rel=next; title=\"nächste\"",
    ] {
        let mut page = answer(200, "[]");
        let link = gts_oauth_core::http::HeaderValue::from_bytes(link.as_bytes()).unwrap();
        page.headers_mut().insert("link", link);
        let next = call.parse(&page).unwrap().next.expect("a page").request();
        assert_eq!(next.uri(), "https://example.org/api/v1/notifications?max_id=7&limit=2");
    }
}

#[test]
fn a_refusal_that_ends_in_a_full_stop_has_one() {
    let error = exchange().parse(&answer(400, r#"{"error":"The code is invalid."}"#));
    let error = error.unwrap_err().to_string();
    assert!(error.ends_with(": 400 The code is invalid."), "{error}");
}

#[test]
fn temporary_error_codes_keep_the_code() {
    for code in ["temporarily_unavailable", "server_error"] {
        let mut login = out_of_band().exchange();
        let body = format!("{{\"error\":\"{code}\"}}");
        let error = stays(&mut login, &answer(400, body));
        assert_eq!((error.cause(), error.remedy()), (Cause::ServerError, Remedy::Retry));
    }
}

#[test]
fn an_account_may_be_named_as_webfinger_does() {
    let typed: gts_oauth_core::discovery::Discover = "acct:me@example.org".parse().unwrap();
    assert_eq!(typed.request().uri(), LINKS);
    let me: gts_oauth_core::ExpectedAccount = "acct:me@example.org".parse().unwrap();
    assert_eq!(me, "@me@example.org".parse().unwrap());
}

/// Rounded digits would be the id of another account.
#[test]
fn id_beyond_64_bits_is_an_error() {
    let verify = |id: &str| {
        let body = format!(r#"{{"id":{id},"username":"me","acct":"me"}}"#);
        session().verify().parse(&answer(200, body))
    };
    assert_eq!(verify("18446744073709551615").unwrap().id(), "18446744073709551615");
    assert_eq!(verify(r#""123456789012345678901234""#).unwrap().id(), "123456789012345678901234");
    for id in ["18446744073709551616", "123456789012345678901234", "1e3", "1.0"] {
        let error = verify(id).unwrap_err().to_string();
        assert!(error.contains("`id` is missing or invalid"), "{error}");
    }
}

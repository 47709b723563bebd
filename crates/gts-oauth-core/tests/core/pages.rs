//! Calls to the API: where a token may go, and how lists are read page by page.

use gts_oauth_core::http::header::AUTHORIZATION;
use gts_oauth_core::http::{Method, Request, Response};
use gts_oauth_core::{Call, Error, Exchange, RateLimit, Reply, Retry, Session};
use serde_json::json;
use std::time::{Duration, SystemTime};

use crate::sample::{TOKEN, answer, session, with};

/// GoToSocial's own form, as recorded.
const RECORDED: &str = "<http://127.0.0.1:8085/api/v1/notifications?limit=2&max_id=01M842HB8F1WDB5KT1MW8ZNNSF>; \
     rel=\"next\", <http://127.0.0.1:8085/api/v1/notifications?limit=2&min_id=01M842HB92SK7FT72NDCXQ4ENV>; rel=\"prev\"";
const NEXT: &str = "/api/v1/notifications?limit=2&max_id=01M842HB8F1WDB5KT1MW8ZNNSF";

fn list() -> Call {
    session().get("/api/v1/notifications?limit=2").unwrap()
}

/// A page of the list with these `Link` headers.
fn page(links: &[&str]) -> Reply {
    let headers = links.iter();
    let page = headers.fold(answer(200, "[]"), |page, link| with(page, "link", link));
    list().parse(&page).unwrap()
}

fn next(link: &str) -> Option<String> {
    let uri = page(&[link]).next?.request().uri().clone();
    assert_eq!(uri.scheme_str(), Some("https"));
    assert_eq!(uri.authority().unwrap(), "example.org", "the token strays");
    Some(uri.path_and_query().unwrap().to_string())
}

#[test]
fn pages_as_gotosocial_names_them_are_read_on_the_sessions_own_origin() {
    let page = page(&[RECORDED]);
    let next = page.next.unwrap().request();
    assert_eq!(next.uri(), &*format!("https://example.org{NEXT}"));
    assert_eq!(next.method(), Method::GET);
    assert_eq!(next.headers()[AUTHORIZATION], format!("Bearer {TOKEN}"));
    let previous = page.previous.unwrap().request();
    let wanted = "/api/v1/notifications?limit=2&min_id=01M842HB92SK7FT72NDCXQ4ENV";
    assert_eq!(previous.uri().path_and_query().unwrap(), wanted);
}

#[test]
fn links_in_every_shape_that_servers_write_are_understood() {
    let target = "/api/v1/notifications?max_id=7";
    for link in [
        "<https://example.org/api/v1/notifications?max_id=7>; rel=\"next\"",
        "<https://evil.example/api/v1/notifications?max_id=7>; rel=\"next\"",
        "<http://example.org:81/api/v1/notifications?max_id=7>; rel=\"next\"",
        "</api/v1/notifications?max_id=7>; rel=\"next\"",
        "<https://a.b/api/v1/notifications?max_id=7>; rel=next",
        "<https://a.b/api/v1/notifications?max_id=7>;rel=next",
        "<https://a.b/api/v1/notifications?max_id=7>; rel=\"next\"; title=\"older\"",
        "<https://a.b/api/v1/notifications?max_id=7>; title=\"older\"; rel=\"next\"",
        "<https://a.b/api/v1/notifications?min_id=9>; rel=prev,<https://a.b/api/v1/notifications?max_id=7>; rel=next",
        "<https://me:pw@a.b/api/v1/notifications?max_id=7>; rel=next",
    ] {
        assert_eq!(next(link).as_deref(), Some(target), "{link}");
    }
}

#[test]
fn relations_are_read_as_the_rfc_writes_them() {
    // RFC 8288 §3: parameter names and relations without regard to case, several relations in
    // one pair of quotes, white space around the equals sign (§B.3).
    for link in [
        "<https://a.b/api/v1/notifications?max_id=7>; REL=\"next\"",
        "<https://a.b/api/v1/notifications?max_id=7>; rel=\"Next\"",
        "<https://a.b/api/v1/notifications?max_id=7>; rel=\"last next\"",
        "<https://a.b/api/v1/notifications?max_id=7>; rel = \"next\"",
    ] {
        assert_eq!(
            next(link).as_deref(),
            Some("/api/v1/notifications?max_id=7"),
            "{link}"
        );
    }
}

#[test]
fn a_comma_or_semicolon_in_a_target_does_not_end_it() {
    let link = "<https://a.b/api/v1/notifications?types=a,b;c&max_id=7>; rel=\"next\"";
    let wanted = "/api/v1/notifications?types=a,b;c&max_id=7";
    assert_eq!(next(link).as_deref(), Some(wanted));
}

#[test]
fn pages_may_be_named_in_headers_of_their_own() {
    let page = page(&[
        "<https://a.b/api/v1/notifications?min_id=9>; rel=\"prev\"",
        "<https://a.b/api/v1/notifications?max_id=7>; rel=\"next\"",
    ]);
    assert!(page.next.is_some());
    assert!(page.previous.is_some());
}

#[test]
fn no_link_is_the_end_of_the_list() {
    assert!(page(&[]).next.is_none());
    for link in [
        "",
        "garbage",
        "<",
        "<>; rel=\"next\"",
        "</api/v1/notifications>",
        "<x>; rel=next",
    ] {
        assert_eq!(next(link), None, "{link:?}");
    }
}

#[test]
fn a_page_of_another_path_is_not_followed() {
    for link in [
        "<https://example.org/oauth/revoke?token=x>; rel=\"next\"",
        "<https://example.org/api/v1/notifications/clear>; rel=\"next\"",
        "<https://example.org/api/v1/Notifications?max_id=7>; rel=\"next\"",
        "<https://example.org//api/v1/notifications?max_id=7>; rel=\"next\"",
    ] {
        assert_eq!(next(link), None, "{link}");
    }
}

#[test]
fn only_a_get_has_pages() {
    let post = session().post("/api/v1/notifications").unwrap();
    let reply = post
        .parse(&with(answer(200, "{}"), "link", RECORDED))
        .unwrap();
    assert!(reply.next.is_none());
}

#[test]
fn a_list_is_read_to_its_end() {
    let pages = |request: Request<Vec<u8>>| -> Result<Response<Vec<u8>>, Error> {
        Ok(match request.uri().path_and_query().unwrap().as_str() {
            "/api/v1/notifications?limit=2" => with(answer(200, "[1,2]"), "link", RECORDED),
            NEXT => answer(200, "[]"),
            other => panic!("asked for {other}"),
        })
    };
    let mut seen: Vec<u64> = Vec::new();
    let mut call = Some(list());
    while let Some(this) = call {
        let reply = this.send(&pages).unwrap();
        seen.extend(reply.json::<Vec<u64>>().unwrap());
        call = reply.next;
    }
    assert_eq!(seen, [1, 2]);
}

#[test]
fn a_path_that_could_lead_elsewhere_is_refused() {
    for path in [
        "",
        "api/v1/x",
        "//evil.example/x",
        "/\\evil.example",
        "/x\\y",
        "\\\\evil.example",
        "/x#y",
        "https://evil.example/x",
        "@evil.example/",
        "?x=1",
        "/a b",
        "/a\nb",
        "/a\u{7}",
    ] {
        let error = session().get(path).expect_err(path);
        assert!(matches!(error, Error::Input(_)), "{path:?}: {error:?}");
    }
}

#[test]
fn a_path_that_is_not_percent_encoded_is_refused() {
    let error = session().get("/api/v1/timelines/tag/bücher").unwrap_err();
    assert!(error.to_string().contains("percent-encoded"), "{error}");
}

#[test]
fn a_call_carries_its_query_and_its_token_to_its_own_origin() {
    let call = session().get("/api/v2/search?type=a").unwrap();
    let call = call.query("q", "a&b=ü ?#").unwrap();
    let request = call.query("limit", "3").unwrap().request();
    let uri = "https://example.org/api/v2/search?type=a&q=a%26b%3D%C3%BC+%3F%23&limit=3";
    assert_eq!(request.uri(), uri);
    let token = &request.headers()[AUTHORIZATION];
    assert_eq!(token, &*format!("Bearer {TOKEN}"));
    assert!(token.is_sensitive());
    let bare = session().get("/x").unwrap().query("q", "1").unwrap();
    let bare = bare.query("q", "2").unwrap();
    assert_eq!(bare.request().uri(), "https://example.org/x?q=1&q=2");
}

#[test]
fn a_query_longer_than_a_uri_may_be_is_refused() {
    // `http` takes no URI beyond 65534 bytes.
    let call = session().get("/x").unwrap();
    let refused = call.query("q", &"x".repeat(70_000)).unwrap_err();
    assert!(
        refused.to_string().contains("longer than a URI"),
        "{refused}"
    );
}

#[test]
fn a_call_posts_a_form_or_json() {
    let post = || session().post("/api/v1/statuses").unwrap();
    let form = post()
        .form("status", "a&b ü")
        .form("media_ids[]", "1")
        .request();
    assert_eq!(form.body(), b"status=a%26b+%C3%BC&media_ids%5B%5D=1");
    let kind = "application/x-www-form-urlencoded";
    assert_eq!(form.headers()["content-type"], kind);
    let body = json!({"status": "ü"});
    let sent = post().form("x", "1").json(&body).unwrap().request();
    assert_eq!(sent.body(), "{\"status\":\"ü\"}".as_bytes());
    assert_eq!(sent.headers()["content-type"], "application/json");
    let back = post().json(&body).unwrap().form("status", "x").request();
    assert_eq!(back.body(), b"status=x");
    assert_eq!(back.headers()["content-type"], kind);
    let bare = session().call(Method::DELETE, "/x").unwrap().request();
    assert!(bare.body().is_empty() && !bare.headers().contains_key("content-type"));
}

#[test]
fn json_that_cannot_be_written_is_refused() {
    let map = std::collections::BTreeMap::from([(vec![1], 2)]);
    let error = session().post("/x").unwrap().json(&map).unwrap_err();
    assert!(error.to_string().contains("cannot be written as JSON"));
}

#[test]
fn how_often_the_server_may_be_asked_is_told() {
    let limited = [
        ("x-ratelimit-limit", "300"),
        ("x-ratelimit-remaining", "299"),
        ("x-ratelimit-reset", "2026-11-23T11:03:21.000Z"),
    ];
    let add = |to, (name, value): &(&'static str, &str)| with(to, name, value);
    let undated = limited.iter().fold(answer(200, "[]"), add);
    let dated = with(undated.clone(), "date", "Mon, 23 Nov 2026 10:58:21 GMT");
    let told = |answer| -> RateLimit { list().parse(&answer).unwrap().rate_limit.unwrap() };
    assert_eq!(told(undated.clone()).limit, Some(300));
    assert_eq!(told(undated.clone()).remaining, Some(299));
    let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_431_801);
    assert_eq!(told(undated).reset, Some(Retry::At(moment)));
    assert_eq!(
        told(dated).reset,
        Some(Retry::After(Duration::from_secs(300)))
    );
    assert_eq!(page(&[]).rate_limit, None);
}

#[test]
fn the_origin_of_a_session_is_never_left_by_any_of_its_requests() {
    let local: Session = Session::from_token(
        "http://127.0.0.1:8085".parse().unwrap(),
        gts_oauth_core::Secret::new("T"),
    )
    .unwrap();
    let call = local.get("/api/v1/notifications?limit=2").unwrap();
    let reply = call
        .parse(&with(answer(200, "[]"), "link", RECORDED))
        .unwrap();
    for request in [local.verify().request(), reply.next.unwrap().request()] {
        assert_eq!(request.uri().scheme_str(), Some("http"));
        assert_eq!(request.uri().authority().unwrap(), "127.0.0.1:8085");
    }
}

//! How lists are read page by page, on the session's own origin.

use gts_oauth_core::http::header::AUTHORIZATION;
use gts_oauth_core::http::{Method, Request, Response};
use gts_oauth_core::{
    Error, Exchange, Session,
    error::{Operation, UnexpectedReason},
    session::{ApiResponse, Call},
    types::{RateLimit, Retry},
};
use serde_json::json;
use std::time::{Duration, SystemTime};

use crate::sample::{TOKEN, answer, session, with};
use crate::scenario::Server;

/// GoToSocial's own form, as recorded.
const RECORDED: &str = "<http://127.0.0.1:8085/api/v1/notifications?limit=2&max_id=01M842HB8F1WDB5KT1MW8ZNNSF>; \
     rel=\"next\", <http://127.0.0.1:8085/api/v1/notifications?limit=2&min_id=01M842HB92SK7FT72NDCXQ4ENV>; rel=\"prev\"";
const NEXT: &str = "/api/v1/notifications?limit=2&max_id=01M842HB8F1WDB5KT1MW8ZNNSF";

fn list() -> Call {
    session().get("/api/v1/notifications?limit=2").unwrap()
}

/// A page of the list with these `Link` headers.
fn page(links: &[&str]) -> ApiResponse {
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
        assert_eq!(next(link).as_deref(), Some("/api/v1/notifications?max_id=7"), "{link}");
    }
}

#[test]
fn a_comma_or_semicolon_in_a_target_does_not_end_it() {
    let link = "<https://a.b/api/v1/notifications?types=a,b;c&max_id=7>; rel=\"next\"";
    let wanted = "/api/v1/notifications?types=a,b;c&max_id=7";
    assert_eq!(next(link).as_deref(), Some(wanted));
}

#[test]
fn url_in_a_query_is_no_target() {
    let link = "<?max_id=7&x=https://a.b/api/v1/notifications>; rel=\"next\"";
    let wanted = "/api/v1/notifications?max_id=7&x=https://a.b/api/v1/notifications";
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
    for link in ["", "garbage", "<", "<>; rel=\"next\"", "</api/v1/notifications>", "<x>; rel=next"]
    {
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
        "<https:///api/v1/notifications?max_id=7>; rel=\"next\"",
        "<https://:::/api/v1/notifications?max_id=7>; rel=\"next\"",
        "<https://example.org?x=/api/v1/notifications?max_id=7>; rel=\"next\"",
        "<https://example.org\\x/api/v1/notifications?max_id=7>; rel=\"next\"",
        "<https://example.org/oauth/revoke?x=https://a.b/api/v1/notifications>; rel=\"next\"",
    ] {
        assert_eq!(next(link), None, "{link}");
    }
}

#[test]
fn only_a_get_has_pages() {
    let post = session().post("/api/v1/notifications").unwrap();
    let reply = post.parse(&with(answer(200, "{}"), "link", RECORDED)).unwrap();
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
    assert_eq!(told(dated).reset, Some(Retry::After(Duration::from_secs(300))));
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
    let reply = call.parse(&with(answer(200, "[]"), "link", RECORDED)).unwrap();
    for request in [local.verify().request(), reply.next.unwrap().request()] {
        assert_eq!(request.uri().scheme_str(), Some("http"));
        assert_eq!(request.uri().authority().unwrap(), "127.0.0.1:8085");
    }
}

#[derive(Debug, PartialEq, serde::Deserialize)]
struct Status {
    id: String,
}

fn statuses(ids: &str, next: Option<&str>) -> Response<Vec<u8>> {
    let items: Vec<_> = ids.split(' ').filter(|id| !id.is_empty()).collect();
    let items: Vec<_> = items.iter().map(|id| json!({"id": id})).collect();
    let page = answer(200, json!(items).to_string());
    match next {
        Some(id) => {
            let path = format!("/api/v1/timelines/home?limit=2&max_id={id}");
            with(page, "link", &format!("<https://example.org{path}>; rel=\"next\""))
        }
        None => page,
    }
}

#[test]
fn any_list_is_read_page_by_page() {
    let list = session().pages::<Status>("/api/v1/timelines/home?limit=2");
    let list = list.unwrap();
    assert_eq!(list.operation(), Operation::Read);
    let request = list.request();
    let url = "https://example.org/api/v1/timelines/home?limit=2";
    assert_eq!(request.uri(), url);
    assert_eq!(request.headers()[AUTHORIZATION], format!("Bearer {TOKEN}"));
    let page = list.parse(&statuses("4 3", Some("3"))).unwrap();
    let ids: Vec<_> = page.items.iter().map(|status| &*status.id).collect();
    assert_eq!(ids, ["4", "3"]);
    assert!(page.previous.is_none());
    let next = page.next.unwrap().request();
    assert_eq!(next.uri(), &*format!("{url}&max_id=3"));
}

#[test]
fn all_pages_of_any_list_are_requested() {
    let server = Server::new([
        statuses("4 3", Some("3")),
        statuses("2 1", Some("1")),
        statuses("", Some("1")),
    ]);
    let list = session().pages::<Status>("/api/v1/timelines/home?limit=2");
    let all = list.unwrap().all(&server).unwrap();
    assert_eq!(all.len(), 4);
    assert_eq!(all[3].id, "1");
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn log_of_pages_shows_the_call_without_its_token() {
    let shown = format!("{:?}", session().tokens());
    assert!(shown.contains("/api/v1/tokens"), "{shown}");
    assert!(!shown.contains(session().access_token().expose()), "{shown}");
}

#[test]
fn items_of_another_shape_are_an_error() {
    let list = session().pages::<Status>("/api/v1/timelines/home").unwrap();
    let error = list.parse(&answer(200, r#"[{"uri":"x"}]"#)).unwrap_err();
    let Error::UnexpectedResponse(odd) = &error else {
        panic!("{error:?}");
    };
    assert!(matches!(odd.reason, UnexpectedReason::OtherShape(1, _)));
}

#[test]
fn list_on_another_host_is_rejected() {
    for path in ["https://evil.example/x", "//evil.example/x", "@evil.example"] {
        let error = session().pages::<Status>(path).unwrap_err();
        assert!(matches!(error, Error::Input(_)), "{path}: {error:?}");
    }
}

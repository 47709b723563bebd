//! GoToSocial's lists of an account's tokens and apps.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use gts_oauth_core::error::{Cause, Remedy};
use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::{
    BoxError, Error, Exchange, Transport,
    error::UnexpectedReason,
    session::{AppInfo, TokenInfo},
};

use crate::recorded::{NOT_FOUND, SCOPE_REFUSED, answer};
use crate::sample::{session, with};
use crate::scenario::Server;

/// As recorded, but for the `Link`.
const ONE: &str = r#"[{"id":"01M840W2G1DSX1BBBZGKH9VWK2","created_at":"2026-11-23T10:57:47.521Z","last_used":"2026-11-23T10:57:47.500Z","scope":"read write:statuses","application":{"name":"Probe","website":"https://example.org/app"}}]"#;
const BARE: &str = r#"[{"id":"01M840W2JS94SNP2MXP99XDJNP","application":{"name":""}}]"#;

fn next(body: &str, link: &str) -> Response<Vec<u8>> {
    with(answer(200, body), "link", link)
}

#[test]
fn the_list_of_tokens_is_read_with_its_next_page() {
    let list = session().tokens();
    let request = list.request();
    assert_eq!(request.method(), "GET");
    let uri = "https://example.org/api/v1/tokens?order=created&limit=100";
    assert_eq!(request.uri(), uri);
    let link = "<https://behind.a.proxy/api/v1/tokens?max_id=01M8>; rel=\"next\"";
    let page = list.parse(&next(ONE, link)).unwrap();
    let [token] = &page.items[..] else { panic!("{page:?}") };
    assert_eq!(token.id, "01M840W2G1DSX1BBBZGKH9VWK2");
    let created = SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_431_467_521);
    assert_eq!(token.created_at, Some(created));
    assert_eq!(token.last_used, Some(created - Duration::from_millis(21)));
    assert_eq!(token.scopes.to_string(), "read write:statuses");
    assert_eq!(token.application.name, "Probe");
    let website = token.application.website.as_deref();
    assert_eq!(website, Some("https://example.org/app"));
    let following = page.next.unwrap().request();
    assert_eq!(following.uri(), "https://example.org/api/v1/tokens?max_id=01M8");
    assert!(page.previous.is_none());
}

#[test]
fn what_a_token_lacks_is_none() {
    let page = session().tokens().parse(&answer(200, BARE)).unwrap();
    let TokenInfo { name, created_at, last_used, scopes, .. } = &page.items[0];
    assert_eq!((name, created_at, last_used), (&None, &None, &None));
    assert!(scopes.is_empty());
}

#[test]
fn all_pages_are_fetched_up_to_the_empty_one() {
    let link = "</api/v1/tokens?max_id=1>; rel=\"next\"";
    let second = "</api/v1/tokens?max_id=2>; rel=\"next\"";
    let server = Server::new([next(ONE, link), next(BARE, second), next("[]", second)]);
    let all = session().tokens().all(&server).unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(server.asked().len(), 3);

    let server = Server::new([next(ONE, link), answer(200, BARE)]);
    assert_eq!(session().tokens().all(&server).unwrap().len(), 2);
}

#[test]
fn pages_that_lead_back_to_one_that_was_there_come_to_an_end() {
    let link = |id| format!("</api/v1/tokens?max_id={id}>; rel=\"next\"");
    let (one, two) = (link(1), link(2));
    let links = [&one, &two, &one, &two, &one];
    let bodies = [ONE, BARE].into_iter().cycle();
    let pages: Vec<_> = links.iter().zip(bodies).map(|(link, body)| next(body, link)).collect();
    let server = Server::new(pages);
    assert_eq!(session().tokens().all(&server).unwrap().len(), 3);
}

/// A transport whose pages have no end; the body of each follows from its number.
fn endless(body: fn(usize) -> String) -> (impl Transport, Rc<Cell<usize>>) {
    let count = Rc::new(Cell::new(0));
    let counted = Rc::clone(&count);
    let send = move |_: Request<Vec<u8>>| {
        counted.set(counted.get() + 1);
        let number = counted.get();
        let link = format!("</api/v1/tokens?page={number}>; rel=\"next\"");
        Ok::<_, BoxError>(next(&body(number), &link))
    };
    (send, count)
}

#[test]
fn list_without_end_is_an_error() {
    let (http, count) = endless(|number| format!(r#"[{{"id":"{number}"}}]"#));
    let error = session().tokens().all(&http).unwrap_err();
    assert_eq!(count.get(), 1000);
    assert_eq!(error.cause(), Cause::InvalidResponse);
    assert_eq!(error.remedy(), Remedy::Correct);
    let text = error.to_string();
    assert!(text.contains("a list of more than 1000 pages"), "{text}");
    assert!(text.ends_with("Request the list page by page."), "{text}");
}

#[test]
fn page_that_repeats_the_one_before_ends_the_list() {
    let (http, count) = endless(|number| format!(r#"[{{"id":"{}"}}]"#, number.min(3)));
    let all = session().tokens().all(&http).unwrap();
    let ids: Vec<&str> = all.iter().map(|token| token.id.as_str()).collect();
    assert_eq!(ids, ["1", "2", "3"]);
    assert_eq!(count.get(), 4);
}

#[test]
fn page_without_permission_is_an_error() {
    let link = "</api/v1/tokens?max_id=1>; rel=\"next\"";
    let server = Server::new([next(ONE, link), answer(403, SCOPE_REFUSED)]);
    let error = session().tokens().all(&server).unwrap_err();
    assert_eq!(error.cause(), Cause::MissingScope);
    assert!(error.to_string().contains("missing scope `read:accounts`"), "{error}");
}

#[test]
fn a_server_without_such_lists_refuses() {
    let error = session().tokens().parse(&answer(404, NOT_FOUND)).unwrap_err();
    assert!(matches!(error, Error::ErrorResponse(_)), "{error}");
    let error = session().apps().parse(&answer(200, "<html></html>")).unwrap_err();
    assert!(
        matches!(error, Error::UnexpectedResponse(odd) if odd.reason == UnexpectedReason::Html)
    );
}

#[test]
fn a_token_is_invalidated_by_its_id() {
    let invalidate = session().invalidate_token("01M840W2G1").unwrap();
    let request = invalidate.request();
    assert_eq!(request.method(), "POST");
    let uri = "https://example.org/api/v1/tokens/01M840W2G1/invalidate";
    assert_eq!(request.uri(), uri);
    let one = ONE.trim_matches(['[', ']']);
    let gone = invalidate.parse(&answer(200, one)).unwrap();
    assert_eq!(gone.application.name, "Probe");
}

/// As recorded with GoToSocial 0.22.
const NAMED: &str = r#"{"id":"01M8ASQDETM2WNR34BMY8XAG96","name":"laptop at home","created_at":"2026-11-26T02:07:35.898Z","last_used":"2026-11-26T02:07:36.081Z","scope":"read write","application":{"name":"Probe"}}"#;

#[test]
fn token_is_named_by_a_form() {
    let name = session().name_token("01M8ASQDET", "laptop at home").unwrap();
    let request = name.request();
    assert_eq!(request.method(), "PUT");
    assert_eq!(request.uri(), "https://example.org/api/v1/tokens/01M8ASQDET");
    assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(request.body(), b"name=laptop+at+home");
    let named = name.parse(&answer(200, NAMED)).unwrap();
    assert_eq!(named.name.as_deref(), Some("laptop at home"));
    let none = session().name_token("01M8ASQDET", "").unwrap();
    assert_eq!(none.request().body(), b"name=");
    let nameless = NAMED.replace(r#""name":"laptop at home","#, "");
    assert_eq!(none.parse(&answer(200, nameless)).unwrap().name, None);
}

#[test]
fn tokens_cannot_be_named_before_022() {
    let name = session().name_token("01M8ASQDET", "laptop").unwrap();
    let rejected = with(answer(405, "405 method not allowed"), "content-type", "text/plain");
    for response in [rejected, answer(404, NOT_FOUND)] {
        let error = name.parse(&response).unwrap_err();
        assert_eq!(error.cause(), Cause::NotFound, "{error}");
    }
    let error = name.parse(&answer(403, SCOPE_REFUSED)).unwrap_err();
    assert_eq!(error.cause(), Cause::MissingScope);
    assert_eq!(error.missing_scopes().to_string(), "write:accounts");
}

#[test]
fn an_id_that_would_lead_to_another_path_is_refused() {
    for bad in ["", "..", "a/b", "a?b", "a%2Fb", "a b", "é"] {
        assert!(session().invalidate_token(bad).is_err(), "{bad}");
        assert!(session().name_token(bad, "laptop").is_err(), "{bad}");
        assert!(session().delete_app(bad).is_err(), "{bad}");
    }
}

const APP: &str = r#"{"id":"01M840W2DD6TMDS55571SY0SAX","created_at":"2026-11-23T10:57:47.437Z","name":"Probe","redirect_uri":"urn:ietf:wg:oauth:2.0:oob","redirect_uris":["urn:ietf:wg:oauth:2.0:oob"],"client_id":"01ST88WW","client_secret":"63688859-6eb8","vapid_key":"BH2M","scopes":["read","write"]}"#;

#[test]
fn the_list_of_apps_is_read_and_shows_no_secret() {
    let list = session().apps();
    assert_eq!(list.request().uri(), "https://example.org/api/v1/apps");
    let page = list.parse(&answer(200, format!("[{APP}]"))).unwrap();
    let app: &AppInfo = &page.items[0];
    assert_eq!(app.name, "Probe");
    assert_eq!(app.scopes.to_string(), "read write");
    assert_eq!(app.redirect_uris, ["urn:ietf:wg:oauth:2.0:oob"]);
    assert_eq!(app.client_secret.as_ref().unwrap().expose(), "63688859-6eb8");
    assert!(!format!("{page:?}").contains("63688859"));
}

#[test]
fn an_app_is_deleted_by_its_id() {
    let delete = session().delete_app("01M840W2DD").unwrap();
    let request = delete.request();
    assert_eq!(request.method(), "DELETE");
    assert_eq!(request.uri(), "https://example.org/api/v1/apps/01M840W2DD");
    assert_eq!(delete.parse(&answer(200, APP)).unwrap().name, "Probe");
}

/// GoToSocial lists secrets of apps, and some error may quote what it met there.
#[test]
fn an_answer_of_another_shape_is_told_without_what_it_holds() {
    // A list of lists.
    let error = session().apps().parse(&answer(200, format!("[[{APP}]]"))).unwrap_err();
    assert!(!error.to_string().contains("63688859"), "{error}");
}

#[test]
fn a_token_of_an_app_without_a_name_does_not_spoil_the_list() {
    let list = r#"[{"id":7,"scope":"read","application":null},{"id":"8","application":{"name":null}},{"id":"9"}]"#;
    let page = session().tokens().parse(&answer(200, list)).unwrap();
    let ids: Vec<_> = page.items.iter().map(|token| token.id.as_str()).collect();
    assert_eq!(ids, ["7", "8", "9"]);
    assert!(page.items.iter().all(|token| token.application.name.is_empty()));
}

//! Other calls: recordings 33 and 36 to 42, 55 to 57, 62 to 64, 67, 72 and 73.
//!
//! The public ones (72 and 73) were recorded without a token. A session always sends its token,
//! which the server ignores there.

use gts_oauth_core::{
    Exchange as _,
    session::{ApiResponse, Call},
};
use gts_oauth_tests::recording;
use serde_json::Value;

use crate::replay::case::{Read, assert_error_response, cases};
use gts_oauth_tests::exchange::Outcome;

cases! {
    33: the_path_of_the_servers_own_documentation_does_not_exist;
    36: the_server_tells_a_person_nothing_about_their_app;
    37: the_server_tells_an_app_nothing_about_itself;
    38: no_notifications_are_an_empty_page_without_a_next;
    39: an_empty_home_timeline_is_an_empty_page;
    40: a_post_without_the_scope_is_refused_and_told_so;
    41: a_list_of_tokens_names_its_neighbouring_pages;
    42: a_list_of_no_apps_is_an_empty_page;
    55: a_post_is_made;
    56: another_sessions_list_of_tokens_shows_its_own;
    57: a_list_of_apps_shows_none_registered_without_a_token;
    62: the_first_page_of_notifications_leads_to_the_second;
    63: the_second_page_leads_on_and_back;
    64: a_limit_that_is_no_number_is_refused_in_the_servers_words;
    67: notifications_without_the_scope_are_refused;
    72: the_first_form_of_the_instance_is_read;
    73: the_second_form_of_the_instance_is_read;
}

fn response(read: Read) -> ApiResponse {
    match read {
        Ok(Outcome::Response(reply)) => {
            assert_eq!(reply.status, 200);
            // Limiting was switched off when these were recorded.
            assert_eq!(reply.rate_limit, None);
            *reply
        }
        other => panic!("not a response: {other:?}"),
    }
}

fn json(read: Read) -> Value {
    response(read).json().expect("JSON")
}

fn assert_empty_page(read: Read) {
    let reply = response(read);
    assert!(reply.json::<Vec<Value>>().expect("a list").is_empty());
    assert!(reply.next.is_none() && reply.previous.is_none());
}

/// The page's path, with its query, on the session's own origin.
fn path(page: Option<&Call>) -> String {
    let request = page.expect("a page").request();
    let uri = request.uri().to_string();
    uri.strip_prefix("http://127.0.0.1:8085").expect("our origin").to_owned()
}

fn the_path_of_the_servers_own_documentation_does_not_exist(read: Read) {
    assert_error_response(read, 404, "Not Found");
}

fn the_server_tells_a_person_nothing_about_their_app(read: Read) {
    assert_error_response(read, 404, "Not Found");
}

fn the_server_tells_an_app_nothing_about_itself(read: Read) {
    assert_error_response(read, 401, "Unauthorized: user not supplied or not authorized");
}

fn no_notifications_are_an_empty_page_without_a_next(read: Read) {
    assert_empty_page(read);
}

fn an_empty_home_timeline_is_an_empty_page(read: Read) {
    assert_empty_page(read);
}

fn a_list_of_no_apps_is_an_empty_page(read: Read) {
    assert_empty_page(read);
}

fn a_list_of_apps_shows_none_registered_without_a_token(read: Read) {
    assert_empty_page(read);
}

fn a_post_without_the_scope_is_refused_and_told_so(read: Read) {
    let message =
        assert_error_response(read, 403, "Forbidden: token has insufficient scope permission");
    assert!(message.contains("missing scope `write:statuses`"), "{message}");
}

fn notifications_without_the_scope_are_refused(read: Read) {
    let message =
        assert_error_response(read, 403, "Forbidden: token has insufficient scope permission");
    assert!(message.contains("missing scope `read:notifications`"), "{message}");
}

fn assert_tokens(read: Read, id: &str, scope: &str) {
    let reply = response(read);
    let tokens: Value = reply.json().expect("a list");
    assert_eq!(tokens[0]["id"], id);
    assert_eq!(tokens[0]["scope"], scope);
    let next = path(reply.next.as_ref());
    assert_eq!(next, format!("/api/v1/tokens?limit=25&max_id={id}"));
    let previous = path(reply.previous.as_ref());
    assert_eq!(previous, format!("/api/v1/tokens?limit=25&min_id={id}"));
}

fn a_list_of_tokens_names_its_neighbouring_pages(read: Read) {
    assert_tokens(read, "01M840W2G1DSX1BBBZGKH9VWK2", "read");
}

fn another_sessions_list_of_tokens_shows_its_own(read: Read) {
    assert_tokens(read, "01M840W2JS94SNP2MXP99XDJNP", "read write");
}

fn a_post_is_made(read: Read) {
    let post = json(read);
    assert_eq!(post["content"], "<p>hello from the probe</p>");
    assert_eq!(post["application"]["name"], "Probe form");
}

fn assert_notifications(reply: &ApiResponse, ids: [&str; 2]) {
    let page: Value = reply.json().expect("a list");
    assert_eq!([&page[0]["id"], &page[1]["id"]], ids);
    assert_eq!(page.as_array().map(Vec::len), Some(2));
    let next = format!("/api/v1/notifications?limit=2&max_id={}", ids[1]);
    assert_eq!(path(reply.next.as_ref()), next);
    let previous = format!("/api/v1/notifications?limit=2&min_id={}", ids[0]);
    assert_eq!(path(reply.previous.as_ref()), previous);
}

fn the_first_page_of_notifications_leads_to_the_second(read: Read) {
    let reply = response(read);
    let ids = ["01M842HB92SK7FT72NDCXQ4ENV", "01M842HB8F1WDB5KT1MW8ZNNSF"];
    assert_notifications(&reply, ids);
    let second = recording(63);
    let next = reply.next.as_ref();
    assert_eq!(path(next), second.request.path);
    let next = next.expect("a page").request();
    let token = second.request.header("authorization").expect("a token");
    assert_eq!(next.headers()["authorization"], token);
}

fn the_second_page_leads_on_and_back(read: Read) {
    let ids = ["01M842HB8DZW8JCV1K0H2123WD", "01M842HB7TW3W9F6XC3SA712BY"];
    assert_notifications(&response(read), ids);
}

fn a_limit_that_is_no_number_is_refused_in_the_servers_words(read: Read) {
    let message = assert_error_response(read, 400, "Bad Request: bad integer limit value");
    assert!(message.contains("bad integer limit value"), "{message}");
}

fn the_first_form_of_the_instance_is_read(read: Read) {
    assert_eq!(json(read)["uri"], "127.0.0.1:8085");
}

fn the_second_form_of_the_instance_is_read(read: Read) {
    let instance = json(read);
    assert_eq!(instance["domain"], "127.0.0.1:8085");
    let streaming = &instance["configuration"]["urls"]["streaming"];
    assert_eq!(streaming, "wss://127.0.0.1:8085");
}

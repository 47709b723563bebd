//! Pages of notifications and tokens, and which accounts are notified.

use gts_oauth_fake::Server;
use serde_json::Value;

use crate::facts::client::{get, server, text, token};

const NOTIFICATIONS: &str = "/api/v1/notifications";

/// A server where bob mentioned alice this often, and a token of alice.
fn mentioned(times: usize) -> (Server, String) {
    let server = server();
    for nth in 0..times {
        server.post("bob", &format!("@alice {nth}"));
    }
    let token = token(&server, "read write");
    (server, token)
}

fn length(list: &Value) -> usize {
    list.as_array().expect("a list").len()
}

#[test]
fn a_limit_of_nought_is_the_usual_one_and_one_below_it_is_one() {
    let (server, token) = mentioned(90);
    for (limit, expected) in [("0", 20), ("-1", 1), ("-5", 1), ("80", 80), ("81", 80), ("+2", 2)] {
        let limit = limit.replace('+', "%2B");
        let page = get(&server, &format!("{NOTIFICATIONS}?limit={limit}"), &token);
        assert_eq!(length(&page.json()), expected, "{limit}");
        let link = format!("{NOTIFICATIONS}?limit={expected}&max_id=");
        assert!(page.header("link").contains(&link), "{}", page.header("link"));
    }
}

#[test]
fn a_limit_that_is_no_number_is_refused_and_so_is_an_empty_one() {
    let (server, token) = mentioned(1);
    for limit in ["", "abc", "1.5", "1e1", "0x10", "%202", "99999999999999999999"] {
        let refused = get(&server, &format!("{NOTIFICATIONS}?limit={limit}"), &token);
        assert_eq!(refused.status(), 400, "{limit}");
        assert_eq!(refused.error(), "Bad Request: bad integer limit value");
    }
}

#[test]
fn links_repeat_the_types_that_were_asked_for_and_nothing_else() {
    let (server, token) = mentioned(3);
    let query = "?limit=1&foo=bar&types[]=mention&exclude_types[]=follow&types[]=banana";
    let page = get(&server, &format!("{NOTIFICATIONS}{query}"), &token);
    let id = text(&page.json()[0]["id"]);
    let base = format!("<https://gts.example{NOTIFICATIONS}?exclude_types%5B%5D=follow&limit=1");
    let types = "types%5B%5D=mention>; rel=";
    let next = format!("{base}&max_id={id}&{types}\"next\"");
    let previous = format!("{base}&min_id={id}&{types}\"prev\"");
    assert_eq!(page.header("link"), format!("{next}, {previous}"));
}

#[test]
fn a_page_without_the_types_asked_for_is_empty_and_has_no_link() {
    let (server, token) = mentioned(1);
    for query in ["types[]=favourite", "exclude_types[]=mention"] {
        let page = get(&server, &format!("{NOTIFICATIONS}?{query}"), &token);
        assert_eq!((length(&page.json()), page.header("link")), (0, ""));
    }
}

#[test]
fn min_id_counts_from_the_old_end_and_since_id_from_the_new() {
    let (server, token) = mentioned(6);
    let all = get(&server, NOTIFICATIONS, &token).json();
    let id = |nth: usize| text(&all[nth]["id"]);
    for (query, first) in [
        (format!("max_id={}", id(2)), 3),
        (format!("min_id={}", id(4)), 2),
        (format!("since_id={}", id(4)), 0),
        (format!("since_id={}&max_id={}", id(4), id(0)), 1),
    ] {
        let page = get(&server, &format!("{NOTIFICATIONS}?limit=2&{query}"), &token).json();
        assert_eq!(page.as_array().expect("a list").len(), 2, "{query}");
        assert_eq!(page[0], all[first], "{query}");
    }
}

#[test]
fn one_notification_is_had_by_its_id_and_every_other_path_below_is_one_not_found() {
    let (server, token) = mentioned(1);
    let all = get(&server, NOTIFICATIONS, &token).json();
    let path = format!("{NOTIFICATIONS}/{}", text(&all[0]["id"]));
    assert_eq!(get(&server, &path, &token).json(), all[0]);
    let unknown = get(&server, &format!("{NOTIFICATIONS}/unread_count"), &token);
    assert_eq!(unknown.error(), "Not Found: notification not found");
}

#[test]
fn tokens_with_a_limit_below_nought_come_all_at_once_and_without_a_link() {
    let (server, first) = mentioned(0);
    for _ in 0..3 {
        token(&server, "read");
    }
    let page = get(&server, "/api/v1/tokens?limit=-1", &first);
    assert_eq!((length(&page.json()), page.header("link")), (4, ""));
}

#[test]
fn a_mention_ends_where_no_name_can_go_on_and_a_point_is_part_of_a_name() {
    for (post, mentions) in [
        ("hi @alice, there", true),
        ("(@alice)!", true),
        ("@Alice", true),
        ("@alice@gts.example!", true),
        ("@@alice", true),
        ("@alice.", false),
        ("@alice-x", false),
        ("x@alice", false),
        ("é@alice", false),
        ("@alice@example.net", false),
    ] {
        let server = server();
        server.post("bob", post);
        let token = token(&server, "read");
        let page = get(&server, NOTIFICATIONS, &token).json();
        assert_eq!(length(&page) == 1, mentions, "{post}");
        if mentions {
            let link = "<a href=\"https://gts.example/@alice\" class=\"u-url mention\"";
            assert!(text(&page[0]["status"]["content"]).contains(link), "{post}");
        }
    }
}

//! How often a server may be asked, in the dialects of all servers.

use std::time::{Duration, SystemTime};

use gts_oauth_core::types::{RateLimit, Retry};

use crate::recorded::{Answer, answer};
use crate::sample::with;

const DATE: &str = "Mon, 23 Nov 2026 10:58:21 GMT"; // 1795431501

fn limited(headers: &[(&'static str, &str)]) -> Answer {
    let dated = with(answer(200, "[]"), "date", DATE);
    let with_header = |answer, (name, value): &(&'static str, &str)| with(answer, name, value);
    headers.iter().fold(dated, with_header)
}

fn reset(value: &str) -> Option<Retry> {
    let answer = limited(&[("x-ratelimit-reset", value)]);
    RateLimit::from_headers(answer.headers())?.reset
}

fn after(seconds: u64) -> Option<Retry> {
    Some(Retry::After(Duration::from_secs(seconds)))
}

#[test]
fn every_dialect_of_the_reset_is_the_same_wait() {
    for dialect in [
        "2026-11-23T11:03:21.000Z",    // GoToSocial, Mastodon
        "2026-11-23T11:03:21.000000Z", // Mastodon, older
        "1795431801",                  // seconds since 1970
        "1795431801000",               // milliseconds
        "300",                         // a delay
        "300.0",
        "299.25",                        // Sharkey
        "Mon, 23 Nov 2026 11:03:21 GMT", // as in Retry-After
    ] {
        assert_eq!(reset(dialect), after(300), "{dialect}");
    }
}

#[test]
fn what_is_no_moment_is_none() {
    for nonsense in ["soon", "-5", "1.5.2", ".", "1e3", "NaN", "inf", "2026-11-23"] {
        assert_eq!(reset(nonsense), None, "{nonsense}");
    }
}

#[test]
fn a_header_that_is_empty_hides_no_other() {
    let answer = limited(&[("x-ratelimit-reset", " "), ("ratelimit-reset", "300")]);
    let limit = RateLimit::from_headers(answer.headers()).unwrap();
    assert_eq!(limit.reset, after(300));
}

#[test]
fn the_names_without_x_are_read_too() {
    for (limit, remaining, reset) in [
        ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"),
        ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"),
    ] {
        let answer = limited(&[(limit, "300"), (remaining, "299"), (reset, "60")]);
        let read = RateLimit::from_headers(answer.headers()).unwrap();
        assert_eq!((read.limit, read.remaining), (Some(300), Some(299)));
        assert_eq!(read.reset, after(60));
    }
}

#[test]
fn a_server_that_says_nothing_has_no_limit_that_is_known() {
    assert_eq!(RateLimit::from_headers(limited(&[]).headers()), None);
}

#[test]
fn without_a_date_the_moment_is_the_servers() {
    let bare = with(answer(429, ""), "x-ratelimit-reset", "2026-11-23T11:03:21Z");
    let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_431_801);
    assert_eq!(Retry::from_headers(bare.headers()), Some(Retry::At(moment)));
    assert_eq!(
        Retry::At(moment).wait_from(moment - Duration::from_secs(5)),
        Duration::from_secs(5)
    );
}

#[test]
fn mitras_wait_is_read() {
    let answer = limited(&[("retry-after", "119")]);
    assert_eq!(Retry::from_headers(answer.headers()), after(119));
}

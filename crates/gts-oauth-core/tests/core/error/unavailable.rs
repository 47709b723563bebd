//! Servers that have no time: when to try again, in whatever form they say it.

use std::time::{Duration, SystemTime};

use gts_oauth_core::http::Response;
use gts_oauth_core::{Error, Exchange, error::Remedy, types::Retry};

use crate::sample::{PAGE, all, answer, session, with};

#[track_caller]
fn assert_busy(answer: &Response<Vec<u8>>, retry: Option<Retry>, phrase: &str) {
    for (endpoint, error) in all(answer) {
        let Error::Unavailable(busy) = &error else {
            panic!("{endpoint:?}: {error:?}");
        };
        assert_eq!((busy.operation, busy.status), (endpoint, answer.status()));
        assert_eq!(error.status(), Some(answer.status()));
        assert_eq!(busy.retry, retry);
        assert!(error.to_string().contains(phrase), "{endpoint:?}: {error}");
    }
}

#[test]
fn rate_limit_is_relative_to_the_servers_clock() {
    let wait = Some(Retry::After(Duration::from_secs(300)));
    let limited = answer(429, r#"{"error":"rate limit reached"}"#);
    let dated = with(limited.clone(), "date", "Mon, 23 Nov 2026 10:58:21 GMT");
    for reset in ["2026-11-23T11:03:21.000Z", "2026-11-23T11:03:21Z", "1795431801", "300"] {
        let answer = with(dated.clone(), "x-ratelimit-reset", reset);
        assert_busy(&answer, wait, "rate limited by example.org for 5m");
    }
    for after in ["300", " 300 ", "Mon, 23 Nov 2026 11:03:21 GMT"] {
        let answer = with(dated.clone(), "retry-after", after);
        assert_busy(&answer, wait, "for 5m");
    }
    assert_busy(
        &with(limited, "retry-after", "119"),
        Some(Retry::After(Duration::from_secs(119))),
        "for 1m 59s",
    );
}

#[test]
fn rate_limit_without_date_is_a_timestamp() {
    let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_431_801);
    for (name, value) in [
        ("x-ratelimit-reset", "2026-11-23T11:03:21.000Z"),
        ("x-ratelimit-reset", "1795431801"),
        ("retry-after", "Mon, 23 Nov 2026 11:03:21 GMT"),
    ] {
        let answer = with(answer(429, ""), name, value);
        assert_busy(
            &answer,
            Some(Retry::At(moment)),
            "rate limited by example.org until 2026-11-23T11:03:21Z",
        );
    }
}

#[test]
fn past_timestamp_is_no_wait() {
    let answer = with(answer(429, ""), "x-ratelimit-reset", "2026-11-23T10:00:00Z");
    let answer = with(answer, "date", "Mon, 23 Nov 2026 10:58:21 GMT");
    assert_busy(&answer, Some(Retry::After(Duration::ZERO)), "rate limited by example.org");
}

#[test]
fn retry_after_precedes_other_headers() {
    let answer = with(answer(429, ""), "x-ratelimit-reset", "300");
    let answer = with(answer, "retry-after", "30");
    assert_busy(&answer, Some(Retry::After(Duration::from_secs(30))), "for 30s");
}

#[test]
fn rate_limit_without_time_advises_minutes() {
    let advice = ". Try again in a few minutes.";
    assert_busy(&answer(429, r#"{"error":"x"}"#), None, advice);
    assert_busy(&answer(503, PAGE), None, advice);
    for nonsense in ["soon", "-1", "18446744073709551616", "2026-13-40T99:00:00Z", ""] {
        assert_busy(&with(answer(429, ""), "x-ratelimit-reset", nonsense), None, advice);
        assert_busy(&with(answer(429, ""), "retry-after", nonsense), None, advice);
    }
}

#[test]
fn absurd_waits_do_not_panic() {
    for (name, value) in [
        ("retry-after", "18446744073709551615"),
        ("x-ratelimit-reset", "18446744073709551615"),
        ("x-ratelimit-reset", "9223372036854775807"),
        ("x-ratelimit-reset", "9999999999999"),
        ("x-ratelimit-reset", "9999-12-31T23:59:59Z"),
        ("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"),
    ] {
        for answer in [
            with(answer(503, ""), name, value),
            with(with(answer(503, ""), name, value), "date", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ] {
            for (_, error) in all(&answer) {
                let text = error.to_string();
                assert!(text.contains("example.org is temporarily unavailable (503)"), "{text}");
                assert!(!text.contains("year"), "{text}");
                assert_eq!(error.remedy(), Remedy::Retry);
            }
        }
    }
}

#[test]
fn unavailable_server_reports_its_wait() {
    let busy = with(answer(503, PAGE), "retry-after", "30");
    assert_busy(
        &busy,
        Some(Retry::After(Duration::from_secs(30))),
        "example.org is temporarily unavailable (503) for 30s",
    );
}

#[test]
fn time_of_zero_is_no_wait() {
    let answer = with(answer(429, "{}"), "retry-after", "0");
    assert_busy(&answer, Some(Retry::After(Duration::ZERO)), "example.org. Retry now.");
}

#[test]
fn waits_longer_than_a_day_are_not_counted() {
    for (seconds, phrase) in [("86400", "for 1day"), ("86401", "for more than a day")] {
        let answer = with(answer(429, ""), "retry-after", seconds);
        let wait = Duration::from_secs(seconds.parse().unwrap());
        assert_busy(&answer, Some(Retry::After(wait)), phrase);
    }
}

#[test]
fn times_that_no_calendar_has_are_not_shown() {
    let error = session().verify().parse(&answer(429, "")).unwrap_err();
    let Error::Unavailable(mut busy) = error else { panic!("{error:?}") };
    let far = Duration::from_secs(253_402_300_800);
    for time in [SystemTime::UNIX_EPOCH + far, SystemTime::UNIX_EPOCH - far] {
        busy.retry = Some(Retry::At(time));
        assert!(busy.to_string().ends_with("Try again in a few minutes."), "{busy}");
    }
}

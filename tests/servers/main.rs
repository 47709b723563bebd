//! The recorded responses of other servers than GoToSocial 0.20, parsed by the exchange that requests
//! them, and whole logins with these responses.

mod browser;
mod handwritten;
mod login;
mod ours;
mod outcome;

use expect_test::{ExpectFile, expect_file};
use gts_oauth_tests::exchange::AnyExchange;
use gts_oauth_tests::recordings;

/// One line for each recording: whether core sends this request, and the outcome of its response.
fn outcomes(server: &str) -> String {
    let mut lines = String::new();
    for recording in recordings(server) {
        let line = match recording.is_from_browser() {
            true => browser::outcome(&recording),
            false => {
                let exchange = AnyExchange::of(&recording);
                let read = exchange.parse(&recording.response());
                let ours = ours::compare(&exchange.request(), &recording);
                format!("{ours}: {}", outcome::outcome(&read))
            }
        };
        lines.push_str(&format!("{} | {line}\n", recording.name));
    }
    lines
}

/// Compares the lines with those in `outcomes/`, which were checked by hand. `UPDATE_EXPECT=1`
/// writes them again.
fn assert_outcomes(server: &str, expected: ExpectFile) {
    expected.assert_eq(&outcomes(server));
}

#[test]
fn responses_of_gotosocial_are_read_as_written_down() {
    assert_outcomes("gotosocial-0.18.3", expect_file!["../outcomes/gotosocial-0.18.3.txt"]);
    let more = expect_file!["../outcomes/gotosocial-0.20.0-more.txt"];
    assert_outcomes("gotosocial-0.20.0-more", more);
    assert_outcomes("gotosocial-0.22.0-rc2", expect_file!["../outcomes/gotosocial-0.22.0-rc2.txt"]);
}

#[test]
fn responses_of_hollo_are_read_as_written_down() {
    let expected = expect_file!["../outcomes/hollo-0.10.0.txt"];
    assert_outcomes("hollo-0.10.0", expected);
}

#[test]
fn responses_of_kitsune_are_read_as_written_down() {
    let expected = expect_file!["../outcomes/kitsune-0.0.1-pre.6.txt"];
    assert_outcomes("kitsune-0.0.1-pre.6", expected);
}

#[test]
fn responses_of_mastodon_are_read_as_written_down() {
    assert_outcomes("mastodon-4.3.13", expect_file!["../outcomes/mastodon-4.3.13.txt"]);
    assert_outcomes("mastodon-4.6.5", expect_file!["../outcomes/mastodon-4.6.5.txt"]);
}

#[test]
fn responses_of_mitra_are_read_as_written_down() {
    let expected = expect_file!["../outcomes/mitra-5.9.2-dev.txt"];
    assert_outcomes("mitra-5.9.2-dev", expected);
}

#[test]
fn responses_of_snac_are_read_as_written_down() {
    let expected = expect_file!["../outcomes/snac-2.94.txt"];
    assert_outcomes("snac-2.94", expected);
}

//! What real servers of other kinds than GoToSocial answered, read by the exchange whose request
//! it answered; and whole logins made of their answers.

mod browser;
mod login;
mod ours;
mod outcome;

use expect_test::{ExpectFile, expect_file};
use gts_oauth_tests::noun::Noun;
use gts_oauth_tests::recordings;

/// One line for each recording: whether its request is one of ours, and what became of its answer.
fn outcomes(server: &str) -> String {
    let mut lines = String::new();
    for recording in recordings(server) {
        let line = match recording.is_the_browsers() {
            true => browser::told(&recording),
            false => {
                let noun = Noun::of(&recording);
                let read = noun.parse(&recording.response());
                let ours = ours::told(&noun.request(), &recording);
                format!("{ours}: {}", outcome::told(&read))
            }
        };
        lines.push_str(&format!("{} | {line}\n", recording.name));
    }
    lines
}

/// Compares the lines with those that were written down, and checked by hand, in `outcomes/`.
/// `UPDATE_EXPECT=1` writes them anew.
fn assert_outcomes(server: &str, written_down: ExpectFile) {
    written_down.assert_eq(&outcomes(server));
}

#[test]
fn every_answer_of_hollo_is_read_as_written_down() {
    let written_down = expect_file!["../outcomes/hollo-0.10.0.txt"];
    assert_outcomes("hollo-0.10.0", written_down);
}

#[test]
fn every_answer_of_kitsune_is_read_as_written_down() {
    let written_down = expect_file!["../outcomes/kitsune-0.0.1-pre.6.txt"];
    assert_outcomes("kitsune-0.0.1-pre.6", written_down);
}

#[test]
fn every_answer_of_mitra_is_read_as_written_down() {
    let written_down = expect_file!["../outcomes/mitra-5.9.2-dev.txt"];
    assert_outcomes("mitra-5.9.2-dev", written_down);
}

#[test]
fn every_answer_of_snac_is_read_as_written_down() {
    let written_down = expect_file!["../outcomes/snac-2.94.txt"];
    assert_outcomes("snac-2.94", written_down);
}

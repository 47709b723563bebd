//! One recording, put through the `parse` that meets it.

use gts_oauth_core::{Busy, Error, Instance, Refused, Unexpected};
use gts_oauth_tests::recording;

use gts_oauth_tests::noun::{Noun, Outcome};

/// Where they were recorded.
pub(crate) fn instance() -> Instance {
    "http://127.0.0.1:8085".parse().expect("an instance")
}

/// What a recorded answer becomes.
pub(crate) type Read = Result<Outcome, Error>;

/// A recording, and what is to be read in it.
pub(crate) struct Case {
    pub(crate) number: u8,
    /// Why its request is never sent; empty where it is.
    pub(crate) reason: &'static str,
    check: fn(Read),
}

impl Case {
    pub(crate) const fn new(number: u8, reason: &'static str, check: fn(Read)) -> Self {
        Self {
            number,
            reason,
            check,
        }
    }

    /// Makes the request, compares it with the recorded one, reads the recorded answer.
    pub(crate) fn run(&self) {
        let recording = recording(self.number);
        let noun = Noun::of(&recording);
        let asked = noun.request();
        crate::replay::request::assert_well_formed(&asked, &recording);
        if self.reason.is_empty() {
            crate::replay::request::assert_same(&noun, &asked, &recording);
        }
        (self.check)(noun.parse(&recording.response()));
    }
}

/// A table of cases, and a test for each: `number: what_holds;` or, where the request is never
/// sent, `number: what_holds, "why";`. What holds is a function from what was read.
macro_rules! cases {
    ($($number:literal: $holds:ident $(, $reason:literal)?;)*) => {
        pub(crate) const CASES: &[$crate::replay::case::Case] = &[
            $($crate::replay::case::Case::new($number, concat!($($reason)?), $holds)),*
        ];

        mod tests {
            $(
                #[test]
                fn $holds() {
                    let case = super::CASES.iter().find(|case| case.number == $number);
                    case.expect("it is in the table").run();
                }
            )*
        }
    };
}
pub(crate) use cases;

/// The refusal that was read.
pub(crate) fn refused(read: Read) -> (Refused, String) {
    match read {
        Err(Error::Refused(refused)) => {
            let told = Error::Refused(refused.clone()).to_string();
            (refused, told)
        }
        other => panic!("no refusal: {other:?}"),
    }
}

/// Asserts a refusal with this status and code, and no description.
pub(crate) fn assert_refused(read: Read, status: u16, code: &str) -> String {
    let (refused, told) = refused(read);
    assert_eq!(refused.status.map(|status| status.as_u16()), Some(status));
    assert_eq!(refused.code, code);
    assert_eq!(refused.description, None);
    told
}

/// The surprise that was read.
pub(crate) fn unexpected(read: Read) -> (Unexpected, String) {
    match read {
        Err(Error::Unexpected(odd)) => {
            let told = Error::Unexpected(odd.clone()).to_string();
            (odd, told)
        }
        other => panic!("no surprise: {other:?}"),
    }
}

/// The plea to come back later that was read.
pub(crate) fn busy(read: Read) -> (Busy, String) {
    match read {
        Err(Error::Busy(busy)) => {
            let told = Error::Busy(busy.clone()).to_string();
            (busy, told)
        }
        other => panic!("not busy: {other:?}"),
    }
}

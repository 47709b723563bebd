//! One recording, read by the exchange that requests it.

use gts_oauth_core::{
    Error, Instance,
    error::{ErrorResponse, Unavailable, UnexpectedResponse},
};
use gts_oauth_tests::recording;

use gts_oauth_tests::exchange::{AnyExchange, Outcome};

/// The recorded server.
pub(crate) fn instance() -> Instance {
    "http://127.0.0.1:8085".parse().expect("an instance")
}

/// The outcome of a recorded response.
pub(crate) type Read = Result<Outcome, Error>;

/// A recording, and a check of its outcome.
pub(crate) struct Case {
    pub(crate) number: u8,
    /// Why core never sends its request. Empty if it does.
    pub(crate) reason: &'static str,
    check: fn(Read),
}

impl Case {
    pub(crate) const fn new(number: u8, reason: &'static str, check: fn(Read)) -> Self {
        Self { number, reason, check }
    }

    /// Compares core's request with the recorded one, and checks the outcome.
    pub(crate) fn run(&self) {
        let recording = recording(self.number);
        let exchange = AnyExchange::of(&recording);
        let request = exchange.request();
        crate::replay::request::assert_well_formed(&request, &recording);
        if self.reason.is_empty() {
            crate::replay::request::assert_same(&exchange, &request, &recording);
        }
        (self.check)(exchange.parse(&recording.response()));
    }
}

/// A table of cases, and a test for each: `number: check;` or, if the request is never sent,
/// `number: check, "why";`. The check is a function of the outcome.
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

/// The error response, and its message.
pub(crate) fn error_response(read: Read) -> (ErrorResponse, String) {
    match read {
        Err(Error::ErrorResponse(refused)) => {
            let message = Error::ErrorResponse(refused.clone()).to_string();
            (refused, message)
        }
        other => panic!("not an error response: {other:?}"),
    }
}

/// Asserts an error response with this status and code, without description. Returns its message.
pub(crate) fn assert_error_response(read: Read, status: u16, code: &str) -> String {
    let (refused, message) = error_response(read);
    assert_eq!(refused.status.map(|status| status.as_u16()), Some(status));
    assert_eq!(refused.code, code);
    assert_eq!(refused.description, None);
    message
}

/// The unexpected response, and its message.
pub(crate) fn unexpected(read: Read) -> (UnexpectedResponse, String) {
    match read {
        Err(Error::UnexpectedResponse(odd)) => {
            let message = Error::UnexpectedResponse(odd.clone()).to_string();
            (odd, message)
        }
        other => panic!("not unexpected: {other:?}"),
    }
}

/// The rate limit or unavailability, and its message.
pub(crate) fn unavailable(read: Read) -> (Unavailable, String) {
    match read {
        Err(Error::Unavailable(busy)) => {
            let message = Error::Unavailable(busy.clone()).to_string();
            (busy, message)
        }
        other => panic!("not unavailable: {other:?}"),
    }
}

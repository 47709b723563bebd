//! Requests without a response, and the operation that each of them is for.

use gts_oauth_core::error::{Operation, ResponseTooLong, UnexpectedReason};
use gts_oauth_core::{Error, Login, Step};

use crate::login::discover::{address, answer_once, find};
use crate::scenario::{At, Silence, at, by_redirect, out_of_band, told};
use crate::web::Web;

/// The error of a request without a response, which changes nothing.
fn lost(login: &mut Login) -> Error {
    let (before, revision) = (told(login), login.revision());
    let error = login.handle_transport_error(Silence).unwrap_err();
    assert_eq!(told(login), before, "the login moved");
    assert_eq!(login.revision(), revision, "the revision moved");
    error
}

#[test]
fn lost_request_is_an_error_and_sent_again() {
    for mut login in [
        out_of_band().discover(),
        out_of_band().register(),
        by_redirect().exchange(),
        out_of_band().verify(),
    ] {
        let expected = login.operation();
        match lost(&mut login) {
            Error::Transport(failed) => {
                assert_eq!(failed.operation, expected);
                assert_eq!(failed.authority, "example.org:443");
                assert!(failed.error.is::<Silence>(), "{}", failed.error);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn transport_error_without_a_request_is_a_wrong_step() {
    for mut login in [out_of_band().authorize(), by_redirect().authorize(), out_of_band().done()] {
        let error = lost(&mut login);
        assert!(matches!(error, Error::WrongStep(_)), "{error:?}");
    }
}

#[test]
fn too_long_response_is_an_unexpected_response() {
    let mut login = out_of_band().register();
    match login.handle_transport_error(ResponseTooLong { limit: 7 }).unwrap_err() {
        Error::UnexpectedResponse(odd) => {
            assert_eq!(odd.reason, UnexpectedReason::TooLong(7));
            assert_eq!(odd.operation, Operation::Register);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(at(&login), At::Register);
}

#[test]
fn discovery_continues_without_a_linked_document() {
    let mut login = out_of_band().discover();
    let schema = "http://nodeinfo.diaspora.software/ns/schema/2.0";
    let there = "https://elsewhere.example/nodeinfo/2.0";
    let links = format!(r#"{{"links":[{{"rel":"{schema}","href":"{there}"}}]}}"#);
    let web = Web::default().json("https://example.org/.well-known/nodeinfo", &links);
    answer_once(&mut login, &web);
    assert_eq!(address(&login), there);
    let revision = login.revision();
    login.handle_transport_error(Silence).unwrap();
    assert!(login.revision() > revision, "the revision stayed");
    find(&mut login, &web);
    assert_eq!(address(&login), "https://example.org/api/v1/apps");
}

#[test]
fn operation_is_that_of_the_stage() {
    let [register, authorize, exchange, verify, done] = by_redirect().every_stage();
    for (login, operation) in [
        (out_of_band().discover(), Operation::Discover),
        (register, Operation::Register),
        (authorize, Operation::Authorize),
        (exchange, Operation::ExchangeCode),
        (verify, Operation::VerifyCredentials),
        (done, Operation::VerifyCredentials),
    ] {
        assert_eq!(login.operation(), operation);
        if let Step::Send { operation: of_step, .. } = login.step() {
            assert_eq!(of_step, operation);
        }
    }
}

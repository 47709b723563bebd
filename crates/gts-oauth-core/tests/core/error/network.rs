//! Requests without a response: what the error names, and what it advises.

use std::io;
use std::net::ToSocketAddrs as _;

use gts_oauth_core::Error;
use gts_oauth_core::error::{
    Cause, CertificateFault, NetworkError, NetworkFault, Operation, Remedy, TimeoutPhase,
};
use gts_oauth_core::http::Request;

use crate::scenario::Silence;

pub(super) const OPERATIONS: [Operation; 10] = [
    Operation::Discover,
    Operation::Register,
    Operation::Authorize,
    Operation::ExchangeCode,
    Operation::RequestAppToken,
    Operation::RefreshSession,
    Operation::VerifyCredentials,
    Operation::RevokeToken,
    Operation::Read,
    Operation::Write,
];

/// Faults that another attempt does not correct.
fn permanent_faults() -> Vec<NetworkFault> {
    use CertificateFault::{Expired, NotYetValid, Other, UnknownIssuer, WrongHost};
    let certificates = [Expired, NotYetValid, WrongHost, UnknownIssuer, Other];
    let others = [
        NetworkFault::UnknownHost,
        NetworkFault::NotTls,
        NetworkFault::Tls,
        NetworkFault::Proxy("ALL_PROXY (socks5://127.0.0.1:1080)".to_owned()),
        NetworkFault::Configuration,
        NetworkFault::NotHttp,
    ];
    certificates.map(NetworkFault::Certificate).into_iter().chain(others).collect()
}

fn passing_faults() -> Vec<NetworkFault> {
    use TimeoutPhase::{Connect, Receive, Resolve, Send, Unknown};
    let others = [
        NetworkFault::Refused,
        NetworkFault::Unreachable,
        NetworkFault::Closed,
        NetworkFault::Unknown,
    ];
    let timeouts = [Resolve, Connect, Send, Receive, Unknown].map(NetworkFault::TimedOut);
    others.into_iter().chain(timeouts).collect()
}

pub(super) fn faults() -> Vec<NetworkFault> {
    [permanent_faults(), passing_faults()].concat()
}

pub(super) fn lost(operation: Operation, fault: &NetworkFault) -> Error {
    let request = Request::get("https://example.org:8443/api/v1/statuses").body(()).unwrap();
    Error::transport(operation, &request, NetworkError::new(fault.clone(), Silence))
}

/// Whether a text advises to send a request again.
pub(super) fn advises_retry(error: &Error) -> bool {
    let text = error.to_string().to_lowercase();
    let phrases = ["retry", "try again", "sends the code again", "repeat the request"];
    error.remedy() == Remedy::Retry || phrases.iter().any(|phrase| text.contains(phrase))
}

#[test]
fn network_errors_name_host_port_and_fault() {
    for operation in OPERATIONS {
        for fault in faults() {
            let error = lost(operation, &fault);
            assert_eq!(error.cause(), Cause::Network);
            assert_eq!(error.operation(), Some(operation));
            let text = error.to_string();
            let what = match operation {
                Operation::Read | Operation::Write => "GET /api/v1/statuses".to_owned(),
                operation => operation.to_string(),
            };
            for part in [what, fault.to_string(), "example.org:8443".to_owned()] {
                assert!(text.contains(&part), "{fault:?} without {part}: {text}");
            }
            let is_tls = matches!(
                fault,
                NetworkFault::Certificate(_) | NetworkFault::NotTls | NetworkFault::Tls
            );
            assert_eq!(text.contains("no secure connection to"), is_tls, "{text}");
            let is_unreached = fault.nothing_sent() && !is_tls;
            assert_eq!(text.contains("could not reach"), is_unreached, "{text}");
        }
    }
}

#[test]
fn permanent_faults_never_advise_retrying() {
    for operation in OPERATIONS {
        for fault in permanent_faults() {
            let error = lost(operation, &fault);
            assert!(!advises_retry(&error), "{operation:?}, {fault:?}: {error}");
            assert_ne!(error.remedy(), Remedy::Retry, "{operation:?}, {fault:?}");
        }
    }
}

#[test]
fn requests_that_were_not_sent_can_be_retried() {
    for operation in OPERATIONS {
        for fault in passing_faults().iter().filter(|fault| fault.nothing_sent()) {
            let error = lost(operation, fault);
            assert_eq!(error.remedy(), Remedy::Retry, "{operation:?}, {fault:?}");
            let text = error.to_string().to_lowercase();
            assert!(text.ends_with("retrying is safe."), "{error}");
        }
    }
}

#[test]
fn unknown_error_of_a_stack_is_shown_without_advice() {
    for operation in OPERATIONS {
        let text = "request url contains https:// but the https feature is not enabled";
        let error = Error::transport(operation, &Request::new(()), text);
        let error = error.to_string();
        // Of these, a second request might have another effect.
        let is_repeatable = !matches!(
            operation,
            Operation::Write | Operation::ExchangeCode | Operation::RefreshSession
        );
        assert_eq!(error.ends_with(text), is_repeatable, "{error}");
        assert_eq!(error.contains("might have been"), !is_repeatable, "{error}");
    }
}

#[test]
fn port_is_that_of_the_scheme_by_default() {
    for (uri, authority) in [
        ("https://example.org/x", "example.org:443"),
        ("http://example.org/x", "example.org:80"),
        ("https://example.org:8443/x", "example.org:8443"),
        ("https://[::1]/x", "[::1]:443"),
        ("https://me:sesame@example.org/x", "example.org:443"),
    ] {
        let error =
            Error::transport(Operation::Read, &Request::get(uri).body(()).unwrap(), Silence);
        let Error::Transport(failed) = &error else { panic!("{error:?}") };
        assert_eq!(failed.authority, authority, "{uri}");
        assert!(error.to_string().contains(&format!("from {authority}: ")), "{error}");
    }
}

#[test]
fn io_errors_report_their_fault() {
    use io::ErrorKind;
    let timed_out = NetworkFault::TimedOut(TimeoutPhase::Unknown);
    for (kind, fault) in [
        (ErrorKind::ConnectionRefused, NetworkFault::Refused),
        (ErrorKind::HostUnreachable, NetworkFault::Unreachable),
        (ErrorKind::NetworkUnreachable, NetworkFault::Unreachable),
        (ErrorKind::NetworkDown, NetworkFault::Unreachable),
        (ErrorKind::AddrNotAvailable, NetworkFault::Unreachable),
        (ErrorKind::TimedOut, timed_out.clone()),
        // A socket with a time limit, on Unix.
        (ErrorKind::WouldBlock, timed_out),
        (ErrorKind::ConnectionReset, NetworkFault::Closed),
        (ErrorKind::ConnectionAborted, NetworkFault::Closed),
        (ErrorKind::BrokenPipe, NetworkFault::Closed),
        (ErrorKind::UnexpectedEof, NetworkFault::Closed),
        (ErrorKind::Other, NetworkFault::Unknown),
    ] {
        let nested = Error::Prompt(io::Error::other(io::Error::from(kind)).into());
        for error in [nested.into(), gts_oauth_core::BoxError::from(io::Error::from(kind))] {
            let error = Error::transport(Operation::Read, &Request::new(()), error);
            let Error::Transport(failed) = error else { panic!("{error:?}") };
            assert_eq!(failed.fault, fault, "{kind:?}");
        }
    }
}

#[test]
fn lookup_error_of_the_standard_library_is_an_unknown_host() {
    let error = "nonexistent.invalid:443".to_socket_addrs().map(drop).unwrap_err();
    assert_eq!(NetworkFault::from_io(&error), Some(NetworkFault::UnknownHost), "{error:?}");
}

#[test]
fn detail_of_a_fault_is_shown_once() {
    let detail = |fault| lost(Operation::Read, &fault).to_string();
    // The text of `Silence`.
    let tls = detail(NetworkFault::Tls);
    assert_eq!(tls.matches("timed out").count(), 1, "{tls}");
    let refused = detail(NetworkFault::Refused);
    assert!(!refused.contains("timed out"), "{refused}");
}

#[test]
fn source_does_not_repeat_the_text() {
    let source = |fault| {
        let error = NetworkError::new(fault, io::Error::other("the innermost"));
        let error = Error::transport(Operation::Read, &Request::new(()), error);
        let contains_it = error.to_string().contains("the innermost");
        (contains_it, std::error::Error::source(&error).is_some())
    };
    assert_eq!(source(NetworkFault::Tls), (true, false));
    assert_eq!(source(NetworkFault::Refused), (false, true));
    assert_eq!(source(NetworkFault::Unknown), (true, false));
}

#[test]
fn network_error_shows_its_fault() {
    let error = NetworkError::new(NetworkFault::UnknownHost, "no such host");
    assert_eq!(error.to_string(), NetworkFault::UnknownHost.to_string());
    assert!(error.to_string().contains("could not be resolved"));
}

#[test]
fn response_without_http_leaves_the_outcome_open() {
    let request = Request::new(());
    for (operation, remedy) in
        [(Operation::Write, Remedy::Check), (Operation::Read, Remedy::Correct)]
    {
        let fault = NetworkError::new(NetworkFault::NotHttp, "invalid header");
        assert_eq!(Error::transport(operation, &request, fault).remedy(), remedy);
    }
}

//! Network faults: what isahc's errors report.
//!
//! isahc 2.0 returns libcurl's error codes without their messages, so some faults are less precise
//! than those messages.

use std::error::Error as StdError;
use std::io;

use gts_oauth_core::error::{CertificateFault, NetworkError, NetworkFault, TimeoutPhase};

/// The error of a request without a response. `proxy` names the proxy of the request, if it is
/// known.
pub(crate) fn without_response(error: isahc::Error, proxy: Option<String>) -> NetworkError {
    let fault = match code(&error) {
        Some(code) if is_of_proxy(code, proxy.is_some(), &error) => {
            NetworkFault::Proxy(proxy.unwrap_or_else(|| "of the HttpClient".to_owned()))
        }
        Some(code) => of(code, &error),
        None => of_io(&error),
    };
    NetworkError::new(fault, error)
}

/// The error of a response that is not complete.
pub(crate) fn within_body(error: io::Error) -> NetworkError {
    let error = isahc::Error::from(error);
    let fault = match code(&error).map_or_else(|| of_io(&error), |code| of(code, &error)) {
        // An error of time that is not libcurl's has no phase.
        NetworkFault::TimedOut(_) => NetworkFault::TimedOut(TimeoutPhase::Receive),
        fault => fault,
    };
    NetworkError::new(fault, error)
}

/// The fault of an error that is not libcurl's: of the pipe between isahc and libcurl, which breaks
/// if libcurl ends the request first.
fn of_io(error: &isahc::Error) -> NetworkFault {
    let error = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    error.and_then(NetworkFault::from_io).unwrap_or(NetworkFault::Unknown)
}

/// libcurl's error code, as in <https://curl.se/libcurl/c/libcurl-errors.html>.
fn code(error: &isahc::Error) -> Option<u32> {
    let error = error.source()?.downcast_ref::<curl::Error>()?;
    Some(error.code())
}

/// Whether the request failed before its proxy connected.
fn is_of_proxy(code: u32, through_proxy: bool, error: &isahc::Error) -> bool {
    match code {
        5 | 97 => true, // COULDNT_RESOLVE_PROXY, PROXY
        // COULDNT_CONNECT, also if the proxy rejects the request.
        7 => through_proxy,
        // RECV_ERROR, also if the proxy closes the connection.
        56 => through_proxy && !is_connected(error),
        _ => false,
    }
}

fn of(code: u32, error: &isahc::Error) -> NetworkFault {
    match code {
        6 => NetworkFault::UnknownHost, // COULDNT_RESOLVE_HOST
        // COULDNT_CONNECT, also if the host is unreachable.
        7 => NetworkFault::Refused,
        28 if is_connected(error) => NetworkFault::TimedOut(TimeoutPhase::Receive),
        28 => NetworkFault::TimedOut(TimeoutPhase::Connect), // OPERATION_TIMEDOUT
        // PEER_FAILED_VERIFICATION, for every reason.
        60 => NetworkFault::Certificate(CertificateFault::Other),
        // SSL_CONNECT_ERROR, also if the port does not use TLS, or closes the connection.
        35 => NetworkFault::Tls,
        // SSL_CACERT_BADFILE: for example, the system has no certificate authorities.
        77 => NetworkFault::Configuration,
        // PARTIAL_FILE, GOT_NOTHING, SEND_ERROR, RECV_ERROR; SEND_FAIL_REWIND if libcurl would
        // send the request again.
        18 | 52 | 55 | 56 | 65 => NetworkFault::Closed,
        // UNSUPPORTED_PROTOCOL, WEIRD_SERVER_REPLY; WRITE_ERROR if isahc rejects the status line.
        1 | 8 | 23 => NetworkFault::NotHttp,
        _ => NetworkFault::Unknown,
    }
}

/// Whether the connection was established, including TLS.
fn is_connected(error: &isahc::Error) -> bool {
    error.local_addr().is_some()
}

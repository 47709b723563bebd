//! Network faults: what ureq's errors report.

use std::io;

use gts_oauth_core::error::{CertificateFault, NetworkError, NetworkFault, TimeoutPhase};
use rustls::{CertificateError, InvalidMessage};
use ureq::config::Timeouts;
use ureq::{Error, Proxy, Timeout};

use crate::connect::Progress;
use crate::limits;
use crate::proxy::Route;

/// The error of a request without a response. `progress` is how far an agent of the transport's own
/// came; a caller's agent does not report it.
pub(crate) fn without_response(
    error: Error,
    route: &Route,
    phases: &Timeouts,
    progress: Option<Progress>,
) -> NetworkError {
    let fault = match (&route.name, progress) {
        (Some(proxy), Some(Progress::ConnectingProxy)) => NetworkFault::Proxy(proxy.clone()),
        (Some(proxy), None) if is_of_proxy(&error, route.proxy.as_ref()) => {
            NetworkFault::Proxy(proxy.clone())
        }
        (_, progress) if is_total(&error) => NetworkFault::TimedOut(match progress {
            Some(Progress::Connecting | Progress::ConnectingProxy) => TimeoutPhase::Connect,
            Some(Progress::Reused | Progress::Connected) => TimeoutPhase::Receive,
            None if limits::pass_after_connecting(phases) => TimeoutPhase::Receive,
            None => TimeoutPhase::Unknown,
        }),
        _ => of(&error),
    };
    NetworkError::new(fault, error)
}

/// Whether the connection was closed before the response.
pub(crate) fn is_closed(error: &Error) -> bool {
    of(error) == NetworkFault::Closed
}

/// The error of a response that is not complete. Its request was sent, although the same error
/// can also precede that.
pub(crate) fn within_body(error: Error) -> NetworkError {
    let fault = match of(&error) {
        NetworkFault::TimedOut(_) => NetworkFault::TimedOut(TimeoutPhase::Receive),
        fault if fault.nothing_sent() => NetworkFault::Unknown,
        fault => fault,
    };
    NetworkError::new(fault, error)
}

/// Whether a request through this proxy failed before the proxy connected.
fn is_of_proxy(error: &Error, proxy: Option<&Proxy>) -> bool {
    match of(error) {
        // The proxy is the only host that ureq connects to.
        NetworkFault::Refused | NetworkFault::Unreachable => true,
        NetworkFault::UnknownHost => proxy.is_some_and(|proxy| !proxy.resolve_target()),
        _ => matches!(error, Error::ConnectProxyFailed(_)),
    }
}

/// Whether the limit for the request as a whole has passed.
fn is_total(error: &Error) -> bool {
    matches!(error, Error::Timeout(Timeout::Global | Timeout::PerCall))
}

fn of(error: &Error) -> NetworkFault {
    match error {
        Error::Io(error) => of_io(error),
        Error::HostNotFound => NetworkFault::UnknownHost,
        Error::Timeout(timeout) => NetworkFault::TimedOut(phase(*timeout)),
        Error::Tls(_) => NetworkFault::Tls,
        Error::Protocol(_) => NetworkFault::NotHttp,
        // TLS could not be configured: for example, the system has no certificate authorities.
        // The errors of connections are in an `Error::Io`.
        Error::Rustls(_)
        | Error::Pem(_)
        | Error::TlsRequired
        | Error::RequireHttpsOnly(_)
        | Error::InvalidProxyUrl => NetworkFault::Configuration,
        _ => NetworkFault::Unknown,
    }
}

fn phase(timeout: Timeout) -> TimeoutPhase {
    match timeout {
        Timeout::Resolve => TimeoutPhase::Resolve,
        Timeout::Connect => TimeoutPhase::Connect,
        Timeout::SendRequest | Timeout::Await100 | Timeout::SendBody | Timeout::PerWrite => {
            TimeoutPhase::Send
        }
        Timeout::RecvResponse | Timeout::RecvBody | Timeout::PerRead => TimeoutPhase::Receive,
        // The others apply to several phases.
        _ => TimeoutPhase::Unknown,
    }
}

fn of_io(error: &io::Error) -> NetworkFault {
    match error.get_ref().and_then(|error| error.downcast_ref()) {
        Some(error) => of_tls(error),
        None => NetworkFault::from_io(error).unwrap_or(NetworkFault::Unknown),
    }
}

fn of_tls(error: &rustls::Error) -> NetworkFault {
    match error {
        rustls::Error::InvalidCertificate(error) => {
            NetworkFault::Certificate(of_certificate(error))
        }
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => NetworkFault::NotTls,
        _ => NetworkFault::Tls,
    }
}

fn of_certificate(error: &CertificateError) -> CertificateFault {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            CertificateFault::Expired
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            CertificateFault::NotYetValid
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateFault::WrongHost
        }
        CertificateError::UnknownIssuer => CertificateFault::UnknownIssuer,
        // `openssl req -x509` marks self-signed certificates as an authority's. The type of the
        // cause is webpki's, which rustls does not re-export.
        CertificateError::Other(cause) if format!("{cause:?}").contains("CaUsedAsEndEntity") => {
            CertificateFault::UnknownIssuer
        }
        _ => CertificateFault::Other,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn request_of_a_broken_body_was_sent() {
        let refused = Error::Io(io::ErrorKind::ConnectionRefused.into());
        for error in [refused, Error::HostNotFound, Error::Timeout(Timeout::Connect)] {
            let fault = within_body(error).fault().clone();
            assert!(!fault.nothing_sent(), "{fault:?}");
        }
    }

    #[test]
    fn errors_without_a_socket_have_faults() {
        assert_eq!(of(&Error::HostNotFound), NetworkFault::UnknownHost);
        assert_eq!(of(&Error::Tls("no server name")), NetworkFault::Tls);
        assert_eq!(of(&Error::InvalidProxyUrl), NetworkFault::Configuration);
        assert_eq!(of(&Error::BodyStalled), NetworkFault::Unknown);
    }

    #[test]
    fn other_certificate_errors_have_no_name() {
        let cause = io::Error::other("too many signatures");
        let error = CertificateError::Other(rustls::OtherError(Arc::new(cause)));
        assert_eq!(of_certificate(&error), CertificateFault::Other);
    }
}

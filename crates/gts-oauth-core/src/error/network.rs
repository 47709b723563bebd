//! Failed connections: why a transport received no response.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use http::Uri;

use super::{BoxError, Error, Operation};

/// No response was received.
#[derive(Debug)]
#[non_exhaustive]
pub struct TransportError {
    /// What was requested.
    pub operation: Operation,
    /// The method and path of a call. `None` for any other operation.
    pub(super) call: Option<Box<str>>,
    /// The host and port of the request: `example.org:443`.
    pub authority: String,
    /// What failed, as far as the transport reported it.
    pub fault: NetworkFault,
    /// The transport's own error.
    pub error: BoxError,
}

impl TransportError {
    pub(super) fn new(
        operation: Operation,
        call: Option<Box<str>>,
        uri: &Uri,
        error: BoxError,
    ) -> Self {
        let host = uri.host().unwrap_or_default();
        let default_port = if uri.scheme_str() == Some("http") { 80 } else { 443 };
        let port = uri.port_u16().unwrap_or(default_port);
        let fault = NetworkFault::of(&*error);
        Self { operation, call, authority: format!("{host}:{port}"), fault, error }
    }

    /// Whether the system reports that the host name does not exist, and not only that it could not
    /// be resolved at the moment. Some HTTP stacks do not distinguish the two.
    pub(crate) fn host_does_not_exist(&self) -> bool {
        self.fault == NetworkFault::UnknownHost && causes(&*self.error).any(is_missing_host)
    }
}

/// What failed when no response was received.
///
/// It is `non_exhaustive` because later versions distinguish more faults.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NetworkFault {
    /// The host name could not be resolved.
    UnknownHost,
    /// The host refused the connection.
    Refused,
    /// No route leads to the host.
    Unreachable,
    /// The time limit has passed.
    TimedOut(TimeoutPhase),
    /// The server's certificate is not valid for this host.
    Certificate(CertificateFault),
    /// The port responds, but not with TLS.
    NotTls,
    /// TLS failed for another reason.
    Tls,
    /// The proxy refused the connection, or could not be used. Names the proxy, and where it is
    /// configured: `ALL_PROXY (socks5://127.0.0.1:1080)`. Without a password.
    Proxy(String),
    /// The connection was closed before the response was complete.
    Closed,
    /// The response is not HTTP.
    NotHttp,
    /// The transport is not configured to send this request safely.
    Configuration,
    /// The transport did not report what failed.
    Unknown,
}

/// What was being done when the time limit passed.
///
/// It is `non_exhaustive` because HTTP stacks distinguish more phases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeoutPhase {
    /// Resolving the host name.
    Resolve,
    /// Connecting, including TLS.
    Connect,
    /// Sending the request.
    Send,
    /// Waiting for the response, or reading it.
    Receive,
    /// The transport did not report it.
    Unknown,
}

/// Why a certificate is not valid.
///
/// It is `non_exhaustive` because TLS libraries distinguish more causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateFault {
    /// It has expired.
    Expired,
    /// It is not valid yet: one of the two clocks is wrong.
    NotYetValid,
    /// It is another host's.
    WrongHost,
    /// It was not issued by a trusted authority: a private root, a self-signed certificate, or a
    /// missing intermediate certificate.
    UnknownIssuer,
    /// Another cause.
    Other,
}

impl NetworkFault {
    /// Whether the request was not sent, so that the server cannot have carried it out.
    pub fn nothing_sent(&self) -> bool {
        match self {
            Self::UnknownHost
            | Self::Refused
            | Self::Unreachable
            | Self::TimedOut(TimeoutPhase::Resolve | TimeoutPhase::Connect)
            | Self::Certificate(_)
            | Self::NotTls
            | Self::Tls
            | Self::Proxy(_)
            | Self::Configuration => true,
            Self::TimedOut(_) | Self::Closed | Self::NotHttp | Self::Unknown => false,
        }
    }

    /// The fault that an I/O error reports. `None` if it reports another problem.
    ///
    /// ```
    /// use gts_oauth_core::error::NetworkFault;
    /// use std::io;
    ///
    /// let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
    /// assert_eq!(NetworkFault::from_io(&refused), Some(NetworkFault::Refused));
    /// ```
    pub fn from_io(error: &io::Error) -> Option<Self> {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Some(Self::Refused),
            io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::NetworkDown
            // For example an IPv6 address on a machine without IPv6.
            | io::ErrorKind::AddrNotAvailable => Some(Self::Unreachable),
            // WouldBlock is that of a socket with a time limit.
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
                Some(Self::TimedOut(TimeoutPhase::Unknown))
            }
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof => Some(Self::Closed),
            _ => is_lookup(error).then_some(Self::UnknownHost),
        }
    }

    /// Whether the texts of the HTTP stack add nothing for a user.
    pub(super) fn says_enough(&self) -> bool {
        match self {
            Self::UnknownHost
            | Self::Refused
            | Self::Unreachable
            | Self::TimedOut(_)
            | Self::NotTls
            | Self::Closed => true,
            Self::Certificate(fault) => *fault != CertificateFault::Other,
            _ => false,
        }
    }

    /// The fault that this error or one of its causes reports.
    fn of(error: &(dyn StdError + 'static)) -> Self {
        causes(error).find_map(Self::reported_by).unwrap_or(Self::Unknown)
    }

    fn reported_by(error: &(dyn StdError + 'static)) -> Option<Self> {
        if let Some(error) = error.downcast_ref::<NetworkError>() {
            return Some(error.fault.clone());
        }
        error.downcast_ref().and_then(Self::from_io)
    }
}

/// Whether the standard library could not resolve a host name. It has no [`io::ErrorKind`] for
/// that.
fn is_lookup(error: &io::Error) -> bool {
    // WSAHOST_NOT_FOUND to WSANO_DATA.
    let on_windows = cfg!(windows) && matches!(error.raw_os_error(), Some(11001..=11004));
    on_windows || error.to_string().starts_with("failed to lookup address information")
}

/// Whether this is a system's error for a host name that does not exist (`EAI_NONAME`).
fn is_missing_host(error: &(dyn StdError + 'static)) -> bool {
    const TEXTS: [&str; 3] = [
        "Name or service not known",                    // glibc
        "Name does not resolve",                        // musl
        "nodename nor servname provided, or not known", // macOS and the BSDs
    ];
    let code = error.downcast_ref().and_then(io::Error::raw_os_error);
    // WSAHOST_NOT_FOUND.
    let on_windows = cfg!(windows) && code == Some(11001);
    let text = error.to_string();
    on_windows || TEXTS.iter().any(|it| text.ends_with(it))
}

/// This error and its causes.
pub(super) fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| {
        let error: &'a (dyn StdError + 'static) = *error;
        // These two hide what they wrap from `source`.
        if let Some(wrapped) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            return Some(wrapped);
        }
        if let Some(wrapped) = error.downcast_ref::<Error>().and_then(Error::wrapped) {
            return Some(&**wrapped);
        }
        error.source()
    })
}

/// A transport's error that reports what failed. The adapters of this project return it.
///
/// Transports need not: an [`io::Error`] anywhere among the causes of an error reports what
/// [`NetworkFault::from_io`] returns.
///
/// ```
/// use gts_oauth_core::error::{NetworkError, NetworkFault};
/// use gts_oauth_core::{BoxError, Error, Exchange, RegisterApp};
/// use http::{Request, Response};
///
/// let offline = |_: Request<Vec<u8>>| -> Result<Response<Vec<u8>>, BoxError> {
///     Err(NetworkError::new(NetworkFault::UnknownHost, "no such host").into())
/// };
/// let app = RegisterApp::new("example.org".parse()?, "my-bot")?;
/// let Err(Error::Transport(error)) = app.send(&offline) else { panic!() };
/// assert_eq!(error.fault, NetworkFault::UnknownHost);
/// assert_eq!(error.authority, "example.org:443");
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct NetworkError {
    fault: NetworkFault,
    source: BoxError,
}

impl NetworkError {
    /// An error with this fault, caused by the HTTP stack's own error.
    pub fn new(fault: NetworkFault, source: impl Into<BoxError>) -> Self {
        Self { fault, source: source.into() }
    }

    /// What failed.
    pub fn fault(&self) -> &NetworkFault {
        &self.fault
    }
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)
    }
}

impl StdError for NetworkError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

impl fmt::Display for NetworkFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownHost => "the host name could not be resolved",
            Self::Refused => "the connection was refused",
            Self::Unreachable => "the host is unreachable",
            Self::TimedOut(TimeoutPhase::Resolve) => "resolving the host name timed out",
            Self::TimedOut(TimeoutPhase::Connect) => "connecting timed out",
            Self::TimedOut(TimeoutPhase::Send) => "sending the request timed out",
            Self::TimedOut(TimeoutPhase::Receive) => "no complete response within the time limit",
            Self::TimedOut(TimeoutPhase::Unknown) => "the request timed out",
            Self::Certificate(CertificateFault::Expired) => "the server's certificate has expired",
            Self::Certificate(CertificateFault::NotYetValid) => {
                "the server's certificate is not valid yet"
            }
            Self::Certificate(CertificateFault::WrongHost) => {
                "the server's certificate is for another host"
            }
            Self::Certificate(CertificateFault::UnknownIssuer) => {
                "the server's certificate is not signed by a trusted authority"
            }
            Self::Certificate(CertificateFault::Other) => "the server's certificate is not valid",
            Self::NotTls => "the port does not use TLS (https)",
            Self::Tls => "TLS failed",
            Self::Proxy(proxy) => return write!(f, "the proxy {proxy} did not connect"),
            Self::Closed => "the connection was closed before the response was complete",
            Self::NotHttp => "the response is not HTTP",
            Self::Configuration => "the transport cannot send it safely",
            Self::Unknown => "the transport failed",
        })
    }
}

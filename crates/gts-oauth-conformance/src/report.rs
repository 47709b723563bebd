//! The results of the checks.

use std::fmt;

/// What a transport must do, as documented at `gts_oauth_core::Transport`, and what it can claim
/// in addition.
///
/// Some are about [security](Self::is_security): a transport that breaks one of them sends secrets
/// or requests where they must not arrive, or lets a server fill the memory. The others are about
/// robustness: logins fail, hang or are slow with some servers. A stack with such a flaw can still be
/// of use, if its test [waives](Report::failures) that one.
///
/// It is `non_exhaustive` because later versions test more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Obligation {
    /// Method, target, headers and body are sent as given. Only `Host`, `Connection`,
    /// `Content-Length` and `Accept-Encoding` can be added.
    ///
    /// Checked with odd paths and queries, headers, forms, all 256 bytes, a body of 8 MiB; with
    /// [`Methods::All`](crate::Methods::All): `PUT`, `PATCH` and `DELETE`.
    SendsExactly,
    /// Every status is a response, with its headers and its body.
    ///
    /// Checked with 2xx, 4xx and 5xx.
    ReturnsEveryStatus,
    /// A redirect is a response, and is not followed.
    ///
    /// Checked with 301, 302, 303, 307 and 308, to the same server, to another host, from TLS to
    /// plain.
    FollowsNoRedirect,
    /// Responses with 1xx before the final one are skipped. If that is not claimed, they can be an
    /// error.
    ///
    /// Checked with 100 and 103 before the response.
    SkipsInterimResponses,
    /// A 204, a 304 and a response to `HEAD` have no body, even if they announce one.
    ///
    /// Checked with a 204, a 304 that announces a body; with
    /// [`Methods::All`](crate::Methods::All): after `HEAD`.
    ReadsNoBody,
    /// A body that is shorter than announced is an error.
    ///
    /// Checked with bodies shorter than their `Content-Length`, or without their last chunk.
    DetectsCutBodies,
    /// Trailers after the last chunk are accepted. If that is not claimed, they can be an error.
    AcceptsTrailers,
    /// A compressed body is returned decompressed, or is an error. If claimed, gzip is requested and
    /// returned. Gzip that is cut off is an error.
    ///
    /// Checked with gzip, whole and cut off, and an unknown coding.
    Decompresses,
    /// A body of the request's `BodyLimit` is read. A longer one fails with `ResponseTooLong`.
    ///
    /// Checked with a body of the limit and one of a byte more, with and without a limit of the
    /// request, in every framing and compressed; an endless one.
    StopsAtLimit,
    /// The transport returns in finite time, with an error if no complete response was received.
    ///
    /// Checked with no response, a slow head and a slow body, connections that are reset.
    GivesUp,
    /// A cookie of one response is not sent with the next request.
    ///
    /// Checked with a cookie set on `/oauth/token`.
    KeepsNoCookies,
    /// Only valid certificates of a trusted authority for the host of the URI are accepted.
    ///
    /// If claimed, checked with a valid certificate, one of an unknown authority, an expired one,
    /// one of another host.
    ChecksCertificates,
    /// Claimed: the requests of one login share a connection.
    ///
    /// Checked with a whole login on one connection; with
    /// [`Methods::Post`](crate::Methods::Post), up to the account.
    ReusesConnections,
    /// Claimed: the given proxy is used, or the request fails.
    ///
    /// Checked with an HTTP proxy, with a password, for TLS; HTTP and SOCKS proxies that cannot
    /// be used.
    UsesProxy,
    /// Claimed: the response has the time at which it was received, by the local clock.
    ///
    /// Checked with a response with a body and one without.
    ReportsReceipt,
}

impl Obligation {
    /// Whether it is about security: [`FollowsNoRedirect`](Self::FollowsNoRedirect),
    /// [`StopsAtLimit`](Self::StopsAtLimit), [`KeepsNoCookies`](Self::KeepsNoCookies),
    /// [`ChecksCertificates`](Self::ChecksCertificates) and [`UsesProxy`](Self::UsesProxy). The others
    /// are about robustness.
    pub fn is_security(self) -> bool {
        matches!(
            self,
            Self::FollowsNoRedirect
                | Self::StopsAtLimit
                | Self::KeepsNoCookies
                | Self::ChecksCertificates
                | Self::UsesProxy
        )
    }

    /// The obligation, in a few words.
    fn rule(self) -> &'static str {
        match self {
            Self::SendsExactly => "send exactly what is given",
            Self::ReturnsEveryStatus => "every status is a response",
            Self::FollowsNoRedirect => "follow no redirect",
            Self::SkipsInterimResponses => "skip 1xx responses before the final one",
            Self::ReadsNoBody => "read no body of a 204 or 304, or after HEAD",
            Self::DetectsCutBodies => "fail if a body is shorter than announced",
            Self::AcceptsTrailers => "accept trailers after the last chunk",
            Self::Decompresses => "decompress, or fail",
            Self::StopsAtLimit => "stop reading at the request's BodyLimit, with ResponseTooLong",
            Self::GivesUp => "give up in finite time, with an error",
            Self::KeepsNoCookies => "keep no cookies",
            Self::ChecksCertificates => "check TLS certificates, against the host of the URI",
            Self::ReusesConnections => "claimed: one connection for a login",
            Self::UsesProxy => "claimed: use the given proxy, or fail",
            Self::ReportsReceipt => "claimed: add ReceivedAt to the response",
        }
    }
}

/// The name of the variant: `FollowsNoRedirect`.
impl fmt::Display for Obligation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A broken obligation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// The obligation.
    pub obligation: Obligation,
    /// The check, and what was observed.
    pub seen: String,
}

/// `FollowsNoRedirect broken (follow no redirect): a 301 to another host: …`
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { obligation, seen } = self;
        write!(f, "{obligation} broken ({}): {seen}", obligation.rule())
    }
}

impl std::error::Error for Failure {}

/// The results of all checks. Its `Display` has one line for each.
#[derive(Clone, Debug, Default)]
#[must_use = "the report contains the failures: call `assert`"]
pub struct Report {
    lines: Vec<String>,
    failures: Vec<Failure>,
}

impl Report {
    /// The failures, in the order of the checks.
    ///
    /// A test can waive an obligation that its HTTP stack is known to break:
    ///
    /// ```
    /// use gts_oauth_conformance::{Obligation, Report};
    ///
    /// fn assert_conforms(report: &Report) {
    ///     // This stack reads half of a body as a whole one. All else must hold.
    ///     let waived = Obligation::DetectsCutBodies;
    ///     let failures = report.failures().iter().filter(|it| it.obligation != waived);
    ///     let failures: Vec<String> = failures.map(ToString::to_string).collect();
    ///     assert!(failures.is_empty(), "{}", failures.join("\n"));
    /// }
    /// ```
    ///
    /// A check that does not return is a failure of [`GivesUp`](Obligation::GivesUp), so do not waive
    /// that one as a whole.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// Whether every check passed.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }

    /// Does nothing if every check passed.
    ///
    /// # Panics
    /// If a check failed, with the failures of each obligation.
    #[track_caller]
    pub fn assert(&self) {
        assert!(self.passed(), "the transport breaks its obligations:\n{}", self.by_obligation());
    }

    /// The failures by obligation, those of security first.
    fn by_obligation(&self) -> String {
        let mut obligations = Vec::new();
        for failure in &self.failures {
            if !obligations.contains(&failure.obligation) {
                obligations.push(failure.obligation);
            }
        }
        obligations.sort_by_key(|it| !it.is_security());
        let groups = obligations.into_iter().map(|obligation| {
            let failures = self.failures.iter().filter(|it| it.obligation == obligation);
            let seen: Vec<&str> = failures.map(|it| it.seen.as_str()).collect();
            format!("{obligation} broken ({}):\n  {}", obligation.rule(), seen.join("\n  "))
        });
        groups.collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn add(&mut self, obligation: Obligation, what: &str, failure: Option<Failure>) {
        self.lines.push(match &failure {
            None => format!("passed: {obligation}: {what}"),
            Some(failure) => format!("failed: {failure}"),
        });
        self.failures.extend(failure);
    }

    pub(crate) fn omit(&mut self, obligation: Obligation, what: &str) {
        self.lines.push(format!("not reached: {obligation}: {what}"));
    }

    pub(crate) fn skip(&mut self, what: &str) {
        self.lines.push(format!("not claimed: {what}"));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

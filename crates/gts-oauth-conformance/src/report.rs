//! What came of the checks.

use std::fmt;

/// What a transport owes: the list that `gts_oauth_core::Transport` documents, and what it may
/// claim besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Obligation {
    /// Method, target, headers and body arrive as they were given. Only `Host`, `Connection`,
    /// `Content-Length` and `Accept-Encoding` may be added.
    SendsExactly,
    /// Every status is an answer, with its headers and its body.
    AnswersEveryStatus,
    /// A redirect is an answer: nothing is sent where it points.
    FollowsNoRedirect,
    /// A body of `MAX_BODY` bytes is read, one of a byte more fails with `TooLong`.
    StopsAtMaxBody,
    /// Whatever the server does or does not, the transport comes back, with an error where no
    /// whole answer came.
    GivesUp,
    /// What one answer sets is not sent with the next request.
    KeepsNoCookies,
    /// Only certificates of a trusted authority, in their time, for the host of the URI.
    ChecksCertificates,
    /// Claimed: the requests of one login share a connection.
    ReusesConnections,
    /// What it asks for in `Accept-Encoding` it can read, and `gzip` is asked for if claimed.
    Decompresses,
}

impl Obligation {
    /// The obligation in a few words.
    fn rule(self) -> &'static str {
        match self {
            Self::SendsExactly => "send exactly what is given",
            Self::AnswersEveryStatus => "every status is an answer",
            Self::FollowsNoRedirect => "follow no redirect",
            Self::StopsAtMaxBody => "stop reading at MAX_BODY, with TooLong",
            Self::GivesUp => "give up in finite time, with an error",
            Self::KeepsNoCookies => "keep no cookies",
            Self::ChecksCertificates => "check TLS certificates, against the host of the URI",
            Self::ReusesConnections => "claimed: one connection for a login",
            Self::Decompresses => "read the encodings that are asked for",
        }
    }
}

/// As it is written in the code, to be searched for: `FollowsNoRedirect`.
impl fmt::Display for Obligation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// An obligation that the transport did not keep.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// Which one.
    pub obligation: Obligation,
    /// What was done to the transport, and what was seen.
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

/// What came of all checks. Its `Display` has one line for each.
#[derive(Clone, Debug, Default)]
#[must_use = "a report that nobody reads checks nothing: `assert` it"]
pub struct Report {
    lines: Vec<String>,
    failures: Vec<Failure>,
}

impl Report {
    /// What went wrong, in the order of the checks. Empty if nothing did.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// Whether every check passed.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }

    /// For tests: does nothing if every check passed.
    ///
    /// # Panics
    /// If one failed, with the failures, one a line.
    #[track_caller]
    pub fn assert(&self) {
        let failures: Vec<String> = self.failures.iter().map(ToString::to_string).collect();
        assert!(
            self.passed(),
            "the transport does not keep its obligations:\n{}",
            failures.join("\n")
        );
    }

    pub(crate) fn add(&mut self, obligation: Obligation, what: &str, failure: Option<Failure>) {
        self.lines.push(match &failure {
            None => format!("passed: {obligation}: {what}"),
            Some(failure) => format!("failed: {failure}"),
        });
        self.failures.extend(failure);
    }

    pub(crate) fn omit(&mut self, obligation: Obligation, what: &str) {
        self.lines
            .push(format!("not reached: {obligation}: {what}"));
    }

    pub(crate) fn skip(&mut self, obligation: Obligation) {
        self.lines.push(format!("not claimed: {obligation}"));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

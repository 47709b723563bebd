//! What a server may refuse. Every dialect has a status and words of its own for each.

/// Something that the server does not do as asked.
pub(crate) enum Complaint<'a> {
    /// A registration's field is not as it must be.
    Field(&'a str, FieldFault),
    /// A grant that the server does not do.
    Grant,
    /// No app has this id; whether a code was to be exchanged.
    UnknownApp { id: &'a str, by_code: bool },
    /// The app has another secret.
    Secret,
    /// More is asked for an app itself than it registered.
    AppScope(&'a str),
    /// The code is not good.
    Code(CodeFault),
    /// The refresh token is not good.
    RefreshToken,
    /// The token of a call is unknown, revoked or expired.
    Token,
    /// A call has no token.
    NoToken,
    /// The token is an app's own, where a person's is wanted.
    Nobody,
    /// The token may not do this.
    Insufficient(&'a str),
    /// A revocation lacks this field.
    CannotRevoke(&'a str),
    /// The token to be revoked is another app's.
    NotYours,
    /// What is asked for is no code.
    ResponseType,
    /// The authorisation page knows no such app.
    NoSuchApp,
    /// The app did not register the redirect URI.
    RedirectUri,
    /// The app cannot have this scope.
    Scope,
    /// The challenge is missing, or not to be used (RFC 7636 §4.4.1); this is why.
    Challenge(&'static str),
    /// Too many requests came from there.
    TooMany,
}

/// What is wrong with a field.
pub(crate) enum FieldFault {
    Missing,
    Null,
    Blank,
    /// The longest that it may be, and how long it is.
    TooLong(usize, usize),
    /// In JSON it is something else than a text.
    NoText,
    /// A scope that the server does not know, or a redirect URI that it does not take.
    Unusable,
}

/// What is wrong with a code.
pub(crate) enum CodeFault {
    /// Nobody knows it, or not any more.
    Unknown,
    /// It is no code at all.
    Malformed,
    /// It was exchanged before, and its token is gone.
    Spent,
    Expired,
    /// It is another app's.
    Foreign,
    /// It was sent to another redirect URI.
    OtherUri,
    /// It is bound to a challenge, and no verifier came.
    NoVerifier,
    /// The verifier is another.
    WrongVerifier,
}

//! Where servers differ: one value a dialect.

use serde_json::Value;

use super::complaint::Complaint;
use crate::body::Fields;
use crate::reply::{Refusal, Reply};
use crate::world::{Issued, Registered, Resident, World};

/// All that a dialect comes down to.
pub(crate) struct Manner {
    /// Name and version in nodeinfo.
    pub(crate) software: (&'static str, &'static str),
    /// The version that `/api/v1/instance` tells.
    pub(crate) version: &'static str,
    /// What it calls itself there.
    pub(crate) uri: fn(&World) -> String,
    pub(crate) apps: Apps,
    pub(crate) consent: Consent,
    pub(crate) codes: Codes,
    pub(crate) tokens: Tokens,
    /// None for a server that takes no token back.
    pub(crate) revocation: Option<Revocation>,
    /// Whether a token's scopes permit what an endpoint wants.
    pub(crate) permits: fn(granted: &str, wanted: &str) -> bool,
    /// What `/.well-known/oauth-authorization-server` says (RFC 8414).
    pub(crate) metadata: Option<fn(&World) -> Value>,
    /// What an account has more or less than elsewhere.
    pub(crate) account: fn(&World, &Resident, &mut Value),
    pub(crate) refuse: fn(&Complaint<'_>) -> Refusal,
}

/// How apps are registered.
pub(crate) struct Apps {
    pub(crate) uris: Uris,
    pub(crate) lists: Lists,
    /// Fields without which there is no app.
    pub(crate) wanted: &'static [&'static str],
    /// They may be empty.
    pub(crate) blank: bool,
    /// Fields that may be missing in JSON, but not `null`.
    pub(crate) never_null: &'static [&'static str],
    /// How long the fields may be.
    pub(crate) longest: &'static [(&'static str, usize)],
    /// Whether this scope can be registered.
    pub(crate) scope: fn(&str) -> bool,
    /// Whether this redirect URI can be registered.
    pub(crate) uri: fn(&str) -> bool,
    /// Five in ten minutes.
    pub(crate) limited: bool,
    /// Nobody can log in with an app a second time.
    pub(crate) one_login: bool,
    /// The app's id, its client id and its secret.
    pub(crate) draw: fn(&mut World) -> [String; 3],
    pub(crate) reply: fn(&World, &Registered) -> Value,
}

/// How `redirect_uris` is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Uris {
    /// One a line, each written anew.
    Lines,
    /// As [`Lines`](Self::Lines), but for the first all are dropped.
    FirstLine,
    /// One a line, as they came.
    PlainLines,
    /// White space between them.
    Words,
    /// One, whatever is in it.
    Whole,
}

/// What comes of a list of redirect URIs: an array in JSON, or `redirect_uris[]` in a form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lists {
    Refused,
    Taken,
    /// But for the first all are dropped.
    First,
}

/// How people allow an app.
pub(crate) struct Consent {
    pub(crate) pkce: Pkce,
    /// Tells who it is when it sends people back (RFC 9207).
    pub(crate) iss: bool,
    pub(crate) sign_in: SignIn,
    pub(crate) force_login: ForceLogin,
    pub(crate) spared: Spared,
    pub(crate) can_deny: bool,
    /// Whether this redirect URI is one that the app registered.
    pub(crate) knows_uri: fn(registered: &[String], asked: &str) -> bool,
    /// Rather than telling the person, sends them to a URI that the app never registered.
    pub(crate) redirects_anywhere: bool,
    /// What is granted of the scopes that are asked for; none if they are refused.
    pub(crate) grants: fn(registered: &str, asked: &str) -> Option<String>,
    pub(crate) errors: Errors,
    pub(crate) callback: Callback,
    /// What `state` comes back if none was sent.
    pub(crate) stateless: Option<&'static str>,
    pub(crate) out_of_band: fn(&Registered) -> OutOfBand,
}

/// How long people stay signed in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignIn {
    /// For one request and two minutes, in which they are shown the app that they signed in for,
    /// whatever address they open.
    Once,
    /// Until they sign out.
    Stays,
    /// Never: name and password stand on the page itself.
    EveryTime,
}

/// What comes of `force_login`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ForceLogin {
    Ignored,
    /// The page is shown to whoever would be spared it.
    Page,
    /// Whoever is signed in signs in once more.
    Password,
}

/// Who is sent back without being shown a page, once they are signed in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spared {
    Nobody,
    /// Whoever has a token of this app with the same scopes.
    SameScopes,
    /// Whoever has a token of this app.
    AnyToken,
    /// Whoever has a token of this app: their first code is handed out once more, which is good
    /// for that token. If the browser itself has the token, it is handed out at once.
    OldCode,
}

/// Who is told that an app asks for what it cannot have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Errors {
    /// The app (RFC 6749 §4.1.2.1).
    Sent,
    /// The app, but without its `state`; of bad challenges the person is told.
    SentStateless,
    /// The person.
    Shown,
}

/// How the query is written that people are sent back with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Callback {
    /// Sorted, with what was in it before.
    Sorted,
    /// After what was in it before.
    Appended,
    /// As [`Appended`](Self::Appended), but what was in it before is there twice.
    Doubled,
    /// As [`Appended`](Self::Appended), but without encoding what separates parameters.
    Unencoded,
}

/// What comes of a code where an app has no address of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutOfBand {
    /// A page shows it.
    Page,
    /// It is in JSON.
    Json,
    /// The browser is sent to an address that no browser can open.
    Nowhere,
}

/// What a person brings back.
pub(crate) struct Codes {
    /// Seconds; none for ever.
    pub(crate) lives: Option<u64>,
    pub(crate) draw: fn(&mut World, &Registered) -> String,
    pub(crate) again: Again,
    /// Whether a text can be a code; whatever cannot is more than the server can bear.
    pub(crate) well_formed: fn(&str) -> bool,
    /// Whether this is the redirect URI that the code was sent to.
    pub(crate) same_uri: fn(app: &Registered, sent: &str, asked: &str) -> bool,
}

/// What a code is good for once it was exchanged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// For nothing.
    Refused,
    /// For the person's newest token.
    OldToken,
    /// For as much as before.
    Good,
}

/// What comes of a challenge (RFC 7636).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pkce {
    Ignored,
    /// The code is good only for whoever has the verifier.
    Enforced,
    /// As [`Enforced`](Self::Enforced), but `plain` will do.
    EnforcedOrPlain,
    /// As [`Enforced`](Self::Enforced), and without a challenge there is no code.
    Required,
}

/// How tokens are had.
pub(crate) struct Tokens {
    /// What is missing in a request for one.
    pub(crate) lacks: fn(&Fields) -> Option<Refusal>,
    /// What is wrong with its redirect URI, whatever the code says of it.
    pub(crate) uri_fault: fn(&Registered, &str) -> Option<Refusal>,
    /// Seconds that a person's token lives, and an app's own; none for ever.
    pub(crate) lives: (Option<u64>, Option<u64>),
    pub(crate) repeated: Repeated,
    /// They are there as soon as the person allowed; the code is good for that one.
    pub(crate) at_consent: bool,
    pub(crate) own: Own,
    pub(crate) draw: fn(&mut World, own: bool) -> String,
    pub(crate) refresh: Refresh,
    /// What an app gets for itself of what it asks for; none if that is refused.
    pub(crate) app_scope: fn(registered: &str, asked: Option<&str>) -> Option<String>,
    /// Reads `Authorization: Basic` (RFC 6749 §2.3.1).
    pub(crate) basic: bool,
    /// Knows an app by its secret alone.
    pub(crate) by_secret: bool,
    /// Takes whatever is not client credentials for a code.
    pub(crate) any_grant: bool,
    /// Whoever gets a token gets a session too, by a cookie.
    pub(crate) sets_session: bool,
    pub(crate) reply: fn(&World, &Issued) -> Value,
    /// Tokens, and apps of one's own, can be listed.
    pub(crate) listed: bool,
}

/// What becomes of a refresh token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refresh {
    /// There is none.
    None,
    /// It is as good as before.
    Kept,
    /// There is a new one; none for an app's own token.
    Rotated,
}

/// What comes of a second token for the same app and person.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeated {
    New,
    /// It is the first one, if the scopes are the same.
    SameScopes,
    /// The first one is void.
    Replaces,
}

/// What an app's own token is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Own {
    /// As a person's, but nobody's.
    Issued,
    /// One, and always the same.
    One,
    /// The same for all apps, and whoever says to be one.
    Everybodys,
    /// Nothing: it is not kept.
    Unsaved,
}

/// How a token is taken back.
pub(crate) struct Revocation {
    /// Reads JSON, beside forms.
    pub(crate) json: bool,
    /// What the token is called in a form; in JSON it is `token`.
    pub(crate) field: &'static str,
    /// Revokes without asking whose app it is.
    pub(crate) for_anybody: bool,
    /// A token that nobody knows is revoked already.
    pub(crate) unknown_too: bool,
    pub(crate) taken: Taken,
    pub(crate) answer: fn() -> Reply,
}

/// What is taken back with a token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    Token,
    /// All tokens of its app, whosever.
    App,
}

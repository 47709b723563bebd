//! Authorization codes (RFC 6749 section 4.1.2), and the rules that servers have for them.

use std::time::SystemTime;

use super::issue_token::{TokenRules, issue_token};
use super::pkce::Pkce;
use super::records::Keyed;
use super::{App, State};

/// An issued authorization code.
#[derive(Clone)]
pub(crate) struct Code {
    pub(crate) code: String,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) scope: String,
    pub(crate) account_id: String,
    pub(crate) challenge: Option<String>,
    /// The id of the token that was issued together with the code, if any.
    pub(crate) token: Option<String>,
    pub(crate) spent: bool,
    /// `None` if it never expires.
    pub(crate) expires: Option<SystemTime>,
}

impl Keyed for Code {
    fn keys(&self) -> Vec<&str> {
        vec![&self.code, &self.client_id]
    }
}

/// A server's rules for codes.
pub(crate) struct CodeRules {
    /// In seconds; `None` if codes never expire.
    pub(crate) lifetime: Option<u64>,
    pub(crate) generate: fn(&mut State, &App) -> String,
    /// Whether the code is well-formed; malformed codes make some servers return 500.
    pub(crate) well_formed: fn(&str) -> bool,
    /// Whether the redirect URI of the token request matches the one of the authorization.
    pub(crate) same_redirect_uri: fn(app: &App, authorized: &str, requested: &str) -> bool,
    pub(crate) pkce: Pkce,
    pub(crate) reuse: CodeReuse,
    /// The token is issued when the user allows; the code only fetches it.
    pub(crate) token_at_consent: bool,
    /// Redeeming a code also spends its app: it cannot log in again.
    pub(crate) single_login: bool,
}

/// What a spent code still obtains.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeReuse {
    /// An error.
    Rejected,
    /// The account's newest token.
    SameToken,
    /// Another token, as if the code were unspent.
    NewToken,
}

/// Why a code was rejected.
pub(crate) enum CodeError {
    /// Not issued by this server, or deleted.
    Unknown,
    /// Not a code at all.
    Malformed,
    /// Redeemed before, and its token is gone.
    Spent,
    Expired,
    /// Issued to another app.
    OtherApp,
    /// Issued for another redirect URI.
    OtherRedirectUri,
    /// Bound to a code challenge, but the request has no verifier.
    NoVerifier,
    /// The verifier does not match the code challenge.
    WrongVerifier,
}

/// What the user allowed, checked and ready to be turned into a code.
pub(crate) struct Approval {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) scope: String,
    pub(crate) account_id: String,
    pub(crate) challenge: Option<String>,
}

/// Issues a code, and its token where the server issues both at once.
pub(crate) fn issue_code(
    state: &mut State,
    codes: &CodeRules,
    tokens: &TokenRules,
    app: &App,
    approval: Approval,
) -> String {
    let code = (codes.generate)(state, app);
    // Sharkey's codes are the same for each login with an app.
    state.codes.remove(&code, |it| it.code == code);
    let scope = &approval.scope;
    let token = codes.token_at_consent.then(|| {
        let account_id = Some(approval.account_id.clone());
        let issued = issue_token(state, tokens, &app.client_id, scope.clone(), account_id);
        state.tokens.push(issued.clone());
        issued.id
    });
    let expires = codes.lifetime.map(|seconds| state.after(seconds));
    state.codes.push(Code {
        code: code.clone(),
        client_id: approval.client_id,
        redirect_uri: approval.redirect_uri,
        scope: approval.scope,
        account_id: approval.account_id,
        challenge: approval.challenge,
        token,
        spent: false,
        expires,
    });
    code
}

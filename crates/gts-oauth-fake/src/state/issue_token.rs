//! Issues access tokens, reusing an existing one where the dialect does.

use super::{State, Token};

/// A server's rules for issuing tokens.
pub(crate) struct TokenRules {
    /// Seconds that user tokens and app tokens are valid; `None` if they never expire.
    pub(crate) lifetimes: (Option<u64>, Option<u64>),
    pub(crate) generate: fn(&mut State, app_token: bool) -> String,
    pub(crate) reissue: Reissue,
    pub(crate) app_tokens: AppTokens,
    pub(crate) refresh: Refresh,
}

/// What a second login with the same app and account obtains.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reissue {
    NewToken,
    /// The first token, if the scopes are the same.
    SameScopes,
    /// A new token; the first one is revoked.
    Replace,
}

/// What the client credentials grant obtains (RFC 6749 section 4.4).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum AppTokens {
    /// A token without an account.
    Issued,
    /// The same token each time.
    Single,
    /// One constant for all apps; credentials are not checked.
    Shared,
    /// A token that is never stored, and so never valid.
    NotStored,
}

/// Whether refresh tokens are issued, and what happens when they are used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refresh {
    /// None are issued.
    None,
    /// A used refresh token remains valid.
    Kept,
    /// A used refresh token is replaced. App tokens have none.
    Rotated,
}

/// Issues a token of this app for an account, or an app token if there is no account.
pub(crate) fn issue_token(
    state: &mut State,
    rules: &TokenRules,
    client_id: &str,
    scope: String,
    account_id: Option<String>,
) -> Token {
    let app_token = account_id.is_none();
    if app_token && rules.app_tokens == AppTokens::Single {
        if let Some(old) = state.newest_token(client_id, None) {
            let old = old.clone();
            return Token { scope, ..old };
        }
    }
    match rules.reissue {
        Reissue::NewToken => {}
        Reissue::SameScopes => {
            if let Some(old) = state.token_with_scopes(client_id, account_id.as_deref(), &scope) {
                return old.clone();
            }
        }
        Reissue::Replace => {
            let same = |it: &Token| it.client_id == client_id && it.account_id == account_id;
            state.tokens.remove(client_id, same);
        }
    }
    let (for_users, for_apps) = rules.lifetimes;
    let lifetime = if app_token { for_apps } else { for_users };
    Token {
        id: state.ids.entity(state.now),
        name: String::new(),
        token: (rules.generate)(state, app_token),
        refresh: refresh_token(state, rules.refresh, app_token),
        client_id: client_id.to_owned(),
        scope,
        account_id,
        created: state.now,
        last_used: None,
        expires: lifetime.map(|seconds| state.after(seconds)),
        app_deleted: false,
    }
}

fn refresh_token(state: &mut State, refresh: Refresh, app_token: bool) -> Option<String> {
    match refresh {
        Refresh::None => None,
        Refresh::Kept => Some(state.ids.base64url()),
        Refresh::Rotated => (!app_token).then(|| state.ids.sealed()),
    }
}

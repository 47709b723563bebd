//! Access tokens, and how they are found.

use std::time::{Duration, SystemTime};

use super::State;
use super::records::Keyed;

/// An issued access token.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) id: String,
    /// The name that the user gave it. Empty if there is none.
    pub(crate) name: String,
    pub(crate) token: String,
    pub(crate) refresh: Option<String>,
    pub(crate) client_id: String,
    pub(crate) scope: String,
    /// `None` if it is an app token (client credentials).
    pub(crate) account_id: Option<String>,
    pub(crate) created: SystemTime,
    pub(crate) last_used: Option<SystemTime>,
    /// `None` if it never expires.
    pub(crate) expires: Option<SystemTime>,
    /// Its app was deleted. It remains stored, because servers reject it in their own ways.
    pub(crate) app_deleted: bool,
}

impl Keyed for Token {
    fn keys(&self) -> Vec<&str> {
        let refresh = self.refresh.as_deref();
        [&*self.id, &self.token, &self.client_id].into_iter().chain(refresh).collect()
    }
}

impl Token {
    fn belongs_to(&self, client_id: &str, account_id: Option<&str>) -> bool {
        self.client_id == client_id && self.account_id.as_deref() == account_id
    }
}

impl State {
    /// Records the use of a token, if the last recorded use was more than `interval` ago.
    pub(crate) fn record_use(&mut self, token: &str, interval: Duration) {
        let now = self.now;
        let due = |used: SystemTime| now.duration_since(used).is_ok_and(|ago| ago > interval);
        let is_due = |it: &Token| it.token == token && it.last_used.is_none_or(due);
        if let Some(token) = self.tokens.find_mut(token, is_due) {
            token.last_used = Some(now);
        }
    }

    /// The token, if it exists and has not expired.
    pub(crate) fn valid_token(&self, token: &str) -> Option<&Token> {
        let mut tokens = self.tokens.with_key(token);
        tokens.find(|it| it.token == token && self.is_valid(it))
    }

    /// Revokes this access token. Returns how many there were.
    pub(crate) fn revoke_token(&mut self, token: &str) -> usize {
        let tokens = self.tokens.remove(token, |it| it.token == token);
        self.record_revoked(tokens)
    }

    /// Revokes the tokens of this app.
    pub(crate) fn revoke_tokens_of(&mut self, client_id: &str) {
        let tokens = self.tokens.remove(client_id, |it| it.client_id == client_id);
        self.record_revoked(tokens);
    }

    /// Revokes all tokens. Returns how many there were.
    pub(crate) fn revoke_all_tokens(&mut self) -> usize {
        let tokens = self.tokens.remove_all();
        self.record_revoked(tokens)
    }

    fn record_revoked(&mut self, tokens: Vec<Token>) -> usize {
        let number = tokens.len();
        self.revoked.extend(tokens.into_iter().map(|token| token.token));
        number
    }

    /// The newest valid token of an app and an account, or the app token.
    pub(crate) fn newest_token(&self, client_id: &str, account_id: Option<&str>) -> Option<&Token> {
        let theirs = |it: &&Token| it.belongs_to(client_id, account_id) && self.is_valid(it);
        self.tokens.with_key(client_id).rev().find(theirs)
    }

    /// As [`newest_token`](Self::newest_token), with the same scopes in any order.
    pub(crate) fn token_with_scopes(
        &self,
        client_id: &str,
        account_id: Option<&str>,
        scope: &str,
    ) -> Option<&Token> {
        let theirs = |it: &&Token| {
            it.belongs_to(client_id, account_id)
                && self.is_valid(it)
                && sorted(&it.scope) == sorted(scope)
        };
        self.tokens.with_key(client_id).rev().find(theirs)
    }

    fn is_valid(&self, token: &Token) -> bool {
        token.expires.is_none_or(|expires| expires > self.now)
    }
}

fn sorted(scope: &str) -> Vec<&str> {
    let mut scopes: Vec<&str> = scope.split_whitespace().collect();
    scopes.sort_unstable();
    scopes
}

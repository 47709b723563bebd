//! Exchanging a code for a token (RFC 6749 section 4.1.3): here a code is checked and spent.

use super::code::{CodeError, CodeReuse, CodeRules};
use super::issue_token::{TokenRules, issue_token};
use super::{App, Code, State, Token, pkce};

/// A code as presented by an app.
pub(crate) struct PresentedCode<'a> {
    pub(crate) code: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) verifier: Option<&'a str>,
}

/// Redeems a code: returns its token and marks the code as spent.
///
/// # Errors
/// If the code is rejected. It is not spent by an error.
pub(crate) fn redeem_code(
    state: &mut State,
    codes: &CodeRules,
    tokens: &TokenRules,
    app: &App,
    presented: &PresentedCode<'_>,
) -> Result<Token, CodeError> {
    if !(codes.well_formed)(presented.code) {
        return Err(CodeError::Malformed);
    }
    let is_it = |it: &Code| it.code == presented.code;
    let code = state.codes.with_key(presented.code).find(|it| is_it(it)).cloned();
    let code = code.ok_or(CodeError::Unknown)?;
    if code.spent && codes.reuse != CodeReuse::NewToken {
        let old = state.newest_token(&app.client_id, Some(&code.account_id));
        let old = old.filter(|_| codes.reuse == CodeReuse::SameToken);
        return old.cloned().ok_or(CodeError::Spent);
    }
    check(state, codes, app, &code, presented)?;
    let issued_at_consent = code.token.as_ref().map(|id| {
        let token = state.tokens.with_key(id).find(|it| it.id == *id);
        token.cloned().ok_or(CodeError::Spent)
    });
    if let Some(code) = state.codes.find_mut(presented.code, is_it) {
        code.spent = true;
    }
    if codes.single_login {
        let is_app = |it: &App| it.client_id == app.client_id;
        if let Some(app) = state.apps.find_mut(&app.client_id, is_app) {
            app.spent = true;
        }
    }
    issued_at_consent.unwrap_or_else(|| {
        let account_id = Some(code.account_id);
        Ok(issue_token(state, tokens, &app.client_id, code.scope, account_id))
    })
}

fn check(
    state: &State,
    codes: &CodeRules,
    app: &App,
    code: &Code,
    presented: &PresentedCode<'_>,
) -> Result<(), CodeError> {
    if code.client_id != app.client_id {
        return Err(CodeError::OtherApp);
    }
    if !(codes.same_redirect_uri)(app, &code.redirect_uri, presented.redirect_uri) {
        return Err(CodeError::OtherRedirectUri);
    }
    if code.expires.is_some_and(|expires| expires <= state.now) {
        return Err(CodeError::Expired);
    }
    pkce::check_verifier(codes.pkce, code.challenge.as_deref(), presented.verifier)
}

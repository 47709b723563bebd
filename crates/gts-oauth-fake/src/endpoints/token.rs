//! Token endpoint, `/oauth/token` (RFC 6749 section 3.2).

use http::header::PRAGMA;

use super::browser_session::{load, save};
use super::client_auth::authenticate;
use crate::dialects::Rejection;
use crate::http::{
    ErrorResponse, Fields, HandlerResult, IncomingRequest, Response, Schema, negotiate, ok,
    set_header, uncached,
};
use crate::state::{
    App, AppTokens, PresentedCode, Refresh, State, Token, issue_token, redeem_code,
};

/// The fields of a token request.
const SCHEMA: Schema = Schema {
    type_name: "auth.tokenRequestForm",
    fields: &["grant_type", "code", "redirect_uri", "client_id", "client_secret", "scope"],
    lists: &[],
};

/// `POST /oauth/token`
pub(crate) fn exchange(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    negotiate(request, &["application/json"])?;
    let mut fields = request.read(&SCHEMA).map_err(ErrorResponse::invalid_request)?;
    let (profile, issuing) = (&state.profile().tokens, &state.profile().issuing);
    authenticate(state, request, &mut fields)?;
    if let Some(error) = (profile.check_request)(&fields) {
        return Err(error);
    }
    let issued = match fields.get("grant_type").unwrap_or_default() {
        "client_credentials" => by_credentials(state, &fields)?,
        "authorization_code" => by_code(state, &fields)?,
        _ if profile.any_grant => by_code(state, &fields)?,
        "refresh_token" if issuing.refresh != Refresh::None => by_refresh(state, &fields)?,
        _ => return Err(state.reject(Rejection::UnsupportedGrantType)),
    };
    let mut response = uncached(ok(&(profile.response)(state, &issued))?);
    if profile.pragma {
        set_header(&mut response, PRAGMA, "no-cache");
    }
    if profile.sets_session {
        response = with_session(state, request, &issued, response);
    }
    if issued.account_id.is_some() || issuing.app_tokens != AppTokens::NotStored {
        state.tokens.remove(&issued.id, |it| it.id == issued.id);
        state.tokens.push(issued);
    }
    Ok(response)
}

/// Akkoma sets a session cookie on each token response.
fn with_session(
    state: &mut State,
    request: &IncomingRequest,
    issued: &Token,
    response: Response,
) -> Response {
    let mut browser = load(state, request);
    browser.token = Some(issued.token.clone());
    browser.user.clone_from(&issued.account_id);
    save(state, request, browser, response)
}

fn by_code(state: &mut State, fields: &Fields) -> Result<Token, ErrorResponse> {
    let app = client(state, fields)?.clone();
    let profile = state.profile();
    let presented = PresentedCode {
        code: fields.get("code").unwrap_or_default(),
        redirect_uri: fields.get("redirect_uri").unwrap_or_default(),
        verifier: fields.non_empty("code_verifier"),
    };
    let token = redeem_code(state, &profile.codes, &profile.issuing, &app, &presented);
    token.map_err(|error| state.reject(Rejection::Code(error)))
}

fn by_credentials(state: &mut State, fields: &Fields) -> Result<Token, ErrorResponse> {
    let (profile, issuing) = (&state.profile().tokens, &state.profile().issuing);
    if matches!(issuing.app_tokens, AppTokens::Shared | AppTokens::NotStored) {
        let id = fields.get("client_id").unwrap_or_default();
        return Ok(issue_token(state, issuing, id, "read".to_owned(), None));
    }
    let requested = fields.non_empty("scope");
    let registered = known_app(state, fields)?;
    let scope = (profile.app_token_scope)(&registered.scopes, requested);
    let rejected = || state.reject(Rejection::AppTokenScope(requested.unwrap_or("read")));
    let scope = scope.ok_or_else(rejected)?;
    let id = client(state, fields)?.client_id.clone();
    Ok(issue_token(state, issuing, &id, scope, None))
}

fn by_refresh(state: &mut State, fields: &Fields) -> Result<Token, ErrorResponse> {
    let id = client(state, fields)?.client_id.clone();
    let presented = fields.non_empty("refresh_token").unwrap_or_default();
    let theirs = |it: &Token| it.client_id == id && it.refresh.as_deref() == Some(presented);
    let old = state.tokens.remove(presented, theirs).into_iter().next();
    let old = old.ok_or_else(|| state.reject(Rejection::RefreshToken))?;
    let issuing = &state.profile().issuing;
    let new = issue_token(state, issuing, &id, old.scope, old.account_id);
    Ok(match issuing.refresh {
        Refresh::Kept => Token { refresh: old.refresh, ..new },
        Refresh::None | Refresh::Rotated => new,
    })
}

fn known_app<'a>(state: &'a State, fields: &Fields) -> Result<&'a App, ErrorResponse> {
    let id = fields.get("client_id").unwrap_or_default();
    let by_code = fields.get("grant_type") == Some("authorization_code");
    let app = match state.profile().tokens.by_secret {
        false => state.app(id),
        true => {
            let secret = fields.get("client_secret").unwrap_or_default();
            state.apps.with_key(secret).find(|it| it.client_secret == secret)
        }
    };
    app.ok_or_else(|| state.reject(Rejection::UnknownClient { id, by_code }))
}

/// The app, if its secret and redirect URI are accepted.
fn client<'a>(state: &'a State, fields: &Fields) -> Result<&'a App, ErrorResponse> {
    let app = known_app(state, fields)?;
    if fields.get("client_secret") != Some(&app.client_secret) {
        return Err(state.reject(Rejection::WrongSecret));
    }
    let uri = fields.get("redirect_uri").unwrap_or_default();
    match (state.profile().tokens.check_redirect_uri)(app, uri) {
        Some(error) => Err(error),
        None => Ok(app),
    }
}

//! The outcome of a response on one line, with every typed field.

use std::time::SystemTime;

use gts_oauth_core::{
    Account, App, Error, Exchange as _, Session,
    discovery::{DiscoverStep, Discovery},
    error::{ErrorResponse, Unavailable, UnexpectedResponse},
    renewal::{AppToken, Revocation},
    session::{ApiResponse, Call},
};
use gts_oauth_tests::exchange::Outcome;

pub(crate) fn outcome(read: &Result<Outcome, Error>) -> String {
    match read {
        Ok(Outcome::DiscoverStep(it)) => discovered(it),
        Ok(Outcome::App(it)) => app(it),
        Ok(Outcome::Session(it)) => session(it),
        Ok(Outcome::AppToken(it)) => app_token(it),
        Ok(Outcome::Account(it)) => account(it),
        Ok(Outcome::Revocation(it)) => revocation(it),
        Ok(Outcome::Response(it)) => response(it),
        Err(it) => error(it),
    }
}

fn discovered(discovered: &DiscoverStep) -> String {
    match discovered {
        DiscoverStep::Next(next) => {
            let known = next.clone().skip();
            format!("{}, next {}", software(&known), next.request().uri())
        }
        DiscoverStep::Found(found) => {
            let metadata = found.metadata().map_or("none".to_owned(), |it| {
                format!(
                    "issuer {}, pkce {}, iss {}, revokes {}, several redirect URIs {}, scopes {}",
                    it.issuer(),
                    it.supports_pkce(),
                    it.requires_iss(),
                    it.supports_revocation(),
                    it.supports_multiple_redirect_uris(),
                    it.scopes().map_or(0, |scopes| scopes.iter().count()),
                )
            });
            format!("{}, metadata {metadata}", software(found))
        }
    }
}

fn software(found: &Discovery) -> String {
    let software = found.software();
    let software = software.map(|it| format!("{} {}", it.name, it.version));
    format!("{} runs {software:?}", found.instance())
}

fn app(app: &App) -> String {
    let uris: Vec<&str> = app.redirect_uris().iter().map(|it| it.as_str()).collect();
    format!(
        "app {} {} at {uris:?} for [{}]",
        app.client_id(),
        app.client_secret().unwrap().expose(),
        app.scopes()
    )
}

fn session(session: &Session) -> String {
    format!(
        "session {} for [{}], created {}, lives {:?}, until {}, refresh {:?}",
        session.access_token().expose(),
        session.scopes(),
        timestamp(session.created_at()),
        session.expires_in(),
        timestamp(session.expires_at()),
        session.refresh_token().map(|token| token.expose()),
    )
}

fn app_token(token: &AppToken) -> String {
    format!(
        "app token {} for [{}], lives {:?}",
        token.access_token().expose(),
        token.scopes(),
        token.expires_in()
    )
}

/// Seconds since 1970.
fn timestamp(time: Option<SystemTime>) -> String {
    let since = time.map(|it| it.duration_since(SystemTime::UNIX_EPOCH));
    since.map_or("?".to_owned(), |since| since.expect("after 1970").as_secs().to_string())
}

fn account(account: &Account) -> String {
    format!(
        "account {} @{} acct {} named {:?} at {:?}",
        account.id(),
        account.username(),
        account.acct(),
        account.display_name(),
        account.url()
    )
}

fn revocation(revocation: &Revocation) -> String {
    match revocation {
        Revocation::Accepted => "accepted".to_owned(),
        Revocation::Unsupported => "unsupported".to_owned(),
        Revocation::NotConfirmed(reason) => format!("not confirmed: {}", error(reason)),
        other => format!("{other:?}"),
    }
}

fn response(response: &ApiResponse) -> String {
    let page = |call: &Option<Call>| call.as_ref().map(|it| it.request().uri().to_string());
    let json = response.json::<serde_json::Value>().map(|it| match it {
        serde_json::Value::Array(items) => format!("a list of {}", items.len()),
        serde_json::Value::Object(_) => "an object".to_owned(),
        other => other.to_string(),
    });
    format!(
        "{} with {}, next {:?}, previous {:?}",
        response.status.as_u16(),
        json.unwrap_or_else(|_| "no JSON".to_owned()),
        page(&response.next),
        page(&response.previous)
    )
}

pub(crate) fn error(error: &Error) -> String {
    match error {
        Error::ErrorResponse(ErrorResponse { status, code, description, .. }) => {
            let status = status.map_or("by redirect".to_owned(), |it| it.as_u16().to_string());
            format!("refused {status} {code:?} {description:?}")
        }
        Error::UnexpectedResponse(UnexpectedResponse { status, reason, snippet, .. }) => {
            let status = status.map(|it| it.as_u16());
            format!("unexpected {status:?} {reason:?} {snippet:?}")
        }
        Error::Unavailable(Unavailable { status, retry, .. }) => {
            format!("busy {} {retry:?}", status.as_u16())
        }
        other => other.to_string(),
    }
}

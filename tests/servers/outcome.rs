//! What an answer was read as, on one line, with every typed field.

use std::time::SystemTime;

use gts_oauth_core::{
    Account, App, AppToken, Busy, Call, Discovered, Discovery, Error, Exchange as _, Refused,
    Reply, Revocation, Session, Unexpected,
};
use gts_oauth_tests::noun::Outcome;

pub(crate) fn told(read: &Result<Outcome, Error>) -> String {
    match read {
        Ok(Outcome::Discovered(it)) => discovered(it),
        Ok(Outcome::App(it)) => app(it),
        Ok(Outcome::Session(it)) => session(it),
        Ok(Outcome::AppToken(it)) => app_token(it),
        Ok(Outcome::Account(it)) => account(it),
        Ok(Outcome::Revocation(it)) => revocation(it),
        Ok(Outcome::Reply(it)) => reply(it),
        Err(it) => error(it),
    }
}

fn discovered(discovered: &Discovered) -> String {
    match discovered {
        Discovered::Next(next) => {
            let known = next.clone().skip();
            format!("{}, next {}", software(&known), next.request().uri())
        }
        Discovered::Found(found) => {
            let metadata = found.metadata().map_or("none".to_owned(), |it| {
                format!(
                    "issuer {}, pkce {}, iss {}, revokes {}, several redirect URIs {}, scopes {}",
                    it.issuer(),
                    it.supports_pkce(),
                    it.promises_iss(),
                    it.revokes(),
                    it.takes_several_redirect_uris(),
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
        app.client_secret().expose(),
        app.scopes()
    )
}

fn session(session: &Session) -> String {
    format!(
        "session {} for [{}], created {}, lives {:?}, until {}, refresh {:?}",
        session.access_token().expose(),
        session.scopes(),
        moment(session.created_at()),
        session.expires_in(),
        moment(session.expires_at()),
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
fn moment(moment: Option<SystemTime>) -> String {
    let since = moment.map(|it| it.duration_since(SystemTime::UNIX_EPOCH));
    since.map_or("?".to_owned(), |since| {
        since.expect("after 1970").as_secs().to_string()
    })
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
        Revocation::NotConfirmed(why) => format!("not confirmed: {}", error(why)),
        other => format!("{other:?}"),
    }
}

fn reply(reply: &Reply) -> String {
    let page = |call: &Option<Call>| call.as_ref().map(|it| it.request().uri().to_string());
    let json = reply.json::<serde_json::Value>().map(|it| match it {
        serde_json::Value::Array(items) => format!("a list of {}", items.len()),
        serde_json::Value::Object(_) => "an object".to_owned(),
        other => other.to_string(),
    });
    format!(
        "{} with {}, next {:?}, previous {:?}",
        reply.status.as_u16(),
        json.unwrap_or_else(|_| "no JSON".to_owned()),
        page(&reply.next),
        page(&reply.previous)
    )
}

pub(crate) fn error(error: &Error) -> String {
    match error {
        Error::Refused(Refused {
            status,
            code,
            description,
            ..
        }) => {
            let status = status.map_or("by redirect".to_owned(), |it| it.as_u16().to_string());
            format!("refused {status} {code:?} {description:?}")
        }
        Error::Unexpected(Unexpected {
            status,
            why,
            snippet,
            ..
        }) => {
            let status = status.map(|it| it.as_u16());
            format!("unexpected {status:?} {why:?} {snippet:?}")
        }
        Error::Busy(Busy { status, retry, .. }) => format!("busy {} {retry:?}", status.as_u16()),
        other => other.to_string(),
    }
}

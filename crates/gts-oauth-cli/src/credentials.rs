//! Stored credentials of an account.

use std::fmt;
use std::time::{Duration, SystemTime};

use gts_oauth_ureq::session::TokenInfo;
use gts_oauth_ureq::types::{Scope, printable};
use gts_oauth_ureq::{Account, App, Instance, LoggedIn, Scopes, Secret, Session};
use serde::{Deserialize, Serialize};

use crate::output::{shell_word, timestamp};

/// Credentials of an account, from a login or from `--with-token`.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Credentials {
    /// `None` if the token was given with `--with-token`.
    pub(crate) app: Option<App>,
    pub(crate) session: Session,
    /// `None` if the scopes do not allow reading the account.
    #[serde(rename = "person")]
    pub(crate) user: Option<User>,
    /// Distinguishes accounts without a user on the same host. `None` for the first.
    pub(crate) number: Option<u32>,
    /// Scopes that were requested but not granted.
    pub(crate) missing: Scopes,
    /// The account domain. `None` if it is the API host or is not known.
    pub(crate) domain: Option<String>,
}

/// The user of an account: the only profile data that is stored.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl From<&Account> for User {
    fn from(account: &Account) -> Self {
        Self { id: account.id().to_owned(), name: account.username().to_owned() }
    }
}

impl From<LoggedIn> for Credentials {
    fn from(me: LoggedIn) -> Self {
        Self {
            app: Some(me.app),
            session: me.session,
            user: me.account.as_ref().map(User::from),
            number: None,
            missing: me.missing_scopes,
            domain: None,
        }
    }
}

impl Credentials {
    /// A session of a login that has not read its account.
    pub(crate) fn unverified(app: &App, session: &Session) -> Self {
        Self {
            app: Some(app.clone()),
            session: session.clone(),
            user: None,
            number: None,
            missing: Scopes::default(),
            domain: None,
        }
    }

    /// The client secret and the tokens.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        let client_secret = self.app.as_ref().and_then(App::client_secret);
        let tokens = [Some(self.session.access_token()), self.session.refresh_token()];
        client_secret.into_iter().chain(tokens.into_iter().flatten()).map(Secret::expose)
    }

    pub(crate) fn has_token_of(&self, other: &Self) -> bool {
        self.session.access_token() == other.session.access_token()
    }

    /// Finds the token of this session in the server's list, which does not mark it: the only token of
    /// the same app with the same scopes that was issued at the same time. `None` if it is not known.
    pub(crate) fn own_token<'a>(
        &self,
        tokens: impl IntoIterator<Item = &'a TokenInfo>,
    ) -> Option<&'a TokenInfo> {
        let app = self.app.as_ref()?.registration().name();
        let issued = self.session.created_at()?;
        // The server takes the two times one after the other, and reports one of them in seconds.
        let is_near = |at: SystemTime| {
            let distance = at.duration_since(issued).unwrap_or_else(|error| error.duration());
            distance <= Duration::from_secs(2)
        };
        let mut similar = tokens.into_iter().filter(|it| {
            it.application.name == app
                && it.scopes == *self.session.scopes()
                && it.created_at.is_some_and(is_near)
        });
        let token = similar.next()?;
        similar.next().is_none().then_some(token)
    }

    /// The command that logs in to this account with more scopes, and keeps the granted ones. `None`
    /// if those are not known, or a name of the server's is not safe to paste into a shell.
    pub(crate) fn login_command(&self, more: &Scopes) -> Option<String> {
        let is_known = !self.session.scopes().is_empty() && !more.is_empty();
        (is_known && more.iter().all(|scope| is_plain(scope.as_str()))).then(|| {
            let more = match self.has_wide_scopes_only() {
                true => widest(more),
                false => more.clone(),
            };
            let scopes = shell_word(&more.to_string());
            format!("{} --add-scopes {scopes}", self.login_again_command())
        })
    }

    /// The command that prints a token with `read` and these scopes. `None` if there are none.
    pub(crate) fn print_token_command(&self, more: &Scopes) -> Option<String> {
        (!more.is_empty()).then(|| {
            let instance = self.session.instance();
            let server = shortest(instance);
            let flag = if is_insecure(instance) { " --insecure-http" } else { "" };
            let scopes = shell_word(&format!("read {more}"));
            format!("gts-oauth login {server} --print-token --scopes {scopes}{flag}")
        })
    }

    /// Whether the server rejects scopes such as `write:media`.
    fn has_wide_scopes_only(&self) -> bool {
        let registration = self.app.as_ref().map(App::registration);
        let software = registration.and_then(|it| it.discovery()?.software());
        software.is_some_and(|it| it.name.eq_ignore_ascii_case("pixelfed"))
    }

    /// The command that logs in to this account again.
    pub(crate) fn login_again_command(&self) -> String {
        let instance = self.session.instance();
        let handle = self.handle();
        let server = shortest(instance);
        let flag = if is_insecure(instance) { " --insecure-http" } else { "" };
        let account = match (&self.user, &self.domain) {
            // It cannot be expected, because its name is not known.
            (None, _) => shell_word(&handle),
            // The account domain might not lead to the server, as in a private network. A handle
            // means https.
            (Some(_), None) if server == instance.authority() && is_plain(&handle) => handle,
            (Some(user), _) if is_plain(&user.name) => {
                format!("{server} --expect {}", user.name)
            }
            _ => server.to_owned(),
        };
        format!("gts-oauth login {account}{flag}")
    }

    /// `@alice@example.org`. `@(unknown)@example.org` or `@(unknown-2)@example.org` without a user.
    pub(crate) fn handle(&self) -> String {
        let host = self.session.instance().authority();
        let host = self.domain.as_deref().unwrap_or(host);
        printable(&match (&self.user, self.number) {
            (Some(user), _) => format!("@{}@{host}", user.name),
            (None, None) => format!("@(unknown)@{host}"),
            (None, Some(number)) => format!("@(unknown-{number})@{host}"),
        })
    }
}

/// `write` for `write:media`, and so on.
pub(crate) fn widest(scopes: &Scopes) -> Scopes {
    let top = |scope: &Scope| match scope.as_str().strip_prefix("admin:") {
        Some(rest) => format!("admin:{}", rest.split(':').next().unwrap_or_default()),
        None => scope.as_str().split(':').next().unwrap_or_default().to_owned(),
    };
    // The part before the colon is a valid scope, too.
    scopes.iter().filter_map(|scope| top(scope).parse::<Scope>().ok()).collect()
}

/// The instance as a user types it: its host, or its origin if that is not https.
pub(crate) fn shortest(instance: &Instance) -> &str {
    match instance.origin().starts_with("https://") {
        true => instance.authority(),
        false => instance.origin(),
    }
}

/// Whether the instance needs `--insecure-http`.
pub(crate) fn is_insecure(instance: &Instance) -> bool {
    instance.origin().parse::<Instance>().is_err()
}

/// Parses a token as users copy it: with white space, quotes or `Bearer` around it. `None` if
/// nothing is left.
pub(crate) fn parse_token(text: &str) -> Option<Secret> {
    let text = unquoted(text);
    let text = match text.split_at_checked("Authorization:".len()) {
        Some((name, rest)) if name.eq_ignore_ascii_case("Authorization:") => rest.trim(),
        _ => text,
    };
    let token = match text.split_once(char::is_whitespace) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => unquoted(token),
        _ => unquoted(text),
    };
    (!token.is_empty() && !token.eq_ignore_ascii_case("Bearer")).then(|| Secret::new(token))
}

/// Removes white space and quotes around a text that was copied.
pub(crate) fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['"', '\'', '`']).trim()
}

/// The scopes as a list, for JSON.
pub(crate) fn scope_list(scopes: &Scopes) -> Vec<String> {
    scopes.iter().map(|scope| scope.as_str().to_owned()).collect()
}

/// The fields of an account in the output of `--json`. What is not known is `None`.
#[derive(Default, Serialize)]
pub(crate) struct AccountFields {
    pub(crate) account: Option<String>,
    /// The origin of the API.
    pub(crate) instance: Option<String>,
    /// `None` also for a token of `--with-token`.
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) missing: Vec<String>,
    pub(crate) expires_at: Option<String>,
}

/// As [`AccountFields`], with the access token.
#[derive(Serialize)]
pub(crate) struct TokenFields<'a> {
    #[serde(flatten)]
    pub(crate) fields: AccountFields,
    pub(crate) token: &'a str,
}

impl From<&Credentials> for AccountFields {
    fn from(credentials: &Credentials) -> Self {
        let session = &credentials.session;
        Self {
            account: Some(credentials.handle()),
            instance: Some(session.instance().origin().to_owned()),
            scopes: Some(scope_list(session.scopes())).filter(|list| !list.is_empty()),
            missing: scope_list(&credentials.missing),
            expires_at: session.expires_at().and_then(timestamp),
        }
    }
}

/// Whether a shell reads the text as it is.
pub(crate) fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || "@:._-[]".contains(c))
}

/// Where credentials are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Source {
    Environment,
    File,
    Keyring,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Environment => "GTS_OAUTH_TOKEN",
            Self::File => "the credentials file",
            Self::Keyring => "the system keyring",
        })
    }
}

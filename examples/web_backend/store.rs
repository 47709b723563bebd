//! What the nodes share. Each change is one statement, which decides who is first.

use gts_oauth_ureq::{BoxError, LoggedIn, Login, Step};
use serde_json::{from_str, to_string};

use crate::database::Database;

pub(crate) type Result<T> = std::result::Result<T, BoxError>;

pub(crate) struct Store(Database);

/// A login is stored under the `state` that it waits for, and the registration of an app under its
/// redirect URI. If it is claimed, a request works on it. Old logins are deleted by the index.
const TABLES: &str = "CREATE TABLE IF NOT EXISTS login (key TEXT PRIMARY KEY, revision TEXT,
        client_id TEXT, login TEXT, claimed BIGINT, since BIGINT);
    CREATE INDEX IF NOT EXISTS login_since ON login (since); CREATE TABLE IF NOT EXISTS session
        (instance TEXT, account TEXT, logged_in TEXT, PRIMARY KEY (instance, account));";

impl Store {
    pub(crate) fn open(url: &str) -> Result<Self> {
        Database::open(url, TABLES).map(Self)
    }

    pub(crate) fn login(&mut self, key: &str) -> Result<Option<Login>> {
        let found = self.0.run("SELECT login FROM login WHERE key = $1", &[key])?;
        // The message of serde can contain a secret.
        let damaged = |it: serde_json::Error| format!("damaged login at column {}", it.column());
        Ok(found.map(|login| from_str(&login)).transpose().map_err(damaged)?)
    }

    /// Stores a login, unless there is one. Deletes those of more than ten minutes ago, except
    /// registered apps.
    pub(crate) fn insert(&mut self, key: &str, login: &Login) -> Result<()> {
        let old = "DELETE FROM login WHERE since < unixepoch() - 600
            AND NOT (key LIKE '%://%' AND client_id <> '')";
        self.0.run(old, &[])?;
        let sql =
            "INSERT INTO login VALUES ($1, $2, $3, $4, 0, unixepoch()) ON CONFLICT DO NOTHING";
        let [revision, client_id, login] = columns(login)?;
        self.0.run(sql, &[key, &revision, &client_id, &login]).map(drop)
    }

    /// Updates a login that had this revision. If it has another request to send, it is claimed for
    /// 20 seconds: a node that takes longer was killed. Returns its new key, or `None` if another
    /// request of a browser has claimed or updated it.
    pub(crate) fn update(&mut self, at: At, login: &Login, failed: bool) -> Result<Option<String>> {
        let (key, revision, owned) = at;
        let sends = !failed && matches!(login.step(), Step::Send { .. });
        let claimed = if sends { "unixepoch()" } else { "0" };
        let free = if owned { "" } else { "AND claimed < unixepoch() - 20" };
        let sql = format!(
            "UPDATE login SET key = $3, revision = $4, client_id = $5, login = $6,
            claimed = {claimed} WHERE key = $1 AND revision = $2 {free} RETURNING key"
        );
        // A registration stays where it is.
        let pending = login.pending().filter(|_| !key.contains("://"));
        let next = pending.map_or(key, |pending| pending.state());
        let [after, client_id, login] = columns(login)?;
        self.0.run(&sql, &[key, &revision.to_string(), next, &after, &client_id, &login])
    }

    /// Deletes a login, if it still has the app with this client id.
    pub(crate) fn delete(&mut self, key: &str, client_id: &str) -> Result<()> {
        let sql = "DELETE FROM login WHERE key = $1 AND client_id = $2";
        self.0.run(sql, &[key, client_id]).map(drop)
    }

    /// Stores the session, with the app that can revoke its token.
    pub(crate) fn insert_session(&mut self, account: &str, me: &LoggedIn) -> Result<()> {
        let sql = "INSERT INTO session VALUES ($1, $2, $3) ON CONFLICT (instance, account)
            DO UPDATE SET logged_in = excluded.logged_in";
        self.0.run(sql, &[me.session.instance().origin(), account, &to_string(me)?]).map(drop)
    }
}

/// The key and the revision of a stored login, and whether this request has claimed it.
pub(crate) type At<'a> = (&'a str, u64, bool);

/// The revision is text, because PostgreSQL has no unsigned numbers.
fn columns(login: &Login) -> Result<[String; 3]> {
    let client_id = login.pending().map_or("", |pending| pending.app().client_id());
    Ok([login.revision().to_string(), client_id.to_owned(), to_string(login)?])
}

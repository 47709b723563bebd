//! The database file that the processes share. It contains secrets in clear.

use std::fs::OpenOptions;
use std::path::Path;

use gts_oauth_ureq::{
    Account, App, BoxError, Instance, PendingAuthorization, RedirectUri, Session,
};
use rusqlite::{Connection, Params};
use serde::de::DeserializeOwned;

pub(crate) struct Store {
    database: Connection,
}

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS app (
        instance TEXT, redirect_uri TEXT, app TEXT, PRIMARY KEY (instance, redirect_uri));
    CREATE TABLE IF NOT EXISTS pending (
        state TEXT PRIMARY KEY, pending TEXT, since INTEGER DEFAULT (unixepoch()));
    CREATE TABLE IF NOT EXISTS session (
        instance TEXT, account TEXT, app TEXT, session TEXT, PRIMARY KEY (instance, account));
";

impl Store {
    pub(crate) fn open(file: &Path) -> Result<Self, BoxError> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        // Only its owner can read it, and the files that SQLite creates beside it.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(file)?;

        let database = Connection::open(file)?; // waits up to five seconds for a lock
        database.execute_batch(TABLES)?;
        Ok(Self { database })
    }

    pub(crate) fn app(&self, at: &Instance, uri: &RedirectUri) -> Result<Option<App>, BoxError> {
        let sql = "SELECT app FROM app WHERE instance = ?1 AND redirect_uri = ?2";
        self.one(sql, (at.origin(), uri.as_str()))
    }

    /// Stores the app, unless there is one already.
    pub(crate) fn insert_app(&self, app: &App, uri: &RedirectUri) -> Result<(), BoxError> {
        let key = (app.instance().origin(), uri.as_str());
        let row = (key.0, key.1, serde_json::to_string(app)?);
        let sql = "INSERT OR IGNORE INTO app VALUES (?1, ?2, ?3)";
        self.database.execute(sql, row)?;
        Ok(())
    }

    /// Stores a pending authorization until its callback, and deletes those older than ten minutes.
    pub(crate) fn insert_pending(&self, pending: &PendingAuthorization) -> Result<(), BoxError> {
        let delete = "DELETE FROM pending WHERE since < unixepoch() - 600";
        self.database.execute(delete, ())?;
        let row = (pending.state(), serde_json::to_string(pending)?);
        let sql = "INSERT INTO pending (state, pending) VALUES (?1, ?2)";
        self.database.execute(sql, row)?;
        Ok(())
    }

    /// Deletes and returns it in one statement: only one process or thread gets it.
    pub(crate) fn take_pending(
        &self,
        state: &str,
    ) -> Result<Option<PendingAuthorization>, BoxError> {
        let sql = "DELETE FROM pending WHERE state = ?1 RETURNING pending";
        self.one(sql, (state,))
    }

    /// Stores the session, with the app that can revoke its token.
    pub(crate) fn insert_session(
        &self,
        app: &App,
        session: &Session,
        account: &Account,
    ) -> Result<(), BoxError> {
        let row = (
            session.instance().origin(),
            account.id(),
            serde_json::to_string(app)?,
            serde_json::to_string(session)?,
        );
        let sql = "INSERT OR REPLACE INTO session VALUES (?1, ?2, ?3, ?4)";
        self.database.execute(sql, row)?;
        Ok(())
    }

    /// The single value of a statement. All rows are read, because the last step can fail.
    fn one<T: DeserializeOwned>(&self, sql: &str, key: impl Params) -> Result<Option<T>, BoxError> {
        let mut statement = self.database.prepare(sql)?;
        let rows = statement.query_map(key, |row| row.get(0))?;
        let mut found = rows.collect::<Result<Vec<String>, _>>()?;
        let found = found.pop().map(|json| serde_json::from_str(&json));
        found.transpose().map_err(damaged)
    }
}

/// Without the message of serde, which can contain a secret.
fn damaged(error: serde_json::Error) -> BoxError {
    format!("invalid JSON in the database at column {}", error.column()).into()
}

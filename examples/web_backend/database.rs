//! SQLite or PostgreSQL, with the same statements. The database contains secrets in clear.

use std::fs::OpenOptions;

use postgres::{Client, NoTls, types::ToSql};
use rusqlite::{Connection, params_from_iter};

use crate::store::Result;

pub(crate) enum Database {
    Sqlite(Connection),
    /// With the URL, to connect again.
    Postgres(String, Box<Client>),
}

/// A clock that all nodes share, under the name it has in SQLite. It is stable within a statement,
/// without which PostgreSQL uses no index. The lock is for nodes that start at the same time.
const POSTGRES: &str = "BEGIN; SELECT pg_advisory_xact_lock(8252);
    CREATE OR REPLACE FUNCTION unixepoch() RETURNS BIGINT LANGUAGE SQL STABLE AS
        'SELECT EXTRACT(EPOCH FROM statement_timestamp())::BIGINT';";

impl Database {
    /// Opens the file, or connects to the URL, and creates the tables.
    pub(crate) fn open(url: &str, tables: &str) -> Result<Self> {
        if url.starts_with("postgres") {
            let mut client = Client::connect(url, NoTls)?; // over a network, use TLS
            client.batch_execute(&format!("{POSTGRES} {tables} COMMIT"))?;
            return Ok(Self::Postgres(url.to_owned(), Box::new(client)));
        }
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        // Only its owner can read it, and the files that SQLite creates beside it.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(url)?;
        let connection = Connection::open(url)?; // waits up to five seconds for a lock
        connection.execute_batch(tables)?;
        Ok(Self::Sqlite(connection))
    }

    /// Runs a statement, which is a transaction of its own. Returns its text, if it has a row.
    pub(crate) fn run(&mut self, sql: &str, values: &[&str]) -> Result<Option<String>> {
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare(&sql.replace('$', "?"))?;
                let rows = statement.query_map(params_from_iter(values), |row| row.get(0))?;
                Ok(rows.collect::<std::result::Result<Vec<_>, _>>()?.pop())
            }
            Self::Postgres(url, client) => {
                if client.is_closed() {
                    **client = Client::connect(url, NoTls)?;
                }
                let values = values.iter().map(|value| value as &(dyn ToSql + Sync));
                let row = client.query_opt(sql, &Vec::from_iter(values))?;
                Ok(row.map(|row| row.try_get(0)).transpose()?)
            }
        }
    }
}

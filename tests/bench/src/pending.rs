//! Many pending logins of a web back end, in memory and in a database, by the code of
//! `examples/web_backend`: how many a second from the URL to the session.

use std::collections::HashMap;
use std::time::Instant;
use std::{env, fs, process};

use gts_oauth_core::{App, Callback, Login, Step};
use gts_oauth_ureq::entropy;

use crate::database::Database;
use crate::login::{CODE, canned};
use crate::redeem::app;
use crate::scale::cpu_time;
use crate::store::Store;

/// The logins that are timed, while the others wait: in memory, where they are fast, and in a database.
const TIMED: [u32; 2] = [20_000, 1_000];

/// Prints the rates. `postgres` is the URL of an empty database, if there is one.
pub fn print(postgres: Option<&str>) {
    let app = app("https://app.example/callback");
    for pending in [10_000, 100_000] {
        let mut memory = Memory::filled(&app, pending);
        let bytes: usize = memory.0.values().map(String::len).sum();
        let bytes = bytes / memory.0.len();
        print_rate("in memory", TIMED[0], pending, || memory.log_in(&app));
        let file = TemporaryFile::new();
        let mut sqlite = Stored::filled(&file.0, &app, pending);
        print_rate("in SQLite", TIMED[1], pending, || sqlite.log_in(&app));
        if let Some(url) = postgres {
            let mut postgres = Stored::filled(url, &app, pending);
            print_rate("in PostgreSQL", TIMED[1], pending, || postgres.log_in(&app));
        }
        println!("web back end: {bytes} bytes of a stored login");
    }
}

fn print_rate(place: &str, timed: u32, pending: u32, mut log_in: impl FnMut()) {
    let (begun, spent) = (Instant::now(), cpu_time());
    for _ in 0..timed {
        log_in();
    }
    let (elapsed, spent) = (begun.elapsed(), cpu_time() - spent);
    let [by_cpu, by_clock] = [spent, elapsed].map(|it| f64::from(timed) / it.as_secs_f64());
    println!(
        "web back end: {by_cpu:.0} logins a second of CPU time, {by_clock:.0} a second, \
        {pending} pending {place}"
    );
}

/// A new login, and the `state` that it waits for.
fn begin(app: &App) -> (String, Login) {
    let login = Login::with_app(app.clone(), entropy().expect("random bytes"));
    (login.pending().expect("an authorization").state().to_owned(), login)
}

fn callback(state: &str) -> Callback {
    Callback::from_query(&format!("code={CODE}&state={state}")).expect("a callback")
}

/// Sends the next request. `None` if the login is done.
fn send(login: &mut Login) -> Option<()> {
    let Step::Send { request, .. } = login.step() else { return None };
    let response = canned(request).expect("a response");
    login.handle_response(&response).expect("a success");
    Some(())
}

/// Logins as JSON, by their `state`.
struct Memory(HashMap<String, String>);

impl Memory {
    fn filled(app: &App, pending: u32) -> Self {
        let mut memory = Self(HashMap::new());
        for _ in 0..pending {
            let (state, login) = begin(app);
            memory.store(&state, &login);
        }
        memory
    }

    fn log_in(&mut self, app: &App) {
        let (state, login) = begin(app);
        self.store(&state, &login);
        let mut login: Login = serde_json::from_str(&self.0[&state]).expect("a login");
        login.handle_reply(callback(&state)).expect("its callback");
        self.store(&state, &login);
        while send(&mut login).is_some() {
            self.store(&state, &login);
        }
        self.0.remove(&state);
    }

    fn store(&mut self, state: &str, login: &Login) {
        self.0.insert(state.to_owned(), serde_json::to_string(login).expect("JSON"));
    }
}

/// Logins in a database.
struct Stored(Store);

impl Stored {
    /// Opens the file, or the PostgreSQL database with this URL.
    fn filled(url: &str, app: &App, pending: u32) -> Self {
        let mut store = Store::open(url).expect("a database");
        let mut database = Database::open(url, "").expect("the same database");
        database.run("DELETE FROM login", &[]).expect("an empty table");
        let (state, login) = begin(app);
        store.insert(&state, &login).expect("a stored login");
        // Copies, because a transaction for each would wait for the disk. A prime number spreads
        // the keys over the index, as random ones would be.
        let copies = format!(
            "WITH RECURSIVE number(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM number
                WHERE n < {pending})
            INSERT INTO login SELECT 'copy' || ((n * 7919) % 1000003), revision, client_id, login,
                claimed, since FROM login, number"
        );
        database.run(&copies, &[]).expect("copies");
        let count = "SELECT CAST(count(*) AS TEXT) FROM login";
        let stored = database.run(count, &[]).expect("a count");
        assert_eq!(stored, Some(pending.to_string()), "stored logins");
        Self(store)
    }

    /// As `examples/web_backend/site.rs` does.
    fn log_in(&mut self, app: &App) {
        let (state, login) = begin(app);
        self.0.insert(&state, &login).expect("a stored login");
        let mut login = self.0.login(&state).expect("a row").expect("a login");
        let revision = login.revision();
        login.handle_reply(callback(&state)).expect("its callback");
        let mut at = (state.as_str(), revision, false);
        loop {
            self.0.update(at, &login, false).expect("an update").expect("the only request");
            at = (&state, login.revision(), true);
            if send(&mut login).is_none() {
                break;
            }
        }
        let Step::Done(me) = login.step() else { panic!("a session") };
        self.0.insert_session("alice", me).expect("a stored session");
    }
}

/// The path of a database file, which is removed with this value.
struct TemporaryFile(String);

impl TemporaryFile {
    fn new() -> Self {
        let path = env::temp_dir().join(format!("gts-oauth-bench-{}.sqlite", process::id()));
        Self(path.to_str().expect("a path in UTF-8").to_owned())
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        for ending in ["", "-journal", "-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{ending}", self.0));
        }
    }
}

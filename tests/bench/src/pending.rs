//! Many pending logins of a web back end, in memory and in SQLite, by the code of
//! `examples/web_backend`: how many a second of CPU time from the URL to the session.

use std::collections::HashMap;
use std::{env, fs, process};

use gts_oauth_core::{App, Callback, Login, Step};
use gts_oauth_ureq::entropy;
use rusqlite::Connection;

use crate::login::{CODE, canned};
use crate::redeem::app;
use crate::scale::cpu_time;
use crate::store::Store;

/// The logins that are timed, while the others wait.
const TIMED: u32 = 500;

pub fn print() {
    let app = app("https://app.example/callback");
    for pending in [10_000, 100_000] {
        let mut memory = Memory::filled(&app, pending);
        let bytes: usize = memory.0.values().map(String::len).sum();
        let bytes = bytes / memory.0.len();
        print_rate("in memory", pending, || memory.log_in(&app));
        let mut sqlite = Sqlite::filled(&app, pending);
        print_rate("in SQLite", pending, || sqlite.log_in(&app));
        println!("web back end: {bytes} bytes of a stored login");
    }
}

fn print_rate(place: &str, pending: u32, mut log_in: impl FnMut()) {
    let begun = cpu_time();
    for _ in 0..TIMED {
        log_in();
    }
    let rate = f64::from(TIMED) / (cpu_time() - begun).as_secs_f64();
    println!("web back end: {rate:.0} logins a second of CPU time, {pending} pending {place}");
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

/// A database file that is removed with this value.
struct Sqlite {
    path: String,
    store: Store,
}

impl Sqlite {
    fn filled(app: &App, pending: u32) -> Self {
        let path = env::temp_dir().join(format!("gts-oauth-bench-{}.sqlite", process::id()));
        let path = path.to_str().expect("a path in UTF-8").to_owned();
        let mut store = Store::open(&path).expect("a database");
        let (state, login) = begin(app);
        store.insert(&state, &login).expect("a stored login");
        // Copies, because a transaction for each would wait for the disk.
        let copies = "WITH RECURSIVE number(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM number
                WHERE n < ?)
            INSERT INTO login SELECT hex(randomblob(16)), revision, client_id, login, claimed, since
            FROM login, number";
        let connection = Connection::open(&path).expect("the same database");
        connection.execute(copies, [pending]).expect("copies");
        Self { path, store }
    }

    /// As `examples/web_backend/site.rs` does.
    fn log_in(&mut self, app: &App) {
        let (state, login) = begin(app);
        self.store.insert(&state, &login).expect("a stored login");
        let mut login = self.store.login(&state).expect("a row").expect("a login");
        let revision = login.revision();
        login.handle_reply(callback(&state)).expect("its callback");
        let mut at = (state.as_str(), revision, false);
        loop {
            self.store.update(at, &login, false).expect("an update").expect("the only request");
            at = (&state, login.revision(), true);
            if send(&mut login).is_none() {
                break;
            }
        }
        let Step::Done(me) = login.step() else { panic!("a session") };
        self.store.insert_session("alice", me).expect("a stored session");
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        for ending in ["", "-journal", "-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{ending}", self.path));
        }
    }
}

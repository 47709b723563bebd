//! An empty database of each kind.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

use gts_oauth_tests::environment::skip;
use postgres::{Client, NoTls};
use rusqlite::Connection;
use tempfile::TempDir;

/// An empty database.
pub(crate) struct TestDatabase {
    /// The path of a file, or a URL.
    pub(crate) url: String,
    _folder: Option<TempDir>,
}

/// SQLite, and PostgreSQL if it is installed.
pub(crate) fn databases() -> Vec<TestDatabase> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("web_backend.sqlite");
    let url = file.to_str().unwrap().to_owned();
    let sqlite = TestDatabase { url, _folder: Some(folder) };
    let postgres = postgres().map(|url| TestDatabase { url, _folder: None });
    [sqlite].into_iter().chain(postgres).collect()
}

impl TestDatabase {
    /// The values of the first column.
    pub(crate) fn read(&self, sql: &str) -> Vec<String> {
        if self.url.starts_with("postgres") {
            let rows = Client::connect(&self.url, NoTls).unwrap().query(sql, &[]).unwrap();
            return rows.iter().map(|row| row.get(0)).collect();
        }
        let connection = Connection::open(&self.url).unwrap();
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map((), |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    /// Deletes everything.
    pub(crate) fn clear(&self) {
        self.read("DELETE FROM login RETURNING key");
        self.read("DELETE FROM session RETURNING account");
    }

    /// Lets a minute pass for the claims, and none for the logins.
    pub(crate) fn age_claims(&self) {
        self.read("UPDATE login SET claimed = claimed - 60 RETURNING key");
    }

    /// Lets eleven minutes pass for the logins.
    pub(crate) fn age_logins(&self) {
        self.read("UPDATE login SET since = since - 660 RETURNING key");
    }
}

/// A new database of the server that all tests share. `None` if it is not installed.
fn postgres() -> Option<String> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    // PostgreSQL copies the same template for each of them.
    static CREATED: Mutex<u32> = Mutex::new(0);
    let cluster = CLUSTER.get_or_init(Cluster::start).as_ref()?;
    let mut created = CREATED.lock().unwrap_or_else(PoisonError::into_inner);
    *created += 1;
    let mut client = Client::connect(&cluster.url("postgres"), NoTls).unwrap();
    client.batch_execute(&format!("CREATE DATABASE test{created}")).unwrap();
    Some(cluster.url(&format!("test{created}")))
}

/// A server of its own, on a socket in a temporary folder. It ends when this process ends, because
/// its input does.
struct Cluster {
    folder: String,
    _process: Mutex<Child>,
}

/// Prints the folder when the server accepts connections, and stops it when the input ends.
const SCRIPT: &str = r#"
    trap '' INT TERM HUP
    folder=$(mktemp -d) && cd "$folder" || exit
    "$0/initdb" -D data -U postgres -A trust --no-sync --locale=C --encoding=UTF8 >log 2>&1 &&
    "$0/pg_ctl" -D data -l log -w start >/dev/null 2>&1 \
        -o "-k $folder -c listen_addresses= -c fsync=off -c max_connections=300" || cat log >&2
    echo "$folder"
    read -r end
    "$0/pg_ctl" -D data -m immediate stop >/dev/null 2>&1
    cd / && rm -rf "$folder"
"#;

impl Cluster {
    fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            skip("PostgreSQL is not installed: only SQLite is tested");
            return None;
        };
        let mut shell = match is_root() {
            // PostgreSQL refuses to run as root.
            true => Command::new("setpriv"),
            false => Command::new("sh"),
        };
        if is_root() {
            shell.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "sh"]);
        }
        let shell = shell.arg("-c").arg(SCRIPT).arg(programs);
        let mut process = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut folder = String::new();
        let output = process.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut folder).unwrap();
        Some(Self { folder: folder.trim().to_owned(), _process: Mutex::new(process) })
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://postgres@{}/{database}", self.folder.replace('/', "%2F"))
    }
}

/// The folder of `initdb`: that of Debian's newest version, or one in `PATH`.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort_by_key(|folder| {
        folder.parent().and_then(|it| it.file_name()?.to_str()?.parse::<u32>().ok())
    });
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = folders.into_iter().rev().chain(std::env::split_paths(&path));
    folders.find(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists())
}

#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

//! A login that continues after its process was killed between any two steps.
//!
//! ```text
//! cargo run --example resume
//! cargo run --example resume -- INSTANCE [FOLDER [REVISION]]
//! ```
//!
//! [`Driver::store`] is called before the first step and after every one that changed the login;
//! here it writes `resume.json`. With a revision, the process aborts as soon as that revision is
//! stored. Without arguments, the program starts itself as another process again and again, and
//! each process is killed one step later: every request is sent once, and the user is asked once.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use gts_oauth_examples::{Setup, exit_code, store, use_program};
use gts_oauth_fake::{Account, Served};
use gts_oauth_ureq::login::AuthorizeStep;
use gts_oauth_ureq::{BoxError, Driver, Login, RegisterApp, Ureq, UserReply, entropy};

fn main() -> ExitCode {
    exit_code(start())
}

fn start() -> Result<(), BoxError> {
    let setup = Setup::from_args()?;
    match setup.served() {
        Some(served) => run_killed(served, &setup.folder()),
        None => run(&Ureq::new(), &setup),
    }
}

/// What a program does: starts a login, or continues where the last process stopped.
fn run(http: &Ureq, setup: &Setup) -> Result<(), BoxError> {
    let path = setup.folder().join("resume.json");
    let abort_at = std::env::args().nth(3).map(|it| it.parse()).transpose()?;
    let mut login = match File::open(&path) {
        Ok(file) => serde_json::from_reader(file)?,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Login::new(RegisterApp::new(setup.instance(), "example")?, entropy()?)
        }
        Err(error) => return Err(error.into()),
    };
    let mut program = Program { setup, path: &path, abort_at };
    let me = login.run_with(http, &mut program)?;
    let account = me.account.as_ref().ok_or("the account is unknown")?;
    println!("logged in as @{}", account.username());
    Ok(())
}

/// Stores the login after every step, and aborts at a revision.
struct Program<'a> {
    setup: &'a Setup,
    path: &'a Path,
    abort_at: Option<u64>,
}

impl Driver for Program<'_> {
    fn ask(&mut self, step: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        self.setup.ask(step)
    }

    fn store(&mut self, login: &Login) -> Result<(), BoxError> {
        store(self.path, login)?;
        if self.abort_at == Some(login.revision()) {
            println!("revision {} is stored, next is {:?}: killed", login.revision(), login.step());
            std::process::abort();
        }
        Ok(())
    }
}

/// The last revision of a login: three requests of discovery, three others, and the code.
const LAST_REVISION: u64 = 7;

/// Runs the same login in several processes. Only the last one is not killed.
fn run_killed(served: &Served, folder: &Path) -> Result<(), BoxError> {
    let alice = served.account("alice");
    for revision in 0..=LAST_REVISION {
        let success = process(served, folder, &alice, Some(revision))?;
        assert!(!success, "killed at revision {revision}");
    }
    assert!(process(served, folder, &alice, None)?, "not killed");
    println!("The server received these requests:");
    for request in served.requests() {
        println!("  {request:?}");
    }
    Ok(())
}

/// Runs this program on the login in the folder. Returns whether it ended successfully.
fn process(
    served: &Served,
    folder: &Path,
    alice: &Account,
    abort_at: Option<u64>,
) -> Result<bool, BoxError> {
    let mut program = Command::new(std::env::current_exe()?)
        .arg(served.origin())
        .arg(folder)
        .args(abort_at.map(|revision| revision.to_string()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let printed = use_program(&mut program, alice)?;
    println!("{}", printed.last().map_or("", String::as_str));
    Ok(program.wait()?.success())
}

//! A login that survives the death of its process between any two steps.
//!
//! ```text
//! cargo run --example resume
//! cargo run --example resume -- INSTANCE [FOLDER [REVISION]]
//! ```
//!
//! [`Driver::store`] is handed the login before the first step and after every one; here it
//! goes into `resume.json`. Given a revision, the process dies as soon as that one is stored. With
//! no arguments it starts itself as another process again and again, and kills it one step further
//! each time: the server is asked for each thing once, and the person, too.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use gts_oauth_examples::{Stage, keep, sit_at};
use gts_oauth_fake::{Person, Served};
use gts_oauth_ureq::{Ask, BoxError, Driver, Login, RegisterApp, Ureq, entropy};

fn main() -> Result<(), BoxError> {
    let stage = Stage::from_args()?;
    match stage.served() {
        Some(served) => die_and_go_on(served, &stage.folder()),
        None => go_on(&stage),
    }
}

/// What a program of yours does: begins, or goes on where the last process stopped.
fn go_on(stage: &Stage) -> Result<(), BoxError> {
    let path = stage.folder().join("resume.json");
    let dies_at = std::env::args().nth(3).map(|it| it.parse()).transpose()?;
    let mut login = match File::open(&path) {
        Ok(file) => serde_json::from_reader(file)?,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Login::new(RegisterApp::new(stage.instance(), "example")?, entropy()?)
        }
        Err(error) => return Err(error.into()),
    };
    let mut program = Program {
        stage,
        path: &path,
        dies_at,
    };
    let me = login.run_by(&Ureq::new(), &mut program)?;
    let account = me.account.as_ref().ok_or("the server does not tell who")?;
    println!("logged in as @{}", account.username());
    Ok(())
}

/// A program that keeps its login after every step, and dies when it is told to.
struct Program<'a> {
    stage: &'a Stage,
    path: &'a Path,
    dies_at: Option<u64>,
}

impl Driver for Program<'_> {
    fn ask(&mut self, ask: Ask<'_>) -> Result<String, BoxError> {
        self.stage.ask(ask)
    }

    fn store(&mut self, login: &Login) -> Result<(), BoxError> {
        keep(self.path, login)?;
        if self.dies_at == Some(login.revision()) {
            println!(
                "revision {} is stored, next is {:?}: killed",
                login.revision(),
                login.step()
            );
            std::process::abort();
        }
        Ok(())
    }
}

/// The same login in six processes, of which the last one lives.
fn die_and_go_on(served: &Served, folder: &Path) -> Result<(), BoxError> {
    let alice = served.person("alice");
    for revision in 0..=4 {
        let lived = process(served, folder, &alice, Some(revision))?;
        assert!(!lived, "killed at revision {revision}");
    }
    assert!(process(served, folder, &alice, None)?, "nobody killed it");
    println!("And all that the server was asked is:");
    for asked in served.asked() {
        println!("  {asked:?}");
    }
    Ok(())
}

/// Runs this very program on the login in the folder; returns whether it lived to the end.
fn process(
    served: &Served,
    folder: &Path,
    alice: &Person,
    dies_at: Option<u64>,
) -> Result<bool, BoxError> {
    let mut program = Command::new(std::env::current_exe()?)
        .arg(served.origin())
        .arg(folder)
        .args(dies_at.map(|revision| revision.to_string()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let said = sit_at(&mut program, alice)?;
    println!("{}", said.last().map_or("", String::as_str));
    Ok(program.wait()?.success())
}

//! What the examples share: the instance to log in to, and the user who allows the app.
//!
//! ```text
//! cargo run --example NAME                         # a fake GoToSocial, and its user alice
//! cargo run --example NAME -- INSTANCE [FOLDER]    # a real server, and you
//! ```

#[path = "test_your_bot/bot.rs"]
pub mod bot;
pub mod stacks;

use std::io::{BufRead as _, BufReader, Write as _, stdin};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitCode};

use gts_oauth_core::login::AuthorizeStep;
use gts_oauth_core::{BoxError, Instance, UserReply};
use gts_oauth_fake::{Account, Served, Server};
use serde::Serialize;
use tempfile::TempDir;

/// Prints an error of the example, and returns its exit code. Returned from `main`, the error would
/// be printed with `Debug`.
pub fn exit_code(result: Result<(), BoxError>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The instance to log in to, and the user who allows the app.
#[derive(Debug)]
pub struct Setup {
    instance: Instance,
    fake: Option<Fake>,
}

#[derive(Debug)]
struct Fake {
    alice: Account,
    served: Served,
    folder: TempDir,
}

impl Setup {
    /// The instance in the program's first argument, and the user at the terminal. Without an
    /// argument, a [fake](Self::fake).
    ///
    /// # Errors
    /// If the argument is not an instance, and as [`fake`](Self::fake).
    pub fn from_args() -> Result<Self, BoxError> {
        match std::env::args().nth(1) {
            Some(instance) => Ok(Self { instance: instance.parse()?, fake: None }),
            None => Self::fake(),
        }
    }

    /// A GoToSocial on a loopback port, and its user alice, who is mentioned by bob.
    ///
    /// # Errors
    /// If the system has no free port, or no temporary folder.
    pub fn fake() -> Result<Self, BoxError> {
        let folder = tempfile::tempdir()?;
        let served = Server::builder(7).serve()?;
        let alice = served.account("alice");
        served.post("bob", "hello @alice");
        Ok(Self { instance: served.instance(), fake: Some(Fake { alice, served, folder }) })
    }

    /// The instance to log in to.
    pub fn instance(&self) -> Instance {
        self.instance.clone()
    }

    /// The folder for files: the program's second argument, or the current folder. With a fake, a
    /// temporary one.
    pub fn folder(&self) -> PathBuf {
        match &self.fake {
            Some(fake) => fake.folder.path().to_owned(),
            None => PathBuf::from(std::env::args_os().nth(2).unwrap_or_else(|| ".".into())),
        }
    }

    /// The prompt of [`Login::run`](gts_oauth_core::Login::run): prints the problem of the last
    /// attempt, and has the user open the URL.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn ask(&self, step: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        if let Some(problem) = step.problem {
            eprintln!("{problem}");
        }
        self.open(step.url).map(UserReply::from)
    }

    /// Has the user open the authorization URL. Returns the code, or the callback URL.
    ///
    /// # Errors
    /// With the text of the fake's page, if it is an error. If standard input has ended.
    pub fn open(&self, url: &str) -> Result<String, BoxError> {
        match &self.fake {
            Some(fake) => {
                println!("(alice opens the URL, signs in, and allows the app)");
                fake.alice.visit(url)
            }
            None => {
                println!("Open {url}\nand paste the code here:");
                Ok(stdin().lock().lines().next().ok_or("no input")??)
            }
        }
    }

    /// The fake: its clock, its faults, its record of requests. `None` with a real server.
    pub fn served(&self) -> Option<&Served> {
        self.fake.as_ref().map(|fake| &fake.served)
    }
}

/// Uses another example as this user would: opens the URL that it prints, and types in the code.
/// Returns the lines that it printed.
///
/// # Errors
/// With the text of the fake's page, if it is an error. If the program's input or output is not
/// piped.
pub fn use_program(program: &mut Child, user: &Account) -> Result<Vec<String>, BoxError> {
    let mut input = program.stdin.take().ok_or("no standard input")?;
    let output = program.stdout.take().ok_or("no standard output")?;
    let mut printed = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line?;
        if let Some(url) = line.strip_prefix("Open ") {
            writeln!(input, "{}", user.visit(url)?)?;
        }
        printed.push(line);
    }
    Ok(printed)
}

/// Replaces the file at once, so that a reader finds the old contents or the new ones. Only its
/// owner can read it, because the examples store secrets.
///
/// # Errors
/// If it cannot be written.
pub fn store(path: &Path, value: &impl Serialize) -> Result<(), BoxError> {
    let folder = path.parent().ok_or("not the path of a file")?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?; // created with mode 0600
    serde_json::to_writer_pretty(&mut file, value)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// The README's examples, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

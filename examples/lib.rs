//! What the examples share: where to log in, and who answers there. They stand beside this file.
//!
//! ```text
//! cargo run --example NAME                         # a fake GoToSocial, and its alice
//! cargo run --example NAME -- INSTANCE [FOLDER]    # a real one, and you
//! ```

pub mod stacks;

use std::io::{BufRead as _, BufReader, Write as _, stdin};
use std::path::{Path, PathBuf};
use std::process::Child;

use gts_oauth_core::{Ask, BoxError, Instance};
use gts_oauth_fake::{Person, Served, Server};
use serde::Serialize;
use tempfile::TempDir;

/// A place to log in, and a person who answers.
#[derive(Debug)]
pub struct Stage {
    instance: Instance,
    fake: Option<Fake>,
}

#[derive(Debug)]
struct Fake {
    alice: Person,
    served: Served,
    folder: TempDir,
}

impl Stage {
    /// The instance that the program's first argument names, with whoever sits at the keyboard;
    /// or, without one, a [fake](Self::fake).
    ///
    /// # Errors
    /// If the argument is no instance; as [`fake`](Self::fake).
    pub fn from_args() -> Result<Self, BoxError> {
        match std::env::args().nth(1) {
            Some(instance) => Self::real(&instance),
            None => Self::fake(),
        }
    }

    /// A real instance, with whoever sits at the keyboard.
    ///
    /// # Errors
    /// If the text is no instance.
    pub fn real(instance: &str) -> Result<Self, BoxError> {
        Ok(Self {
            instance: instance.parse()?,
            fake: None,
        })
    }

    /// A GoToSocial on a loopback port, with alice in front of it, to whom bob has written.
    ///
    /// # Errors
    /// If the system gives no port, or no temporary folder.
    pub fn fake() -> Result<Self, BoxError> {
        let folder = tempfile::tempdir()?;
        let served = Server::builder(7).serve()?;
        let alice = served.person("alice");
        served.post("bob", "hello @alice");
        Ok(Self {
            instance: served.instance(),
            fake: Some(Fake {
                alice,
                served,
                folder,
            }),
        })
    }

    /// Where to log in.
    pub fn instance(&self) -> Instance {
        self.instance.clone()
    }

    /// Where to keep files: the folder that the program's second argument names, or the current
    /// one. With a fake, a temporary one that goes when it goes.
    pub fn folder(&self) -> PathBuf {
        match &self.fake {
            Some(fake) => fake.folder.path().to_owned(),
            None => PathBuf::from(std::env::args_os().nth(2).unwrap_or_else(|| ".".into())),
        }
    }

    /// Has the person open the address; returns what they bring back. For
    /// [`Login::run`](gts_oauth_core::Login::run).
    ///
    /// # Errors
    /// As [`bring`](Self::bring).
    pub fn ask(&self, ask: Ask<'_>) -> Result<String, BoxError> {
        if let Some(problem) = ask.problem {
            eprintln!("{problem}");
        }
        self.bring(ask.url)
    }

    /// Has the person open the address; returns what they bring back: a code, or the address
    /// they were sent to.
    ///
    /// # Errors
    /// With what the fake's page says; if standard input ends.
    pub fn bring(&self, url: &str) -> Result<String, BoxError> {
        match &self.fake {
            Some(fake) => {
                println!("(alice opens the address, signs in, and allows the app)");
                fake.alice.allow(url)
            }
            None => {
                println!("Open {url}\nand paste the code here:");
                Ok(stdin().lock().lines().next().ok_or("no code")??)
            }
        }
    }

    /// The fake, where there is one: its clock, its faults, what it was asked.
    pub fn served(&self) -> Option<&Served> {
        self.fake.as_ref().map(|fake| &fake.served)
    }
}

/// Sits at the keyboard of another example, which was started with the origin of a fake: opens
/// the address it shows, as this person, and types in what the page shows. Returns all it says.
///
/// # Errors
/// With what the fake's page says; if the program has no standard input and output to talk over.
pub fn sit_at(program: &mut Child, person: &Person) -> Result<Vec<String>, BoxError> {
    let mut keyboard = program.stdin.take().ok_or("no standard input")?;
    let screen = program.stdout.take().ok_or("no standard output")?;
    let mut said = Vec::new();
    for line in BufReader::new(screen).lines() {
        let line = line?;
        if let Some(url) = line.strip_prefix("Open ") {
            writeln!(keyboard, "{}", person.allow(url)?)?;
        }
        said.push(line);
    }
    Ok(said)
}

/// Replaces the file as a whole, so that at any moment it is either the old one or the new one,
/// readable to its owner alone: what the examples keep are secrets.
///
/// # Errors
/// If it cannot be written.
pub fn keep(path: &Path, value: &impl Serialize) -> Result<(), BoxError> {
    let folder = path.parent().ok_or("a file is in a folder")?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?; // made with mode 0600
    serde_json::to_writer_pretty(&mut file, value)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

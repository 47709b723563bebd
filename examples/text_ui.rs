//! A text UI that shows what a login does, and can cancel it.
//!
//! ```text
//! cargo add gts-oauth-ureq serde_json tempfile
//! cargo run --example text_ui -- INSTANCE
//! ```
//!
//! The login runs in a thread of its own. All that happens reaches the main thread as an [`Event`],
//! which changes the screen: the loop of every program with a window. Cancelling drops the
//! channel for the user's replies. The login sees that when it waits for the user or for a server
//! that is unavailable, and after each step, once that is stored: nothing obtained is lost, and the
//! next run goes on from there. A request in flight is not interrupted, unless the user insists.

use std::cmp::Ordering;
use std::fs::File;
use std::io::{ErrorKind, IsTerminal as _};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread;
use std::time::{Duration, SystemTime};

use gts_oauth_ureq::error::{Operation, Remedy};
use gts_oauth_ureq::{
    AuthorizeStep, BoxError, Driver, Error, Login, RegisterApp, Ureq, UserReply, entropy,
};
use tempfile::NamedTempFile;

const FILE: &str = "login.json";

const STEPS: [(Operation, &str); 5] = [
    (Operation::Discover, "Find the server's API"),
    (Operation::Register, "Register this program"),
    (Operation::Authorize, "Wait for your permission"),
    (Operation::ExchangeCode, "Fetch the token"),
    (Operation::VerifyCredentials, "Look up your account"),
];

enum Event {
    /// The login is about to do this.
    Next(Operation),
    /// The login has this to say.
    Message(String),
    /// The user has typed this.
    Typed(String),
    /// The login has stopped.
    Ended(Result<String, Error>),
}

fn main() {
    match run() {
        Ok(text) => println!("{text}"),
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(1);
        }
    }
}

fn run() -> Result<String, BoxError> {
    let mut login = stored_or_new()?;
    let (events, inbox) = channel();
    let (replies, receiver) = channel();
    let mut worker = Worker { events: events.clone(), replies: receiver };
    let typed = events.clone();
    thread::spawn(move || {
        let result = login.run_with(&Ureq::new(), &mut worker).map(|me| match &me.account {
            Some(account) => format!("Logged in as @{}.", account.username()),
            None => "Logged in.".to_owned(),
        });
        events.send(Event::Ended(result))
    });
    thread::spawn(move || {
        let lines = std::io::stdin().lines().map_while(Result::ok);
        // The end of the input cancels, too.
        lines.chain(["q".to_owned()]).try_for_each(|line| typed.send(Event::Typed(line)))
    });

    let mut replies = Some(replies);
    let mut current = Operation::Discover;
    for event in inbox {
        match event {
            Event::Next(operation) => {
                current = operation;
                draw(current, "");
            }
            Event::Message(text) => draw(current, &text),
            Event::Typed(line) if line.trim() == "q" => match replies.take() {
                Some(_) => draw(current, "Cancelling after this request. q does not wait for it."),
                None => return Err("Left during a request. Run it again to continue.".into()),
            },
            Event::Typed(line) => match &replies {
                Some(replies) if current == Operation::Authorize => {
                    replies.send(line)?;
                }
                _ => {}
            },
            Event::Ended(Err(_)) if replies.is_none() => {
                return Ok("Cancelled. Run it again to continue.".to_owned());
            }
            Event::Ended(result) => return Ok(result?),
        }
    }
    Err("the login has stopped".into())
}

/// Shows the steps and a message.
fn draw(current: Operation, message: &str) {
    if std::io::stdout().is_terminal() {
        print!("\x1b[2J\x1b[H"); // clears the screen
    }
    let current = STEPS.iter().position(|(operation, _)| *operation == current);
    for (index, (_, text)) in STEPS.iter().enumerate() {
        let mark = match current.cmp(&Some(index)) {
            Ordering::Less => ' ',
            Ordering::Equal => '>',
            Ordering::Greater => '✓',
        };
        println!("{mark} {text}");
    }
    println!("{message}");
}

/// The login's end of the channels.
struct Worker {
    events: Sender<Event>,
    replies: Receiver<String>,
}

impl Driver for Worker {
    fn ask(&mut self, step: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        let problem = step.problem.map(|it| format!("{it}\n")).unwrap_or_default();
        let text = format!("{problem}Open {}\nand paste the code here. q cancels.", step.url);
        self.events.send(Event::Message(text))?;
        Ok(self.replies.recv()?.into())
    }

    fn store(&mut self, login: &Login) -> Result<(), BoxError> {
        let mut file = NamedTempFile::new_in(".")?; // only its owner can read it
        serde_json::to_writer(&mut file, login)?;
        file.as_file().sync_all()?;
        file.persist(FILE)?;
        match self.replies.try_recv() {
            Err(TryRecvError::Disconnected) => Err("cancelled".into()),
            _ => Ok(self.events.send(Event::Next(login.operation()))?),
        }
    }

    fn should_retry(&mut self, _: &Login, error: &Error, tries: u32) -> bool {
        let wait = error.retry().map(|retry| retry.wait_from(SystemTime::now()));
        let wait = wait.unwrap_or(Duration::from_secs(1 << tries.min(8)));
        // GoToSocial's rate limit ends after at most 300 s.
        if error.remedy() != Remedy::Retry || tries > 5 || wait > Duration::from_secs(310) {
            return false;
        }
        let text = format!("{error}\nNext try in {}s. q cancels.", wait.as_secs());
        let _ = self.events.send(Event::Message(text));
        self.replies.recv_timeout(wait) == Err(RecvTimeoutError::Timeout)
    }
}

fn stored_or_new() -> Result<Login, BoxError> {
    match File::open(FILE) {
        Ok(file) => Ok(serde_json::from_reader(file)?),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let instance = std::env::args().nth(1).ok_or("the instance is missing")?;
            let app = RegisterApp::new(instance.parse()?, "example text UI")?;
            Ok(Login::new(app, entropy()?))
        }
        Err(error) => Err(error.into()),
    }
}

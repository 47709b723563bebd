//! Standard input where its terminal has one mode for this: Windows.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use console::Term;

use super::Echo;

pub(super) struct Input {
    echo: Echo,
}

impl Input {
    pub(super) fn new(_question: &str, echo: Echo) -> Self {
        Self { echo }
    }

    pub(super) fn is_begun(&self) -> bool {
        false
    }

    /// Waits for a line. `None` if the input has ended.
    pub(super) fn read_line(self) -> io::Result<Option<Vec<u8>>> {
        if self.echo == Echo::Hidden && io::stdin().is_terminal() {
            return Term::stderr().read_secure_line().map(|line| Some(line.into_bytes()));
        }
        Ok(lines().lock().unwrap_or_else(PoisonError::into_inner).recv().ok())
    }

    /// Returns a line if there is one, and `Some(None)` if the input has ended.
    pub(super) fn poll_line(&mut self) -> io::Result<Option<Option<Vec<u8>>>> {
        match lines().lock().unwrap_or_else(PoisonError::into_inner).try_recv() {
            Ok(line) => Ok(Some(Some(line))),
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => Ok(Some(None)),
        }
    }
}

/// The lines of standard input, from a thread that reads for the rest of the process.
fn lines() -> &'static Mutex<Receiver<Vec<u8>>> {
    static LINES: OnceLock<Mutex<Receiver<Vec<u8>>>> = OnceLock::new();
    LINES.get_or_init(|| {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let lines = io::stdin().lock().split(b'\n');
            for line in lines.map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Mutex::new(receiver)
    })
}

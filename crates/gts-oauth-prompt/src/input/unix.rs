//! Standard input on Unix.

use std::io::{self, BufRead as _, IsTerminal as _};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Signal, kill_current_process_group};
use rustix::stdio::stdin;

use super::Echo;
use super::line::{Key, Line};
use super::mode::{CharacterMode, is_in_background, write};
use super::signals::prepare_interrupt;

/// Parts of a paste arrive closer together. A user does not notice it.
const PASTE_GAP: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
const NO_TIME: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

pub(super) struct Input {
    question: String,
    echo: Echo,
    line: Line,
    /// `None` if standard input is no terminal, or before it is read.
    mode: Option<CharacterMode>,
    /// Whether the question is shown again, because the shell was used meanwhile.
    is_asked_again: bool,
}

impl Input {
    pub(super) fn new(question: &str, echo: Echo) -> Self {
        Self {
            question: question.to_owned(),
            echo,
            line: Line::default(),
            mode: None,
            is_asked_again: false,
        }
    }

    /// Waits for a line. `None` if the input has ended.
    pub(super) fn read_line(mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            self.enter()?;
            match self.read()? {
                Some(None) => return Ok(None),
                Some(line) => {
                    self.show(b"\n");
                    return Ok(line);
                }
                None => {}
            }
        }
    }

    /// Returns a line if there is one, and `Some(None)` if the input has ended. In the background,
    /// the terminal is left alone.
    pub(super) fn poll_line(&mut self) -> io::Result<Option<Option<Vec<u8>>>> {
        if is_in_background() {
            self.mode = None;
            return Ok(None);
        }
        self.enter()?;
        while is_readable(&NO_TIME)? {
            if let Some(line) = self.read()? {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    pub(super) fn is_begun(&self) -> bool {
        !self.line.is_empty()
    }

    /// Switches a terminal to its character mode. What is shown needs standard error.
    fn enter(&mut self) -> io::Result<()> {
        let is_terminal = io::stdin().is_terminal();
        if self.mode.is_none() && is_terminal && (self.is_hidden() || io::stderr().is_terminal()) {
            self.mode = Some(CharacterMode::enter()?);
            if std::mem::take(&mut self.is_asked_again) {
                self.show(self.question.as_bytes());
                if !self.is_hidden() {
                    self.show(self.line.text());
                }
            }
        }
        Ok(())
    }

    /// Waits for bytes. Returns a line if it is complete, and `Some(None)` if the input has ended.
    fn read(&mut self) -> io::Result<Option<Option<Vec<u8>>>> {
        // All of the buffer is taken, so that it never holds what `is_readable` cannot see.
        let mut stdin = io::stdin().lock();
        let bytes = match stdin.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(None),
            bytes => bytes?.to_owned(),
        };
        stdin.consume(bytes.len());
        drop(stdin);
        if bytes.is_empty() {
            return Ok(Some((!self.line.is_empty()).then(|| self.line.take())));
        }
        let mut echo = Vec::new();
        for byte in bytes {
            let key = match self.mode {
                Some(_) => self.line.push_key(byte, &mut echo),
                None => {
                    self.line.push(byte);
                    Key::Text
                }
            };
            match key {
                Key::Text => {}
                Key::EndOfInput => return Ok(Some(None)),
                Key::Interrupt => self.signal(Signal::INT)?,
                Key::Quit => self.signal(Signal::QUIT)?,
                Key::Suspend => self.suspend()?,
            }
        }
        if !self.is_hidden() {
            self.show(&echo);
        }
        // A program can write without end. A paste into a terminal is read to its end.
        let is_endless = self.mode.is_none() && self.line.is_full();
        match is_endless || self.line.is_complete() && !is_readable(&PASTE_GAP)? {
            true => Ok(Some(Some(self.line.take()))),
            false => Ok(None),
        }
    }

    fn is_hidden(&self) -> bool {
        self.echo == Echo::Hidden
    }

    /// Shows bytes where the terminal would echo them. A closed stream is ignored.
    fn show(&self, bytes: &[u8]) {
        if self.mode.is_some() {
            write(bytes);
        }
    }

    /// Ends the programs in the terminal, as it does itself in its line mode.
    fn signal(&mut self, signal: Signal) -> io::Result<()> {
        self.mode = None;
        write(b"\n");
        if signal == Signal::INT {
            prepare_interrupt();
        }
        kill_current_process_group(signal)?;
        // The signal is ignored, or handled by the program.
        Err(io::Error::new(io::ErrorKind::Interrupted, "interrupted"))
    }

    /// Stops the programs in the terminal. They go on when they are continued.
    fn suspend(&mut self) -> io::Result<()> {
        self.mode = None;
        kill_current_process_group(Signal::TSTP)?;
        self.is_asked_again = true;
        Ok(())
    }
}

/// Whether there are no bytes and will be none.
pub(super) fn is_closed() -> bool {
    let mut stdin = io::stdin().lock();
    !stdin.is_terminal()
        && is_readable(&NO_TIME).unwrap_or(true)
        && stdin.fill_buf().is_ok_and(|bytes| bytes.is_empty())
}

/// Whether there are bytes, or the end of the input, within this time.
fn is_readable(limit: &Timespec) -> io::Result<bool> {
    let stdin = stdin();
    let mut descriptors = [PollFd::new(&stdin, PollFlags::IN)];
    match poll(&mut descriptors, Some(limit)) {
        // The program was stopped and continued.
        Err(Errno::INTR) => Ok(false),
        result => {
            result?;
            let found = descriptors[0].revents();
            Ok(found.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR))
        }
    }
}

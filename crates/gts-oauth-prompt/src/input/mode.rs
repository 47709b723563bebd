//! The mode of the terminal at standard input while it is read, and signals meanwhile.

use std::io::{self, IsTerminal as _, Write as _};
use std::thread::{self, JoinHandle};

use rustix::process::getpgrp;
use rustix::stdio::stdin;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcdrain, tcgetattr, tcgetpgrp,
    tcsetattr,
};
use signal_hook::consts::{SIGCONT, SIGINT};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::low_level::emulate_default_handler;

use super::signals::{self, Handled, handled_signals, prepare_interrupt};

/// Switches the bracketed paste mode of a terminal, so that line breaks in a paste are known.
const PASTE_MODE_ON: &[u8] = b"\x1b[?2004h";
const PASTE_MODE_OFF: &[u8] = b"\x1b[?2004l";

/// A terminal that hands over each character, until dropped. A signal that ends or stops the process
/// restores it before that.
pub(super) struct CharacterMode {
    before: Termios,
    signals: Handle,
    /// Handles signals meanwhile. `None` while dropped.
    thread: Option<JoinHandle<()>>,
    /// `None` while dropped.
    handled: Option<Handled>,
}

impl CharacterMode {
    /// In the background, the process is stopped first, as by each read from a terminal.
    pub(super) fn enter() -> io::Result<Self> {
        if is_in_background() {
            tcdrain(stdin())?;
        }
        let handled = handled_signals()?;
        let before = tcgetattr(stdin())?;
        let mut signals = Signals::new(handled.iter().copied().chain([SIGCONT]))?;
        let (handle, mode) = (signals.handle(), before.clone());
        let handle_all = move || signals.forever().for_each(|signal| handle_signal(signal, &mode));
        let thread = thread::Builder::new().spawn(handle_all)?;
        // Restored if the next step fails.
        let entered =
            Self { before, signals: handle, thread: Some(thread), handled: Some(Handled::begin()) };
        apply(&entered.before)?;
        Ok(entered)
    }
}

impl Drop for CharacterMode {
    fn drop(&mut self) {
        restore(&self.before);
        self.handled = None;
        self.signals.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
            // It might have changed the mode once more, after SIGCONT.
            restore(&self.before);
        }
    }
}

/// Whether another program uses the terminal at standard input, as after `command &` in a shell.
pub(super) fn is_in_background() -> bool {
    tcgetpgrp(stdin()).is_ok_and(|group| group != getpgrp())
}

/// Writes to standard error if it is a terminal. A closed stream is ignored.
pub(super) fn write(bytes: &[u8]) {
    let mut stderr = io::stderr().lock();
    if stderr.is_terminal() {
        let _ = stderr.write_all(bytes);
    }
}

fn apply(before: &Termios) -> io::Result<()> {
    let mut mode = before.clone();
    mode.local_modes -=
        LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG | LocalModes::IEXTEN;
    mode.special_codes[SpecialCodeIndex::VMIN] = 1;
    mode.special_codes[SpecialCodeIndex::VTIME] = 0;
    tcsetattr(stdin(), OptionalActions::Now, &mode)?;
    write(PASTE_MODE_ON);
    Ok(())
}

/// Not from the background: the terminal is then in the mode of another program.
fn restore(before: &Termios) {
    if !is_in_background() {
        write(PASTE_MODE_OFF);
        let _ = tcsetattr(stdin(), OptionalActions::Now, before);
    }
}

fn handle_signal(signal: i32, before: &Termios) {
    if signals::act_at_once() {
        return;
    }
    if signal == SIGCONT {
        if !is_in_background() {
            let _ = apply(before);
        }
    } else {
        restore(before);
        if signal == SIGINT {
            prepare_interrupt();
        }
        // It fails only for signals that it does not know.
        let _ = emulate_default_handler(signal);
    }
}

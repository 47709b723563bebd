//! The mode of the terminal at standard input while it is read, and signals meanwhile.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};

use rustix::process::getpgrp;
use rustix::stdio::stdin;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcdrain, tcgetattr, tcgetpgrp,
    tcsetattr,
};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::low_level::emulate_default_handler;

use super::BEFORE_INTERRUPT;

/// Switches the bracketed paste mode of a terminal, so that line breaks in a paste are known.
const PASTE_MODE_ON: &[u8] = b"\x1b[?2004h";
const PASTE_MODE_OFF: &[u8] = b"\x1b[?2004l";

/// Signals that end or stop the process.
const SIGNALS: [i32; 5] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP];

/// Whether the mode is not changed, so that a signal can act at once.
static IS_UNCHANGED: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| Arc::new(true.into()));

/// A terminal that hands over each character, until dropped. A signal that ends or stops the process
/// restores it before that.
pub(super) struct CharacterMode {
    before: Termios,
    signals: Handle,
    /// Handles signals meanwhile. `None` while dropped.
    thread: Option<JoinHandle<()>>,
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
        IS_UNCHANGED.store(false, Ordering::SeqCst);
        // Restored if the next step fails.
        let entered = Self { before, signals: handle, thread: Some(thread) };
        apply(&entered.before)?;
        Ok(entered)
    }
}

impl Drop for CharacterMode {
    fn drop(&mut self) {
        restore(&self.before);
        IS_UNCHANGED.store(true, Ordering::SeqCst);
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

/// Calls the function of `before_interrupt`, if the signal will end the process.
pub(super) fn prepare_interrupt() {
    if handled_signals().is_ok_and(|handled| handled.contains(&SIGINT)) {
        if let Some(action) = &*BEFORE_INTERRUPT.lock().unwrap_or_else(PoisonError::into_inner) {
            action();
        }
    }
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

/// The signals that restore the terminal before they act. They are handled for the rest of the
/// process, because a signal that was handled once cannot be left to the system again.
fn handled_signals() -> io::Result<&'static [i32]> {
    static HANDLED: OnceLock<Vec<i32>> = OnceLock::new();
    if let Some(handled) = HANDLED.get() {
        return Ok(handled);
    }
    let handled: Vec<i32> = SIGNALS.into_iter().filter(|signal| is_default(*signal)).collect();
    for signal in &handled {
        signal_hook::flag::register_conditional_default(*signal, IS_UNCHANGED.clone())?;
    }
    Ok(HANDLED.get_or_init(|| handled))
}

fn handle_signal(signal: i32, before: &Termios) {
    // It has acted already.
    if IS_UNCHANGED.load(Ordering::SeqCst) {
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

/// Whether the system handles this signal. A program that handles or ignores it goes on to do so.
/// `true` also if it is not known, as everywhere but on Linux.
fn is_default(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let is_in = |name: &str| {
        let mask = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        u64::from_str_radix(mask.trim(), 16).is_ok_and(|mask| mask >> (signal - 1) & 1 == 1)
    };
    !is_in("SigIgn:") && !is_in("SigCgt:")
}

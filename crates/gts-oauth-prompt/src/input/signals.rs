//! Signals that end or stop the process, while something must be done before they act.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::low_level::emulate_default_handler;

use super::BEFORE_INTERRUPT;

/// The signals that are handled. The first ones ask the process to end.
const SIGNALS: [i32; 5] = [SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGTSTP];
const REQUESTS_TO_END: &[i32] = SIGNALS.split_at(3).0;

/// Whether signals act at once, because there is nothing to do before.
static ACT_AT_ONCE: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| Arc::new(true.into()));

/// How many values of [`Handled`] there are.
static HANDLED: Mutex<usize> = Mutex::new(0);

/// While this value exists, signals do not act by themselves.
pub(super) struct Handled(());

impl Handled {
    pub(super) fn begin() -> Self {
        count(|handled| handled + 1);
        Self(())
    }
}

impl Drop for Handled {
    fn drop(&mut self) {
        count(|handled| handled - 1);
    }
}

fn count(change: impl FnOnce(usize) -> usize) {
    let mut handled = HANDLED.lock().unwrap_or_else(PoisonError::into_inner);
    *handled = change(*handled);
    ACT_AT_ONCE.store(*handled == 0, Ordering::SeqCst);
}

/// Whether signals act by themselves, and so have acted already.
pub(super) fn act_at_once() -> bool {
    ACT_AT_ONCE.load(Ordering::SeqCst)
}

/// The signals that the system handled at the start. They are handled for the rest of the process,
/// because a signal that was handled once cannot be left to the system again.
pub(super) fn handled_signals() -> io::Result<&'static [i32]> {
    static HANDLED: OnceLock<Vec<i32>> = OnceLock::new();
    if let Some(handled) = HANDLED.get() {
        return Ok(handled);
    }
    let handled: Vec<i32> = SIGNALS.into_iter().filter(|signal| is_default(*signal)).collect();
    for signal in &handled {
        signal_hook::flag::register_conditional_default(*signal, ACT_AT_ONCE.clone())?;
    }
    Ok(HANDLED.get_or_init(|| handled))
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

/// Calls the function of `before_interrupt`, if the signal will end the process.
pub(super) fn prepare_interrupt() {
    if handled_signals().is_ok_and(|handled| handled.contains(&SIGINT)) {
        if let Some(action) = &*BEFORE_INTERRUPT.lock().unwrap_or_else(PoisonError::into_inner) {
            action();
        }
    }
}

/// The requests to end the process that are held back, until dropped.
pub(super) struct Held {
    signals: Handle,
    /// Returns the signal that was received. `None` while dropped.
    thread: Option<JoinHandle<Option<i32>>>,
    handled: Option<Handled>,
}

impl Held {
    /// Calls `notify` for the first signal. The second one ends the process.
    pub(super) fn begin(notify: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let handled = handled_signals()?;
        let mut signals =
            Signals::new(REQUESTS_TO_END.iter().filter(|signal| handled.contains(signal)))?;
        let handle = signals.handle();
        let wait = move || {
            // A signal can arrive just before `close`. `forever` then ends without returning it.
            let received = signals.forever().next().or_else(|| signals.pending().next())?;
            notify();
            if let Some(signal) = signals.forever().next() {
                // It fails only for signals that it does not know.
                let _ = emulate_default_handler(signal);
            }
            Some(received)
        };
        let thread = thread::Builder::new().spawn(wait)?;
        Ok(Self { signals: handle, thread: Some(thread), handled: Some(Handled::begin()) })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.handled = None;
        self.signals.close();
        let received = self.thread.take().and_then(|thread| thread.join().ok()).flatten();
        if let Some(signal) = received {
            let _ = emulate_default_handler(signal);
        }
    }
}

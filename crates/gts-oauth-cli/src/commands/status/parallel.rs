//! Running a function for several values at once.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// More at once would not end sooner: most of the time is spent on the slowest server.
const MAX_THREADS: usize = 8;

/// How long a result waits for those before it.
const PATIENCE: Duration = Duration::from_secs(1);

/// Calls `map` for all values, several at once, and `each` with the position of a value and its
/// result, in the order of the values unless one of them is slow. After an error of `each`, no other value is begun.
pub(super) fn map<T: Sync, R: Send>(
    values: &[T],
    map: impl Fn(&T) -> R + Sync,
    mut each: impl FnMut(usize, R) -> io::Result<()>,
) -> io::Result<()> {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (sender, results) = mpsc::channel();
        for _ in 0..values.len().min(MAX_THREADS) {
            let (sender, next, map) = (sender.clone(), &next, &map);
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(value) = values.get(at) else { break };
                    // No receiver: an error has ended it.
                    if sender.send((at, map(value))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut missing: BTreeSet<usize> = (0..values.len()).collect();
        while !missing.is_empty() {
            let is_slow = match results.recv_timeout(PATIENCE) {
                Ok((at, result)) => {
                    waiting.insert(at, result);
                    false
                }
                Err(_) => true,
            };
            while let Some((at, result)) = waiting.pop_first() {
                if !is_slow && missing.first() != Some(&at) {
                    waiting.insert(at, result);
                    break;
                }
                missing.remove(&at);
                each(at, result)?;
            }
        }
        Ok(())
    })
}

//! A message about a server that takes long to respond.

use std::collections::HashSet;
use std::io::{self, IsTerminal as _};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::output::message;

/// A server that is not busy responds sooner.
const SILENT_WAIT: Duration = Duration::from_secs(2);

/// The servers that a command has waited for.
#[derive(Default)]
pub(super) struct SlowServers {
    reported: Arc<Mutex<HashSet<String>>>,
}

impl SlowServers {
    /// Sends a request. If it takes long, prints which server is waited for: once for each server, and
    /// only at a terminal.
    pub(super) fn wait_for<T>(&self, server: &str, send: impl FnOnce() -> T) -> T {
        if !io::stderr().is_terminal() {
            return send();
        }
        let (_responded, response) = mpsc::channel::<()>();
        let (server, reported) = (server.to_owned(), self.reported.clone());
        // Without a thread, nothing is printed.
        let _ = thread::Builder::new().spawn(move || {
            if response.recv_timeout(SILENT_WAIT) == Err(RecvTimeoutError::Timeout) {
                let mut reported = reported.lock().unwrap_or_else(PoisonError::into_inner);
                if reported.insert(server.clone()) {
                    message(format_args!("Waiting for {server}…"));
                }
            }
        });
        send()
    }
}

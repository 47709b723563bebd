//! The system's keyring: Secret Service on Linux, Keychain on macOS, Credential Manager on
//! Windows.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use gts_oauth_ureq::BoxError;
use keyring::{Entry, Error};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Lost;
use crate::output::message;

const SERVICE: &str = "gts-oauth";

/// Windows limits an entry to 2,560 bytes.
const MAX_LENGTH: usize = 2_500;

/// A keyring that needs no password responds sooner.
const PROMPT_AFTER: Duration = Duration::from_secs(3);

/// The time for the user to enter the keyring's password.
const TIMEOUT: Duration = Duration::from_secs(90);

/// Whether a request timed out. Later requests of the same command then fail at once.
static TIMED_OUT: AtomicBool = AtomicBool::new(false);

/// Checks that the keyring can store an entry. A locked keyring fails if there is no window for its
/// password.
pub(crate) fn check_available() -> Result<(), Unavailable> {
    let tried = call("a login that begins", |entry| {
        entry.set_secret(b"nothing")?;
        entry.delete_credential()
    });
    match tried {
        // Another login that starts at the same time may have deleted it.
        Ok(()) | Err(Some(Error::NoEntry)) => Ok(()),
        Err(reason) => Err(Unavailable(reason)),
    }
}

const LOCKED: &str = "the system keyring is locked";

/// Why the keyring cannot store an entry. `None` if it timed out.
pub(crate) struct Unavailable(Option<Error>);

impl Unavailable {
    pub(crate) fn reason(&self) -> &'static str {
        match &self.0 {
            Some(error) if is_locked(error) => LOCKED,
            _ => "no system keyring is available",
        }
    }
}

impl From<Unavailable> for BoxError {
    fn from(unavailable: Unavailable) -> Self {
        match unavailable.reason() {
            LOCKED => format!("{LOCKED}. {UNLOCK}").into(),
            reason => format!("{reason}. Use --store file.").into(),
        }
    }
}

/// Whether the keyring is locked, and no window could ask for its password.
fn is_locked(error: &Error) -> bool {
    match error {
        Error::NoStorageAccess(_) => true,
        // The error of a service that was asked to create an entry.
        Error::PlatformFailure(error) => error.to_string().contains("locked"),
        _ => false,
    }
}

/// What an entry holds: its name without the id.
fn label(name: &str) -> &str {
    without_id(name).unwrap_or(name)
}

/// Whether no other configuration folder has an entry of this name.
pub(crate) fn has_id(name: &str) -> bool {
    without_id(name).is_some()
}

/// `None` if the name has no id.
fn without_id(name: &str) -> Option<&str> {
    name.rsplit_once(" (").map(|(what, _)| what)
}

/// Returns a name for a new entry: what it holds, for the keyring's own window, and a random id. All
/// configuration folders share one keyring, so an entry without an id could be that of another
/// folder. Names without one, of an earlier form of the file, stay readable until they are replaced.
pub(crate) fn unique_name(what: &str) -> Result<String, BoxError> {
    let mut id = [0; 16];
    getrandom::fill(&mut id)?;
    Ok(format!("{what} ({:032x})", u128::from_le_bytes(id)))
}

/// Stores `value` under a name that the keyring's own window shows, in place of an earlier value.
/// Long values are split into parts.
pub(crate) fn put(name: &str, value: &impl Serialize) -> Result<(), BoxError> {
    let text = serde_json::to_vec(value)?;
    for (part, text) in parts(name).zip(text.chunks(MAX_LENGTH)) {
        let text = text.to_owned();
        let put = call(&part, move |entry| entry.set_secret(&text));
        let what = || format!("could not store {} in the system keyring", label(name));
        put.map_err(|reason| error(&what(), reason, UNLOCK))?;
    }
    Ok(())
}

/// Whether the value is stored by a single request, which replaces an earlier one as a whole.
pub(crate) fn is_one_part(value: &impl Serialize) -> Result<bool, BoxError> {
    Ok(serde_json::to_vec(value)?.len() <= MAX_LENGTH)
}

pub(crate) fn get<T: DeserializeOwned>(name: &str) -> Result<T, BoxError> {
    let mut text = Vec::new();
    for part in parts(name) {
        let part = call(&part, Entry::get_secret);
        let what = || format!("could not read {} from the system keyring", label(name));
        let error = |reason| error(&what(), reason, UNLOCK);
        text.extend(part.map_err(error)?);
        match serde_json::from_slice(&text) {
            Ok(value) => return Ok(value),
            // The end of the JSON marks the last part.
            Err(error) if error.is_eof() => {}
            // Not serde's message, which may quote a secret.
            Err(_) => break,
        }
    }
    Err(Lost(format!(
        "could not read {} from the system keyring: it is damaged. Log in again.",
        label(name)
    ))
    .into())
}

/// Deletes an entry. A missing entry is ignored.
pub(crate) fn delete(name: &str) -> Result<(), BoxError> {
    for part in parts(name) {
        match call(&part, Entry::delete_credential) {
            Ok(()) => {}
            Err(Some(Error::NoEntry)) => break,
            Err(reason) => {
                let what = format!("could not delete {} from the system keyring", label(name));
                return Err(error(&what, reason, "Delete it there."));
            }
        }
    }
    Ok(())
}

/// Returns the names of the parts of an entry.
fn parts(name: &str) -> impl Iterator<Item = String> {
    let others = (2..).map({
        let name = name.to_owned();
        move |part: u32| format!("{name}, part {part}")
    });
    std::iter::once(name.to_owned()).chain(others)
}

/// Sends a request to the keyring. The error is `None` if it timed out.
fn call<T: Send + 'static>(
    name: &str,
    request: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
) -> Result<T, Option<Error>> {
    if TIMED_OUT.load(Ordering::Relaxed) {
        return Err(None);
    }
    let response = spawn(name, request);
    let soon = response.recv_timeout(PROMPT_AFTER);
    let response = soon.or_else(|_| {
        message("Waiting for the system's keyring: it may ask for its password, in a window.");
        response.recv_timeout(TIMEOUT)
    });
    TIMED_OUT.store(response.is_err(), Ordering::Relaxed);
    response.map_err(|_| None)?.map_err(Some)
}

/// Sends the request on its own thread, because the keyring might never respond.
fn spawn<T: Send + 'static>(
    name: &str,
    request: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
) -> mpsc::Receiver<Result<T, Error>> {
    let (sender, receiver) = mpsc::channel();
    let name = name.to_owned();
    thread::spawn(move || {
        let response = Entry::new(SERVICE, &name).and_then(|entry| request(&entry));
        // The receiver may have timed out.
        let _ = sender.send(response);
    });
    receiver
}

/// Formats a keyring error: what failed, why, and a hint.
fn error(what: &str, reason: Option<Error>, hint: &str) -> BoxError {
    // Two of keyring's errors contain the secret.
    let (reason, hint) = match reason {
        None => ("no response".to_owned(), hint),
        Some(Error::NoEntry) => {
            return Lost(format!("{what}: no such entry. Log in again.")).into();
        }
        Some(Error::BadEncoding(_)) => {
            return Lost(format!("{what}: not valid UTF-8. Log in again.")).into();
        }
        Some(Error::Ambiguous(_)) => ("several such entries".to_owned(), "Delete them there."),
        Some(error) if is_locked(&error) => ("it is locked".to_owned(), hint),
        Some(error) => (error.to_string(), hint),
    };
    format!("{what}: {reason}. {hint}").into()
}

const UNLOCK: &str = "Unlock it, or log in with --store file.";

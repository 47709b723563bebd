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

use crate::output::tell;

const SERVICE: &str = "gts-oauth";

/// Windows limits an entry to 2,560 bytes.
const LONGEST: usize = 2_500;

/// A keyring that needs no password responds sooner.
const PROMPT: Duration = Duration::from_secs(3);

/// The time for the user to enter the keyring's password.
const PATIENCE: Duration = Duration::from_secs(90);

/// Whether a request timed out. Later requests of the same command then fail at once.
static GIVEN_UP: AtomicBool = AtomicBool::new(false);

/// Checks that the keyring can store an entry. A locked keyring fails if there is no window for its
/// password.
pub(crate) fn answers() -> Result<(), BoxError> {
    let tried = ask("a login that begins", |entry| {
        entry.set_secret(b"nothing")?;
        entry.delete_credential()
    });
    match tried {
        // Another login that starts at the same time may have deleted it.
        Ok(()) | Err(Some(Error::NoEntry)) => Ok(()),
        Err(why) => Err(fault("does not answer", why, UNLOCK)),
    }
}

/// Stores `value` under a name that the keyring's own window shows. Long values are split into
/// parts.
pub(crate) fn put(name: &str, value: &impl Serialize) -> Result<(), BoxError> {
    let text = serde_json::to_vec(value)?;
    for (part, text) in parts(name).zip(text.chunks(LONGEST)) {
        let text = text.to_owned();
        let put = ask(&part, move |entry| entry.set_secret(&text));
        let what = "does not take what belongs to";
        put.map_err(|why| fault(&format!("{what} {name}"), why, UNLOCK))?;
    }
    Ok(())
}

pub(crate) fn get<T: DeserializeOwned>(name: &str) -> Result<T, BoxError> {
    let mut text = Vec::new();
    for part in parts(name) {
        let what = "does not give what it keeps for";
        let part = ask(&part, Entry::get_secret);
        text.extend(part.map_err(|why| fault(&format!("{what} {name}"), why, UNLOCK))?);
        match serde_json::from_slice(&text) {
            Ok(value) => return Ok(value),
            // The end of the JSON marks the last part.
            Err(error) if error.is_eof() => {}
            // Not serde's message, which may quote a secret.
            Err(_) => break,
        }
    }
    Err(format!("what the keyring keeps for {name} is damaged: log in again").into())
}

/// Deletes an entry. A missing entry is ignored.
pub(crate) fn delete(name: &str) -> Result<(), BoxError> {
    for part in parts(name) {
        match ask(&part, Entry::delete_credential) {
            Ok(()) => {}
            Err(Some(Error::NoEntry)) => break,
            Err(why) => {
                let what = "does not forget what it keeps for";
                return Err(fault(&format!("{what} {name}"), why, "delete it there"));
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
fn ask<T: Send + 'static>(
    name: &str,
    question: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
) -> Result<T, Option<Error>> {
    if GIVEN_UP.load(Ordering::Relaxed) {
        return Err(None);
    }
    let answer = begin(name, question);
    let soon = answer.recv_timeout(PROMPT);
    let answer = soon.or_else(|_| {
        tell("Waiting for the system's keyring: it may ask for its password, in a window.");
        answer.recv_timeout(PATIENCE)
    });
    GIVEN_UP.store(answer.is_err(), Ordering::Relaxed);
    answer.map_err(|_| None)?.map_err(Some)
}

/// Sends the request on its own thread, because the keyring might never respond.
fn begin<T: Send + 'static>(
    name: &str,
    question: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
) -> mpsc::Receiver<Result<T, Error>> {
    let (sender, receiver) = mpsc::channel();
    let name = name.to_owned();
    thread::spawn(move || {
        let answer = Entry::new(SERVICE, &name).and_then(|entry| question(&entry));
        // The receiver may have timed out.
        let _ = sender.send(answer);
    });
    receiver
}

/// Formats a keyring error: what failed, why, and a hint.
fn fault(what: &str, why: Option<Error>, hint: &str) -> BoxError {
    // Two of keyring's errors contain the secret.
    let (why, hint) = match why {
        None => ("it takes too long".to_owned(), hint),
        Some(Error::NoEntry) => ("it has no such entry".to_owned(), "log in again"),
        Some(Error::BadEncoding(_)) => ("it is no text".to_owned(), "log in again"),
        Some(Error::Ambiguous(_)) => ("it keeps several".to_owned(), "delete them there"),
        Some(error) => (error.to_string(), hint),
    };
    format!("the system's keyring {what}: {why}; {hint}").into()
}

const UNLOCK: &str = "unlock it, or log in with --store file";

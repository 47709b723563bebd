//! The system's keyring: Secret Service on Linux, Keychain on macOS, Credential Manager on
//! Windows.

use gts_oauth_ureq::BoxError;
use keyring::{Entry, Error};
use serde::Serialize;
use serde::de::DeserializeOwned;

const SERVICE: &str = "gts-oauth";

/// Whether a keyring answers on this machine; and if not, why.
pub(crate) fn answers() -> Result<(), BoxError> {
    // Of what is not there a keyring tells without asking for its password.
    match Entry::new(SERVICE, "(is anybody there?)").and_then(|entry| entry.get_secret()) {
        Ok(_) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(fault("does not answer", &error)),
    }
}

/// Keeps `value` under a name that the keyring's own window shows.
pub(crate) fn put(name: &str, value: &impl Serialize) -> Result<(), BoxError> {
    let text = serde_json::to_vec(value)?;
    let entry = Entry::new(SERVICE, name).and_then(|entry| entry.set_secret(&text));
    entry.map_err(|error| fault(&format!("does not take what belongs to {name}"), &error))
}

pub(crate) fn get<T: DeserializeOwned>(name: &str) -> Result<T, BoxError> {
    let text = Entry::new(SERVICE, name).and_then(|entry| entry.get_secret());
    let text =
        text.map_err(|error| fault(&format!("does not give what it keeps for {name}"), &error))?;
    // Not what serde says, which may quote a secret.
    serde_json::from_slice(&text)
        .map_err(|_| format!("what the keyring keeps for {name} is damaged: log in again").into())
}

/// Forgets it. What is not there is forgotten already.
pub(crate) fn delete(name: &str) -> Result<(), BoxError> {
    match Entry::new(SERVICE, name).and_then(|entry| entry.delete_credential()) {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(fault(
            &format!("does not forget what it keeps for {name}"),
            &error,
        )),
    }
}

fn fault(what: &str, error: &Error) -> BoxError {
    // Two of keyring's errors hold what was kept.
    let why = match error {
        Error::BadEncoding(_) => "it is no text".to_owned(),
        Error::Ambiguous(_) => "it keeps several".to_owned(),
        error => error.to_string(),
    };
    format!("the system's keyring {what}: {why}").into()
}

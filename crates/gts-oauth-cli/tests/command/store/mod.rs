//! The file, the keyring, concurrent commands, token refresh.

mod concurrent;
mod file;
#[cfg(unix)]
mod interrupted;
mod keyring;
mod kills;
mod names;
#[cfg(unix)]
mod owner;
mod refresh;
mod replaced_token;
pub(crate) mod unfinished;
mod unrevoked;
mod unwritable;

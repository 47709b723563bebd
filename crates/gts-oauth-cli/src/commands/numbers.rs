//! Parsers for numbers on the command line.

use std::time::Duration;

/// As long as an unfinished login is kept.
const A_DAY: u64 = 24 * 60 * 60;

/// Parses a port.
pub(crate) fn port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| format!("expected a port from 0 to {}", u16::MAX))
}

/// Parses a time limit.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 1..=A_DAY) => Ok(Duration::from_secs(seconds)),
        _ => Err(format!("expected a number of seconds from 1 to {A_DAY}")),
    }
}

//! What not every machine has: a browser, a keyring.

use std::env;
use std::io::Write as _;
use std::path::PathBuf;

/// Set where all of it must be there: tests then fail rather than say that they were skipped.
const REQUIRED: &str = "GTS_OAUTH_TEST_ALL";

/// A program, if this machine has it. If not, that is said aloud.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let found = on_path(name);
    if found.is_none() {
        assert!(env::var_os(REQUIRED).is_none(), "there is no {name}");
        // Past what captures the output of tests that pass.
        let skipped = format!("SKIPPED: a test that takes {name}, which is not here\n");
        let _ = std::io::stderr().write_all(skipped.as_bytes());
    }
    found
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let mut files = env::split_paths(&path).map(|folder| folder.join(name));
    files.find(|file| file.is_file())
}

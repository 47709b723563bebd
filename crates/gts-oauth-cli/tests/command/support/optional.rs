//! Optional programs: a browser, a keyring.

use std::env;
use std::io::Write as _;
use std::path::PathBuf;

/// If set, tests fail instead of being skipped.
const REQUIRED: &str = "GTS_OAUTH_TEST_ALL";

/// Returns the path of a program. `None`, with a message, if it is not installed.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let found = on_path(name);
    if found.is_none() {
        assert!(env::var_os(REQUIRED).is_none(), "there is no {name}");
        // Written directly, because the output of passing tests is captured.
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

//! Variables of the environment.

use std::env;
use std::io::Write as _;

/// If set, tests fail instead of being skipped.
const REQUIRED: &str = "GTS_OAUTH_TEST_ALL";

/// The variables that change how a client connects.
pub const NETWORK_VARIABLES: [&str; 10] = [
    "ALL_PROXY",
    "all_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// Reports that a test is skipped, and why. Panics if all tests are required.
pub fn skip(reason: &str) {
    assert!(env::var_os(REQUIRED).is_none(), "{reason}");
    // Written directly, because the output of passing tests is captured.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {reason}");
}

//! Logs in over libcurl, without isahc. The transport is `examples/stacks/curl.rs`.
//!
//! ```text
//! cargo run --example stack_curl                # a fake GoToSocial, and its user alice
//! cargo run --example stack_curl -- INSTANCE    # a real server, and you
//! ```

use std::time::Duration;

use gts_oauth_core::BoxError;
use gts_oauth_examples::stacks::curl::Curl;
use gts_oauth_examples::stacks::log_in;

fn main() -> Result<(), BoxError> {
    log_in(&Curl::new(Duration::from_secs(30), &[], None))
}

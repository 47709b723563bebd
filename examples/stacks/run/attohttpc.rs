//! Logs in over attohttpc, a small blocking client. The transport is `examples/stacks/attohttpc.rs`.
//!
//! ```text
//! cargo run --example stack_attohttpc                # a fake GoToSocial, and its user alice
//! cargo run --example stack_attohttpc -- INSTANCE    # a real server, and you
//! ```

use std::time::Duration;

use gts_oauth_core::BoxError;
use gts_oauth_examples::stacks::attohttpc::Attohttpc;
use gts_oauth_examples::stacks::log_in;

fn main() -> Result<(), BoxError> {
    log_in(&Attohttpc { timeout: Duration::from_secs(30) })
}

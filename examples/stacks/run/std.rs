//! Logs in over only the standard library: `http://` only. The transport is `examples/stacks/std_net.rs`.
//!
//! ```text
//! cargo run --example stack_std                # a fake GoToSocial, and its user alice
//! cargo run --example stack_std -- INSTANCE    # a real server, and you
//! ```

use std::time::Duration;

use gts_oauth_core::BoxError;
use gts_oauth_examples::stacks::log_in;
use gts_oauth_examples::stacks::std_net::StdNet;

fn main() -> Result<(), BoxError> {
    log_in(&StdNet { timeout: Duration::from_secs(30) })
}

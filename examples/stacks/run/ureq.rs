//! Logs in over ureq, with its adapter. The transport is `examples/stacks/ureq.rs`.
//!
//! ```text
//! cargo run --example stack_ureq                # a fake GoToSocial, and its user alice
//! cargo run --example stack_ureq -- INSTANCE    # a real server, and you
//! ```

use gts_oauth_core::BoxError;
use gts_oauth_examples::stacks::{log_in, ureq};
use gts_oauth_ureq::transport::TIMEOUT;

fn main() -> Result<(), BoxError> {
    log_in(&ureq::transport(TIMEOUT, &[], None)?)
}

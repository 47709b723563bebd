//! Logs in over ureq, by its adapter. The transport is `examples/stacks/ureq.rs`.
//!
//! ```text
//! cargo run --example stack_ureq                # a fake GoToSocial, and alice, who allows the app
//! cargo run --example stack_ureq -- INSTANCE    # a real one, and you
//! ```

use gts_oauth_core::BoxError;
use gts_oauth_examples::stacks::{log_in, ureq};
use gts_oauth_ureq::TIMEOUT;

fn main() -> Result<(), BoxError> {
    log_in(&ureq::transport(TIMEOUT, &[])?)
}

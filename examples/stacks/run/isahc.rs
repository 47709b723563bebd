//! Logs in over isahc, with its adapter. The transport is `examples/stacks/isahc.rs`.
//!
//! ```text
//! cargo run --example stack_isahc                # a fake GoToSocial, and its user alice
//! cargo run --example stack_isahc -- INSTANCE    # a real server, and you
//! ```

use gts_oauth_core::BoxError;
use gts_oauth_examples::stacks::{isahc, log_in};
use gts_oauth_isahc::transport::TIMEOUT;

fn main() -> Result<(), BoxError> {
    log_in(&isahc::transport(TIMEOUT, &[], None)?)
}

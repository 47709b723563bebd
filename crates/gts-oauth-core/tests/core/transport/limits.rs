//! How long a transport waits, and how much it reads.

use std::time::Duration;

use gts_oauth_core::transport::{MIN_SPEED, TIMEOUT, allowed_time};

#[test]
fn each_kilobyte_is_allowed_a_second() {
    assert_eq!(allowed_time(0), TIMEOUT);
    assert_eq!(allowed_time(90 * MIN_SPEED), TIMEOUT + Duration::from_secs(90));
}

//! Ids, secrets and the clock.

mod ids;

//! Time limits of a request.

use gts_oauth_core::transport::TIMEOUT;
use ureq::config::{Config, Timeouts};

/// The agent's limits. Without one for the request as a whole: [`TIMEOUT`], of which resolving
/// the host name can take a third, and connecting a half.
///
/// ureq does not report the phase in which the limit for the whole has passed. With the limits of
/// these two phases, it is a later one.
pub(crate) fn of(agent: &Config) -> Timeouts {
    let mut limits = agent.timeouts();
    if limits.global.is_none() && limits.per_call.is_none() {
        limits.global = Some(TIMEOUT);
        limits.resolve = limits.resolve.or(Some(TIMEOUT / 3));
        limits.connect = limits.connect.or(Some(TIMEOUT / 2));
    }
    limits
}

/// Whether the connection is established, or has failed, before the limit for the whole passes.
pub(crate) fn pass_after_connecting(limits: &Timeouts) -> bool {
    let whole = limits.global.into_iter().chain(limits.per_call).min();
    match (limits.resolve, limits.connect, whole) {
        (Some(resolve), Some(connect), Some(whole)) => resolve + connect < whole,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ureq::Agent;

    use super::{TIMEOUT, of, pass_after_connecting};

    const SECOND: Option<Duration> = Some(Duration::from_secs(1));

    #[test]
    fn default_limit_passes_after_connecting() {
        let limits = of(&Agent::config_builder().build());
        assert_eq!(limits.global, Some(TIMEOUT));
        assert!(pass_after_connecting(&limits));
    }

    #[test]
    fn limits_of_the_agent_are_kept() {
        let limits = of(&Agent::config_builder().timeout_per_call(SECOND).build());
        assert_eq!((limits.global, limits.per_call), (None, SECOND));
        assert_eq!((limits.resolve, limits.connect), (None, None));
        assert!(!pass_after_connecting(&limits));

        let agent = Agent::config_builder().timeout_resolve(SECOND).timeout_connect(Some(TIMEOUT));
        let limits = of(&agent.build());
        assert_eq!((limits.resolve, limits.connect), (SECOND, Some(TIMEOUT)));
        assert!(!pass_after_connecting(&limits));
    }
}

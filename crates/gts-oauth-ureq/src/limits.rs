//! Time limits of a request, by phase.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use gts_oauth_core::transport::{CONNECT_TIMEOUT, TIMEOUT, allowed_time};
use ureq::config::{Config, Timeouts};
use ureq::{Error, Timeout};

use crate::deadline::with_deadline;

/// The limits of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) phases: Timeouts,
    pub(crate) per_read: Option<Duration>,
    pub(crate) per_write: Option<Duration>,
}

impl Limits {
    /// The agent's limits, with a default for each phase. `whole` replaces its limit for the
    /// request as a whole. With such a limit, only connecting has a default.
    pub(crate) fn new(agent: &Config, whole: Option<Duration>, body: usize) -> Self {
        let mut limits = Self {
            phases: agent.timeouts(),
            per_read: agent.timeout_per_read(),
            per_write: agent.timeout_per_write(),
        };
        let phases = &mut limits.phases;
        phases.global = whole.or(phases.global);
        phases.connect = phases.connect.or(Some(CONNECT_TIMEOUT));
        if !has_whole(phases) {
            let response = *phases.recv_response.get_or_insert(TIMEOUT);
            phases.send_request = phases.send_request.or(Some(TIMEOUT));
            phases.send_body = phases.send_body.or(Some(allowed_time(body)));
            limits.per_read = limits.per_read.or(Some(response.max(TIMEOUT)));
            limits.per_write = limits.per_write.or(Some(TIMEOUT));
        }
        limits
    }

    /// A reader of the response's body that ends with an error if the server is too slow, unless
    /// another limit does.
    pub(crate) fn paced<R: Read>(&self, body: R) -> Paced<R> {
        let is_limited = has_whole(&self.phases) || self.phases.recv_body.is_some();
        Paced { body, begun: (!is_limited).then(Instant::now), received: 0 }
    }
}

/// Whether the request as a whole has a limit.
pub(crate) fn has_whole(phases: &Timeouts) -> bool {
    phases.global.is_some() || phases.per_call.is_some()
}

/// Whether the connection is established, or has failed, before the limit for the whole passes.
pub(crate) fn pass_after_connecting(limits: &Timeouts) -> bool {
    let whole = limits.global.into_iter().chain(limits.per_call).min();
    match (limits.resolve, limits.connect, whole) {
        (Some(resolve), Some(connect), Some(whole)) => resolve + connect < whole,
        _ => false,
    }
}

/// A body that must arrive within [`allowed_time`]. ureq itself limits a body to a fixed time,
/// whatever its length, or each read, whatever its result.
pub(crate) struct Paced<R> {
    body: R,
    /// `None` if there is another limit.
    begun: Option<Instant>,
    received: usize,
}

impl<R: Read> Read for Paced<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(begun) = self.begun else { return self.body.read(buffer) };
        let deadline = begun + allowed_time(self.received);
        let read = with_deadline(deadline, || self.body.read(buffer))?;
        self.received += read;
        match read > 0 && begun.elapsed() > allowed_time(self.received) {
            true => Err(io::Error::other(Error::Timeout(Timeout::RecvBody))),
            false => Ok(read),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::time::{Duration, Instant};

    use ureq::config::ConfigBuilder;
    use ureq::typestate::AgentScope;
    use ureq::{Agent, Error, Timeout};

    use super::*;

    const SECOND: Option<Duration> = Some(Duration::from_secs(1));
    const MINUTE: Option<Duration> = Some(Duration::from_secs(60));

    fn limits(agent: ConfigBuilder<AgentScope>) -> Limits {
        Limits::new(&agent.build(), None, 0)
    }

    #[test]
    fn each_phase_has_a_limit() {
        let limits = limits(Agent::config_builder());
        let phases = limits.phases;
        assert_eq!((phases.global, phases.per_call), (None, None));
        assert_eq!(phases.connect, Some(CONNECT_TIMEOUT));
        assert_eq!((phases.send_request, phases.recv_response), (Some(TIMEOUT), Some(TIMEOUT)));
        assert_eq!((limits.per_read, limits.per_write), (Some(TIMEOUT), Some(TIMEOUT)));
    }

    #[test]
    fn long_body_has_more_time() {
        let agent = Agent::config_builder().build();
        let eight_megabytes = Limits::new(&agent, None, 8_000_000).phases.send_body;
        assert!(eight_megabytes > Some(Duration::from_secs(8_000_000 / (128 * 1024))));
    }

    #[test]
    fn limits_of_the_agent_are_kept() {
        let agent = Agent::config_builder()
            .timeout_resolve(SECOND)
            .timeout_connect(MINUTE)
            .timeout_send_request(MINUTE)
            .timeout_send_body(MINUTE)
            .timeout_recv_response(MINUTE)
            .timeout_per_write(SECOND);
        let limits = limits(agent);
        let phases = limits.phases;
        assert_eq!((phases.resolve, phases.connect), (SECOND, MINUTE));
        assert_eq!((phases.send_request, phases.send_body), (MINUTE, MINUTE));
        assert_eq!((phases.recv_response, limits.per_read), (MINUTE, MINUTE));
        assert_eq!(limits.per_write, SECOND);
    }

    #[test]
    fn limit_for_the_whole_replaces_the_others() {
        let config = Agent::config_builder().timeout_per_call(MINUTE);
        let limits = [limits(config), Limits::new(&Agent::config_builder().build(), MINUTE, 0)];
        for limits in limits {
            let phases = limits.phases;
            assert_eq!(phases.global.or(phases.per_call), MINUTE);
            assert_eq!((phases.send_request, phases.recv_response), (None, None));
            assert_eq!((limits.per_read, limits.per_write), (None, None));
            assert_eq!(phases.connect, Some(CONNECT_TIMEOUT));
            assert!(limits.paced(&b""[..]).begun.is_none());
        }
    }

    #[test]
    fn slow_body_is_an_error() {
        let long_ago = Instant::now().checked_sub(TIMEOUT * 2);
        let mut paced = Paced { body: &[b' '; 1000][..], begun: long_ago, received: 0 };
        let error = Error::from(paced.read_to_end(&mut Vec::new()).unwrap_err());
        assert!(matches!(error, Error::Timeout(Timeout::RecvBody)), "{error}");
    }

    #[test]
    fn end_of_a_slow_body_is_no_error() {
        let long_ago = Instant::now().checked_sub(TIMEOUT * 2);
        let mut paced = Paced { body: &b"{}"[..], begun: long_ago, received: 0 };
        assert!(paced.read(&mut [0; 2]).is_err());
        assert_eq!(paced.read(&mut [0; 2]).unwrap(), 0);
    }

    #[test]
    fn received_bytes_give_more_time() {
        let limits = Limits::new(&Agent::config_builder().build(), None, 0);
        let mut paced = limits.paced(&[b' '; 1000][..]);
        paced.read_to_end(&mut Vec::new()).unwrap();
        assert_eq!(paced.received, 1000);
        let long_ago = Instant::now().checked_sub(TIMEOUT * 2);
        let mut paced = Paced { body: &b"{}"[..], begun: long_ago, received: 16_000_000 };
        assert_eq!(paced.read(&mut [0; 2]).unwrap(), 2);
    }

    #[test]
    fn default_limit_passes_after_connecting() {
        let agent = Agent::config_builder().timeout_resolve(SECOND).timeout_global(MINUTE);
        assert!(pass_after_connecting(&limits(agent).phases));
        let agent = Agent::config_builder().timeout_resolve(SECOND).timeout_global(SECOND);
        assert!(!pass_after_connecting(&limits(agent).phases));
        let agent = Agent::config_builder().timeout_resolve(SECOND).timeout_connect(SECOND);
        let two_seconds = SECOND.map(|second| second * 2);
        assert!(!pass_after_connecting(&limits(agent.timeout_global(two_seconds)).phases));
    }
}

//! How a check is run: in a thread of its own, so that no transport can hold up the suite.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use gts_oauth_core::Transport;

use crate::Settings;
use crate::report::{Failure, Obligation, Report};

/// For how many of its own time limits a transport is waited for. It is a guard, not a
/// measurement: one that gives up at all does so long before.
const GUARD: u32 = 6;

/// How many checks may hang before the rest is not worth the wait.
const HANGING: usize = 3;

/// Runs one check after the other. If too many hang, the rest is left out, and the report says
/// so: whoever mends those runs the suite again.
pub(crate) fn in_turn(checks: Vec<Check>, start: impl Fn(Check) -> Running, report: &mut Report) {
    for check in checks {
        let failures = report.failures().iter();
        let hanging = failures.filter(|failure| failure.obligation == Obligation::GivesUp);
        if hanging.count() >= HANGING {
            report.omit(check.obligation, &check.what);
            continue;
        }
        let running = start(check);
        report.add(running.obligation, &running.what, running.wait());
    }
}

/// What a check is to a transport that is sound, or what was seen instead.
pub(crate) type Outcome = Result<(), String>;

type Run = Box<dyn FnOnce(&dyn Transport) -> Outcome + Send>;

/// One check, with the transport it asks for.
pub(crate) struct Check {
    pub(crate) obligation: Obligation,
    pub(crate) what: String,
    pub(crate) settings: Settings,
    run: Run,
}

impl Check {
    pub(crate) fn new(
        obligation: Obligation,
        what: impl Into<String>,
        run: impl FnOnce(&dyn Transport) -> Outcome + Send + 'static,
    ) -> Self {
        Self {
            obligation,
            what: what.into(),
            settings: Settings::default(),
            run: Box::new(run),
        }
    }

    pub(crate) fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    pub(crate) fn root(mut self, root: Vec<u8>) -> Self {
        self.settings.roots.push(root);
        self
    }

    pub(crate) fn start<T>(self, transport: T) -> Running
    where
        T: Transport + Send + 'static,
    {
        let (done, outcome) = mpsc::channel();
        let guard = self.settings.timeout * GUARD;
        let run = self.run;
        thread::spawn(move || {
            // If nobody waits any more, nobody has to know.
            let _ = done.send(run(&transport));
        });
        Running {
            obligation: self.obligation,
            what: self.what,
            guard,
            until: Instant::now() + guard,
            outcome,
        }
    }
}

/// A check that was started.
pub(crate) struct Running {
    pub(crate) obligation: Obligation,
    pub(crate) what: String,
    guard: Duration,
    until: Instant,
    outcome: Receiver<Outcome>,
}

impl Running {
    /// Waits for its end. A transport that does not come back is left to its thread.
    pub(crate) fn wait(&self) -> Option<Failure> {
        let left = self.until.saturating_duration_since(Instant::now());
        let (obligation, seen) = match self.outcome.recv_timeout(left) {
            Ok(Ok(())) => return None,
            Ok(Err(seen)) => (self.obligation, seen),
            Err(RecvTimeoutError::Disconnected) => (self.obligation, "it panicked".to_owned()),
            Err(RecvTimeoutError::Timeout) => {
                let seen = format!("it had not come back after {:?}", self.guard);
                (Obligation::GivesUp, seen)
            }
        };
        let seen = format!("{}: {seen}", self.what);
        Some(Failure { obligation, seen })
    }
}

#[cfg(test)]
mod tests {
    use gts_oauth_core::http::{Request, Response};
    use gts_oauth_core::{BoxError, Transport};

    use super::*;

    fn hangs(_: &dyn Transport) -> Outcome {
        loop {
            thread::park();
        }
    }

    /// Starts the check with a transport that no check here asks anything.
    fn start(check: Check) -> Running {
        let silent = |_: Request<_>| Ok::<_, BoxError>(Response::new(Vec::new()));
        check.start(silent)
    }

    fn check(what: &str, run: fn(&dyn Transport) -> Outcome) -> Check {
        let short = Duration::from_millis(20);
        Check::new(Obligation::SendsExactly, what, run).timeout(short)
    }

    #[test]
    fn one_that_hangs_is_reported_and_the_next_goes_on() {
        let mut report = Report::default();
        let sound = check("the next", |_| Ok(())).timeout(Duration::from_secs(5));
        in_turn(vec![check("the first", hangs), sound], start, &mut report);
        assert_eq!(report.failures().len(), 1);
        assert_eq!(report.failures()[0].obligation, Obligation::GivesUp);
        let lines = report.to_string();
        assert!(
            lines.ends_with("passed: SendsExactly: the next\n"),
            "{lines}"
        );
    }

    #[test]
    fn when_too_many_hang_the_rest_is_not_reached() {
        let mut report = Report::default();
        let mut checks: Vec<_> = (0..HANGING).map(|_| check("one", hangs)).collect();
        checks.push(check("the last", |_| Ok(())));
        in_turn(checks, start, &mut report);
        assert_eq!(report.failures().len(), HANGING);
        let lines = report.to_string();
        let last = "not reached: SendsExactly: the last\n";
        assert!(lines.ends_with(last), "{lines}");
    }
}

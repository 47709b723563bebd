//! Runs each check in its own thread, so that no transport can block the suite.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use gts_oauth_core::Transport;

use crate::client::Client;
use crate::report::{Failure, Obligation, Report};
use crate::settings::{Methods, Settings};

/// How many time limits of a transport the suite waits. A transport that gives up at all does so
/// much earlier.
const GUARD: u32 = 6;

/// The number of hanging checks after which the rest is omitted.
const HANGING: usize = 3;

/// Runs one check after the other. If too many hang, the rest is omitted, which the report states.
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

/// `Ok` for a correct transport, else what was observed.
pub(crate) type Outcome = Result<(), String>;

type Run = Box<dyn FnOnce(&Client) -> Outcome + Send>;

/// One check, with the settings of its transport.
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
        run: impl FnOnce(&Client) -> Outcome + Send + 'static,
    ) -> Self {
        Self { obligation, what: what.into(), settings: Settings::default(), run: Box::new(run) }
    }

    pub(crate) fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    pub(crate) fn proxy(mut self, url: String) -> Self {
        self.settings.proxy = Some(url);
        self
    }

    pub(crate) fn root(mut self, root: Vec<u8>) -> Self {
        self.settings.roots.push(root);
        self
    }

    pub(crate) fn start<T>(self, transport: T, methods: Methods) -> Running
    where
        T: Transport + Send + 'static,
    {
        let (done, outcome) = mpsc::channel();
        let guard = self.settings.timeout * GUARD;
        let client = Client::new(transport, methods);
        let run = self.run;
        thread::spawn(move || {
            // The suite might have stopped waiting.
            let _ = done.send(run(&client));
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

/// A running check.
pub(crate) struct Running {
    pub(crate) obligation: Obligation,
    pub(crate) what: String,
    guard: Duration,
    until: Instant,
    outcome: Receiver<Outcome>,
}

impl Running {
    /// Waits for its end. A thread that does not end is abandoned.
    pub(crate) fn wait(&self) -> Option<Failure> {
        let left = self.until.saturating_duration_since(Instant::now());
        let (obligation, seen) = match self.outcome.recv_timeout(left) {
            Ok(Ok(())) => return None,
            Ok(Err(seen)) => (self.obligation, seen),
            Err(RecvTimeoutError::Disconnected) => (self.obligation, "it panicked".to_owned()),
            Err(RecvTimeoutError::Timeout) => {
                let seen = format!("it had not returned after {:?}", self.guard);
                (Obligation::GivesUp, seen)
            }
        };
        let seen = format!("{}: {seen}", self.what);
        Some(Failure { obligation, seen })
    }
}

#[cfg(test)]
mod tests {
    use gts_oauth_core::BoxError;
    use gts_oauth_core::http::{Request, Response};

    use super::*;

    fn hangs(_: &Client) -> Outcome {
        loop {
            thread::park();
        }
    }

    /// Starts the check with a transport that is not used.
    fn start(check: Check) -> Running {
        let silent = |_: Request<_>| Ok::<_, BoxError>(Response::new(Vec::new()));
        check.start(silent, Methods::default())
    }

    fn check(what: &str, run: fn(&Client) -> Outcome) -> Check {
        let short = Duration::from_millis(20);
        Check::new(Obligation::SendsExactly, what, run).timeout(short)
    }

    #[test]
    fn hanging_check_is_reported_and_the_next_one_runs() {
        let mut report = Report::default();
        let passing = check("the next", |_| Ok(())).timeout(Duration::from_secs(5));
        in_turn(vec![check("the first", hangs), passing], start, &mut report);
        assert_eq!(report.failures().len(), 1);
        assert_eq!(report.failures()[0].obligation, Obligation::GivesUp);
        let lines = report.to_string();
        assert!(lines.ends_with("passed: SendsExactly: the next\n"), "{lines}");
    }

    #[test]
    fn rest_is_omitted_after_too_many_hanging_checks() {
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

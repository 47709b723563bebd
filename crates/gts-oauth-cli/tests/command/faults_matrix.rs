//! Every fault × every request of a login: run again until it succeeds, the command registers one
//! app, asks once for each code, and sends no code again that the server has accepted.
//!
//! Faults for which the command would sleep are left out: those that report a wait, and a new token
//! that is rejected, which the command verifies again after a second.

use std::sync::Mutex;
use std::thread;

use gts_oauth_fake::{Dialect, Fault};
use gts_oauth_tests::faults::{Case, Counts, TARGETS, Target, cases, is_in_order};

use crate::support::shell::{Shell, served};

/// More runs than the most frequent fault takes.
const MOST_RUNS: usize = 8;

/// Whether the cell can be: WebFinger is requested only where there is no nodeinfo.
fn is_possible(target: Target, case: &Case) -> bool {
    target != Target::WebFinger && target.can_have(case) && !sleeps(target, case)
}

fn sleeps(target: Target, case: &Case) -> bool {
    let is_rejection = matches!(&case.fault, Fault::Response { status, .. } if *status == 401);
    case.takes_time() || case.wait().is_some() || target == Target::Verify && is_rejection
}

fn expected(target: Target, case: &Case) -> Counts {
    let mut counts = Counts::expected(Dialect::GoToSocial, &[(target, case)]);
    let is_500 = matches!(&case.fault, Fault::Response { status, .. } if *status == 500);
    if target == Target::ExchangeCode && is_500 {
        // Some servers respond so to a code that they do not know, each time.
        counts.prompts += 1;
    }
    counts
}

/// Logs in, and returns what is wrong.
fn check(target: Target, case: &Case) -> Result<(), String> {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    served.fail(case.at(target.path()));
    let (mut prompts, mut messages) = (0, Vec::new());
    loop {
        let outcome = shell.talk(&["login", &served.origin()], |url| {
            prompts += 1;
            alice.visit(url).ok()
        });
        if outcome.code == Some(0) {
            break;
        }
        messages.push(outcome.stderr);
        if messages.len() > MOST_RUNS {
            return Err(format!("it does not succeed: {messages:?}"));
        }
    }
    let requests = served.requests();
    let (counts, expected) = (Counts::of(&requests, prompts), expected(target, case));
    if counts != expected || !is_in_order(&requests, &counts) {
        return Err(format!("{counts:?} in place of {expected:?}: {}", messages.join("\n")));
    }
    match shell.run(&["status"]).code {
        Some(0) => Ok(()),
        code => Err(format!("status exits with {code:?}")),
    }
}

#[test]
fn login_succeeds_after_every_fault() {
    let cases = cases();
    let pairs = TARGETS.iter().flat_map(|&target| cases.iter().map(move |case| (target, case)));
    let cells: Vec<_> = pairs.filter(|(target, case)| is_possible(*target, case)).collect();
    println!("{} cells", cells.len());
    let faults = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for cells in cells.chunks(cells.len().div_ceil(4)) {
            let faults = &faults;
            scope.spawn(move || {
                for (target, case) in cells {
                    if let Err(fault) = check(*target, case) {
                        let cell = format!("{target:?}, {}: {fault}", case.name);
                        faults.lock().expect("no panic").push(cell);
                    }
                }
            });
        }
    });
    let faults = faults.into_inner().expect("no panic");
    assert!(faults.is_empty(), "{} of {} cells:\n{}", faults.len(), cells.len(), faults.join("\n"));
}

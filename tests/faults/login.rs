//! Whole logins with a fault.

use std::fmt;
use std::thread;

use gts_oauth_core::{Error, Exchange as _, Login, RegisterApp, Step, Transport};
use gts_oauth_fake::{Dialect, Fault, Served, Server};
use gts_oauth_isahc::Isahc;
use gts_oauth_tests::faults::{Case, Counts, TARGETS, Target, cases, is_in_order};
use gts_oauth_ureq::Ureq;

use crate::driver::{Storage, User, by_hand, by_hand_async, run};
use crate::report::Report;
use crate::stack::Blocking;

/// How the user returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Return {
    OutOfBand,
    Redirect,
}

/// More errors than the most frequent fault causes.
const MOST_ERRORS: usize = 8;

/// What differs between the cells of one way to carry out a login.
struct Cell<'a> {
    target: Target,
    case: &'a Case,
    storage: Storage,
    back: Return,
}

/// All cells, without those that a login cannot have.
fn cells(cases: &[Case]) -> Vec<Cell<'_>> {
    let mut cells = Vec::new();
    for storage in Storage::ALL {
        for back in [Return::OutOfBand, Return::Redirect] {
            for target in TARGETS {
                let cases = cases.iter().filter(|case| target.can_have(case));
                cells.extend(cases.map(|case| Cell { target, case, storage, back }));
            }
        }
    }
    cells
}

impl Cell<'_> {
    fn start(&self, server: &Server) -> Login {
        let mut app = RegisterApp::new(server.instance(), "my-bot").expect("a name");
        if self.back == Return::Redirect {
            app = app.redirect_uri("http://127.0.0.1:7777/callback".parse().expect("a URI"));
        }
        if self.target == Target::WebFinger {
            // It is requested where there is no nodeinfo.
            server.fail(Fault::response(404, &[], "").at(Target::NodeinfoLinks.path()));
        }
        server.fail(self.case.at(self.target.path()));
        Login::new(app, server.entropy())
    }

    /// Carries out a login, and returns what is wrong with it.
    fn check(
        &self,
        server: &Server,
        carry_out: impl Fn(Login, Storage, &mut User) -> (Login, Result<(), Error>),
    ) -> Result<(), String> {
        let mut user = User::of(server);
        let mut login = self.start(server);
        let mut errors = Vec::new();
        loop {
            let (after, outcome) = carry_out(login, self.storage, &mut user);
            login = after;
            match outcome {
                Ok(()) => break,
                Err(error) => errors.push(error.to_string()),
            }
            if errors.len() > MOST_ERRORS {
                return Err(format!("it does not complete: {errors:?}"));
            }
        }
        let requests = server.requests();
        let counts = Counts::of(&requests, user.prompts);
        let expected = Counts::expected(self.target, self.case);
        if counts != expected {
            return Err(format!("{counts:?} in place of {expected:?}, after {errors:?}"));
        }
        if !is_in_order(&requests, &counts) {
            return Err("a code or an app was used again".to_owned());
        }
        if server.pending_failures().contains(&self.case.at(self.target.path())) {
            return Err("the fault did not occur".to_owned());
        }
        if self.case.wait().is_some_and(|wait| !user.waits.contains(&wait)) {
            return Err(format!("the wait is not reported: {:?}", user.waits));
        }
        let Step::Done(me) = login.step() else { return Err("it is not done".to_owned()) };
        match me.session.verify().send(server) {
            Ok(account) if account.username() == "alice" => Ok(()),
            outcome => Err(format!("its token is of no use: {outcome:?}")),
        }
    }
}

impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target, case, storage, back } = self;
        write!(f, "storage {storage:?}, {back:?}, {target:?}, {}", case.name)
    }
}

fn report(
    name: &str,
    cells: &[Cell<'_>],
    check: impl Fn(&Cell<'_>) -> Result<(), String>,
) -> Report {
    let mut report = Report::default();
    for cell in cells {
        report.add(&format!("{name}, {cell}"), check(cell));
    }
    report
}

pub(crate) fn in_memory(dialect: Dialect) -> Vec<Report> {
    let cases = cases();
    let cells = cells(&cases);
    let server = || Server::builder(7).dialect(dialect).build();
    let by_hand = report(&format!("{dialect:?}, by hand"), &cells, |cell| {
        let server = server();
        cell.check(&server, |login, storage, user| by_hand(login, &server, storage, user))
    });
    let run = report(&format!("{dialect:?}, run"), &cells, |cell| {
        let server = server();
        cell.check(&server, |login, storage, user| run(login, &server, storage, user))
    });
    vec![by_hand, run]
}

fn serve() -> Served {
    Server::builder(7).serve().expect("a free loopback port")
}

/// Half of the cells by hand, and half with `run`.
fn over(name: &str, http: &dyn Transport, cells: &[Cell<'_>]) -> Report {
    report(name, cells, |cell| {
        let served = serve();
        cell.check(&served, |login, storage, user| match cell.back {
            Return::OutOfBand => by_hand(login, http, storage, user),
            Return::Redirect => run(login, http, storage, user),
        })
    })
}

pub(crate) fn over_sockets() -> Vec<Report> {
    let mut cases = cases();
    cases.retain(|case| !case.takes_time());
    let mut cells = cells(&cases);
    cells.retain(|it| (it.storage == Storage::EachStep) == (it.back == Return::OutOfBand));
    let cells = &*cells;
    thread::scope(|scope| {
        let ureq = scope.spawn(|| over("ureq", &Ureq::new(), cells));
        let isahc = scope.spawn(|| over("isahc", &Isahc::new(), cells));
        let hyper = scope.spawn(|| {
            let Blocking { http, runtime } = Blocking::new();
            report("hyper", cells, |cell| {
                let served = serve();
                cell.check(&served, |login, storage, user| {
                    runtime.block_on(by_hand_async(login, &http, storage, user))
                })
            })
        });
        [ureq, isahc, hyper].map(|it| it.join().expect("a report")).into()
    })
}

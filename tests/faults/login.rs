//! Whole logins with a fault.

use std::fmt;
use std::thread;

use gts_oauth_core::error::{Operation, Remedy};
use gts_oauth_core::{Error, Exchange as _, Login, RegisterApp, Step, Transport, UserReply};
use gts_oauth_fake::{Dialect, Fault, Served, Server};
use gts_oauth_isahc::Isahc;
use gts_oauth_tests::faults::{Case, Counts, TARGETS, Target, cases, is_in_order, representatives};
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

/// More errors than the most frequent faults cause.
const MOST_ERRORS: usize = 12;

/// A login, without the way in which it is carried out.
#[derive(Clone)]
struct Cell<'a> {
    dialect: Dialect,
    faults: Vec<(Target, &'a Case)>,
    storage: Storage,
    back: Return,
    /// Whether the app was registered before, so that the login must not register another one.
    has_app: bool,
}

const ALL: [(Storage, Return); 4] = [
    (Storage::None, Return::OutOfBand),
    (Storage::None, Return::Redirect),
    (Storage::EachStep, Return::OutOfBand),
    (Storage::EachStep, Return::Redirect),
];

/// The two of [`ALL`] that differ most.
const HALF: [(Storage, Return); 2] =
    [(Storage::None, Return::Redirect), (Storage::EachStep, Return::OutOfBand)];

/// One cell for each fault of each request.
fn single<'a>(
    dialect: Dialect,
    cases: &'a [Case],
    variants: &[(Storage, Return)],
) -> Vec<Cell<'a>> {
    let mut cells = Vec::new();
    for &(storage, back) in variants {
        for target in TARGETS {
            let cases = cases.iter().filter(|case| target.can_have(case));
            let faults = cases.map(|case| vec![(target, case)]);
            cells.extend(faults.map(|faults| Cell {
                dialect,
                faults,
                storage,
                back,
                has_app: false,
            }));
        }
    }
    cells
}

/// Three faults in one login, of each effect.
fn triple<'a>(
    dialect: Dialect,
    cases: &'a [Case],
    variants: &[(Storage, Return)],
) -> Vec<Cell<'a>> {
    let cases = representatives(cases);
    let mut cells = Vec::new();
    for &(storage, back) in variants {
        for &first in &cases {
            for &second in &cases {
                for &third in &cases {
                    let faults = [Target::Register, Target::ExchangeCode, Target::Verify];
                    let faults = faults.into_iter().zip([first, second, third]).collect();
                    cells.push(Cell { dialect, faults, storage, back, has_app: false });
                }
            }
        }
    }
    cells
}

/// The cells of a login with an app: those in which it has a fault.
fn with_app<'a>(
    dialect: Dialect,
    cases: &'a [Case],
    variants: &[(Storage, Return)],
) -> Vec<Cell<'a>> {
    let mut cells = single(dialect, cases, variants);
    cells.retain(|it| matches!(it.faults[..], [(Target::ExchangeCode | Target::Verify, _)]));
    cells.into_iter().map(|cell| Cell { has_app: true, ..cell }).collect()
}

impl Cell<'_> {
    fn start(&self, server: &Server) -> Login {
        let mut app = RegisterApp::new(server.instance(), "my-bot").expect("a name");
        if self.back == Return::Redirect {
            app = app.redirect_uri("http://127.0.0.1:7777/callback".parse().expect("a URI"));
        }
        let login = match self.has_app {
            true => Login::with_app(app.send(server).expect("an app"), server.entropy()),
            false => Login::new(app, server.entropy()),
        };
        server.clear_requests();
        for (target, case) in &self.faults {
            if *target == Target::WebFinger {
                // It is requested where there is no nodeinfo.
                server.fail(Fault::response(404, &[], "").at(Target::NodeinfoLinks.path()));
            }
            server.fail(case.at(target.path()));
        }
        login
    }

    /// Carries out a login, and returns what is wrong with it.
    fn check(
        &self,
        server: &Server,
        carry_out: impl Fn(Login, Storage, &mut User) -> (Login, Result<(), Error>),
    ) -> Result<(), String> {
        let mut user = User::of(server);
        let mut login = self.start(server);
        let (mut errors, mut failed_exchanges) = (Vec::new(), 0);
        loop {
            let (after, outcome) = carry_out(login, self.storage, &mut user);
            login = after;
            let Err(error) = outcome else { break };
            // The remedy for a 500: to retry, then to start over.
            let is_exchange = error.operation() == Some(Operation::ExchangeCode);
            failed_exchanges += u32::from(is_exchange && error.remedy() == Remedy::SignIn);
            if failed_exchanges == 2 {
                login.handle_reply(UserReply::StartOver).expect("it is not done");
            }
            errors.push(error.to_string());
            if errors.len() > MOST_ERRORS {
                return Err(format!("it does not complete: {errors:?}"));
            }
        }
        let requests = server.requests();
        let counts = Counts::of(&requests, user.prompts);
        let mut expected = Counts::expected(self.dialect, &self.faults);
        if self.has_app {
            expected.registrations = 0;
        }
        if counts != expected {
            return Err(format!("{counts:?} in place of {expected:?}, after {errors:?}"));
        }
        // Akkoma gives the same code again.
        if !is_in_order(&requests, &counts) && self.dialect != Dialect::Akkoma {
            return Err("a code or an app was used again".to_owned());
        }
        for (target, case) in &self.faults {
            if server.pending_failures().contains(&case.at(target.path())) {
                return Err(format!("{target:?} did not fail"));
            }
            if case.wait().is_some_and(|wait| !user.waits.contains(&wait)) {
                return Err(format!("the wait is not reported: {:?}", user.waits));
            }
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
        let Self { dialect, faults, storage, back, has_app } = self;
        write!(f, "{dialect:?}, storage {storage:?}, {back:?}, has app {has_app}")?;
        faults.iter().try_for_each(|(target, case)| write!(f, ", {target:?}: {}", case.name))
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

fn memory(cell: &Cell<'_>) -> Server {
    let server = Server::builder(7).dialect(cell.dialect).build();
    server.rate_limit(None);
    server
}

fn by_hand_in_memory(cells: &[Cell<'_>]) -> Report {
    report("by hand", cells, |cell| {
        let server = memory(cell);
        cell.check(&server, |login, storage, user| by_hand(login, &server, storage, user))
    })
}

fn run_in_memory(cells: &[Cell<'_>]) -> Report {
    report("run", cells, |cell| {
        let server = memory(cell);
        cell.check(&server, |login, storage, user| run(login, &server, storage, user))
    })
}

/// Every way, with one fault or three, and with an app that was registered before.
pub(crate) fn on_gotosocial() -> Vec<Report> {
    let (dialect, cases) = (Dialect::GoToSocial, cases());
    let cells = [
        single(dialect, &cases, &ALL),
        triple(dialect, &cases, &HALF),
        with_app(dialect, &cases, &HALF),
    ];
    let cells = cells.concat();
    vec![by_hand_in_memory(&cells), run_in_memory(&cells)]
}

/// Other servers, by hand. An app of Sharkey is good for one login.
pub(crate) fn on_other_servers() -> Vec<Report> {
    let mut dialects = Dialect::ALL.to_vec();
    dialects.retain(|it| !matches!(it, Dialect::GoToSocial | Dialect::Sharkey));
    let cases = cases();
    let check = |dialect| by_hand_in_memory(&single(dialect, &cases, &HALF));
    dialects.into_iter().map(check).collect()
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
    let cells = &*single(Dialect::GoToSocial, &cases, &HALF);
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

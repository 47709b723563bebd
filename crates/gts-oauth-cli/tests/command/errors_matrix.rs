//! Every server dialect × every problem of a token or a server × every command that meets it.
//!
//! Each cell states the exit code, whether the token is stored afterwards, and what the message
//! says. A cell that a dialect cannot have is listed with its reason.

use std::fmt;
use std::thread;
use std::time::Duration;

use gts_oauth_fake::{Account, AccountState, Dialect, Fault, Served};
use gts_oauth_ureq::{Exchange as _, Session, Transport as _};

use crate::support::shell::{Outcome, Shell, speaking};

const VERIFY: &str = "/api/v1/accounts/verify_credentials";

/// What is wrong with the token, or with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Problem {
    DeadToken,
    ExpiredToken,
    MissingScope,
    DisabledAccount,
    /// 403 with an HTML page.
    BotShield,
    /// 503 with an HTML page.
    Maintenance,
    /// 200 with an HTML page.
    CaptivePortal,
}

use Problem::{
    BotShield, CaptivePortal, DeadToken, DisabledAccount, ExpiredToken, Maintenance, MissingScope,
};

const PROBLEMS: [Problem; 7] =
    [DeadToken, ExpiredToken, MissingScope, DisabledAccount, BotShield, Maintenance, CaptivePortal];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Run {
    Login,
    LoginWithToken,
    Status,
    Api,
    Tokens,
    Logout,
}

const RUNS: [Run; 6] =
    [Run::Login, Run::LoginWithToken, Run::Status, Run::Api, Run::Tokens, Run::Logout];

/// What a cell requires.
enum Cell {
    Expect {
        code: i32,
        /// Whether a token is stored afterwards.
        stored: bool,
        /// What the output contains.
        says: &'static str,
    },
    /// The dialect cannot have it, for this reason.
    Impossible(&'static str),
}

use Cell::{Expect, Impossible};

/// The server does not accept the token: exit code 4. The token is kept, because only the user or
/// `logout` may decide to lose it.
const REJECTED: Cell = Expect { code: 4, stored: true, says: "To log in again, run `" };
const HTML: Cell = Expect { code: 1, stored: true, says: "HTML page" };

fn expected(dialect: Dialect, problem: Problem, run: Run) -> Cell {
    let lists_tokens = [Dialect::GoToSocial, Dialect::GoToSocial020].contains(&dialect);
    let enforces_scopes = dialect != Dialect::GoToSocial018;
    match (problem, run) {
        (ExpiredToken, _) if !matches!(dialect, Dialect::Akkoma | Dialect::Pixelfed) => {
            Impossible("its tokens never expire")
        }
        (MissingScope, _) if !enforces_scopes => Impossible("it enforces no scopes"),
        (DeadToken | ExpiredToken | MissingScope | DisabledAccount, Run::Tokens)
            if !lists_tokens =>
        {
            Impossible("it has no list of tokens")
        }

        // The token is new: it is verified twice, and then the user is asked again.
        (DeadToken | ExpiredToken, Run::Login) => {
            Expect { code: 0, stored: true, says: "The token is invalid, expired or revoked." }
        }
        (DeadToken | ExpiredToken, Run::LoginWithToken) => {
            Expect { code: 4, stored: false, says: "Pass a valid token." }
        }
        (DeadToken | ExpiredToken, Run::Logout) => Expect { code: 0, stored: false, says: "" },
        (DeadToken | ExpiredToken, Run::Status) => {
            Expect { code: 4, stored: true, says: "rejected; run `gts-oauth login " }
        }
        (DeadToken | ExpiredToken, _) => REJECTED,

        (MissingScope, Run::Login) => {
            Expect { code: 0, stored: true, says: "do not allow reading the account" }
        }
        // The granted scopes of such a token are not known, so its words decide. Friendica has one
        // text for an invalid token and a missing scope, and Pixelfed an empty one.
        (MissingScope, Run::LoginWithToken) if dialect == Dialect::Friendica => {
            Expect { code: 4, stored: false, says: "Pass a valid token." }
        }
        (MissingScope, Run::LoginWithToken) if dialect == Dialect::Pixelfed => {
            Expect { code: 1, stored: false, says: "account verification failed: 403" }
        }
        (MissingScope, Run::LoginWithToken) => {
            Expect { code: 0, stored: true, says: "does not allow reading its account" }
        }
        (MissingScope, Run::Status) => Expect { code: 0, stored: true, says: "valid" },
        // It has no other scopes to write.
        (MissingScope, Run::Api) if dialect == Dialect::Pixelfed => {
            Expect { code: 1, stored: true, says: "--add-scopes write`" }
        }
        (MissingScope, Run::Api) => {
            Expect { code: 1, stored: true, says: "--add-scopes write:statuses`" }
        }
        (MissingScope, Run::Tokens) => {
            Expect { code: 1, stored: true, says: "--add-scopes read:accounts`" }
        }
        (MissingScope, Run::Logout) => Expect { code: 0, stored: false, says: "" },

        (DisabledAccount, run) => match sentence_of_disabled(dialect) {
            // As an invalid token, which the response does not distinguish.
            None => expected(dialect, DeadToken, run),
            Some(says) => match run {
                Run::Login | Run::LoginWithToken => Expect { code: 1, stored: false, says },
                // It cannot revoke, and does not say whether the token is valid.
                Run::Logout if dialect == Dialect::Sharkey => {
                    Expect { code: 1, stored: true, says: "--force" }
                }
                Run::Logout => Expect { code: 0, stored: false, says: "" },
                _ => Expect { code: 1, stored: true, says },
            },
        },

        // Discovery goes on without documents; the registration fails.
        (BotShield | CaptivePortal, Run::Login | Run::LoginWithToken) => {
            Expect { code: 1, stored: false, says: "HTML page" }
        }
        (BotShield | CaptivePortal, _) => HTML,

        (Maintenance, Run::Login | Run::LoginWithToken) => {
            Expect { code: 1, stored: false, says: "temporarily unavailable (503)" }
        }
        (Maintenance, _) => Expect { code: 1, stored: true, says: "temporarily unavailable (503)" },
    }
}

/// The server's own words for a disabled account. `None` if they are those for an invalid token.
fn sentence_of_disabled(dialect: Dialect) -> Option<&'static str> {
    match dialect {
        Dialect::Mastodon | Dialect::Mastodon43 | Dialect::Strict => {
            Some("Your login is currently disabled")
        }
        Dialect::Sharkey => Some("Your account has been suspended"),
        Dialect::Iceshrimp => Some("Your access has been suspended"),
        _ => None,
    }
}

/// A server with alice, in the middle of a problem.
struct Scene {
    problem: Problem,
    served: Served,
    alice: Account,
    shell: Shell,
}

impl Scene {
    fn new(dialect: Dialect, problem: Problem) -> Self {
        let served = speaking(dialect);
        served.rate_limit(None);
        let alice = served.account("alice");
        Self { problem, served, alice, shell: Shell::new() }
    }

    fn run(&self, run: Run) -> Outcome {
        match run {
            Run::Login => self.log_in_with_problem(),
            Run::LoginWithToken => self.log_in_with_token(),
            Run::Status => self.after_login("read", &["status"]),
            Run::Api if self.problem == MissingScope => {
                self.after_login("read", &["api", "/api/v1/statuses", "-f", "status=hello"])
            }
            Run::Api => self.after_login("read", &["api", "/api/v1/notifications"]),
            Run::Tokens => self.after_login("read", &["tokens"]),
            Run::Logout => self.after_login("read", &["logout"]),
        }
    }

    /// Runs a command after a login without problems.
    fn after_login(&self, scopes: &str, arguments: &[&str]) -> Outcome {
        let reads_account = matches!(arguments[0], "api" | "logout");
        let scopes = if self.problem == MissingScope && !reads_account { "write" } else { scopes };
        let outcome = self.log_in(scopes);
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        self.begin();
        self.shell.run(arguments)
    }

    fn log_in(&self, scopes: &str) -> Outcome {
        // Sharkey's metadata requires `iss`, and it sends none.
        let arguments = ["login", &self.served.origin(), "--scopes", scopes, "--waive-iss"];
        // A Sharkey app is good for one login: its user sees an error page, and asks for a new app.
        let new_app = |_| "new".to_owned();
        self.shell.talk(&arguments, |url| Some(self.alice.visit(url).unwrap_or_else(new_app)))
    }

    /// A login whose token has the problem as soon as it is issued.
    fn log_in_with_problem(&self) -> Outcome {
        match self.problem {
            MissingScope => return self.log_in("write"),
            DeadToken | ExpiredToken | DisabledAccount => {
                self.served.fail(self.response_to_verify().at(VERIFY).times(2));
            }
            BotShield | Maintenance | CaptivePortal => self.begin(),
        }
        self.log_in("read")
    }

    fn log_in_with_token(&self) -> Outcome {
        let session = self.session();
        let token = session.access_token().expose().to_owned();
        self.begin();
        if self.problem == DeadToken {
            self.served.revoke(&session);
        }
        let arguments = ["login", &self.served.origin(), "--with-token"];
        self.shell.run_to(&mut self.shell.command(&arguments), &token)
    }

    fn session(&self) -> Session {
        let scopes = if self.problem == MissingScope { "write" } else { "read" };
        self.served.session("alice", scopes)
    }

    /// The server's response to a token with the problem.
    fn response_to_verify(&self) -> Fault {
        let session = self.served.session("mallory", "read");
        match self.problem {
            DisabledAccount => self.served.set_account_state("mallory", AccountState::Disabled),
            _ => self.served.revoke(&session),
        }
        let response = self.served.send(session.verify().request()).expect("a response");
        self.served.clear_requests();
        let headers: Vec<(&str, &str)> = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().expect("text")))
            .collect();
        Fault::response(response.status().as_u16(), &headers, response.body().clone())
    }

    /// Starts the problem, for a token that exists already.
    fn begin(&self) {
        let page = |status, title: &str| {
            let html = format!("<!DOCTYPE html><html><head><title>{title}</title></head></html>");
            let headers = [("content-type", "text/html; charset=UTF-8")];
            self.served.fail(Fault::response(status, &headers, html).times(u32::MAX));
        };
        match self.problem {
            DeadToken => self.served.revoke_all(),
            // Akkoma's tokens are valid for a century.
            ExpiredToken => self.served.advance(Duration::from_secs(200 * 365 * 86_400)),
            MissingScope => {}
            DisabledAccount => self.served.set_account_state("alice", AccountState::Disabled),
            BotShield => page(403, "Just a moment..."),
            Maintenance => page(503, "Back soon"),
            CaptivePortal => page(200, "Sign in to this network"),
        }
    }

    fn is_stored(&self) -> bool {
        self.shell.file().exists() && self.shell.stored().contains("\"handle\"")
    }
}

/// The name of a cell.
struct Name(Dialect, Problem, Run);

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} × {:?} × {:?}", self.0, self.1, self.2)
    }
}

/// What is wrong in the cells of a dialect, and how many cells were run.
fn check(dialect: Dialect) -> (usize, Vec<String>, Vec<String>) {
    let (mut run_cells, mut faults, mut impossible) = (0, Vec::new(), Vec::new());
    for problem in PROBLEMS {
        for run in RUNS {
            let name = Name(dialect, problem, run);
            let (code, stored, says) = match expected(dialect, problem, run) {
                Expect { code, stored, says } => (code, stored, says),
                Impossible(reason) => {
                    impossible.push(format!("{name}: {reason}"));
                    continue;
                }
            };
            run_cells += 1;
            let scene = Scene::new(dialect, problem);
            let outcome = scene.run(run);
            let is_stored = scene.is_stored();
            let output = format!("{}{}", outcome.stdout, outcome.stderr);
            let holds = outcome.code == Some(code) && is_stored == stored && output.contains(says);
            if !holds {
                let seen = outcome.code;
                faults.push(format!(
                    "{name}: expected code {code}, stored {stored}, {says:?}; \
                     got {seen:?}, stored {is_stored}:\n{output}"
                ));
            }
        }
    }
    (run_cells, faults, impossible)
}

#[test]
fn every_command_reports_every_problem_of_every_dialect() {
    let results: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> =
            Dialect::ALL.iter().map(|&dialect| scope.spawn(move || check(dialect))).collect();
        threads.into_iter().map(|it| it.join().expect("a dialect")).collect()
    });
    let run_cells: usize = results.iter().map(|it| it.0).sum();
    let faults: Vec<_> = results.iter().flat_map(|it| it.1.clone()).collect();
    let impossible: Vec<_> = results.iter().flat_map(|it| it.2.clone()).collect();
    println!("{}", impossible.join("\n"));
    println!("{run_cells} cells, and {} that cannot be", impossible.len());
    assert_eq!(run_cells + impossible.len(), Dialect::ALL.len() * PROBLEMS.len() * RUNS.len());
    assert!(faults.is_empty(), "{} cells:\n{}", faults.len(), faults.join("\n"));
}

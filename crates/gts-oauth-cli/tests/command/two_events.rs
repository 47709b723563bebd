//! Every two events, one after the other: the next login succeeds, each unfinished login that is
//! listed can be resumed, and after `logout --all` the server accepts no token that was not printed.
//!
//! `GTS_OAUTH_TEST_DIALECTS=all` checks all servers in place of GoToSocial.

use std::collections::BTreeSet;
use std::env;
use std::rc::Rc;
use std::sync::Mutex;
use std::thread;

use gts_oauth_fake::{Account, Dialect, Fault, Served};
use gts_oauth_ureq::{Exchange as _, Secret, Session};
use serde_json::Value;

use crate::store::unfinished::commands;
use crate::support::shell::{Outcome, Shell, pasted, speaking};

const DIALECTS: &str = "GTS_OAUTH_TEST_DIALECTS";

/// What happens to a user. A user who leaves does not reply, so that standard input ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Login,
    LoginAsBob,
    Denied,
    Left,
    LeftAsBob,
    NotRegistered,
    NotExchanged,
    NotVerified,
    WrongAccount,
    ScopeAdded,
    ScopeNotAdded,
    Printed,
    PrintedNotVerified,
    WithToken,
    LoggedOut,
    NotRevoked,
    Switched,
    AppsForgotten,
    TokensRevoked,
}

const EVENTS: [Event; 19] = [
    Event::Login,
    Event::LoginAsBob,
    Event::Denied,
    Event::Left,
    Event::LeftAsBob,
    Event::NotRegistered,
    Event::NotExchanged,
    Event::NotVerified,
    Event::WrongAccount,
    Event::ScopeAdded,
    Event::ScopeNotAdded,
    Event::Printed,
    Event::PrintedNotVerified,
    Event::WithToken,
    Event::LoggedOut,
    Event::NotRevoked,
    Event::Switched,
    Event::AppsForgotten,
    Event::TokensRevoked,
];

const VERIFY: &str = "/api/v1/accounts/verify_credentials";

struct World {
    shell: Shell,
    served: Served,
    dialect: Dialect,
    alice: Rc<Account>,
    bob: Rc<Account>,
    /// Tokens that the user was given, or gave.
    printed: BTreeSet<String>,
    /// The commands and their messages.
    seen: Vec<String>,
}

/// The code, or what the page of an app that the server does not know makes the user type.
fn allow(account: &Account, url: &str) -> Option<String> {
    Some(account.visit(url).unwrap_or_else(|_| "new".to_owned()))
}

impl World {
    fn new(dialect: Dialect) -> Self {
        let served = speaking(dialect);
        served.rate_limit(None);
        let (alice, bob) = (Rc::new(served.account("alice")), Rc::new(served.account("bob")));
        let (printed, seen) = (BTreeSet::new(), Vec::new());
        Self { shell: Shell::new(), served, dialect, alice, bob, printed, seen }
    }

    fn host(&self) -> String {
        self.served.origin().replace("http://", "")
    }

    /// Runs a command, in which `INSTANCE` means the server's origin and `HOST` its host.
    fn run(&mut self, line: &str, reply: impl FnMut(&str) -> Option<String>) -> Outcome {
        let (origin, host) = (self.served.origin(), self.host());
        let words = line.split(' ');
        let mut words: Vec<_> =
            words.map(|it| it.replace("INSTANCE", &origin).replace("HOST", &host)).collect();
        if self.dialect == Dialect::Sharkey && words[0] == "login" {
            // As the message of a login there advises.
            words.push("--waive-iss".to_owned());
        }
        self.run_words(&words, reply)
    }

    /// Adds a scope that the server knows: Pixelfed has no narrower one.
    fn add_scope(&mut self, reply: impl FnMut(&str) -> Option<String>) {
        let scope = if self.dialect == Dialect::Pixelfed { "write" } else { "write:media" };
        self.run(&format!("login @alice@HOST --add-scopes {scope}"), reply);
    }

    fn run_words(
        &mut self,
        words: &[String],
        reply: impl FnMut(&str) -> Option<String>,
    ) -> Outcome {
        let outcome = self.shell.talk(words, reply);
        let Outcome { code, stdout, stderr } = &outcome;
        self.seen.push(format!("$ gts-oauth {}\n{stderr}{stdout}({code:?})", words.join(" ")));
        outcome
    }

    fn happen(&mut self, event: Event) {
        let (alice, bob) = (self.alice.clone(), self.bob.clone());
        let as_alice = |url: &str| allow(&alice, url);
        let fail = |path| self.served.fail(Fault::BadGateway.at(path));
        self.seen.push(format!("{event:?}:"));
        match event {
            Event::Login => drop(self.run("login INSTANCE", as_alice)),
            Event::LoginAsBob => {
                drop(self.run("login INSTANCE --expect bob", |url| allow(&bob, url)))
            }
            Event::Denied => {
                let mut replies = 0;
                self.run("login INSTANCE", |url| {
                    replies += 1;
                    alice.deny(url).ok().filter(|_| replies == 1).map(pasted)
                });
            }
            Event::Left => drop(self.run("login INSTANCE", |_| None)),
            Event::LeftAsBob => drop(self.run("login INSTANCE --expect bob", |_| None)),
            Event::NotRegistered => {
                fail("/api/v1/apps");
                self.run("login INSTANCE --name other", as_alice);
            }
            Event::NotExchanged => {
                fail("/oauth/token");
                self.run("login INSTANCE", as_alice);
            }
            Event::NotVerified => {
                fail(VERIFY);
                self.run("login INSTANCE", as_alice);
            }
            Event::WrongAccount => {
                let mut replies = 0;
                self.run("login INSTANCE --expect bob", |url| {
                    replies += 1;
                    alice.visit(url).ok().filter(|_| replies == 1)
                });
            }
            Event::ScopeAdded => self.add_scope(as_alice),
            Event::ScopeNotAdded => self.add_scope(|_| None),
            Event::Printed | Event::PrintedNotVerified => {
                if event == Event::PrintedNotVerified {
                    fail(VERIFY);
                }
                let outcome = self.run("login INSTANCE --print-token", as_alice);
                self.printed.extend(outcome.stdout.lines().map(str::to_owned));
            }
            Event::WithToken => {
                let session = self.served.session("bob", "read");
                let token = session.access_token().expose();
                self.printed.insert(token.to_owned());
                let origin = self.served.origin();
                let mut command = self.shell.command(&["login", &origin, "--with-token"]);
                let outcome = self.shell.run_to(&mut command, token);
                self.seen.push(outcome.stderr);
            }
            Event::LoggedOut => drop(self.run("logout", |_| None)),
            Event::NotRevoked => {
                fail("/oauth/revoke");
                self.run("logout", |_| None);
            }
            Event::Switched => drop(self.run("switch", |_| None)),
            Event::AppsForgotten => self.served.forget_apps(),
            Event::TokensRevoked => self.served.revoke_all(),
        }
        self.served.clear_failures();
    }

    /// What `status` lists: each account with its state.
    fn states(&mut self) -> Result<Vec<(String, String)>, String> {
        let outcome = self.run("status --json", |_| None);
        let accounts: Vec<Value> =
            serde_json::from_str(&outcome.stdout).map_err(|error| error.to_string())?;
        let text = |account: &Value, field: &str| {
            account[field].as_str().map_or(String::new(), str::to_owned)
        };
        Ok(accounts.iter().map(|it| (text(it, "account"), text(it, "state"))).collect())
    }

    /// The commands that resume unfinished logins, from `status`.
    fn resuming(&mut self) -> Vec<Vec<String>> {
        let status = self.run("status --offline", |_| None);
        commands(&status, "login")
    }

    /// The tokens that the server accepts, of those that were used.
    fn accepted(&self) -> BTreeSet<String> {
        let requests = self.served.requests();
        let used = requests.iter().filter_map(|request| request.header("authorization"));
        let tokens: BTreeSet<_> = used.filter_map(|it| it.strip_prefix("Bearer ")).collect();
        let is_accepted = |token: &&str| {
            let session = Session::from_token(self.served.instance(), Secret::new(*token));
            session.is_ok_and(|session| session.verify().send(&*self.served).is_ok())
        };
        tokens.into_iter().filter(is_accepted).map(str::to_owned).collect()
    }

    fn check(&mut self, events: [Event; 2]) -> Result<(), String> {
        events.into_iter().for_each(|event| self.happen(event));
        self.seen.push("Then:".to_owned());
        let (alice, bob) = (self.alice.clone(), self.bob.clone());
        let outcome = self.run("login INSTANCE --expect alice", |url| allow(&alice, url));
        if outcome.code != Some(0) {
            return Err("the next login fails".to_owned());
        }
        let name = format!("@alice@{}", self.host());
        if !self.states()?.contains(&(name.clone(), "valid".to_owned())) {
            return Err("the account is not valid".to_owned());
        }
        for command in self.resuming() {
            let expects_bob = command.iter().any(|word| word.contains("bob"));
            let account = if expects_bob { &bob } else { &alice };
            let mut prompts = 0;
            let outcome = self.run_words(&command, |url| {
                prompts += 1;
                allow(account, url).filter(|_| prompts < 5)
            });
            if outcome.code != Some(0) {
                return Err("an unfinished login cannot be resumed".to_owned());
            }
        }
        if !self.resuming().is_empty() {
            return Err("an unfinished login stays".to_owned());
        }
        let outcome = self.run("logout --all", |_| None);
        if events.contains(&Event::AppsForgotten) {
            // The server revokes tokens only for their apps.
            return Ok(());
        }
        if outcome.code != Some(0) {
            return Err("logout fails".to_owned());
        }
        let left: Vec<_> = self.accepted().difference(&self.printed).cloned().collect();
        let cannot_revoke =
            matches!(self.dialect, Dialect::GoToSocial018 | Dialect::Pixelfed | Dialect::Sharkey);
        if !cannot_revoke && !left.is_empty() {
            return Err(format!("tokens are still valid: {left:?}"));
        }
        let is_empty = self.states()?.is_empty();
        is_empty.then_some(()).ok_or_else(|| "an account stays".to_owned())
    }
}

#[test]
fn login_works_and_logout_ends_every_token_after_any_two_events() {
    let dialects = match env::var(DIALECTS).is_ok_and(|it| it == "all") {
        true => Dialect::ALL,
        false => &[Dialect::GoToSocial],
    };
    let pairs = |dialect| {
        let firsts = EVENTS.into_iter();
        firsts.flat_map(move |first| EVENTS.map(|second| (dialect, [first, second])))
    };
    let cells: Vec<_> = dialects.iter().copied().flat_map(pairs).collect();
    let faults = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for cells in cells.chunks(cells.len().div_ceil(4)) {
            let faults = &faults;
            scope.spawn(move || {
                for (dialect, events) in cells {
                    let mut world = World::new(*dialect);
                    if let Err(fault) = world.check(*events) {
                        let seen = world.seen.join("\n");
                        let fault = format!("{dialect:?}, {events:?}: {fault}\n{seen}\n");
                        faults.lock().expect("no panic").push(fault);
                    }
                }
            });
        }
    });
    let faults = faults.into_inner().expect("no panic");
    println!("{} cells", cells.len());
    assert!(faults.is_empty(), "{} of {} cells:\n{}", faults.len(), cells.len(), faults.join("\n"));
}

//! Ways to carry out a login, until it is done or fails.

use gts_oauth_core::error::Remedy;
use gts_oauth_core::{AuthorizeStep, BoxError, Driver, Error, Login, Step, Transport, UserReply};
use gts_oauth_fake::{Account, Server};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::stack::Hyper;

/// Whether the login is stored and resumed between every two steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    None,
    EachStep,
}

impl Storage {
    pub(crate) const ALL: [Self; 2] = [Self::None, Self::EachStep];

    /// The login or the session as another process would have it.
    pub(crate) fn resume<T: Serialize + DeserializeOwned>(self, value: T) -> T {
        match self {
            Self::None => value,
            Self::EachStep => loaded(&stored(&value)),
        }
    }
}

fn stored(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("it can be stored")
}

fn loaded<T: DeserializeOwned>(stored: &str) -> T {
    serde_json::from_str(stored).expect("it was stored")
}

/// The user of a login, and what happened to it.
pub(crate) struct User {
    pub(crate) account: Account,
    pub(crate) prompts: usize,
    /// The times that the server asked to wait, in seconds. None of them is waited for.
    pub(crate) waits: Vec<u64>,
    server: Server,
}

impl User {
    pub(crate) fn of(server: &Server) -> Self {
        let account = server.account("alice");
        Self { account, prompts: 0, waits: Vec::new(), server: server.clone() }
    }

    fn reply(&mut self, url: &str) -> Result<UserReply, BoxError> {
        self.prompts += 1;
        self.account.allow(url)
    }

    pub(crate) fn note(&mut self, error: &Error) {
        if let Some(retry) = error.retry() {
            let wait = retry.wait_from(self.server.now());
            self.waits.push(wait.as_secs());
            self.server.advance(wait);
        }
    }
}

/// With [`Login::step`]. Every error ends it.
pub(crate) fn by_hand(
    mut login: Login,
    http: &dyn Transport,
    storage: Storage,
    user: &mut User,
) -> (Login, Result<(), Error>) {
    loop {
        login = storage.resume(login);
        let handled = match login.step() {
            Step::Done(_) => return (login, Ok(())),
            Step::Authorize { url, .. } => {
                let reply = user.reply(url).map_err(Error::Prompt);
                reply.and_then(|reply| login.handle_reply(reply))
            }
            Step::Send { request, .. } => match http.send(request) {
                Ok(response) => login.handle_response(&response),
                Err(error) => login.handle_transport_error(error),
            },
        };
        if let Err(error) = handled {
            user.note(&error);
            return (login, Err(error));
        }
    }
}

/// As [`by_hand`], in an async program.
pub(crate) async fn by_hand_async(
    mut login: Login,
    http: &Hyper,
    storage: Storage,
    user: &mut User,
) -> (Login, Result<(), Error>) {
    loop {
        login = storage.resume(login);
        let handled = match login.step() {
            Step::Done(_) => return (login, Ok(())),
            Step::Authorize { url, .. } => {
                let reply = user.reply(url).map_err(Error::Prompt);
                reply.and_then(|reply| login.handle_reply(reply))
            }
            Step::Send { request, .. } => match http.send(request).await {
                Ok(response) => login.handle_response(&response),
                Err(error) => login.handle_transport_error(error),
            },
        };
        if let Err(error) = handled {
            user.note(&error);
            return (login, Err(error));
        }
    }
}

/// With [`Login::run_with`]: errors whose remedy is to retry do not end it.
pub(crate) fn run(
    mut login: Login,
    http: &dyn Transport,
    storage: Storage,
    user: &mut User,
) -> (Login, Result<(), Error>) {
    loop {
        let mut recorder = Recorder { storage, user, stores: 0, stored: None };
        let outcome = login.run_with(http, &mut recorder).map(drop);
        match (outcome, recorder.stored) {
            (Err(Error::Store(_)), Some(stored)) => login = loaded(&stored),
            (outcome, _) => return (login, outcome),
        }
    }
}

/// Stops the run after each step, as if the program was killed.
struct Recorder<'a> {
    storage: Storage,
    user: &'a mut User,
    stores: u32,
    stored: Option<String>,
}

impl Driver for Recorder<'_> {
    fn ask(&mut self, step: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        self.user.reply(step.url)
    }

    fn store(&mut self, login: &Login) -> Result<(), BoxError> {
        self.stores += 1;
        // The first time is before the first step.
        if self.storage == Storage::EachStep && self.stores == 2 {
            self.stored = Some(stored(login));
            return Err("killed".into());
        }
        Ok(())
    }

    fn should_retry(&mut self, _: &Login, error: &Error, tries: u32) -> bool {
        self.user.note(error);
        error.remedy() == Remedy::Retry && tries <= 5
    }
}

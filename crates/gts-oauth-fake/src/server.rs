//! The server, from outside.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use gts_oauth_core::{BoxError, Entropy, Instance, Transport};
use http::{Request, Response};

use crate::account_domain;
use crate::builder::Builder;
use crate::fault::{self, Answered, Failure, ForeignOrigin};
use crate::incoming::Incoming;
use crate::person::Person;
use crate::record::Asked;
use crate::route;
use crate::world::World;

/// A GoToSocial in memory: requests in, answers out. It is a [`Transport`]; clones are the same
/// server.
#[derive(Clone)]
pub struct Server {
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    world: World,
    failures: Vec<Failure>,
    asked: Vec<Asked>,
    /// When the clock was last set after the real one; none where it stands still.
    ticked: Option<Instant>,
}

impl Server {
    /// A GoToSocial 0.20 at `https://gts.example`. The same seed makes the same ids, secrets,
    /// codes and tokens.
    pub fn new(seed: u64) -> Self {
        Self::builder(seed).build()
    }

    /// Another server, or elsewhere.
    pub fn builder(seed: u64) -> Builder {
        Builder::new(seed)
    }

    /// A world to ask, in which time stands still, or passes as outside.
    pub(crate) fn of(world: World, ticked: Option<Instant>) -> Self {
        let inner = Inner {
            world,
            failures: Vec::new(),
            asked: Vec::new(),
            ticked,
        };
        Self {
            inner: Arc::new(Mutex::new(inner)),
        }
    }

    /// Where it lives.
    ///
    /// # Panics
    /// Never: it was built from an instance.
    pub fn instance(&self) -> Instance {
        let origin = self.lock().world.origin.clone();
        Instance::insecure_http(&origin).expect("the origin of an instance")
    }

    /// Entropy for a login, from the server's seed: for tests, where it need not be secret.
    pub fn entropy(&self) -> Entropy {
        let mut inner = self.lock();
        let filled = Entropy::from_fn(|bytes| {
            for chunk in bytes.chunks_mut(32) {
                chunk.copy_from_slice(&inner.world.ids.bytes()[..chunk.len()]);
            }
            Ok::<(), std::convert::Infallible>(())
        });
        match filled {
            Ok(entropy) => entropy,
            Err(never) => match never {},
        }
    }

    /// Somebody with an account here (it is made if it is not there yet), and their browser.
    pub fn person(&self, name: &str) -> Person {
        self.lock().world.settle(name);
        Person::new(self.clone(), name)
    }

    /// Somebody posts something; whoever is mentioned in it (`@alice`) is notified.
    pub fn post(&self, author: &str, text: &str) {
        let mut inner = self.lock();
        let author = inner.world.settle(author);
        inner.world.post(&author, text, "public", None);
    }

    /// What the server's clock says. It stands still between tests' [`advance`](Self::advance),
    /// unless the server is on a socket, where time passes.
    pub fn now(&self) -> SystemTime {
        self.lock().world.now
    }

    /// Time passes on the server.
    pub fn advance(&self, time: Duration) {
        self.lock().world.now += time;
    }

    /// Takes so many requests in five minutes from now on, or any number; with none, Mastodon's
    /// limit on registrations is off too.
    pub fn rate_limit(&self, limit: impl Into<Option<u32>>) {
        let mut inner = self.lock();
        inner.world.limit = limit.into();
        inner.world.window = None;
        inner.world.registrations = None;
    }

    /// Something goes wrong, once or as often as the failure says. Those planned first strike
    /// first.
    pub fn fail(&self, failure: impl Into<Failure>) {
        self.lock().failures.push(failure.into());
    }

    /// The server forgets every app, as some do with those that have no token for long. Tokens
    /// live on.
    pub fn forget_apps(&self) {
        self.lock().world.apps.clear();
    }

    /// Every token is void, as if the person had taken the app out of their list.
    pub fn revoke_all(&self) {
        self.lock().world.tokens.clear();
    }

    /// All that came in so far, in order: what was sent to it as a [`Transport`], and what came
    /// over a socket, browsers' pages too. A [`Person`]'s browser leaves no trace.
    pub fn asked(&self) -> Vec<Asked> {
        self.lock().asked.clone()
    }

    /// Forgets what was asked so far.
    pub fn forget_asked(&self) {
        self.lock().asked.clear();
    }

    /// So much time passes that every code is dead, if codes die here.
    pub(crate) fn outlive_codes(&self) {
        let mut inner = self.lock();
        let seconds = inner.world.manner().codes.lives.unwrap_or_default() + 1;
        inner.world.now = inner.world.after(seconds);
    }

    /// What a person's browser asks: not recorded, and spared all faults.
    pub(crate) fn browse(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        let incoming = Incoming::new(request);
        Answered::from(route::answer(&mut self.lock().world, &incoming)).in_memory()
    }

    /// What came over a socket.
    #[cfg(feature = "serve")]
    pub(crate) fn answer(&self, request: Request<Vec<u8>>) -> Answered {
        let mut inner = self.lock();
        let origin = inner.world.origin.clone();
        inner.answer(request, origin)
    }

    /// A test that panics while it holds the lock has failed already.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.tick();
        inner
    }
}

impl Inner {
    fn tick(&mut self) {
        if let Some(ticked) = &mut self.ticked {
            let now = Instant::now();
            self.world.now += now - *ticked;
            *ticked = now;
        }
    }

    fn answer(&mut self, request: Request<Vec<u8>>, origin: String) -> Answered {
        let elsewhere = origin != self.world.origin;
        self.asked.push(Asked::new(&request, origin));
        let incoming = Incoming::new(request);
        let answer = |world: &mut World| match elsewhere {
            true => Some(account_domain::answer(world, &incoming)),
            false => route::answer(world, &incoming),
        };
        match fault::due(&mut self.failures, &incoming.path) {
            Some(fault) => fault::strike(fault, &mut self.world, answer),
            None => answer(&mut self.world).into(),
        }
    }
}

impl Transport for Server {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        let mut inner = self.lock();
        let uri = request.uri();
        let asked = format!(
            "{}://{}",
            uri.scheme_str().unwrap_or_default(),
            uri.authority().map_or("", |authority| authority.as_str())
        );
        if asked != inner.world.origin && Some(&asked) != inner.world.account_origin().as_ref() {
            return Err(ForeignOrigin { asked }.into());
        }
        inner.answer(request, asked).in_memory()
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.lock();
        f.debug_struct("Server")
            .field("origin", &inner.world.origin)
            .field("dialect", &inner.world.dialect)
            .field("asked", &inner.asked)
            .finish_non_exhaustive()
    }
}

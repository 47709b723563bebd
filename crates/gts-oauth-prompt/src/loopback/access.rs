//! Which browser may complete the login: the one that opened a secret link.
//!
//! The command line of a browser is visible to all users of a machine, so the link in it works
//! once. The other link is shown only to the user.

use std::io;
use std::time::Duration;

use gts_oauth_core::Secret;

use super::port::CALLBACK_PATH;
use super::request::Request;

pub(super) struct Access {
    /// Other programs on this host have other ports, and share its cookies.
    cookie_name: String,
    max_age: Duration,
    one_time: Option<OneTime>,
    link: Secret,
    /// The cookie of the browser that opened a link last. An earlier one is void.
    cookie: Option<Secret>,
}

struct OneTime {
    path: Secret,
    is_used: bool,
}

/// What opening a link leads to.
pub(super) enum Entry {
    /// The browser may complete the login, with this `Set-Cookie`.
    Admitted(String),
    /// The one-time link was opened before, by another browser.
    OpenedTwice,
}

impl Access {
    pub(super) fn new(port: u16) -> io::Result<Self> {
        Ok(Self {
            cookie_name: format!("gts_oauth_{port}"),
            max_age: Duration::ZERO,
            one_time: None,
            link: secret()?,
            cookie: None,
        })
    }

    /// Replaces all secrets.
    pub(super) fn renew(&mut self) -> io::Result<()> {
        (self.one_time, self.cookie) = (None, None);
        self.link = secret()?;
        Ok(())
    }

    /// How long the cookies of later entries are kept.
    pub(super) fn set_max_age(&mut self, max_age: Duration) {
        self.max_age = max_age;
    }

    /// The path of the link for the user. It can be opened any number of times.
    pub(super) fn link_path(&self) -> String {
        format!("/{}", self.link.expose())
    }

    /// The path of a new one-time link, in place of an earlier one.
    pub(super) fn new_one_time_path(&mut self) -> io::Result<String> {
        let path = secret()?;
        let text = format!("/{}", path.expose());
        self.one_time = Some(OneTime { path, is_used: false });
        Ok(text)
    }

    /// Whether the request is for one of the links.
    pub(super) fn is_link(&self, request: &Request) -> bool {
        path(request) == self.link || self.is_one_time_link(request)
    }

    /// Whether the request is for the link of a command line.
    pub(super) fn is_one_time_link(&self, request: &Request) -> bool {
        self.one_time.as_ref().is_some_and(|it| it.path == path(request))
    }

    /// Handles a browser that opens a link.
    pub(super) fn enter(&mut self, request: &Request) -> io::Result<Entry> {
        let is_admitted = self.is_admitted(request);
        if self.is_one_time_link(request) {
            let one_time = self.one_time.as_mut();
            let was_used = one_time.is_some_and(|it| std::mem::replace(&mut it.is_used, true));
            if was_used && !is_admitted {
                return Ok(Entry::OpenedTwice);
            }
        }
        Ok(Entry::Admitted(self.admit(request)?))
    }

    /// Admits this browser. One that is admitted keeps its cookie. Returns the `Set-Cookie` (RFC
    /// 6265). A redirect from the server is a navigation from another site, to which `SameSite=Lax`
    /// cookies are sent.
    pub(super) fn admit(&mut self, request: &Request) -> io::Result<String> {
        let cookie =
            match self.cookie.take().filter(|cookie| has(request, &self.cookie_name, cookie)) {
                Some(cookie) => cookie,
                None => secret()?,
            };
        let (name, value) = (&self.cookie_name, cookie.expose());
        let seconds = self.max_age.as_secs().saturating_add(1);
        let line = format!(
            "{name}={value}; Path={CALLBACK_PATH}; Max-Age={seconds}; HttpOnly; SameSite=Lax"
        );
        self.cookie = Some(cookie);
        Ok(line)
    }

    /// Whether the request has the cookie of the login.
    pub(super) fn is_admitted(&self, request: &Request) -> bool {
        self.cookie.as_ref().is_some_and(|cookie| has(request, &self.cookie_name, cookie))
    }
}

fn has(request: &Request, name: &str, cookie: &Secret) -> bool {
    request.cookies(name).any(|value| Secret::new(value) == *cookie)
}

/// The path of a request without its slash, compared as a secret.
fn path(request: &Request) -> Secret {
    Secret::new(request.path().trim_start_matches('/'))
}

/// A text of 128 random bits.
fn secret() -> io::Result<Secret> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Secret::new(hex))
}

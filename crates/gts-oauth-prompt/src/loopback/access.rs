//! Which browser may complete the login: the one that opened a secret link.
//!
//! The command line of a browser is visible to all users of a machine, so the link in it works
//! once. The other link is shown only to the user.
//!
//! A cookie has no port (RFC 6265 section 8.5): every program that listens on 127.0.0.1 can receive
//! it. So the cookie alone opens nothing, and never leads to the `state`.

use std::io;
use std::time::Duration;

use gts_oauth_core::Secret;

use super::peer::Peer;
use super::port::{CALLBACK_PATH, LINKS_PATH};
use super::request::Request;

pub(super) struct Access {
    /// Other programs on this host have other ports, and share its cookies.
    cookie_name: String,
    max_age: Duration,
    one_time: Option<OneTime>,
    link: Secret,
    /// The link of a page that shows why the last attempt failed. `None` if there is no such page.
    retry: Option<Secret>,
    /// The cookie of the browser that opened a link last. An earlier one is void.
    cookie: Option<Secret>,
    /// Whether that browser is another user's, who was shown the link.
    is_another_user: bool,
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
            retry: None,
            cookie: None,
            is_another_user: false,
        })
    }

    /// Replaces all secrets.
    pub(super) fn renew(&mut self) -> io::Result<()> {
        (self.one_time, self.retry, self.cookie) = (None, None, None);
        self.link = secret()?;
        Ok(())
    }

    /// How long the cookies of later entries are kept.
    pub(super) fn set_max_age(&mut self, max_age: Duration) {
        self.max_age = max_age;
    }

    /// The path of the link for the user. It can be opened any number of times.
    pub(super) fn link_path(&self) -> String {
        link_path(&self.link)
    }

    /// The path of a new one-time link, in place of an earlier one.
    pub(super) fn new_one_time_path(&mut self) -> io::Result<String> {
        let path = secret()?;
        let text = link_path(&path);
        self.one_time = Some(OneTime { path, is_used: false });
        Ok(text)
    }

    /// The path of a new link for the page that shows why the last attempt failed. It works only
    /// with the cookie.
    pub(super) fn new_retry_path(&mut self) -> io::Result<String> {
        let path = secret()?;
        let text = link_path(&path);
        self.retry = Some(path);
        Ok(text)
    }

    /// Whether the request is for one of the links.
    pub(super) fn is_link(&self, request: &Request) -> bool {
        is_path(request, &self.link) || self.is_one_time_link(request) || self.is_retry(request)
    }

    /// Whether the request is for the link of the page about the last attempt.
    pub(super) fn is_retry(&self, request: &Request) -> bool {
        self.retry.as_ref().is_some_and(|retry| is_path(request, retry))
    }

    /// Whether the request is for the link of a command line.
    pub(super) fn is_one_time_link(&self, request: &Request) -> bool {
        self.one_time.as_ref().is_some_and(|it| is_path(request, &it.path))
    }

    /// Handles a browser that opens a link.
    pub(super) fn enter(&mut self, request: &Request, peer: Peer) -> io::Result<Entry> {
        let is_admitted = self.has_cookie(request) && !self.is_thief(peer);
        if self.is_one_time_link(request) {
            let one_time = self.one_time.as_mut();
            let was_used = one_time.is_some_and(|it| std::mem::replace(&mut it.is_used, true));
            if was_used && !is_admitted {
                return Ok(Entry::OpenedTwice);
            }
        }
        self.is_another_user = peer == Peer::AnotherUser;
        Ok(Entry::Admitted(self.admit(request)?))
    }

    /// Admits this browser. One that is admitted keeps its cookie. Returns the `Set-Cookie` (RFC
    /// 6265). A redirect from the server is a navigation from another site, to which `SameSite=Lax`
    /// cookies are sent.
    fn admit(&mut self, request: &Request) -> io::Result<String> {
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
    pub(super) fn has_cookie(&self, request: &Request) -> bool {
        self.cookie.as_ref().is_some_and(|cookie| has(request, &self.cookie_name, cookie))
    }

    /// Whether a client with the cookie is another user, who received it at another port. So can be
    /// one that has closed the connection, because it has no owner any longer.
    pub(super) fn is_thief(&self, peer: Peer) -> bool {
        peer == Peer::Gone || peer == Peer::AnotherUser && !self.is_another_user
    }
}

fn has(request: &Request, name: &str, cookie: &Secret) -> bool {
    request.cookies(name).any(|value| Secret::new(value) == *cookie)
}

/// Links are below the path of the cookie, so that a browser that opens one again has it.
fn link_path(link: &Secret) -> String {
    format!("{LINKS_PATH}{}", link.expose())
}

/// Whether the request is for this link, compared as a secret.
fn is_path(request: &Request, link: &Secret) -> bool {
    request.path().strip_prefix(LINKS_PATH).is_some_and(|path| Secret::new(path) == *link)
}

/// A text of 128 random bits.
fn secret() -> io::Result<Secret> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Secret::new(hex))
}

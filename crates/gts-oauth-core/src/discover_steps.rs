//! What discovery asks next, after each answer.

use http::StatusCode;
use http::header::LOCATION;
use http::uri::PathAndQuery;

use crate::address::Address;
use crate::discover::{At, Discover, Discovered, LINKS};
use crate::error::Error;
use crate::instance::Instance;
use crate::metadata::{self, Metadata};
use crate::nodeinfo::{Links, NodeInfo, known};
use crate::wire::{Answer, Form};

impl Discover {
    pub(crate) fn next(&self, answer: &Answer<'_>) -> Result<Discovered, Error> {
        if let Some(next) = self.redirected(answer) {
            return Ok(next);
        }
        match self.at {
            At::Links => self.links(answer),
            At::WebFinger => self.webfinger(answer),
            At::Software => self.software(answer),
            At::Metadata => self.metadata(answer),
        }
    }

    fn links(&self, answer: &Answer<'_>) -> Result<Discovered, Error> {
        let links: Option<Links> = known(answer)?;
        let Some(href) = links.as_ref().and_then(Links::newest) else {
            return Ok(self.ask_webfinger());
        };
        let there = self.living_at(&self.address.instance);
        Ok(match self.address.join_as_seen_here(href) {
            Some(address) => there.go(At::Software, address),
            // Whoever was led here is right here, though the document cannot be had.
            None if there.is_elsewhere() => there.ask_metadata(),
            None => self.ask_webfinger(),
        })
    }

    /// Where the host itself says nothing, its people's addresses may. Mastodon names the
    /// server's own account by the account domain.
    fn ask_webfinger(&self) -> Discovered {
        match self.is_elsewhere() {
            true => self.ask_metadata(),
            false => self.finger(),
        }
    }

    fn finger(&self) -> Discovered {
        let name = self.name.as_deref().unwrap_or(self.asked.host());
        let account = format!("acct:{name}@{}", self.asked.authority());
        let query = Form::after("/.well-known/webfinger?".to_owned());
        let path = query.pair("resource", &account).into_string();
        match PathAndQuery::try_from(path) {
            Ok(path) => {
                let instance = self.asked.clone();
                self.go(At::WebFinger, Address { instance, path })
            }
            Err(_) => self.go(At::Metadata, Metadata::address(&self.instance)),
        }
    }

    fn webfinger(&self, answer: &Answer<'_>) -> Result<Discovered, Error> {
        let links: Option<Links> = match known(answer) {
            // What was only to be confirmed is not.
            Err(_) if self.is_elsewhere() => None,
            links => links?,
        };
        let about = |links: &Links| links.is_about_somebody_at(&self.asked);
        let mut next = self.clone();
        next.known_by_asked = Some(links.as_ref().is_some_and(about));
        if self.is_elsewhere() {
            return Ok(next.ask_metadata());
        }
        let home = links.and_then(|links| self.address.join_as_seen_here(links.own()?));
        let home = home.map(|address| address.instance);
        Ok(match home.filter(|home| *home != self.asked) {
            // Another host: what it says of itself is still to be asked.
            Some(home) => {
                let links = Address::new(&home, LINKS);
                next.living_at(&home).go(At::Links, links)
            }
            None => next.ask_metadata(),
        })
    }

    fn software(&self, answer: &Answer<'_>) -> Result<Discovered, Error> {
        let info: Option<NodeInfo> = match (known(answer), self.unanswered()) {
            // Another host that is of no use is done without.
            (Err(_), Some(instead)) => return Ok(instead),
            (info, _) => info?,
        };
        Ok(match info {
            Some(info) => {
                let mut there = self.living_at(&self.address.instance);
                there.software = info.software();
                there.ask_metadata()
            }
            None => self.ask_metadata(),
        })
    }

    /// What to ask instead, if no answer came: the document was on another host than the one that
    /// named it, which may be wrong. A host that somebody typed is not given up so.
    pub(crate) fn unanswered(&self) -> Option<Discovered> {
        let mut next = self.clone();
        match self.at {
            At::Software if self.address.instance != self.instance => {}
            At::WebFinger if self.is_elsewhere() => next.known_by_asked = Some(false),
            _ => return None,
        }
        Some(next.ask_metadata())
    }

    fn is_elsewhere(&self) -> bool {
        self.instance != self.asked
    }

    /// Some host may name another as its people's server, and know nobody there: whether people
    /// have its name, too, their server tells, before that counts for anything.
    fn ask_metadata(&self) -> Discovered {
        match self.is_elsewhere() && self.name.is_some() && self.known_by_asked.is_none() {
            true => self.finger(),
            false => self.go(At::Metadata, Metadata::address(&self.instance)),
        }
    }

    fn metadata(&self, answer: &Answer<'_>) -> Result<Discovered, Error> {
        let reply: Option<metadata::Reply> = match known(answer) {
            // Some stumble over each address that they do not know.
            Err(error) if error.status() == Some(StatusCode::INTERNAL_SERVER_ERROR) => None,
            reply => reply?,
        };
        let read = reply.map(|reply| Metadata::read(reply, &self.instance, &self.allowed));
        let (metadata, ignored) = match read {
            Some(Ok(metadata)) => (Some(metadata), None),
            Some(Err(fault)) => (None, Some(fault)),
            None => (None, None),
        };
        let found = self.clone().found(metadata, ignored);
        Ok(Discovered::Found(found))
    }

    /// Redirects are followed by hand, one by one: to an address that may be asked, and not for
    /// ever. Metadata is the server's own or none (RFC 8414 §3).
    fn redirected(&self, answer: &Answer<'_>) -> Option<Discovered> {
        if !answer.status.is_redirection() || self.at == At::Metadata || self.hops == 0 {
            return None;
        }
        let target = answer.headers.get(LOCATION)?.to_str().ok()?;
        let here = &self.address;
        let address = here
            .join(target)
            .or_else(|| here.join_as_seen_here(target))?;
        let mut there = self.clone();
        there.hops -= 1;
        Some(there.go(self.at, address))
    }

    fn living_at(&self, instance: &Instance) -> Self {
        let mut there = self.clone();
        there.instance = instance.clone();
        there
    }

    fn go(&self, at: At, address: Address) -> Discovered {
        let mut next = self.clone();
        (next.at, next.address) = (at, address);
        Discovered::Next(next)
    }
}

//! Calls whose answers have a type of their own.

use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

use http::{Request, Response};
use serde::de::DeserializeOwned;

use crate::api::Call;
use crate::error::{Endpoint, Error};
use crate::exchange::Exchange;
use crate::limits::RateLimit;
use crate::transport::Transport;

/// A call that answers with one thing: [`Session::invalidate_token`](crate::Session::invalidate_token),
/// [`Session::delete_app`](crate::Session::delete_app).
pub struct One<T> {
    call: Call,
    of: PhantomData<fn() -> T>,
}

/// A call that answers with a list, page by page: [`Session::tokens`](crate::Session::tokens),
/// [`Session::apps`](crate::Session::apps).
pub struct List<T>(One<T>);

/// One page of a list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on it, newest first.
    pub items: Vec<T>,
    /// The next page: older entries. GoToSocial names one even on the last page that has any.
    pub next: Option<List<T>>,
    /// The page before: newer entries.
    pub previous: Option<List<T>>,
    /// How often the server may be asked, where it says.
    pub rate_limit: Option<RateLimit>,
}

impl<T> One<T> {
    pub(crate) fn new(call: Call) -> Self {
        let of = PhantomData;
        Self { call, of }
    }
}

impl<T> List<T> {
    pub(crate) fn new(call: Call) -> Self {
        Self(One::new(call))
    }
}

impl<T: DeserializeOwned> List<T> {
    /// All pages, up to the first that is empty, the last, or one that leads back to another.
    ///
    /// # Errors
    /// Of the first page that could not be had.
    pub fn all(&self, http: &dyn Transport) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        let mut asked = HashSet::new();
        let mut page = self.send(http)?;
        while !page.items.is_empty() {
            items.append(&mut page.items);
            let next = page
                .next
                .filter(|next| asked.insert(next.request().uri().clone()));
            let Some(next) = next else { break };
            page = next.send(http)?;
        }
        Ok(items)
    }
}

impl<T: DeserializeOwned> Exchange for One<T> {
    type Output = T;

    fn endpoint(&self) -> Endpoint {
        Endpoint::Api
    }

    fn request(&self) -> Request<Vec<u8>> {
        self.call.request()
    }

    fn parse(&self, answer: &Response<impl AsRef<[u8]>>) -> Result<T, Error> {
        self.call.parse(answer)?.json()
    }
}

impl<T: DeserializeOwned> Exchange for List<T> {
    type Output = Page<T>;

    fn endpoint(&self) -> Endpoint {
        Endpoint::Api
    }

    fn request(&self) -> Request<Vec<u8>> {
        self.0.request()
    }

    fn parse(&self, answer: &Response<impl AsRef<[u8]>>) -> Result<Page<T>, Error> {
        let reply = self.0.call.parse(answer)?;
        Ok(Page {
            items: reply.json()?,
            next: reply.next.map(Self::new),
            previous: reply.previous.map(Self::new),
            rate_limit: reply.rate_limit,
        })
    }
}

// By hand: deriving would ask for as much of `T`.
impl<T> Clone for One<T> {
    fn clone(&self) -> Self {
        Self::new(self.call.clone())
    }
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for One<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.fmt(f)
    }
}

impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

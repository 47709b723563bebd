//! Lists that are split into result pages by `Link` headers.

use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

use http::{Request, Response};
use serde::de::{DeserializeOwned, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Call, Session};
use crate::error::{Error, Operation, UnexpectedReason, UnexpectedResponse};
use crate::exchange::Exchange;
use crate::transport::Transport;
use crate::types::RateLimit;
use crate::wire::ResponseReader;

/// The most pages that [`Pages::all`] requests: 40,000 items of 40 a page, which is more than the
/// lists that one user needs at once. A server that always links to another page ends here.
const MOST_PAGES: usize = 1000;

/// A list of `T`, one result page per request. Made by [`Session::pages`],
/// [`Session::tokens`] and [`Session::apps`].
pub struct Pages<T> {
    call: Call,
    /// Whether a page has at most [`MOST_ITEMS`].
    is_limited: bool,
    items: PhantomData<fn() -> T>,
}

/// One result page.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of the page, in the server's order: usually the newest first.
    pub items: Vec<T>,
    /// The next page, with older items. GoToSocial links to one even from the last page that has
    /// any.
    pub next: Option<Pages<T>>,
    /// The previous page, with newer items.
    pub previous: Option<Pages<T>>,
    /// The rate limit. `None` if the server does not report it.
    pub rate_limit: Option<RateLimit>,
}

impl Session {
    /// Any list of the API: `/api/v1/timelines/home?limit=40`. `path` starts with one `/`, and can
    /// contain a query.
    ///
    /// ```
    /// use gts_oauth_core::{BoxError, Session, Transport};
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// struct Status {
    ///     id: String,
    /// }
    ///
    /// fn bookmarks(session: &Session, http: &dyn Transport) -> Result<Vec<Status>, BoxError> {
    ///     Ok(session.pages("/api/v1/bookmarks")?.all(http)?)
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn pages<T: DeserializeOwned>(&self, path: &str) -> Result<Pages<T>, Error> {
        Ok(Pages { call: self.get(path)?, is_limited: false, items: PhantomData })
    }
}

impl<T> Pages<T> {
    /// A list whose items have types of this crate.
    pub(super) fn limited(call: Call) -> Self {
        Self { call, is_limited: true, items: PhantomData }
    }

    fn with_call(&self, call: Call) -> Self {
        Self { call, ..*self }
    }
}

/// The most items of a page whose items have types of this crate, for which it requests at most 100. In
/// memory they take many times the length of the smallest ones.
const MOST_ITEMS: usize = 500;

/// A list of at most [`MOST_ITEMS`].
struct Limited<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Limited<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
            type Value = Limited<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of at most {MOST_ITEMS} items")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Limited<T>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    if items.len() == MOST_ITEMS {
                        return Err(A::Error::invalid_length(MOST_ITEMS + 1, &self));
                    }
                    items.push(item);
                }
                Ok(Limited(items))
            }
        }
        deserializer.deserialize_seq(Items(PhantomData))
    }
}

impl<T: DeserializeOwned> Pages<T> {
    fn items(&self, response: &ResponseReader<'_>) -> Result<Vec<T>, Error> {
        match self.is_limited {
            true => response.list().map(|Limited(items)| items),
            false => response.json(),
        }
    }

    /// Requests all pages, in order. The list ends with
    ///
    /// - a page that links to no other page, or to one that was requested before,
    /// - an empty page,
    /// - a page with the same body as the one before it, which is not repeated in the result.
    ///
    /// A list that has not ended after 1,000 pages is an error, because some servers link to a next
    /// page forever. Request such a list page by page. All items are held in memory: of 1,000 pages of
    /// the longest body (64 MiB, or [`Call::body_limit`]), if the server sends that much. Page by page,
    /// memory holds one.
    ///
    /// # Errors
    /// The error of the first page that failed, or
    /// [`UnexpectedReason::TooManyPages`](crate::error::UnexpectedReason::TooManyPages). The items of
    /// the pages before it are dropped: request page by page to keep them.
    pub fn all(&self, http: &dyn Transport) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        let mut requested = HashSet::new();
        let (mut call, mut previous_body) = (self.call.clone(), Vec::new());
        for _ in 0..MOST_PAGES {
            requested.insert(call.uri());
            let response = call.send(http)?;
            let mut page = response.read(|response| self.items(response))?;
            if page.is_empty() || response.body == previous_body {
                return Ok(items);
            }
            items.append(&mut page);
            let next = response.next.filter(|next| !requested.contains(&next.uri()));
            let Some(next) = next else { return Ok(items) };
            (call, previous_body) = (next, response.body);
        }
        Err(Error::UnexpectedResponse(UnexpectedResponse {
            operation: self.operation(),
            call: Some(self.call.name()),
            status: None,
            reason: UnexpectedReason::TooManyPages(MOST_PAGES),
            snippet: None,
            missing_scopes: None,
            is_new_token: false,
        }))
    }
}

impl<T: DeserializeOwned> Exchange for Pages<T> {
    type Output = Page<T>;

    fn operation(&self) -> Operation {
        self.call.operation()
    }

    fn request(&self) -> Request<Vec<u8>> {
        self.call.request()
    }

    fn parse(&self, response: &Response<impl AsRef<[u8]>>) -> Result<Page<T>, Error> {
        self.call.read(response, |response| {
            let page = |rel| Some(self.with_call(self.call.page(response.headers, rel)?));
            Ok(Page {
                items: self.items(response)?,
                next: page("next"),
                previous: page("prev"),
                rate_limit: RateLimit::from_headers(response.headers),
            })
        })
    }
}

// Not derived: that would require `T: Clone` and `T: Debug`.
impl<T> Clone for Pages<T> {
    fn clone(&self) -> Self {
        self.with_call(self.call.clone())
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.fmt(f)
    }
}

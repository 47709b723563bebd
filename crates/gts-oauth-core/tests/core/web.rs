//! Servers that answer by address, whatever order they are asked in.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::convert::Infallible;

use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::{BoxError, Transport};

use crate::recorded::{Answer, NOT_FOUND, answer};

/// What answers under which address. Everything else is not found.
#[derive(Default)]
pub(crate) struct Web {
    pages: BTreeMap<String, Answer>,
    asked: RefCell<Vec<String>>,
}

impl Web {
    pub(crate) fn page(mut self, url: &str, answer: Answer) -> Self {
        self.pages.insert(url.to_owned(), answer);
        self
    }

    pub(crate) fn json(self, url: &str, body: &str) -> Self {
        self.page(url, answer(200, body))
    }

    pub(crate) fn moved(self, url: &str, target: &str) -> Self {
        let moved = Response::builder().status(301).header("Location", target);
        self.page(url, moved.body(Vec::new()).unwrap())
    }

    /// A server whose `nodeinfo` is where its links say.
    pub(crate) fn software(self, origin: &str, name: &str, version: &str) -> Self {
        let schema = "http://nodeinfo.diaspora.software/ns/schema/2.0";
        let links = format!(r#"{{"links":[{{"rel":"{schema}","href":"{origin}/nodeinfo/2.0"}}]}}"#);
        let document = format!(r#"{{"software":{{"name":"{name}","version":"{version}"}}}}"#);
        self.json(&format!("{origin}/.well-known/nodeinfo"), &links)
            .json(&format!("{origin}/nodeinfo/2.0"), &document)
    }

    pub(crate) fn metadata(self, origin: &str, body: &str) -> Self {
        let url = format!("{origin}/.well-known/oauth-authorization-server");
        self.json(&url, body)
    }

    /// The addresses that it was asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.borrow().clone()
    }
}

impl Transport for Web {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        assert_eq!(request.headers().get("authorization"), None);
        let url = request.uri().to_string();
        let registers = url.ends_with("/api/v1/apps");
        assert!(registers || request.method() == "GET" && request.body().is_empty());
        assert_eq!(request.headers()["accept"], "application/json");
        let page = self.pages.get(&url).cloned();
        self.asked.borrow_mut().push(url);
        Ok::<_, Infallible>(page.unwrap_or_else(|| answer(404, NOT_FOUND))).map_err(Into::into)
    }
}

//! The documents that lead from a host to its API: links (RFC 7033 section 4.4) and nodeinfo.

use http::header::LOCATION;
use http::uri::PathAndQuery;
use serde::de::DeserializeOwned;

use super::Software;
use crate::error::Error;
use crate::types::{EndpointUrl, Instance, snippet};
use crate::wire::{Form, ResponseReader, fields};

fields::lenient_struct! {
    /// The document at `/.well-known/nodeinfo` and `/.well-known/webfinger`.
    pub(crate) struct Links {
        links: Vec<Link> = fields::first_items,
        // In WebFinger: the canonical name of the account.
        subject: Option<String> = fields::text,
    }
}

fields::lenient_struct! {
    struct Link {
        rel: Option<String> = fields::text,
        href: Option<String> = fields::text,
    }
}

impl Links {
    /// The link to the newest version of nodeinfo.
    pub(crate) fn newest_nodeinfo(&self) -> Option<&str> {
        let versions = ["2.2", "2.1", "2.0", "1.1", "1.0"];
        let named = |version| {
            self.find(|rel| {
                rel.strip_suffix(version).is_some_and(|schema| schema.ends_with("/ns/schema/"))
            })
        };
        versions.into_iter().find_map(named)
    }

    /// The link to the account itself, which is on its own server.
    pub(crate) fn own_account(&self) -> Option<&str> {
        self.find(|rel| rel == "self")
    }

    /// Whether the subject is the account with this name under this domain.
    pub(crate) fn names(&self, account_name: &str, domain: &Instance) -> bool {
        self.subject().is_some_and(|(name, host)| {
            let host = host.parse::<Instance>();
            name.eq_ignore_ascii_case(account_name)
                && host.is_ok_and(|host| host.authority() == domain.authority())
        })
    }

    /// The user name and the domain of the subject.
    pub(crate) fn subject(&self) -> Option<(&str, &str)> {
        self.subject.as_deref()?.strip_prefix("acct:")?.rsplit_once('@')
    }

    fn find(&self, is_wanted: impl Fn(&str) -> bool) -> Option<&str> {
        let mut links = self.links.iter();
        let link = links.find(|link| link.rel.as_deref().is_some_and(&is_wanted))?;
        link.href.as_deref()
    }
}

fields::lenient_struct! {
    /// The members of nodeinfo that are used.
    pub(crate) struct NodeInfo {
        software: Option<Named> = fields::object,
    }
}

fields::lenient_struct! {
    struct Named {
        name: Option<String> = fields::text,
        version: Option<String> = fields::text,
    }
}

impl NodeInfo {
    /// Whether it is nodeinfo, and not another JSON document.
    pub(crate) fn names_software(&self) -> bool {
        self.software.is_some()
    }

    pub(crate) fn software(self) -> Option<Software> {
        let shown = |text: Option<String>| snippet(&text.unwrap_or_default(), &[]);
        let named = self.software?;
        Some(Software {
            name: shown(named.name)?,
            version: shown(named.version).unwrap_or_default(),
        })
    }
}

/// The WebFinger document of the account with this name on this host (RFC 7033 section 4.1).
pub(crate) fn webfinger_url(host: &Instance, name: &str) -> Option<EndpointUrl> {
    let account = format!("acct:{name}@{}", host.authority());
    let query = Form::after("/.well-known/webfinger?".to_owned());
    let path = PathAndQuery::try_from(query.pair("resource", &account).into_string()).ok()?;
    Some(EndpointUrl { instance: host.clone(), path })
}

/// The target of a redirect. Only to origins that this one is allowed to name. `None` if the
/// response is none.
pub(crate) fn redirect_target(
    url: &EndpointUrl,
    response: &ResponseReader<'_>,
) -> Option<EndpointUrl> {
    let location = response.headers.get(LOCATION).filter(|_| response.status.is_redirection());
    let target = location?.to_str().ok()?;
    url.join(target).or_else(|| url.join_on_this_host(target))
}

/// Reads the requested document. `None` if the server does not have it, which it reports with a
/// 404 or with some HTML page.
///
/// # Errors
/// On a server error, or if the response was cut off.
pub(crate) fn read_document<T: DeserializeOwned>(
    response: &ResponseReader<'_>,
) -> Result<Option<T>, Error> {
    match response.object() {
        Ok(document) => Ok(Some(document)),
        Err(error) if error.is_transient_in_discovery() => Err(error),
        Err(_) => Ok(None),
    }
}

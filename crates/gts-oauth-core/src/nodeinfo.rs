//! The documents that lead from a host to its software: links (RFC 7033 §4.4), and `nodeinfo`.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::discovery::Software;
use crate::error::{Error, Why};
use crate::instance::Instance;
use crate::text::snippet;
use crate::wire::{Answer, lenient};

/// What stands at `/.well-known/nodeinfo` and `/.well-known/webfinger`.
#[derive(Deserialize)]
pub(crate) struct Links {
    #[serde(deserialize_with = "lenient::few")]
    links: Vec<Link>,
    /// Of WebFinger: who it is about, by the name that their server has for them.
    #[serde(default, deserialize_with = "lenient::text")]
    subject: Option<String>,
}

#[derive(Deserialize)]
struct Link {
    #[serde(default, deserialize_with = "lenient::text")]
    rel: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    href: Option<String>,
}

impl Links {
    /// The newest `nodeinfo`.
    pub(crate) fn newest(&self) -> Option<&str> {
        let versions = ["2.2", "2.1", "2.0", "1.1", "1.0"];
        let named = |version| {
            self.find(|rel| {
                rel.strip_suffix(version)
                    .is_some_and(|schema| schema.ends_with("/ns/schema/"))
            })
        };
        versions.into_iter().find_map(named)
    }

    /// The account itself, of which this is the server's own address.
    pub(crate) fn own(&self) -> Option<&str> {
        self.find(|rel| rel == "self")
    }

    /// Whether it is about somebody whose address ends in this host.
    pub(crate) fn is_about_somebody_at(&self, asked: &Instance) -> bool {
        let subject = self.subject.as_deref().unwrap_or_default();
        let host = subject.rsplit_once('@').map_or("", |(_, host)| host);
        let host: Result<Instance, Error> = host.parse();
        subject.starts_with("acct:") && host.is_ok_and(|it| it.authority() == asked.authority())
    }

    fn find(&self, is_wanted: impl Fn(&str) -> bool) -> Option<&str> {
        let mut links = self.links.iter();
        let link = links.find(|link| link.rel.as_deref().is_some_and(&is_wanted))?;
        link.href.as_deref()
    }
}

/// A server's `nodeinfo`, as much of it as matters here.
#[derive(Deserialize)]
pub(crate) struct NodeInfo {
    software: Named,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    version: Option<String>,
}

impl NodeInfo {
    pub(crate) fn software(self) -> Option<Software> {
        let shown = |text: Option<String>| snippet(&text.unwrap_or_default(), &[]);
        Some(Software {
            name: shown(self.software.name)?,
            version: shown(self.software.version).unwrap_or_default(),
        })
    }
}

/// The document that was asked for; none where the server has no such thing, which it says with
/// a 404, or with some page for whatever it does not know.
///
/// # Errors
/// If the server is in trouble, or what it said was cut off on the way.
pub(crate) fn known<T: DeserializeOwned>(answer: &Answer<'_>) -> Result<Option<T>, Error> {
    match answer.object() {
        Ok(document) => Ok(Some(document)),
        Err(error) if is_trouble(&error) => Err(error),
        Err(_) => Ok(None),
    }
}

fn is_trouble(error: &Error) -> bool {
    let cut_off = matches!(error, Error::Unexpected(odd) if matches!(odd.why, Why::CutOff(..)));
    let failing = error
        .status()
        // 501 and 505 are no trouble: there is no such thing.
        .is_some_and(|status| status.is_server_error() && !matches!(status.as_u16(), 501 | 505));
    cut_off || failing || matches!(error, Error::Busy(_))
}

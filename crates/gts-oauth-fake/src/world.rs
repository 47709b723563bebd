//! What the server knows.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use gts_oauth_core::{Scope, Scopes};
use serde_json::Value;

use crate::dialect::{Complaint, Dialect, Manner};
use crate::ids::Ids;
use crate::reply::Refusal;
use crate::text;

/// Everything behind the server's lock.
pub(crate) struct World {
    pub(crate) dialect: Dialect,
    pub(crate) origin: String,
    /// Where accounts are called by another name than the server's.
    pub(crate) account_domain: Option<AccountDomain>,
    pub(crate) now: SystemTime,
    pub(crate) ids: Ids,
    pub(crate) residents: Vec<Resident>,
    pub(crate) apps: Vec<Registered>,
    pub(crate) codes: Vec<Code>,
    pub(crate) tokens: Vec<Issued>,
    pub(crate) browsers: BTreeMap<String, Browser>,
    pub(crate) statuses: Vec<Status>,
    pub(crate) notifications: Vec<Notification>,
    /// Requests allowed in five minutes; none for no limit.
    pub(crate) limit: Option<u32>,
    pub(crate) window: Option<Window>,
    /// Mastodon counts registrations apart.
    pub(crate) registrations: Option<Window>,
    pub(crate) vapid_key: String,
    /// What server metadata is merged with.
    pub(crate) metadata: Value,
}

/// The domain that accounts are called by.
pub(crate) struct AccountDomain {
    pub(crate) domain: String,
    /// Paths for which its web site sends people on to the server.
    pub(crate) sent_on: Vec<String>,
}

/// A period of the rate limit.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    pub(crate) ends: SystemTime,
    pub(crate) used: u32,
}

/// Somebody with an account here.
pub(crate) struct Resident {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) created: SystemTime,
}

/// An app that was registered.
#[derive(Clone)]
pub(crate) struct Registered {
    pub(crate) id: String,
    pub(crate) created: SystemTime,
    pub(crate) name: String,
    pub(crate) website: Option<String>,
    pub(crate) redirect_uris: Vec<String>,
    /// The redirect URIs as they came.
    pub(crate) uris_asked: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) scopes: String,
    /// Who registered it, where a token was sent along.
    pub(crate) owner: Option<String>,
    /// Nobody can log in with it any more.
    pub(crate) spent: bool,
}

/// A code that was handed out.
#[derive(Clone)]
pub(crate) struct Code {
    pub(crate) code: String,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) scope: String,
    pub(crate) resident: String,
    pub(crate) challenge: Option<String>,
    /// The id of the token that it is good for, where there is one already.
    pub(crate) token: Option<String>,
    pub(crate) spent: bool,
    /// None for never.
    pub(crate) expires: Option<SystemTime>,
}

/// A token that was handed out.
#[derive(Clone)]
pub(crate) struct Issued {
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) refresh: Option<String>,
    pub(crate) client_id: String,
    pub(crate) scope: String,
    /// Whose it is; none for an app's own.
    pub(crate) resident: Option<String>,
    pub(crate) created: SystemTime,
    pub(crate) last_used: Option<SystemTime>,
    pub(crate) expires: Option<SystemTime>,
}

/// A browser's session: what its cookie stands for.
#[derive(Clone, Default)]
pub(crate) struct Browser {
    pub(crate) form: Option<AuthorizeForm>,
    /// Who is signed in.
    pub(crate) resident: Option<String>,
    /// Who was signed in, where that is asked every time.
    pub(crate) user: Option<String>,
    /// The token that came in answer to a request with this cookie.
    pub(crate) token: Option<String>,
    pub(crate) expires: Option<SystemTime>,
}

/// What a client sent a person to the authorisation page with.
#[derive(Clone, Default)]
pub(crate) struct AuthorizeForm {
    pub(crate) response_type: String,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) scope: String,
    pub(crate) state: Option<String>,
    pub(crate) challenge: Option<String>,
    pub(crate) challenge_method: Option<String>,
    pub(crate) force_login: bool,
}

/// A post.
#[derive(Clone)]
pub(crate) struct Status {
    pub(crate) id: String,
    pub(crate) created: SystemTime,
    pub(crate) author: String,
    pub(crate) text: String,
    pub(crate) visibility: String,
    pub(crate) app: Option<(String, Option<String>)>,
    pub(crate) mentions: Vec<String>,
}

/// A mention, told to whom it concerns.
#[derive(Clone)]
pub(crate) struct Notification {
    pub(crate) id: String,
    pub(crate) created: SystemTime,
    pub(crate) to: String,
    pub(crate) status: String,
}

impl World {
    pub(crate) fn manner(&self) -> &'static Manner {
        self.dialect.manner()
    }

    /// In the dialect's words.
    pub(crate) fn refuse(&self, complaint: Complaint<'_>) -> Refusal {
        (self.manner().refuse)(&complaint)
    }

    /// The host, with its port.
    pub(crate) fn host(&self) -> &str {
        self.origin.split("://").nth(1).unwrap_or_default()
    }

    /// What accounts are called by: the host, unless it is another domain.
    pub(crate) fn account_domain(&self) -> &str {
        let other = self.account_domain.as_ref();
        other.map_or_else(|| self.host(), |other| &other.domain)
    }

    /// The origin of that other domain.
    pub(crate) fn account_origin(&self) -> Option<String> {
        let other = self.account_domain.as_ref()?;
        let scheme = self.origin.split("://").next().unwrap_or_default();
        Some(format!("{scheme}://{}", other.domain))
    }

    pub(crate) fn after(&self, seconds: u64) -> SystemTime {
        self.now + Duration::from_secs(seconds)
    }

    pub(crate) fn app(&self, client_id: &str) -> Option<&Registered> {
        self.apps.iter().find(|app| app.client_id == client_id)
    }

    pub(crate) fn resident(&self, id: &str) -> Option<&Resident> {
        self.residents.iter().find(|resident| resident.id == id)
    }

    pub(crate) fn resident_named(&self, name: &str) -> Option<&Resident> {
        self.residents.iter().find(|resident| resident.name == name)
    }

    /// Somebody moves in, unless they live here already.
    pub(crate) fn settle(&mut self, name: &str) -> String {
        if let Some(resident) = self.resident_named(name) {
            return resident.id.clone();
        }
        let id = self.ids.ulid(self.now);
        self.residents.push(Resident {
            id: id.clone(),
            name: name.to_owned(),
            created: self.now,
        });
        id
    }

    /// A post, and a notification for everybody it mentions.
    pub(crate) fn post(
        &mut self,
        author: &str,
        text: &str,
        visibility: &str,
        app: Option<(String, Option<String>)>,
    ) -> Status {
        let names = text::mentioned(text, self.account_domain());
        let residents = names.iter().filter_map(|name| self.resident_named(name));
        let mut mentions: Vec<String> = Vec::new();
        for resident in residents {
            if !mentions.contains(&resident.id) {
                mentions.push(resident.id.clone());
            }
        }
        let status = Status {
            id: self.ids.ulid(self.now),
            created: self.now,
            author: author.to_owned(),
            text: text.to_owned(),
            visibility: visibility.to_owned(),
            app,
            mentions,
        };
        for to in status.mentions.iter().filter(|to| *to != author) {
            let notification = Notification {
                id: self.ids.ulid(self.now),
                created: self.now,
                to: to.clone(),
                status: status.id.clone(),
            };
            self.notifications.push(notification);
        }
        self.statuses.push(status.clone());
        status
    }
}

/// Whether a token's scopes permit what an endpoint wants.
pub(crate) fn permits(granted: &str, wanted: &str) -> bool {
    let granted: Scopes = granted.parse().unwrap_or_default();
    let wanted: Result<Scope, _> = wanted.parse();
    wanted.is_ok_and(|wanted| granted.permits(&wanted))
}

//! Statuses (posts), and the notifications that their mentions cause.

use std::time::SystemTime;

use super::{State, mentions};

/// A status.
#[derive(Clone)]
pub(crate) struct Status {
    pub(crate) id: String,
    pub(crate) created: SystemTime,
    /// The account's id.
    pub(crate) author: String,
    pub(crate) text: String,
    pub(crate) visibility: String,
    /// The ids of its files, in their order.
    pub(crate) media: Vec<String>,
    /// Name and website of the app that posted it.
    pub(crate) app: Option<(String, Option<String>)>,
    /// The ids of the accounts that it mentions.
    pub(crate) mentions: Vec<String>,
}

/// A status that was posted with an `Idempotency-Key`.
pub(crate) struct KeyedStatus {
    /// The account's id.
    pub(crate) author: String,
    pub(crate) key: String,
    pub(crate) until: SystemTime,
    /// The status's id.
    pub(crate) status: String,
}

/// A notification of a mention.
#[derive(Clone)]
pub(crate) struct Notification {
    pub(crate) id: String,
    pub(crate) created: SystemTime,
    /// The id of the notified account.
    pub(crate) to: String,
    pub(crate) status: String,
}

impl Status {
    /// Whether this account can see it. There are no followers.
    pub(crate) fn is_visible_to(&self, account_id: &str) -> bool {
        let open = ["public", "unlisted"].contains(&self.visibility.as_str());
        open || self.author == account_id || self.mentions.iter().any(|id| id == account_id)
    }
}

impl State {
    /// Posts a status, and notifies each account that it mentions.
    pub(crate) fn post(
        &mut self,
        author: &str,
        text: &str,
        visibility: &str,
        media: &[String],
        app: Option<(String, Option<String>)>,
    ) -> Status {
        let names = mentions::names(text, self.account_domain());
        let accounts = names.iter().filter_map(|name| self.account_named(name));
        let mut mentions: Vec<String> = Vec::new();
        for account in accounts {
            if !mentions.contains(&account.id) {
                mentions.push(account.id.clone());
            }
        }
        let status = Status {
            id: self.ids.entity(self.now),
            created: self.now,
            author: author.to_owned(),
            text: text.to_owned(),
            visibility: visibility.to_owned(),
            media: media.to_vec(),
            app,
            mentions,
        };
        for file in self.media.iter_mut().filter(|file| media.contains(&file.id)) {
            file.status = Some(status.id.clone());
        }
        for to in status.mentions.iter().filter(|to| *to != author) {
            let notification = Notification {
                id: self.ids.entity(self.now),
                created: self.now,
                to: to.clone(),
                status: status.id.clone(),
            };
            self.notifications.push(notification);
        }
        self.statuses.push(status.clone());
        status
    }

    /// The id of the status that this account posted with this key.
    pub(crate) fn posted_with_key(&self, author: &str, key: &str) -> Option<&str> {
        let mut kept = self.keyed_statuses.iter();
        let same = kept.find(|it| it.author == author && it.key == key && it.until > self.now);
        same.map(|it| it.status.as_str())
    }

    /// The status with this id.
    pub(crate) fn status(&self, id: &str) -> Option<&Status> {
        self.statuses.iter().find(|status| status.id == id)
    }

    /// Deletes a status, and the notifications of it. Its files remain unavailable.
    pub(crate) fn delete_status(&mut self, id: &str) {
        self.statuses.retain(|status| status.id != id);
        self.notifications.retain(|notification| notification.status != id);
    }
}

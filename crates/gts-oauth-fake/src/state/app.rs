//! Registered apps (OAuth clients).

use std::time::SystemTime;

use super::State;
use super::records::Keyed;

/// The redirect URI of an app that shows its codes on an HTML page.
pub(crate) const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// A registered app.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) id: String,
    pub(crate) created: SystemTime,
    pub(crate) name: String,
    pub(crate) website: Option<String>,
    pub(crate) redirect_uris: Vec<String>,
    /// The redirect URIs as sent in the registration.
    pub(crate) redirect_uris_text: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) scopes: String,
    /// The account that registered it, if the request carried a token.
    pub(crate) owner: Option<String>,
    /// Set by the login of an app that is good for a single one.
    pub(crate) spent: bool,
}

impl Keyed for App {
    fn keys(&self) -> Vec<&str> {
        vec![&self.id, &self.client_id, &self.client_secret]
    }
}

impl State {
    /// The app with this client id.
    pub(crate) fn app(&self, client_id: &str) -> Option<&App> {
        self.apps.with_key(client_id).find(|app| app.client_id == client_id)
    }

    /// Deletes all apps. Their tokens are no longer accepted.
    pub(crate) fn delete_apps(&mut self) {
        self.apps.remove_all();
        for token in self.tokens.iter_mut() {
            token.app_deleted = true;
        }
    }
}

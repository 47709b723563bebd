//! The pages: the login form, the redirect to the instance, and the callback.

use std::io::{Cursor, Read as _};
use std::path::Path;

use gts_oauth_ureq::{
    App, AuthorizeOptions, BoxError, Callback, Error, Exchange as _, Instance, RedirectUri,
    RegisterApp, Ureq, entropy,
};
use tiny_http::{Header, Method, Request, Response};
use url::form_urlencoded;

use crate::store::Store;

type Page = Response<Cursor<Vec<u8>>>;

/// Handles the requests of one thread.
pub(crate) struct Site<'http> {
    http: &'http Ureq,
    store: Store,
    redirect_uri: RedirectUri,
    suggested: Instance,
}

impl<'http> Site<'http> {
    pub(crate) fn new(
        http: &'http Ureq,
        file: &Path,
        public: &str,
        suggested: Instance,
    ) -> Result<Self, BoxError> {
        Ok(Self {
            http,
            store: Store::open(file)?,
            redirect_uri: format!("{public}/callback").parse()?,
            suggested,
        })
    }

    pub(crate) fn respond(&self, request: &mut Request) -> Page {
        let url = request.url().to_owned();
        let path = url.split('?').next().unwrap_or_default();
        let page = match (request.method(), path) {
            (Method::Get, "/") => Ok(self.form()),
            (Method::Post, "/login") => self.login(&field(request, "instance")),
            (Method::Get, _) if path.starts_with("/callback/") => {
                self.callback(&url, &cookie(request))
            }
            _ => Ok(text(404, "Not found.")),
        };
        page.unwrap_or_else(|error| error_page(&error))
    }

    fn form(&self) -> Page {
        let form = format!(
            "<!doctype html><title>Log in</title><form method=post action=/login>\
             <label>Your instance <input name=instance value=\"{}\"></label>\
             <button>Log in</button></form>",
            self.suggested // an instance contains no characters that HTML escapes
        );
        text(200, &form).with_header(header("Content-Type", "text/html; charset=utf-8"))
    }

    /// Redirects the user to their instance.
    ///
    /// This server sends requests to the host that the user enters: on the internet, reject hosts
    /// of your own network.
    fn login(&self, instance: &str) -> Result<Page, BoxError> {
        let app = self.app(&instance.parse()?)?;
        let pending = app.authorize(AuthorizeOptions::new(), entropy()?)?;
        self.store.insert_pending(&pending)?;
        let state = pending.state();
        // `Lax`, because the browser must send it when the instance redirects here. With https,
        // add `Secure`.
        let cookie = format!("login={state}; Path=/callback; Max-Age=600; HttpOnly; SameSite=Lax");
        Ok(text(303, "")
            .with_header(header("Location", pending.url()))
            .with_header(header("Set-Cookie", &cookie)))
    }

    /// One app for each instance, registered for its first user. Each has its own redirect URI, so
    /// that one instance cannot obtain a code of another (RFC 9700 section 4.4).
    fn app(&self, instance: &Instance) -> Result<App, BoxError> {
        let uri = self.redirect_uri.for_instance(instance);
        if let Some(app) = self.store.app(instance, &uri)? {
            return Ok(app);
        }
        let register = RegisterApp::new(instance.clone(), "example web back end")?;
        let app = register.redirect_uri(uri.clone()).send(self.http)?;
        self.store.insert_app(&app, &uri)?;
        // If another process was faster, all use its app.
        let stored = self.store.app(instance, &uri)?;
        Ok(stored.unwrap_or(app))
    }

    /// Handles a callback, which any web page can send.
    fn callback(&self, url: &str, cookie: &str) -> Result<Page, BoxError> {
        let callback = Callback::at_redirect_uri(url)?;
        // Before the row is deleted, so that another browser cannot end this login.
        let Some(state) = callback.state().filter(|state| *state == cookie) else {
            return Ok(text(403, "This login was started in another browser."));
        };
        let Some(pending) = self.store.take_pending(state)? else {
            return Ok(text(410, "This login has ended. Start again."));
        };
        let session = pending.code_from_callback(&callback)?.send(self.http)?;
        let account = match session.verify().send(self.http) {
            Ok(account) => account,
            Err(error) => {
                // The token is not stored, so it is revoked if possible.
                let _ = pending.app().revoke(&session)?.send(self.http);
                return Err(error.into());
            }
        };
        self.store.insert_session(pending.app(), &session, &account)?;
        let hello = format!("Hello @{} of {}!", account.username(), session.instance());
        // A real server starts its own session here.
        Ok(text(200, &hello).with_header(header("Set-Cookie", "login=; Path=/callback; Max-Age=0")))
    }
}

/// Errors of a login contain no secrets, so they can be shown to the user.
fn error_page(error: &BoxError) -> Page {
    // What the user entered is not an instance.
    match error.downcast_ref() {
        Some(Error::Input(_) | Error::Callback(_) | Error::ErrorResponse(_)) => {
            text(400, &error.to_string())
        }
        Some(_) => text(502, &error.to_string()),
        None => {
            eprintln!("{error}");
            text(500, "Internal error. Try again later.")
        }
    }
}

/// A field of the submitted form.
fn field(request: &mut Request, name: &str) -> String {
    let mut form = Vec::new();
    let _ = request.as_reader().take(4096).read_to_end(&mut form);
    let found = form_urlencoded::parse(&form).find(|(field, _)| field == name);
    found.map_or_else(String::new, |(_, value)| value.into_owned())
}

/// The cookie of the login that this browser started.
fn cookie(request: &Request) -> String {
    let sent = request.headers().iter();
    let cookies = sent.filter(|header| header.field.equiv("Cookie"));
    let mut pairs = cookies.flat_map(|header| header.value.as_str().split("; "));
    let login = pairs.find_map(|pair| pair.strip_prefix("login="));
    login.unwrap_or_default().to_owned()
}

fn text(status: u16, text: &str) -> Page {
    Response::from_string(text)
        .with_status_code(status)
        .with_header(header("Cache-Control", "no-store"))
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("a valid header")
}

//! The pages: a form, the way to the instance, and the way back.

use std::io::{Cursor, Read as _};
use std::path::Path;

use gts_oauth_ureq::{
    App, BoxError, Callback, Error, Exchange as _, Instance, RedirectUri, RegisterApp, Ureq,
    entropy,
};
use tiny_http::{Header, Method, Request, Response};
use url::form_urlencoded;

use crate::store::Store;

type Page = Response<Cursor<Vec<u8>>>;

/// What answers the requests: one for each thread.
pub(crate) struct Site {
    store: Store,
    http: Ureq,
    redirect_uri: RedirectUri,
    suggested: Instance,
}

impl Site {
    pub(crate) fn new(file: &Path, public: &str, suggested: Instance) -> Result<Self, BoxError> {
        Ok(Self {
            store: Store::open(file)?,
            http: Ureq::new(),
            redirect_uri: format!("{public}/callback").parse()?,
            suggested,
        })
    }

    pub(crate) fn answer(&self, request: &mut Request) -> Page {
        let url = request.url().to_owned();
        let path = url.split('?').next().unwrap_or_default();
        let page = match (request.method(), path) {
            (Method::Get, "/") => Ok(self.form()),
            (Method::Post, "/login") => self.login(&field(request, "instance")),
            (Method::Get, _) if path.starts_with("/callback/") => {
                self.callback(&url, &cookie(request))
            }
            _ => Ok(text(404, "There is nothing here.")),
        };
        page.unwrap_or_else(|error| fault(&error))
    }

    fn form(&self) -> Page {
        let form = format!(
            "<!doctype html><title>Log in</title><form method=post action=/login>\
             <label>Your instance <input name=instance value=\"{}\"></label>\
             <button>Log in</button></form>",
            self.suggested // an instance holds nothing that HTML would take for its own
        );
        text(200, &form).with_header(header("Content-Type", "text/html; charset=utf-8"))
    }

    /// Sends the person to their instance.
    ///
    /// This server sends requests to whatever host they name: where anybody may log in, refuse
    /// those of your own network.
    fn login(&self, instance: &str) -> Result<Page, BoxError> {
        let app = self.app(&instance.parse()?)?;
        let pending = app.authorize(entropy()?).start();
        self.store.keep_pending(&pending)?;
        let state = pending.state();
        // Lax: the browser must send it when the instance redirects here. Behind https, add
        // `Secure`.
        let cookie = format!("login={state}; Path=/callback; Max-Age=600; HttpOnly; SameSite=Lax");
        Ok(text(303, "")
            .with_header(header("Location", pending.url()))
            .with_header(header("Set-Cookie", &cookie)))
    }

    /// One app for each instance, registered when its first person comes; and one redirect URI,
    /// lest one instance's code be taken to another that asked for it (RFC 9700 §4.4).
    fn app(&self, instance: &Instance) -> Result<App, BoxError> {
        let own = self.redirect_uri.own_to(instance);
        if let Some(app) = self.store.app(instance, &own)? {
            return Ok(app);
        }
        let register = RegisterApp::new(instance.clone(), "example web back end")?;
        let app = register.redirect_uri(own.clone()).send(&self.http)?;
        self.store.keep_app(&app, &own)?;
        // Another process may have been quicker: then its app is everybody's.
        let kept = self.store.app(instance, &own)?;
        Ok(kept.unwrap_or(app))
    }

    /// The person is back, or somebody who says so.
    fn callback(&self, url: &str, cookie: &str) -> Result<Page, BoxError> {
        let callback = Callback::arrived_at(url)?;
        // Before the row is touched: a stranger cannot spoil what another browser began.
        let Some(state) = callback.state().filter(|state| *state == cookie) else {
            return Ok(text(403, "This log-in did not begin in this browser."));
        };
        let Some(pending) = self.store.take_pending(state)? else {
            return Ok(text(410, "This log-in is over. Begin again."));
        };
        let session = pending.callback(&callback)?.send(&self.http)?;
        let account = match session.verify().send(&self.http) {
            Ok(account) => account,
            Err(error) => {
                // Nobody would ever use this token, so it is given back as far as that goes.
                let _ = pending.app().revoke(&session)?.send(&self.http);
                return Err(error.into());
            }
        };
        self.store.keep_session(pending.app(), &session, &account)?;
        let hello = format!("Hello @{} of {}!", account.username(), session.instance());
        // From here on they are known by a cookie of your own.
        Ok(
            text(200, &hello)
                .with_header(header("Set-Cookie", "login=; Path=/callback; Max-Age=0")),
        )
    }
}

/// Errors of a login hold no secrets, and say what to do: they may be shown.
fn fault(error: &BoxError) -> Page {
    match error.downcast_ref() {
        Some(Error::Input(_) | Error::Redirect(_) | Error::Refused(_)) => {
            text(400, &error.to_string())
        }
        Some(_) => text(502, &error.to_string()),
        None => {
            eprintln!("{error}");
            text(500, "Something is wrong here. Try again later.")
        }
    }
}

/// A field of the form that was sent.
fn field(request: &mut Request, name: &str) -> String {
    let mut form = Vec::new();
    let _ = request.as_reader().take(4096).read_to_end(&mut form);
    let found = form_urlencoded::parse(&form).find(|(field, _)| field == name);
    found.map_or_else(String::new, |(_, value)| value.into_owned())
}

/// What the browser remembers of the log-in that it began.
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
    Header::from_bytes(name, value).expect("ASCII, as all that is written here is")
}

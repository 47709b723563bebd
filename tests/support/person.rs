//! A person with a browser, as far as a login needs one: signs in to a GoToSocial and allows
//! the app, by the server's own forms (recordings 11 to 16 and 49 to 53).

use std::collections::BTreeMap;

use gts_oauth_ureq::BoxError;
use gts_oauth_ureq::http::header::{
    ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE, USER_AGENT,
};
use gts_oauth_ureq::http::{Request, Response};
use gts_oauth_ureq::ureq::{Agent, Body};
use url::Url;
use url::form_urlencoded::Serializer;

/// Who signs in, and the cookies of their browser.
#[derive(Debug)]
pub struct Person {
    email: String,
    password: String,
    cookies: BTreeMap<String, String>,
    agent: Agent,
}

impl Person {
    /// GoToSocial signs people in by e-mail address and password.
    pub fn new(email: &str, password: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .build();
        Self {
            email: email.to_owned(),
            password: password.to_owned(),
            cookies: BTreeMap::new(),
            agent: config.new_agent(),
        }
    }

    /// Opens the address, signs in where asked to, presses *Allow*; returns the address that
    /// the browser is then sent to.
    ///
    /// # Errors
    /// If a page is not what GoToSocial shows at this point.
    pub fn allow(&mut self, address: &str) -> Result<Url, BoxError> {
        let mut here = Url::parse(address)?;
        let page = self.visit(&here, None)?;
        here = redirect(&here, &page)?;
        if here.path() == "/auth/sign_in" {
            self.visit(&here, None)?;
            let mut form = Serializer::new(String::new());
            form.append_pair("username", &self.email);
            form.append_pair("password", &self.password);
            let signed_in = self.visit(&here, Some(form.finish()))?;
            here = redirect(&here, &signed_in)?;
        }
        let consent = self.visit(&here, None)?;
        if consent.status() != 200 {
            return Err(format!("no consent page at {}: {}", here.path(), consent.status()).into());
        }
        let allowed = self.visit(&here, Some(String::new()))?;
        redirect(&here, &allowed)
    }

    fn visit(&mut self, url: &Url, form: Option<String>) -> Result<Response<Body>, BoxError> {
        let method = if form.is_some() { "POST" } else { "GET" };
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        let mut request = Request::builder()
            .method(method)
            .uri(url.as_str())
            .header(USER_AGENT, "Mozilla/5.0 (a test of gts-oauth)")
            .header(ACCEPT, "text/html,application/xhtml+xml")
            .header(COOKIE, cookies.join("; "));
        if form.is_some() {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let page = self.agent.run(request.body(form.unwrap_or_default())?)?;
        for cookie in page.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str()?.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(page)
    }
}

fn redirect(here: &Url, page: &Response<Body>) -> Result<Url, BoxError> {
    let target = page.headers().get(LOCATION).ok_or_else(|| {
        let status = page.status();
        format!(
            "{} answered {status} where a redirect was expected",
            here.path()
        )
    })?;
    Ok(here.join(target.to_str()?)?)
}

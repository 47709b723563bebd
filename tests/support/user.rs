//! A user with a browser: signs in to a GoToSocial and allows the app, with the server's own forms
//! (recordings 11 to 16 and 49 to 53).

use std::collections::BTreeMap;

use gts_oauth_ureq::BoxError;
use gts_oauth_ureq::http::header::{
    ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE, USER_AGENT,
};
use gts_oauth_ureq::http::{Request, Response};
use gts_oauth_ureq::ureq::{Agent, Body};
use url::Url;
use url::form_urlencoded::Serializer;

/// A user, and the cookies of their browser.
#[derive(Debug)]
pub struct User {
    email: String,
    password: String,
    typos: Vec<String>,
    messages: Vec<String>,
    cookies: BTreeMap<String, String>,
    agent: Agent,
}

impl User {
    /// A user with this e-mail address and password, which GoToSocial requires to sign in.
    pub fn new(email: &str, password: &str) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        Self {
            email: email.to_owned(),
            password: password.to_owned(),
            typos: Vec::new(),
            messages: Vec::new(),
            cookies: BTreeMap::new(),
            agent: config.new_agent(),
        }
    }

    /// Types this before the right password at the next sign-in.
    pub fn mistype(&mut self, wrong: &str) {
        self.typos.push(wrong.to_owned());
    }

    /// The page's message after each wrong password.
    pub fn messages(&self) -> &[String] {
        &self.messages
    }

    /// Opens the URL, signs in if required, and presses *Allow*. Returns the redirect.
    ///
    /// # Errors
    /// If a page is not the expected one.
    pub fn allow(&mut self, url: &str) -> Result<Url, BoxError> {
        let (here, _) = self.open(url)?;
        let allowed = self.visit(&here, Some(String::new()))?;
        redirect(&here, &allowed)
    }

    /// As [`allow`](Self::allow), and reads the code on the page that shows it.
    ///
    /// # Errors
    /// If there is no such page.
    pub fn read_code(&mut self, url: &str) -> Result<String, BoxError> {
        let target = self.allow(url)?;
        let page = self.visit(&target, None)?.body_mut().read_to_string()?;
        let code = between(&page, "<code>", "</code>").ok_or("the page shows no code")?;
        Ok(code.to_owned())
    }

    /// Opens the URL, signs in if required, and presses *Deny*.
    ///
    /// # Errors
    /// If the page has no such button.
    pub fn deny(&mut self, url: &str) -> Result<Url, BoxError> {
        let (here, page) = self.open(url)?;
        let button = between(&page, "<button type=\"submit\" name=\"", ">Deny<");
        let (name, value) = button
            .and_then(|button| button.trim_end_matches('"').split_once("\" value=\""))
            .ok_or("the consent page has no Deny button")?;
        let form = Serializer::new(String::new()).append_pair(name, value).finish();
        let denied = self.visit(&here, Some(form))?;
        redirect(&here, &denied)
    }

    /// Opens the URL and signs in if required. Returns the URL of the consent page, and the page.
    ///
    /// # Errors
    /// If a page is not the expected one.
    pub fn open(&mut self, url: &str) -> Result<(Url, String), BoxError> {
        let mut here = Url::parse(url)?;
        let mut consent = self.visit(&here, None)?;
        // Servers other than GoToSocial keep users signed in.
        if consent.status() != 200 {
            here = redirect(&here, &consent)?;
            if here.path() == "/auth/sign_in" {
                let page = self.visit(&here, None)?.body_mut().read_to_string()?;
                here = self.sign_in(&here, &page)?;
            }
            consent = self.visit(&here, None)?;
        }
        if consent.status() != 200 {
            return Err(format!("no consent page at {}: {}", here.path(), consent.status()).into());
        }
        let page = consent.body_mut().read_to_string()?;
        Ok((here, page))
    }

    /// Signs in on this page.
    fn sign_in(&mut self, here: &Url, page: &str) -> Result<Url, BoxError> {
        // The real server has its attributes on lines of their own.
        let field = |kind| {
            let inputs = page.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
            let mut of_kind = inputs.filter(|input| input.contains(&format!("type=\"{kind}\"")));
            of_kind.next().and_then(|input| between(input, " name=\"", "\"")).map(str::to_owned)
        };
        let names = (field("email"), field("password"));
        let (Some(email), Some(password)) = names else {
            return Err("the page is no sign-in page".into());
        };
        let names = [email.as_str(), password.as_str()];
        for wrong in std::mem::take(&mut self.typos) {
            let mut page = self.submit(here, names, &wrong)?;
            let page = page.body_mut().read_to_string()?;
            // GoToSocial responds with a page without the form.
            let message = between(&page, "role=\"alert\">", "<")
                .or_else(|| between(&page, "Unauthorized: ", "<"))
                .ok_or("no error on the page")?;
            self.messages.push(message.to_owned());
        }
        let secret = self.password.clone();
        let signed_in = self.submit(here, names, &secret)?;
        redirect(here, &signed_in)
    }

    fn submit(
        &mut self,
        here: &Url,
        names: [&str; 2],
        password: &str,
    ) -> Result<Response<Body>, BoxError> {
        let mut form = Serializer::new(String::new());
        form.append_pair(names[0], &self.email);
        form.append_pair(names[1], password);
        self.visit(here, Some(form.finish()))
    }

    fn visit(&mut self, url: &Url, form: Option<String>) -> Result<Response<Body>, BoxError> {
        let method = if form.is_some() { "POST" } else { "GET" };
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
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
        format!("{} responded with {status} instead of a redirect", here.path())
    })?;
    Ok(here.join(target.to_str()?)?)
}

fn between<'a>(page: &'a str, before: &str, after: &str) -> Option<&'a str> {
    page.split_once(before)?.1.split_once(after).map(|(it, _)| it)
}

//! What a browser sends, and the pages that it gets.

use std::io::{Cursor, Read as _};

use gts_oauth_ureq::error::{Cause, Remedy};
use gts_oauth_ureq::{BoxError, Error, PendingAuthorization, RedirectUri};
use html_escape::{encode_double_quoted_attribute as attribute, encode_text};
use tiny_http::{Header, Request, Response};
use url::form_urlencoded::parse;

pub(crate) type Page = Response<Cursor<Vec<u8>>>;

pub(crate) const FORM: &str = "<form method=post action=/login>\
    <p><label>Your instance, or @you@instance <input name=instance required></label>\
    <p><button>Log in</button></form>";
pub(crate) const RELOAD: &str = "<p><a href=\"\">Try again</a>";
pub(crate) const START_AGAIN: &str = "<p><a href=\"/\">Start again</a>";

/// A page with a text, and HTML after it.
pub(crate) fn page(status: u16, text: &str, html: &str) -> Page {
    let text = encode_text(text);
    let html = format!("<!doctype html><meta charset=utf-8><title>Log in</title><p>{text}{html}");
    Response::from_string(html)
        .with_status_code(status)
        .with_header(header("Content-Type", "text/html; charset=utf-8"))
        .with_header(header("Cache-Control", "no-store"))
        // The URL has a code. With `no-referrer`, browsers would send forms with `Origin: null`.
        .with_header(header("Referrer-Policy", "same-origin"))
}

/// A redirect to the authorization URL, or a page with the problem of the last attempt and a link.
/// The cookie binds the login to the browser: `Lax`, because the browser must send it when the
/// instance redirects here. With https, add `Secure`.
pub(crate) fn authorize(pending: &PendingAuthorization, last: Option<&Error>) -> Page {
    let (url, state) = (pending.url(), pending.state());
    let link = format!("<p><a href=\"{}\">Try again</a>{START_AGAIN}", attribute(url));
    let redirect = || page(303, "", "").with_header(header("Location", url));
    let page = last.map_or_else(redirect, |error| problem(error, &link));
    let cookie = format!("login={state}; Path=/; Max-Age=600; HttpOnly; SameSite=Lax");
    page.with_header(header("Set-Cookie", &cookie))
}

/// Errors of a login contain no secrets, so the user can read them.
pub(crate) fn problem(error: &Error, links: &str) -> Page {
    page(error.http_status().as_u16(), &error.to_string(), links)
}

pub(crate) fn failure(error: &BoxError) -> Page {
    let Some(error) = error.downcast_ref::<Error>() else {
        eprintln!("{error}"); // of the database, with details that are not the user's
        return page(503, "This server cannot continue now. Try again in a minute.", RELOAD);
    };
    // The login is where it was: the same request might succeed.
    let passing = error.remedy() == Remedy::Retry || error.cause() == Cause::ServerError;
    problem(error, &[if passing { RELOAD } else { "" }, START_AGAIN].concat())
}

pub(crate) fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("a valid header")
}

/// Whether a page of another site sent a form, which could log this browser in to the account of
/// someone else. Browsers send `Origin` with each form, and a page cannot change it.
pub(crate) fn is_foreign(request: &Request, callback: &RedirectUri) -> bool {
    let mut origins = request.headers().iter().filter(|header| header.field.equiv("Origin"));
    origins.any(|it| callback.as_str().strip_prefix(it.value.as_str()) != Some("/callback"))
}

/// The `state` of the login that this browser started last.
pub(crate) fn cookie(request: &Request) -> String {
    let cookies = request.headers().iter().filter(|header| header.field.equiv("Cookie"));
    let mut pairs = cookies.flat_map(|header| header.value.as_str().split("; "));
    pairs.find_map(|pair| pair.strip_prefix("login=")).unwrap_or_default().to_owned()
}

/// What the user entered in the form.
pub(crate) fn instance(request: &mut Request) -> String {
    let mut form = Vec::new();
    let _ = request.as_reader().take(4096).read_to_end(&mut form);
    let field = parse(&form).find(|(name, _)| name == "instance");
    field.map_or(String::new(), |(_, value)| value.trim().to_owned())
}

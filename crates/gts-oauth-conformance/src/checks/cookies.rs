//! Cookies are not kept.

use gts_oauth_core::http::Method;

use super::with_causes;
use crate::client::{Client, request};
use crate::report::Obligation::KeepsNoCookies;
use crate::run::{Check, Outcome};
use crate::server::{Server, response};

pub(super) fn checks() -> Vec<Check> {
    let what = "a cookie set on /oauth/token";
    let named = format!("{what} of a host with a name");
    vec![
        Check::new(KeepsNoCookies, what, |http| not_kept(http, Server::origin)),
        // Some clients keep no cookies of an IP address.
        Check::new(KeepsNoCookies, named, |http| {
            not_kept(http, |server| format!("http://{}", server.named()))
        }),
    ]
}

fn not_kept(http: &Client, origin: fn(&Server) -> String) -> Outcome {
    let server = Server::http(|_| {
        let cookie = "Set-Cookie: session=1; Path=/; HttpOnly; SameSite=Lax\r\n";
        response(200, cookie, b"{}")
    });
    let origin = origin(&server);
    let uri = format!("{origin}/oauth/token");
    let token = http.send(request(Method::POST, &uri, b"code=1"));
    token
        .and_then(|_| http.fetch(&origin))
        .map_err(|error| format!("no response was received: {}", with_causes(&error)))?;
    let last = server.last()?;
    match last.header("cookie") {
        None => Ok(()),
        Some(cookie) => Err(format!("{} was sent with Cookie: {cookie}", last.line())),
    }
}

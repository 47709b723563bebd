//! Whole logins over canned responses, their storage, and pages by `Link`.

use std::hint::black_box;

use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::{
    AuthorizeOptions, BoxError, Exchange as _, Login, RegisterApp, Step, Transport,
};
use serde_json::Value;

use crate::account::session;
use crate::measure::Task;
use crate::redeem::entropy;

pub const TASKS: [(&str, Task); 5] = [
    ("login/whole", whole),
    ("login/exchanges", exchanges),
    ("login/stored", stored),
    ("page/link", |repetitions| page(repetitions, true)),
    ("page/last", |repetitions| page(repetitions, false)),
];

pub const CODE: &str = "MJG4YJRKYTITZMQ2YS0ZYZZMLWIZMZUTYMY3ZJHMMTEWNDK3";

pub fn canned(request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
    let body = match request.uri().path() {
        "/api/v1/apps" => {
            r#"{"id":"01M840W2DD6TMDS55571SY0SAX","name":"my-bot","redirect_uri":"urn:ietf:wg:oauth:2.0:oob","redirect_uris":["urn:ietf:wg:oauth:2.0:oob"],"client_id":"01ST88WWRXFV6YDXY3W9WAJSVG","client_secret":"63688859-6eb8-4676-8dd7-befc52cf89ee","scopes":["read"]}"#
        }
        "/oauth/token" => {
            r#"{"access_token":"M2I1M2Y3YJQTMTJLMY0ZNZJKLWJKZWYTYMVKYZMZOGZKZWIZ","created_at":1795431467,"scope":"read","token_type":"Bearer"}"#
        }
        _ => {
            r#"{"id":"015JSQDQQAWFF3PB5M4C9KAZN3","username":"alice","acct":"alice","display_name":"alice","url":"https://example.org/@alice"}"#
        }
    };
    Ok(Response::new(body.into()))
}

fn registration() -> RegisterApp {
    RegisterApp::new("example.org".parse().expect("an instance"), "my-bot").expect("a name")
}

fn login() -> Login {
    let mut login = Login::new(registration(), entropy());
    login.skip_discovery();
    login
}

fn whole(repetitions: u64) {
    for _ in 0..repetitions {
        let mut login = login();
        black_box(login.run(&canned, |_| Ok(CODE.into())).expect("a session"));
    }
}

/// The same exchanges, without the state machine.
fn exchanges(repetitions: u64) {
    let http: &dyn Transport = &canned;
    for _ in 0..repetitions {
        let app = registration().send(http).expect("an app");
        let pending = app.authorize(AuthorizeOptions::new(), entropy()).expect("a URL");
        black_box(pending.url());
        let session = pending.code_from_text(CODE).expect("a code").send(http).expect("a session");
        black_box(session.verify().send(http).expect("an account"));
        black_box((app, session));
    }
}

/// A login that is written and read again between any two steps.
fn stored(repetitions: u64) {
    for _ in 0..repetitions {
        let mut login = login();
        loop {
            let text = serde_json::to_string(&login).expect("JSON");
            login = serde_json::from_str(&text).expect("a login");
            match login.step() {
                Step::Send { request, .. } => {
                    let response = canned(request).expect("a response");
                    login.handle_response(&response).expect("a success");
                }
                Step::Authorize { .. } => login.handle_reply(CODE).expect("a code"),
                Step::Done(_) => break,
            }
        }
        black_box(&login);
    }
}

/// A page with two links, and one without.
fn page(repetitions: u64, has_links: bool) {
    let pages = session().pages::<Value>("/api/v1/notifications?limit=40").expect("a path");
    let mut response = Response::builder();
    if has_links {
        let at = "https://example.org/api/v1/notifications?limit=40";
        let link =
            format!("<{at}&max_id=01M840W2>; rel=\"next\", <{at}&min_id=01M840W9>; rel=\"prev\"");
        response = response.header("Link", link);
    }
    let response = response.body(b"[]".to_vec()).expect("a response");
    for _ in 0..repetitions {
        black_box(pages.parse(black_box(&response)).expect("a page"));
    }
}

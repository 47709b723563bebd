//! Reading an account, of 1 and of 4 KiB.

use std::hint::black_box;

use gts_oauth_core::http::Response;
use gts_oauth_core::{Exchange as _, Session};
use serde::Deserialize;

use crate::measure::Task;
use crate::redeem::app;

pub const TASKS: [(&str, Task); 4] = [
    ("account/1-kib", |repetitions| ours(repetitions, 1024)),
    ("account/4-kib", |repetitions| ours(repetitions, 4096)),
    ("account/serde-1-kib", |repetitions| serde(repetitions, 1024)),
    ("account/serde-4-kib", |repetitions| serde(repetitions, 4096)),
];

/// The fields of an `Account`, and its JSON.
#[derive(Deserialize)]
struct Plain {
    id: String,
    username: String,
    acct: String,
    display_name: String,
    url: Option<String>,
    #[serde(skip)]
    json: String,
}

/// An account whose note fills it up to the length.
fn json(length: usize) -> Vec<u8> {
    let start = r#"{"id":"015JSQDQQAWFF3PB5M4C9KAZN3","username":"alice","acct":"alice","display_name":"Alice","locked":true,"bot":false,"created_at":"2026-11-23T10:56:32.000Z","url":"https://example.org/@alice","followers_count":12,"following_count":34,"statuses_count":56,"emojis":[],"fields":[],"note":""#;
    let words = "<p>Pictures of <b>sloths</b>, mostly. Été in Köln.</p> ".repeat(100);
    let mut end = length - start.len() - 2;
    while !words.is_char_boundary(end) {
        end -= 1;
    }
    format!("{start}{}\"}}", &words[..end]).into_bytes()
}

pub fn session() -> Session {
    let app = app("urn:ietf:wg:oauth:2.0:oob");
    let token = gts_oauth_core::Secret::new("M2I1M2Y3YJQTMTJLMY0ZNZJKLWJKZWYTYMVKYZMZOGZKZWIZ");
    Session::from_token(app.instance().clone(), token).expect("a session")
}

fn ours(repetitions: u64, length: usize) {
    let (verify, response) = (session().verify(), Response::new(json(length)));
    for _ in 0..repetitions {
        black_box(verify.parse(black_box(&response)).expect("an account"));
    }
}

fn serde(repetitions: u64, length: usize) {
    let response = Response::new(json(length));
    for _ in 0..repetitions {
        let body = black_box(&response).body();
        let mut account: Plain = serde_json::from_slice(body).expect("an account");
        account.json = String::from_utf8(body.clone()).expect("UTF-8");
        black_box((account.id, account.username, account.acct, account.display_name));
        black_box((account.url, account.json));
    }
}

//! No secret is left in freed memory. In a binary of its own, whose single test searches the whole memory of
//! the process: for what is not in use any longer, and was not wiped.
//!
//! It reads `/proc/self/mem`, which only Linux has.
#![cfg(target_os = "linux")]

use std::cell::RefCell;
use std::fs::{OpenOptions, read_to_string};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::ops::Range;

use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::types::redact;
use gts_oauth_core::{
    App, AuthorizeOptions, BoxError, Entropy, Error, Exchange, Login, RegisterApp, Secret, Session,
    Transport, UserReply,
};

/// Secrets, written so that this program's own text does not contain them.
const CLIENT_SECRET: Masked = Masked(*b"pOmTqjSkNwRvUxYaAbDc-cLiEnT-sEcReT-01234");
const CODE: Masked = Masked(*b"qLkJhGfDsAiXcVbNmQwE-aUtHoRiXe-CoDe-4567");
const TOKEN: Masked = Masked(*b"wErTyUiOpLkJhGfDsAiX-aCcEsS-tOkEn-78abcd");
const REFRESH_TOKEN: Masked = Masked(*b"eXcVbNmAsDfGhJkLqWeR-rEfReSh-tOkEn-defgh");

const LENGTH: usize = 40;

#[derive(Clone, Copy)]
struct Masked([u8; LENGTH]);

impl Masked {
    /// Other visible characters.
    fn byte(self, position: usize) -> u8 {
        self.0[position] + 1
    }

    fn push(self, text: &mut String) {
        (0..LENGTH).for_each(|position| text.push(self.byte(position).into()));
    }

    /// A text of these parts with the secret between them, without copies.
    fn between(self, before: &str, after: &str) -> String {
        let mut text = String::with_capacity(before.len() + LENGTH + after.len());
        text.push_str(before);
        self.push(&mut text);
        text.push_str(after);
        text
    }

    fn secret(self) -> Secret {
        Secret::new(self.between("", ""))
    }

    /// The addresses of the second half. Allocators write into the beginning of what is freed.
    fn find(self, memory: &[u8]) -> impl Iterator<Item = usize> {
        let first = self.byte(LENGTH / 2);
        let is_here = move |start: &usize| {
            let found = &memory[*start..];
            found[0] == first && (0..LENGTH / 2).all(|it| found[it] == self.byte(LENGTH / 2 + it))
        };
        (0..memory.len().saturating_sub(LENGTH / 2)).filter(is_here)
    }
}

/// Keeps all requests, because the headers of an HTTP stack cannot be wiped, and returns a response.
struct Kept<F>(RefCell<Vec<Request<Vec<u8>>>>, F);

impl<F: Fn(&Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError>> Transport for Kept<F> {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        let response = (self.1)(&request);
        self.0.borrow_mut().push(request);
        response
    }
}

impl<F> Kept<F> {
    /// Where the requests are in memory.
    fn ranges(&self) -> Vec<Range<usize>> {
        let requests = self.0.borrow();
        let headers = requests.iter().flat_map(|it| it.headers().values());
        let bodies = requests.iter().map(|it| it.body().as_slice());
        headers.map(|it| it.as_bytes()).chain(bodies).map(range).collect()
    }
}

fn range(bytes: &[u8]) -> Range<usize> {
    let start = bytes.as_ptr() as usize;
    start..start + bytes.len()
}

/// The addresses of all secrets in writable memory outside these ranges, with their names.
fn found(kept: &[Range<usize>]) -> Vec<String> {
    let secrets = [
        ("client secret", CLIENT_SECRET),
        ("code", CODE),
        ("token", TOKEN),
        ("refresh token", REFRESH_TOKEN),
    ];
    let mut memory = OpenOptions::new().read(true).open("/proc/self/mem").expect("the memory");
    let mut buffer = vec![0; 64 * 1024];
    let own = range(&buffer);
    let mut found = Vec::new();
    for line in read_to_string("/proc/self/maps").expect("the maps").lines() {
        let (addresses, rest) = line.split_once(' ').expect("addresses");
        if !rest.starts_with("rw") {
            continue;
        }
        let (start, end) = addresses.split_once('-').expect("a range");
        let number = |hex| usize::from_str_radix(hex, 16).expect("an address");
        let (mut at, end) = (number(start), number(end));
        while at < end {
            let length = buffer.len().min(end - at);
            memory.seek(SeekFrom::Start(at as u64)).expect("an address");
            if memory.read_exact(&mut buffer[..length]).is_err() {
                break;
            }
            for (name, secret) in secrets {
                let addresses = secret.find(&buffer[..length]).map(|it| at + it);
                let is_left =
                    |it: &usize| !own.contains(it) && !kept.iter().any(|kept| kept.contains(it));
                found.extend(addresses.filter(is_left).map(|it| format!("{name} at {it:x}")));
            }
            // Secrets can be at the border of two parts.
            at += if length == buffer.len() { length - LENGTH } else { length };
        }
    }
    found
}

fn entropy() -> Entropy {
    Entropy::from_fn(|bytes| {
        bytes.fill(7);
        Ok::<(), BoxError>(())
    })
    .unwrap()
}

fn registration() -> RegisterApp {
    RegisterApp::new("example.org".parse().unwrap(), "my-bot").unwrap()
}

fn app() -> App {
    let client_id = "a".repeat(1000);
    App::from_credentials(registration(), &client_id, CLIENT_SECRET.secret()).unwrap()
}

fn session() -> Session {
    let session = Session::from_token("example.org".parse().unwrap(), TOKEN.secret()).unwrap();
    session.with_refresh_token(REFRESH_TOKEN.secret()).unwrap()
}

fn response(status: u16, body: String) -> Result<Response<Vec<u8>>, BoxError> {
    Ok(Response::builder().status(status).body(body.into_bytes())?)
}

fn tokens() -> String {
    let mut body = String::with_capacity(200);
    body.push_str(r#"{"access_token":""#);
    TOKEN.push(&mut body);
    body.push_str(r#"","refresh_token":""#);
    REFRESH_TOKEN.push(&mut body);
    body.push_str(r#""}"#);
    body
}

/// Runs `act`, and asserts that it left nothing.
#[track_caller]
fn assert_wiped<F>(what: &str, http: Kept<F>, act: impl FnOnce(&Kept<F>)) {
    act(&http);
    let left = found(&http.ranges());
    // What is found must not be found again after the next part.
    assert!(left.is_empty(), "{what}: {left:?}");
    for mut request in http.0.into_inner() {
        request.body_mut().fill(0);
        // The memory of its headers cannot be wiped, so it stays in use.
        FORGOTTEN.with_borrow_mut(|all| all.push(request));
    }
}

thread_local! {
    static FORGOTTEN: RefCell<Vec<Request<Vec<u8>>>> = const { RefCell::new(Vec::new()) };
}

fn kept<F: Fn(&Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError>>(respond: F) -> Kept<F> {
    let forgotten = FORGOTTEN.take();
    Kept(RefCell::new(forgotten), respond)
}

#[test]
fn secrets_are_not_left_in_memory() {
    let visible = CODE.between("", "");
    assert_eq!(found(&[]).len(), 1, "the search finds what is there");
    drop(Secret::new(visible));
    assert!(found(&[]).is_empty());

    let http = kept(|request| match request.uri().path() {
        "/api/v1/apps" => {
            response(200, CLIENT_SECRET.between(r#"{"client_id":"1","client_secret":""#, "\"}"))
        }
        "/oauth/token" => response(200, tokens()),
        _ => response(200, r#"{"id":"1","username":"alice"}"#.to_owned()),
    });
    assert_wiped("a login", http, |http| {
        let mut login = Login::new(registration(), entropy());
        login.skip_discovery();
        login.run(http, |_| Ok(UserReply::Pasted(CODE.between(" ", "\n")))).unwrap();
    });

    let exchange = || {
        let pending = app().authorize(AuthorizeOptions::new(), entropy()).unwrap();
        let text = CODE.secret();
        pending.code_from_text(text.expose()).unwrap()
    };
    for status in [200, 400, 500] {
        // A server that repeats the secrets of the request in its error.
        let echoes = |_: &Request<Vec<u8>>| {
            // A long text, because the memory of short ones is soon used again.
            let long = "a".repeat(2000);
            response(status, CODE.between(&format!("{{\"error\":\"{long}"), &format!("{long}\"}}")))
        };
        assert_wiped("an error", kept(echoes), |http| drop(exchange().send(http).unwrap_err()));
        let plain = |_: &Request<Vec<u8>>| {
            response(status, CLIENT_SECRET.between("no such app: ", " \u{fffd}"))
        };
        assert_wiped("a text", kept(plain), |http| drop(exchange().send(http).unwrap_err()));
        let invalid_utf8 = |_: &Request<Vec<u8>>| {
            // The search itself uses the beginning of this memory again.
            let long = "a".repeat(90_000);
            let body = CODE.between(&format!("{{\"error\":\"{long}"), "aaaaaaaa\u{1}\"}");
            let mut body = body.into_bytes();
            let last = body.iter().rposition(|byte| *byte == 1).unwrap();
            body[last] = 0xff;
            Ok(Response::builder().status(status).body(body)?)
        };
        assert_wiped("an error in invalid UTF-8", kept(invalid_utf8), |http| {
            drop(exchange().send(http).unwrap_err());
        });
    }
    let offline = |_: &Request<Vec<u8>>| Err::<Response<Vec<u8>>, BoxError>("offline".into());
    assert_wiped("no response", kept(offline), |http| {
        drop(exchange().send(http).unwrap_err());
        drop(app().refresh(&session()).unwrap().send(http).unwrap_err());
        drop(session().verify().send(http).unwrap_err());
        drop(app().revoke(&session()).unwrap().send(http).unwrap_err());
    });
    assert_wiped("a refresh", kept(|_| response(200, tokens())), |http| {
        drop(app().refresh(&session()).unwrap().send(http).unwrap());
        drop(app().request_token().unwrap().send(http).unwrap());
    });
    let invalid_utf8 = |_: &Request<Vec<u8>>| {
        let mut body = tokens().into_bytes();
        body.pop();
        body.extend(b",\"a\":\"\xff\"}");
        Ok::<_, BoxError>(Response::new(body))
    };
    assert_wiped("invalid UTF-8", kept(invalid_utf8), |http| {
        drop(app().refresh(&session()).unwrap().send(http).unwrap());
    });
    let as_form = |_: &Request<Vec<u8>>| response(400, r#"{"error":"invalid_request"}"#.to_owned());
    assert_wiped("a revocation", kept(as_form), |http| {
        drop(app().revoke(&session()).unwrap().send(http).unwrap_err());
    });
    assert_wiped("redaction", kept(offline), |_| {
        let (secret, text) = (TOKEN.secret(), TOKEN.secret());
        assert_eq!(redact(text.expose(), &[secret.expose()]), "[secret]");
    });
    let long = |_: &Request<Vec<u8>>| Err::<Response<Vec<u8>>, Error>(Error::WrongStep("no"));
    let long = kept(move |request| long(request).map_err(BoxError::from));
    assert_wiped("a form that grows", long, |http| {
        let registration = registration()
            .redirect_uri(format!("https://app.example/{}", "a".repeat(3000)).parse().unwrap());
        let app = App::from_credentials(registration, "1", CLIENT_SECRET.secret()).unwrap();
        drop(app.request_token().unwrap().send(http).unwrap_err());
    });
}

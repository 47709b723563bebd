//! Calls: paths, queries, headers and bodies of a caller.

use arbitrary::Arbitrary;
use gts_oauth_core::http::header::{AUTHORIZATION, CONTENT_TYPE};
use gts_oauth_core::http::{Method, Request, Uri};
use gts_oauth_core::session::{Call, Multipart};
use gts_oauth_core::{Exchange, Session};
use url::{Url, form_urlencoded};

use super::canary::{TOKEN, assert_error};
use super::request::assert_sent_to;
use super::sample::{ORIGIN, session};
use super::text::{List, Text};

#[derive(Arbitrary, Clone, Debug)]
pub struct Input {
    method: u8,
    path: Text,
    query: List<(Text, Text), 4>,
    headers: List<(Text, Text), 4>,
    body: Body,
}

#[derive(Arbitrary, Clone, Debug)]
enum Body {
    None,
    Form(List<(Text, Text), 4>),
    Multipart(List<Part, 4>),
    Bytes(Text, Text),
}

#[derive(Arbitrary, Clone, Debug)]
enum Part {
    Text(Text, Text),
    File { name: Text, file_name: Text, content_type: Text, bytes: Text },
}

pub fn check(input: &Input) {
    let session = session();
    sign(&session, &input.path);
    let methods = [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH];
    let method = methods[usize::from(input.method) % methods.len()].clone();
    let path = input.path.string(&[]);
    let call = match session.call(method.clone(), &path) {
        Ok(call) => call,
        Err(error) => {
            assert_error(&error, &[]);
            // The rest of the input is checked with another path.
            session.call(method, "/api/v1/statuses?a=b").unwrap()
        }
    };
    assert_path(&call, None);
    let shown = format!("{call:?}");
    let Some(call) = with_query(call, &input.query.0) else { return };
    let call = with_headers(call, &input.headers.0);
    let call = with_body(call, &input.body);
    let request = call.request();
    assert_sent_to(&request, &[ORIGIN]);
    let tokens: Vec<_> = request.headers().get_all(AUTHORIZATION).iter().collect();
    assert_eq!(tokens, [&format!("Bearer {TOKEN}")]);
    assert_eq!(format!("{call:?}"), shown, "more than the path is shown");
}

/// Asserts that `url` and `http` read the same path, and the same parameters in the query.
fn assert_path(call: &Call, path: Option<&str>) {
    let uri = call.request().uri().clone();
    let url = Url::parse(&uri.to_string()).unwrap();
    assert_eq!(url.path(), uri.path());
    let pairs = |query: Option<&str>| -> Vec<(String, String)> {
        form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect()
    };
    assert_eq!(pairs(url.query()), pairs(uri.query()));
    assert!(path.is_none_or(|path| path == uri.path()), "{uri}");
}

fn with_query(mut call: Call, query: &[(Text, Text)]) -> Option<Call> {
    let path = call.request().uri().path().to_owned();
    for (name, value) in query {
        let (name, value) = (name.string(&[]), value.string(&[]));
        call = call.query(&name, &value).map_err(|error| assert_error(&error, &[])).ok()?;
        assert_path(&call, Some(&path));
        let uri = call.request().uri().clone();
        let last = form_urlencoded::parse(uri.query().unwrap().as_bytes()).last();
        assert_eq!(last, Some((name.into(), value.into())));
    }
    Some(call)
}

fn with_headers(mut call: Call, headers: &[(Text, Text)]) -> Call {
    for (name, value) in headers {
        match call.clone().header(&name.string(&[]), &value.string(&[])) {
            Ok(changed) => call = changed,
            Err(error) => assert_error(&error, &[]),
        }
    }
    call
}

fn with_body(mut call: Call, body: &Body) -> Call {
    match body {
        Body::None => call,
        Body::Form(fields) => {
            let fields = fields.0.iter();
            let fields: Vec<_> =
                fields.map(|(name, value)| (name.string(&[]), value.string(&[]))).collect();
            for (name, value) in &fields {
                call = call.form(name, value);
            }
            let body = call.request().into_body();
            assert_eq!(form_urlencoded::parse(&body).into_owned().collect::<Vec<_>>(), fields);
            call
        }
        Body::Multipart(parts) => with_multipart(call, &parts.0),
        Body::Bytes(content_type, bytes) => {
            match call.clone().body(&content_type.string(&[]), bytes.0.clone()) {
                Ok(changed) => {
                    assert_eq!(changed.request().into_body(), bytes.0);
                    changed
                }
                Err(error) => {
                    assert_error(&error, &[]);
                    call
                }
            }
        }
    }
}

fn with_multipart(call: Call, parts: &[Part]) -> Call {
    let (mut form, mut contents) = (Multipart::new(), Vec::new());
    for part in parts {
        match part {
            Part::Text(name, value) => {
                form = form.text(&name.string(&[]), value.string(&[]));
                contents.push(value.string(&[]).into_bytes());
            }
            Part::File { name, file_name, content_type, bytes } => {
                let (name, file_name) = (name.string(&[]), file_name.string(&[]));
                let content_type = content_type.string(&[]);
                let file = form.clone().file(&name, &file_name, &content_type, bytes.0.clone());
                match file {
                    Ok(changed) => {
                        form = changed;
                        contents.push(bytes.0.clone());
                    }
                    Err(error) => assert_error(&error, &[]),
                }
            }
        }
    }
    let call = call.multipart(form);
    assert_eq!(contents_of(&call.request()), contents);
    call
}

/// The contents of the parts of a `multipart/form-data` request (RFC 2046 section 5.1.1).
fn contents_of(request: &Request<Vec<u8>>) -> Vec<Vec<u8>> {
    let content_type = request.headers()[CONTENT_TYPE].to_str().unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    let delimiter = format!("\r\n--{boundary}");
    let body = [b"\r\n", request.body().as_slice()].concat();
    let mut parts = split(&body, delimiter.as_bytes());
    assert_eq!(parts.pop(), Some(b"--\r\n".as_slice()));
    assert_eq!(parts.remove(0), b"");
    let content = |part: &[u8]| {
        let head = split(part, b"\r\n\r\n")[0].len();
        part[head + 4..].to_vec()
    };
    parts.into_iter().map(content).collect()
}

fn split<'a>(mut bytes: &'a [u8], delimiter: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    while let Some(at) = bytes.windows(delimiter.len()).position(|it| it == delimiter) {
        parts.push(&bytes[..at]);
        bytes = &bytes[at + delimiter.len()..];
    }
    parts.push(bytes);
    parts
}

/// A token is added only to requests for its own origin.
fn sign(session: &Session, uri: &Text) {
    let Ok(uri) = Uri::try_from(uri.string(&[])) else { return };
    let mut request = Request::builder().uri(uri.clone()).body(()).unwrap();
    let signed = session.sign(&mut request).is_ok();
    assert_eq!(signed, request.headers().contains_key(AUTHORIZATION));
    if signed {
        let origin = Url::parse(&uri.to_string()).unwrap().origin().ascii_serialization();
        assert_eq!(origin, ORIGIN);
    }
}

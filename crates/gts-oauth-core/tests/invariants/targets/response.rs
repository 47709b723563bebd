//! Responses with any status, headers and body.

use arbitrary::Arbitrary;
use gts_oauth_core::http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::canary::{CLIENT_SECRET, CODE, REFRESH_TOKEN, TOKEN};
use super::inward::origin;
use super::server;
use super::text::{List, Text};

/// A response of any server, proxy or attacker.
#[derive(Arbitrary, Clone, Debug)]
pub struct AnyResponse {
    pub status: Status,
    pub headers: List<Header, 6>,
    pub body: Body,
}

#[derive(Arbitrary, Clone, Debug)]
pub enum Status {
    Success,
    Usual(u8),
    Any(u16),
}

/// A header that is read somewhere, and a value.
#[derive(Arbitrary, Clone, Debug)]
pub struct Header(u8, HeaderText);

#[derive(Arbitrary, Clone, Debug)]
enum HeaderText {
    Usual(u8),
    Any(Text),
}

#[derive(Arbitrary, Clone, Debug)]
pub enum Body {
    /// That of a correct server, with other fields.
    Almost(List<Field, 4>),
    Other(OtherBody),
}

#[derive(Arbitrary, Clone, Debug)]
pub enum OtherBody {
    Object(List<Field, 8>),
    /// Objects in a list, as of the tokens of an account.
    List(List<List<Field, 4>, 3>),
    Page(Text),
    Text(Text),
}

/// A field of a JSON object: a name that is read somewhere, and a value.
#[derive(Arbitrary, Clone, Debug)]
pub struct Field {
    name: u8,
    value: AnyValue,
}

#[derive(Arbitrary, Clone, Debug)]
pub enum AnyValue {
    Usual(u8),
    Other(OtherValue),
}

#[derive(Arbitrary, Clone, Debug)]
pub enum OtherValue {
    Text(Text),
    Number(i64),
    List(List<u8, 4>),
    Object(u8, u8),
}

const STATUSES: [u16; 12] = [400, 401, 403, 404, 422, 429, 500, 502, 503, 301, 302, 418];

const HEADERS: [&str; 14] = [
    "retry-after",
    "x-ratelimit-reset",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "ratelimit-reset",
    "ratelimit-limit",
    "date",
    "link",
    "location",
    "content-type",
    "www-authenticate",
    "proxy-authenticate",
    "set-cookie",
    "x-other",
];

impl AnyResponse {
    /// The response to this request, of a server that knows these secrets.
    pub fn build(&self, request: &Request<Vec<u8>>, secrets: &[&str]) -> Response<Vec<u8>> {
        let mut response = Response::new(self.body.build(request, secrets));
        let status = match self.status {
            Status::Success => 200,
            Status::Usual(choice) => STATUSES[usize::from(choice) % STATUSES.len()],
            Status::Any(number) => 100 + number % 900,
        };
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        for Header(choice, value) in &self.headers.0 {
            let name = HEADERS[usize::from(*choice) % HEADERS.len()];
            let value = match value {
                HeaderText::Usual(choice) => usual_header(name, *choice).as_bytes().to_vec(),
                HeaderText::Any(text) => text.bytes(secrets),
            };
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                response.headers_mut().append(HeaderName::from_static(name), value);
            }
        }
        response
    }
}

/// A value that makes sense for this header.
fn usual_header(name: &str, choice: u8) -> &'static str {
    let values: &[&str] = match name {
        "link" => &[
            r#"<https://gts.example.org/api/v1/notifications?max_id=1>; rel="next""#,
            r#"<https://gts.example.org/api/v1/timelines/home?max_id=1>; rel="next""#,
            r#"<http://gts.example.org/api/v1/notifications?max_id=2>; rel="prev""#,
            r#"<https://evil.example/api/v1/notifications?max_id=3>; rel="next""#,
            r#"<https://evil.example/api/v1/blocks>; rel="next""#,
            "</api/v1/notifications?max_id=4>; rel=next",
            "</api/v1/blocks>; rel=prev",
            "<//evil.example/api/v1/notifications>; rel=next",
            "<?max_id=5>; rel=next",
            "<../../oauth/revoke>; rel=prev",
        ],
        "location" => &[
            "https://gts.example.org/elsewhere?token=1",
            "https://other.example/.well-known/nodeinfo",
            "http://other.example/.well-known/nodeinfo",
            "https://127.0.0.1/.well-known/nodeinfo",
            "https://[::ffff:10.0.0.1]/",
            "https://printer.local/",
            "/relative",
        ],
        "date" => &["Mon, 23 Nov 2026 10:58:21 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"],
        "www-authenticate" | "proxy-authenticate" => &["Bearer realm=a", "Basic realm=a"],
        "content-type" => &["application/json", "text/html; charset=utf-8"],
        _ => &["0", "30", "4.5", "300", "1795431801", "2026-11-23T11:03:21.000Z", "-1"],
    };
    values[usize::from(choice) % values.len()]
}

impl Body {
    fn build(&self, request: &Request<Vec<u8>>, secrets: &[&str]) -> Vec<u8> {
        let origin = origin(request);
        match self {
            Self::Almost(fields) => {
                let correct = server::respond(request, true).into_body();
                match serde_json::from_slice(&correct) {
                    Ok(Value::Object(object)) => {
                        almost(object, &fields.0, &origin, secrets).to_string().into_bytes()
                    }
                    _ => correct,
                }
            }
            Self::Other(OtherBody::Object(fields)) => {
                object(&fields.0, &origin, secrets).into_bytes()
            }
            Self::Other(OtherBody::List(objects)) => {
                let objects = objects.0.iter().map(|fields| object(&fields.0, &origin, secrets));
                format!("[{}]", objects.collect::<Vec<_>>().join(",")).into_bytes()
            }
            Self::Other(OtherBody::Page(text)) => {
                let title = text.bytes(secrets);
                [b"<!DOCTYPE html><title>", title.as_slice(), b"</title><p>"].concat()
            }
            Self::Other(OtherBody::Text(text)) => text.bytes(secrets),
        }
    }
}

/// The object with these fields, in most cases in place of its own.
fn almost(
    mut object: Map<String, Value>,
    fields: &[Field],
    origin: &str,
    secrets: &[&str],
) -> Value {
    for Field { name: choice, value } in fields {
        let own = object.keys().nth(usize::from(*choice) % object.len()).filter(|_| *choice < 192);
        let name = own.cloned().unwrap_or_else(|| name(*choice).to_owned());
        let value = value.build(&name, origin, secrets);
        object.insert(name, value);
    }
    object.into()
}

/// The object as text, because names can be repeated.
fn object(fields: &[Field], origin: &str, secrets: &[&str]) -> String {
    let pair = |field: &Field| {
        let name = name(field.name);
        format!("{name:?}:{}", field.value.build(name, origin, secrets))
    };
    format!("{{{}}}", fields.iter().map(pair).collect::<Vec<_>>().join(","))
}

impl AnyValue {
    /// The value for a field with this name.
    pub fn build(&self, field: &str, origin: &str, secrets: &[&str]) -> Value {
        match self {
            Self::Usual(choice) => usual(field, *choice, origin),
            Self::Other(OtherValue::Text(text)) => text.string(secrets).into(),
            Self::Other(OtherValue::Number(number)) => (*number).into(),
            Self::Other(OtherValue::List(choices)) => {
                choices.0.iter().map(|choice| usual(field, *choice, origin)).collect()
            }
            Self::Other(OtherValue::Object(inner, choice)) => {
                let name = name(*inner);
                json!({name: usual(name, *choice, origin)})
            }
        }
    }
}

fn name(choice: u8) -> &'static str {
    const NAMES: [&str; 32] = [
        "client_id",
        "client_secret",
        "redirect_uri",
        "redirect_uris",
        "scopes",
        "access_token",
        "token_type",
        "scope",
        "created_at",
        "expires_in",
        "refresh_token",
        "id",
        "username",
        "acct",
        "display_name",
        "url",
        "error",
        "error_description",
        "message",
        "links",
        "subject",
        "software",
        "name",
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "revocation_endpoint",
        "app_registration_endpoint",
        "scopes_supported",
        "token_endpoint_auth_methods_supported",
        "authorization_response_iss_parameter_supported",
        "application",
    ];
    NAMES[usize::from(choice) % NAMES.len()]
}

/// A value for this field: in most cases one that makes sense there.
fn usual(field: &str, choice: u8, origin: &str) -> Value {
    let usual: &[u8] = match field {
        "client_secret" | "access_token" | "refresh_token" => &[1, 14, 15, 16, 17],
        "redirect_uri" | "redirect_uris" => &[0, 1, 23, 24, 25, 29],
        "scope" | "scopes" | "scopes_supported" => &[0, 1, 18, 19, 20, 21, 22],
        "created_at" | "expires_in" => &[0, 2, 3, 4, 5, 53, 54],
        "token_type" => &[0, 49, 50],
        "error" | "error_description" => &[9, 10, 11, 12, 13, 14, 15, 16, 17, 51],
        "links" => &[32, 33, 34, 35, 36, 37, 38, 39, 40, 41],
        "subject" => &[42, 43],
        "software" => &[8, 44],
        "username" | "acct" | "id" => &[1, 15, 46, 47],
        "issuer" | "url" => &[26, 27, 29, 48],
        "authorization_endpoint" | "token_endpoint" | "revocation_endpoint" => {
            &[26, 27, 28, 29, 30, 31]
        }
        "token_endpoint_auth_methods_supported" => &[45, 55],
        "authorization_response_iss_parameter_supported" => &[6],
        _ => &[],
    };
    let at = usize::from(choice);
    known(if choice < 192 && !usual.is_empty() { usual[at % usual.len()] } else { choice }, origin)
}

/// A value that is read somewhere. `origin` is that of the server.
fn known(choice: u8, origin: &str) -> Value {
    let nodeinfo = "http://nodeinfo.diaspora.software/ns/schema/2.0";
    let link = |rel: &str, href: &str| json!([{"rel": rel, "href": href}]);
    match choice % 56 {
        0 => Value::Null,
        1 => json!(""),
        2 => json!(0),
        3 => json!(-1),
        4 => json!(1.5),
        5 => json!(u64::MAX),
        6 => json!(true),
        7 => json!([]),
        8 => json!({}),
        9 => json!("invalid_client"),
        10 => json!("invalid_grant"),
        11 => json!("server_error"),
        12 => json!("access_denied"),
        13 => json!("insufficient_scope"),
        14 => json!(CLIENT_SECRET),
        15 => json!(TOKEN),
        16 => json!(REFRESH_TOKEN),
        17 => json!(CODE),
        18 => json!("read"),
        19 => json!("read write:statuses follow"),
        20 => json!("profile"),
        21 => json!("admin:read"),
        22 => json!(["read", 1, null]),
        23 => json!("urn:ietf:wg:oauth:2.0:oob"),
        24 => json!("http://127.0.0.1:7777/callback"),
        25 => json!(["http://127.0.0.1:7777/callback", "urn:ietf:wg:oauth:2.0:oob"]),
        26 => json!(origin),
        27 => json!(format!("{origin}/other/endpoint?a=b")),
        28 => json!("https://auth.example.org/token"),
        29 => json!("https://evil.example/token"),
        30 => json!("https://me:secret@evil.example/token"),
        31 => json!("/relative"),
        32 => link(nodeinfo, &format!("{origin}/nodeinfo/2.0")),
        33 => link(nodeinfo, "https://other.example/nodeinfo/2.0"),
        34 => link(nodeinfo, "http://other.example/nodeinfo/2.0"),
        35 => link(nodeinfo, "https://127.0.0.1:9/nodeinfo/2.0"),
        36 => link(nodeinfo, "https://[::1]/nodeinfo/2.0"),
        37 => link(nodeinfo, "https://10.0.0.1/nodeinfo/2.0"),
        38 => link(nodeinfo, "https://169.254.169.254/nodeinfo/2.0"),
        39 => link(nodeinfo, "//gts.example.org/nodeinfo/2.0"),
        40 => link("self", "https://home.example/users/alice"),
        41 => link("self", "http://localhost/users/alice"),
        42 => json!("acct:alice@gts.example.org"),
        43 => json!("acct:alice@evil.example"),
        44 => json!({"name": "gotosocial", "version": "0.20.0"}),
        45 => json!(["client_secret_basic"]),
        46 => json!("alice"),
        47 => json!("alice@gts.example.org"),
        48 => json!("https://gts.example.org/@alice"),
        49 => json!("Bearer"),
        50 => json!("mac"),
        51 => json!("\u{1b}[31m\u{202e}evil"),
        52 => json!({"code": "AUTH", "message": CLIENT_SECRET}),
        53 => json!(1_795_000_000_000_u64),
        54 => json!("2026-11-23T10:57:47.437Z"),
        _ => json!(["S256"]),
    }
}

//! Responses that are made to cost as much time or memory as possible, and all that reads them.

use std::fmt::Debug;

use gts_oauth_core::discovery::{AccountDomainStep, Discover, DiscoverStep, FindAccountDomain};
use gts_oauth_core::http::{HeaderValue, Response};
use gts_oauth_core::types::{printable, redact};
use gts_oauth_core::{
    App, AuthorizeOptions, BoxError, Callback, Entropy, Exchange, ExpectedAccount, Instance, Login,
    RedirectUri, RegisterApp, Scopes, Secret, Session,
};

/// A secret of which all texts of `a` contain nearly each part.
pub(crate) fn repetitive_secret() -> Secret {
    Secret::new(format!("{}b", "a".repeat(64)))
}

type Read = Box<dyn Fn(&Response<Vec<u8>>)>;

/// The exchanges and the login, each with its name.
pub(crate) fn readers() -> Result<Vec<(&'static str, Read)>, BoxError> {
    let callback = "http://127.0.0.1:7777/callback".parse()?;
    let register = RegisterApp::new("example.org".parse()?, "my-bot")?.redirect_uri(callback);
    let app = App::from_credentials(register.clone(), "1", repetitive_secret())?;
    let pending = app.authorize(AuthorizeOptions::new(), entropy()?)?;
    let query = format!("code={}&state={}", "%61".repeat(60), pending.state());
    let code = pending.code_from_callback(&Callback::from_query(&query)?)?;
    let session = Session::from_token("example.org".parse()?, repetitive_secret())?;
    let session = session.with_refresh_token(repetitive_secret())?;
    let mut readers = vec![
        reader("register", register.clone()),
        reader("code", code),
        reader("refresh", app.refresh(&session)?),
        reader("verify", session.verify()),
        reader("revoke", app.revoke(&session)?),
        reader("read", session.get("/api/v1/notifications")?),
        reader("tokens", session.tokens()),
        reader("apps", session.apps()),
    ];
    for (name, discover) in discoveries()? {
        readers.push(reader(name, discover));
    }
    let find = FindAccountDomain::new("gts.example.org".parse()?, "me")?;
    if let AccountDomainStep::Next(next) =
        find.parse(&Response::new(r#"{"links":[],"subject":"acct:me@example.org"}"#))?
    {
        readers.push(reader("claimed domain", next));
    }
    readers.push(reader("account domain", find));
    readers.push((
        "login",
        Box::new(move |response| {
            let mut login = Login::new(register.clone(), entropy().expect("bytes"));
            let _ = login.handle_response(response);
        }),
    ));
    Ok(readers)
}

fn reader<X: Exchange<Output: Debug> + 'static>(
    name: &'static str,
    exchange: X,
) -> (&'static str, Read) {
    // The result stays until everything is measured, and its error is printed.
    let read = move |response: &Response<Vec<u8>>| match exchange.parse(response) {
        Ok(_) => {}
        Err(error) => drop((error.to_string(), error.cause(), error.remedy())),
    };
    (name, Box::new(read))
}

/// A discovery before each of its documents.
fn discoveries() -> Result<Vec<(&'static str, Discover)>, BoxError> {
    let links = Discover::new("example.org".parse()?).account_name("me")?;
    let not_found = Response::builder().status(404).body("")?;
    let linked = r#"{"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"/nodeinfo/2.0"}]}"#;
    let next = |discover: &Discover, response: &Response<&str>| match discover.parse(response) {
        Ok(DiscoverStep::Next(next)) => Ok(next),
        step => Err(format!("no next request: {step:?}")),
    };
    let webfinger = next(&links, &not_found)?;
    let nodeinfo = next(&links, &Response::new(linked))?;
    let metadata = next(&webfinger, &not_found)?;
    Ok(vec![
        ("nodeinfo links", links),
        ("webfinger", webfinger),
        ("nodeinfo", nodeinfo),
        ("metadata", metadata),
    ])
}

fn entropy() -> Result<Entropy, gts_oauth_core::Error> {
    Entropy::from_fn(|bytes| {
        bytes.fill(7);
        Ok::<(), BoxError>(())
    })
}

/// Every field that is read.
const FIELDS: [&str; 27] = [
    "access_token",
    "acct",
    "app_registration_endpoint",
    "application",
    "authorization_endpoint",
    "client_id",
    "client_secret",
    "code_challenge_methods_supported",
    "created_at",
    "display_name",
    "error",
    "error_description",
    "expires_in",
    "id",
    "issuer",
    "links",
    "message",
    "redirect_uri",
    "redirect_uris",
    "refresh_token",
    "scope",
    "scopes",
    "scopes_supported",
    "software",
    "subject",
    "url",
    "username",
];

/// JSON values of about this many bytes, each with its name.
fn values(bytes: usize) -> Vec<(&'static str, String)> {
    let fill = |text: &str| text.repeat(bytes / text.len());
    let list = |item: &str| format!("[{}{item}]", fill(&format!("{item},")));
    let deep = |open: &str, close: &str| format!("{}{}", fill(open), fill(close));
    vec![
        ("a long text", format!("\"{}\"", fill("a"))),
        ("a long text with escapes", format!("\"\\n{}\\n\"", fill("a"))),
        ("escapes", format!("\"{}\"", fill("\\u0061"))),
        ("a lone surrogate", format!("\"{}\\ud83d\"", fill("a"))),
        ("lone surrogates", format!("\"{}\"", fill("\\ud83d"))),
        ("words", format!("\"{}\"", fill("a "))),
        ("different words", format!("\"{}\"", different(bytes, " "))),
        ("commas", format!("\"{}\"", fill("a:,"))),
        ("a text outside ASCII", format!("\"https://example.org/{}\"", fill("é"))),
        ("a long label", format!("\"acct:me@xn--{}.example\"", different(bytes, "-"))),
        ("a path of dots", format!("\"https://example.org{}\"", fill("/a/.."))),
        ("backslashes", format!("\"{}\"", fill("\\\\"))),
        ("digits", fill("7")),
        ("empty texts", list("\"\"")),
        ("short texts", list("\"a\"")),
        ("different texts", format!("[\"{}\"]", different(bytes, "\",\""))),
        ("numbers", list("0")),
        ("objects", list("{}")),
        ("objects with a field", list(r#"{"rel":"self","id":"1","":0}"#)),
        ("links", list(r#"{"rel":"self","href":"https://example.org/@me"}"#)),
        ("lists", list("[]")),
        ("lists of texts", list(r#"["a"]"#)),
        ("a deep list", deep("[", "]")),
        ("a deep object", deep("{\"a\":", "}")),
        ("a long object", format!("{{{}\"a\":0}}", fill("\"a\":0,"))),
        ("an object of different names", format!("{{\"{}\":0}}", different(bytes, "\":0,\""))),
        ("a long list in an object", format!("{{\"code\":{},\"name\":1}}", list("\"a\""))),
    ]
}

/// Values that are read in more than one way.
const READ_IN_EACH_FIELD: [&str; 6] = [
    "a long text with escapes",
    "a lone surrogate",
    "words",
    "short texts",
    "objects with a field",
    "lists of texts",
];

/// Bodies of about this many bytes, each with its name.
pub(crate) fn bodies(bytes: usize) -> Vec<(String, Vec<u8>)> {
    let fill = |text: &str| text.repeat(bytes / text.len());
    let mut bodies = Vec::new();
    for (name, value) in values(bytes) {
        if READ_IN_EACH_FIELD.contains(&name) {
            for field in FIELDS {
                let body = format!("{{\"{field}\":{value},\"id\":1}}");
                bodies.push((format!("{name} in {field}"), body.into_bytes()));
            }
        }
        bodies.push((name.to_owned(), value.into_bytes()));
    }
    for (name, value) in values(bytes / FIELDS.len()) {
        let fields = FIELDS.map(|field| format!("\"{field}\":{value}"));
        let body = format!("{{{}}}", fields.join(","));
        bodies.push((format!("{name} in all fields"), body.into_bytes()));
    }
    for field in FIELDS {
        let body = format!("{{{}\"id\":1}}", fill(&format!("\"{field}\":\"1\",")));
        bodies.push((format!("repeated {field}"), body.into_bytes()));
    }
    let all = FIELDS.map(|field| format!("\"{field}\":\"1\",")).concat();
    let texts = [
        ("all fields, repeated", format!("{{{}\"id\":1}}", fill(&all))),
        ("what the secret begins with", fill("a")),
        ("nearly the secret", fill(&format!("{}c", "a".repeat(64)))),
        ("backslashes", fill("\\")),
        ("percent signs", fill("%25")),
        ("an HTML page", fill("<title")),
        ("an HTML page of titles", fill("<title>a</title>")),
        ("PHP notices", fill("<br />\n<b>Notice</b>: a<br />\n")),
        ("starts of PHP notices", fill("<br />\n<b>")),
        ("spaces", fill(" ")),
        ("opening quotes", fill("\"")),
        ("invisible characters", fill("\u{200b}")),
    ];
    bodies.extend(texts.map(|(name, text)| (name.to_owned(), text.into_bytes())));
    bodies.push(("invalid UTF-8".to_owned(), vec![0xff; bytes]));
    bodies.push(("invalid UTF-8 in between".to_owned(), b"a\xff".repeat(bytes / 2)));
    for field in ["display_name", "note", "error", "client_id"] {
        let broken = [
            b"\xff".repeat(bytes),
            b"a\xff".repeat(bytes / 2),
            [b"a".repeat(bytes), vec![0xff]].concat(),
        ];
        for (number, broken) in broken.into_iter().enumerate() {
            let start = format!("{{\"id\":\"1\",\"username\":\"me\",\"{field}\":\"\\n");
            let body = [start.as_bytes(), &broken, b"\"}"].concat();
            bodies.push((format!("invalid UTF-8 in {field}, {number}"), body));
        }
    }
    bodies
}

/// Different words.
fn different(bytes: usize, between: &str) -> String {
    let words = (0..bytes / (5 + between.len())).map(|number| format!("{number:x}"));
    words.collect::<Vec<_>>().join(between)
}

/// Headers of about this many bytes, each with its name.
pub(crate) fn headers(bytes: usize) -> Vec<(&'static str, Vec<HeaderValue>)> {
    let fill = |text: &str| text.repeat(bytes / text.len());
    let one = |text: String| vec![HeaderValue::from_bytes(text.as_bytes()).expect("a value")];
    // A map of headers has room for 32,768 of them.
    let many = |text: &str| {
        let count = (bytes / text.len()).min(20_000);
        vec![HeaderValue::from_bytes(text.as_bytes()).expect("a value"); count]
    };
    vec![
        ("link", many("</api/v1/notifications?a>; rel=\"a\"")),
        ("link", many("<")),
        ("link", one(fill("</a>; rel=\"a\", "))),
        ("link", one(fill("<"))),
        ("link", one(fill("</a>;;;;"))),
        ("link", one(format!("</a>; rel=\"{}\"", fill("a ")))),
        ("link", one(format!("<{}>; rel=next", fill("/a/..")))),
        ("link", one(format!("<https://example.org/{}>; rel=next", fill("é")))),
        ("www-authenticate", many("Basic")),
        ("www-authenticate", many("Bearer error=\"insufficient_scope\", scope=\"a\"")),
        ("www-authenticate", one(fill("Basic, "))),
        ("www-authenticate", one(format!("Bearer insufficient_scope scope=\"{}\"", fill("a ")))),
        (
            "www-authenticate",
            one(format!("Bearer insufficient_scope scope=\"{}\"", different(bytes, " "))),
        ),
        (
            "www-authenticate",
            one(format!("Bearer insufficient_scope {}", fill("requires scope _"))),
        ),
        ("location", one(fill("a"))),
        ("location", one(format!("https://example.org/{}", fill("é")))),
        ("location", one(format!("https://xn--{}.example/", different(bytes, "-")))),
        ("location", one(fill("/a/.."))),
        ("location", many("/a")),
        ("retry-after", one(fill("7"))),
        ("date", one(fill("7"))),
        ("x-ratelimit-reset", one(fill("7"))),
    ]
}

/// Responses with about this many bytes: a body or headers.
pub(crate) fn responses(bytes: usize) -> Vec<(String, Response<Vec<u8>>)> {
    let mut responses = Vec::new();
    for (name, body) in bodies(bytes) {
        // What is no JSON object is read in the same way whatever the exchange expects.
        let is_error =
            !body.starts_with(b"{") || name.contains("error") || name.contains("message");
        for status in [200, 400].into_iter().take(1 + usize::from(is_error)) {
            let response = Response::builder().status(status).body(body.clone());
            responses.push((format!("{status}, {name}"), response.expect("a response")));
        }
    }
    for (number, (name, values)) in headers(bytes).into_iter().enumerate() {
        for status in [200, 302, 401, 429] {
            let mut response =
                Response::builder().status(status).body(b"[]".to_vec()).expect("one");
            for value in &values {
                response.headers_mut().append(name, value.clone());
            }
            responses.push((format!("{status}, {name}, {number}"), response));
        }
    }
    responses
}

/// Texts from users and web pages.
pub(crate) fn texts(bytes: usize) -> Vec<String> {
    let fill = |text: &str| text.repeat(bytes / text.len());
    let mut texts = vec![
        different(bytes, " "),
        format!("?{}", different(bytes, "&")),
        format!("code=a{}b", fill("a")),
        format!("?code={}", fill("%61")),
        format!("?error={}", fill("%25")),
        format!("https://{}", fill("a.")),
        format!("https://example.org/@{}", fill("a")),
        format!("x:{}", fill("%25")),
    ];
    texts.extend(
        [
            "a",
            " ",
            "?",
            "#",
            "&",
            "@",
            "\"",
            "\u{200b}",
            " \"\u{200b}",
            "%25",
            "code=",
            "?code=",
            "read,",
            "<",
            "\\",
        ]
        .map(fill),
    );
    texts
}

/// Reads a text as everything that it could be.
pub(crate) fn read_text(text: &str) {
    let app = RegisterApp::new("example.org".parse().expect("a host"), "my-bot").expect("a name");
    let app = App::from_credentials(app, "1", repetitive_secret()).expect("an app");
    let pending = app.authorize(AuthorizeOptions::new(), entropy().expect("bytes")).expect("it");
    let secret = repetitive_secret();
    drop((
        pending.code_from_text(text).err(),
        Callback::from_query(text).and_then(|it| pending.code_from_callback(&it)).err(),
        Callback::at_redirect_uri(text).and_then(|it| pending.code_from_callback(&it)).err(),
        text.parse::<Instance>().err(),
        text.parse::<RedirectUri>().err(),
        text.parse::<Scopes>().err(),
        text.parse::<ExpectedAccount>().err(),
        text.parse::<Discover>().err(),
    ));
    drop((printable(text), redact(text, &[secret.expose(), "%25%25", "\\\\"])));
}

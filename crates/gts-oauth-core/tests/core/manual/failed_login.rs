//! The page “why did my login fail”: it has each cause, and its messages are those of real errors.
//!
//! `UPDATE_MESSAGES=1 cargo test -p gts-oauth-core failed_login` writes the messages again.

use std::fmt::Write;

use gts_oauth_core::error::{
    Cause, CertificateFault, NetworkError, NetworkFault, Operation, Remedy, ResponseTooLong,
    TimeoutPhase,
};
use gts_oauth_core::{
    AuthorizeOptions, BoxError, Callback, Error, Exchange, Instance, Login, PendingAuthorization,
};

use crate::recorded::{
    ALICE, APP_OUT_OF_BAND, INVALID_REDIRECT, NO_ROWS, SCOPE_REFUSED, TEAPOT, TOKEN_REFUSED,
    rate_limited, throttled,
};
use crate::sample::{
    PAGE, STATE, answer, app_of, entropy, exchange, out_of_band, pending, refresh, register,
    revocation_error, session, with,
};
use crate::scenario::{asks_again, by_redirect, rejected_once};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guides/failed_login.md");
const CAUSES: &str = include_str!("../../../src/error/classify.rs");

/// The errors of a section, by the blocks that show their messages.
type Section = (Cause, Vec<Vec<Error>>);

/// Every section, in the order of the page.
fn sections() -> Vec<Section> {
    vec![
        (Cause::Program, program()),
        (Cause::InvalidInput, invalid_input()),
        (Cause::InvalidCallback, invalid_callback()),
        (Cause::Denied, vec![vec![at_callback(DENIED)]]),
        (
            Cause::CodeRejected,
            vec![
                vec![
                    at_exchange(400, NO_ROWS),
                    at_exchange(
                        400,
                        r#"{"error":"invalid_grant","error_description":"The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client."}"#,
                    ),
                ],
                vec![at_exchange(403, INVALID_REDIRECT)],
            ],
        ),
        (
            Cause::TokenRejected,
            vec![
                vec![
                    at_call(401, TOKEN_REFUSED),
                    at_call(401, r#"{"error":"The access token was revoked"}"#),
                    at_call(403, r#"{"error":"Invalid credentials."}"#),
                ],
                vec![failed(refresh().parse(&answer(400, r#"{"error":"Invalid credentials"}"#)))],
            ],
        ),
        (
            Cause::NewTokenRejected,
            vec![vec![rejected_once(&mut by_redirect().verify(), &answer(401, TOKEN_REFUSED))]],
        ),
        (
            Cause::UnknownClient,
            vec![vec![
                at_exchange(
                    401,
                    r#"{"error":"invalid_client","error_description":"Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method."}"#,
                ),
                at_exchange(401, ""),
            ]],
        ),
        (
            Cause::MissingScope,
            vec![vec![
                at_call(403, SCOPE_REFUSED),
                at_call(403, r#"{"error":"This action is outside the authorized scopes"}"#),
            ]],
        ),
        (
            Cause::AccountUnusable,
            vec![vec![
                at_verify(403, r#"{"error":"Your login is missing a confirmed e-mail address"}"#),
                at_verify(403, r#"{"error":"Your login is currently disabled"}"#),
            ]],
        ),
        (Cause::WrongAccount, vec![vec![wrong_account()]]),
        (
            Cause::Forbidden,
            vec![
                vec![at_register(403, r#"{"error":"Forbidden"}"#)],
                vec![at_verify(403, "error code: 1020")],
                vec![at_revocation(
                    403,
                    r#"{"error":"unauthorized_client","error_description":"You are not authorized to revoke this token"}"#,
                )],
            ],
        ),
        (Cause::NotFound, vec![vec![at_verify(404, r#"{"error":"Not Found"}"#)]]),
        (
            Cause::RateLimited,
            vec![vec![
                failed(register().parse(&rate_limited())),
                failed(register().parse(&throttled(429))),
            ]],
        ),
        (
            Cause::ServerError,
            vec![
                vec![at_register(502, BAD_GATEWAY), failed(register().parse(&throttled(503)))],
                vec![at_discovery(502, BAD_GATEWAY)],
                vec![at_exchange(500, r#"{"errors":{"detail":"Internal server error"}}"#)],
                vec![at_callback("error=server_error&state=STATE")],
            ],
        ),
        (Cause::Network, network()),
        (
            Cause::NotApi,
            vec![
                vec![
                    at_register(200, PAGE),
                    at_register(404, "<!DOCTYPE html><title>Not found</title>"),
                ],
                vec![redirected("https://social.example.org/api/v1/apps")],
                vec![redirected("/gts/api/v1/apps")],
                vec![failed(session().verify().parse(&with(
                    answer(401, ""),
                    "www-authenticate",
                    r#"Basic realm="staging""#,
                )))],
                vec![transport(Operation::Register, ResponseTooLong { limit: 4 * 1024 * 1024 })],
            ],
        ),
        (
            Cause::InvalidResponse,
            vec![
                vec![other_redirect_uri()],
                vec![transport(Operation::Read, ResponseTooLong { limit: 64 * 1024 * 1024 })],
                vec![at_exchange(200, r#"{"access_token":"#)],
                vec![at_register(200, "{}")],
            ],
        ),
    ]
}

const DENIED: &str = "error=access_denied&error_description=The+resource+owner+or+authorization+\
                      server+denied+the+request.&state=STATE";
const BAD_GATEWAY: &str = "<html><head><title>502 Bad Gateway</title></head></html>";

fn program() -> Vec<Vec<Error>> {
    let mut login = by_redirect().authorize();
    let ended: BoxError = "the input has ended".into();
    let unexpected = failed(login.handle_response(&answer(200, ALICE)));
    vec![
        vec![at_register(418, TEAPOT)],
        vec![Error::Prompt(ended)],
        vec![Error::Store("No space left on device (os error 28)".into()), unexpected],
    ]
}

fn invalid_input() -> Vec<Vec<Error>> {
    vec![
        vec![
            failed("http://example.org".parse::<Instance>()),
            failed("example.org:port".parse::<Instance>()),
        ],
        vec![at_register(
            422,
            r#"{"error":"Validation failed: Scopes doesn't match those configured on the server."}"#,
        )],
        vec![at_callback("error=invalid_scope&state=STATE")],
        vec![
            failed(out_of_band().code_from_text("")),
            failed(pending().code_from_text("MJG4YJRK")),
        ],
    ]
}

fn invalid_callback() -> Vec<Vec<Error>> {
    let arrived_elsewhere = Callback::at_redirect_uri(&format!("/cb2?code=MJG4YJRK&state={STATE}"));
    let elsewhere = failed(pending().code_from_callback(&arrived_elsewhere.unwrap()));
    vec![
        vec![at_callback("code=MJG4YJRK&state=st4te")],
        vec![at_callback("code=MJG4YJRK")],
        vec![without_iss(), at_callback("code=MJG4YJRK&state=STATE&iss=https://evil.example")],
        vec![at_callback("access_token=M2I1M2Y3&state=STATE")],
        vec![elsewhere, at_callback("state=STATE"), failed(Callback::from_query("code=1&code=2"))],
        vec![failed(out_of_band().code_from_text(out_of_band().url()))],
    ]
}

fn network() -> Vec<Vec<Error>> {
    let lost = |fault| {
        let error = NetworkError::new(fault, "the error of the HTTP stack");
        transport(Operation::Register, error)
    };
    let certificate = |fault| lost(NetworkFault::Certificate(fault));
    let timeout = |phase| lost(NetworkFault::TimedOut(phase));
    vec![
        vec![lost(NetworkFault::UnknownHost)],
        vec![lost(NetworkFault::Refused), lost(NetworkFault::Unreachable)],
        vec![timeout(TimeoutPhase::Connect), timeout(TimeoutPhase::Receive)],
        vec![certificate(CertificateFault::Expired)],
        vec![
            certificate(CertificateFault::NotYetValid),
            certificate(CertificateFault::WrongHost),
            certificate(CertificateFault::UnknownIssuer),
            certificate(CertificateFault::Other),
        ],
        vec![lost(NetworkFault::NotTls), lost(NetworkFault::Tls), lost(NetworkFault::NotHttp)],
        vec![lost(NetworkFault::Proxy("ALL_PROXY (socks5://127.0.0.1:1080)".to_owned()))],
        vec![lost(NetworkFault::Closed)],
        vec![lost(NetworkFault::Configuration)],
    ]
}

#[track_caller]
fn failed<T>(result: Result<T, Error>) -> Error {
    result.err().expect("an error")
}

fn at_register(status: u16, body: &str) -> Error {
    failed(register().parse(&answer(status, body)))
}

fn at_discovery(status: u16, body: &str) -> Error {
    failed(Login::new(register(), entropy()).handle_response(&answer(status, body)))
}

fn at_exchange(status: u16, body: &str) -> Error {
    failed(exchange().parse(&answer(status, body)))
}

fn at_verify(status: u16, body: &str) -> Error {
    failed(session().verify().parse(&answer(status, body)))
}

fn at_call(status: u16, body: &str) -> Error {
    failed(session().get("/api/v1/notifications").unwrap().parse(&answer(status, body)))
}

fn at_revocation(status: u16, body: &str) -> Error {
    revocation_error(&answer(status, body)).expect("an error")
}

/// The error of a callback with this query, in which `STATE` is the right one.
fn at_callback(query: &str) -> Error {
    let callback = Callback::from_query(&query.replace("STATE", STATE)).unwrap();
    failed(pending().code_from_callback(&callback))
}

/// The metadata requires `iss`, and the callback has none.
fn without_iss() -> Error {
    let metadata = serde_json::json!({
        "issuer": "https://example.org",
        "authorization_response_iss_parameter_supported": true,
    });
    let found = crate::discovery::metadata::found(&metadata);
    let redirect_uri = "http://127.0.0.1:7777/cb".parse().unwrap();
    let app = app_of(register().redirect_uri(redirect_uri).with_discovery(&found));
    let pending: PendingAuthorization = app.authorize(AuthorizeOptions::new(), entropy()).unwrap();
    let callback = Callback::from_query(&format!("code=MJG4YJRK&state={STATE}")).unwrap();
    failed(pending.code_from_callback(&callback))
}

fn wrong_account() -> Error {
    match asks_again(&mut by_redirect().expecting("bob").verify(), &answer(200, ALICE)) {
        Error::WrongAccount(wrong) => Error::WrongAccount(wrong.clone()),
        other => panic!("{other:?}"),
    }
}

fn redirected(target: &str) -> Error {
    failed(register().parse(&with(answer(301, ""), "location", target)))
}

/// GoToSocial registers the out-of-band redirect URI if it cannot read the requested one.
fn other_redirect_uri() -> Error {
    failed(by_redirect().registration().parse(&answer(200, APP_OUT_OF_BAND)))
}

fn transport(operation: Operation, error: impl Into<BoxError>) -> Error {
    let request = match operation {
        Operation::Read => session().get("/api/v1/notifications").unwrap().request(),
        _ => register().request(),
    };
    Error::transport(operation, &request, error)
}

/// The page with the messages of the errors.
fn rendered(page: &str, sections: &[Section]) -> String {
    let mut text = String::new();
    let mut blocks = None;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        writeln!(text, "{line}").unwrap();
        if let Some(name) = heading(line) {
            let named = sections.iter().find(|(cause, _)| format!("{cause:?}") == name);
            blocks = Some(named.unwrap_or_else(|| panic!("no errors for {name}")).1.iter());
        }
        if line == "```text" {
            let errors = blocks.as_mut().and_then(Iterator::next).expect("a block too many");
            let messages: Vec<String> = errors.iter().map(|it| wrapped(&it.to_string())).collect();
            writeln!(text, "{}\n```", messages.join("\n\n")).unwrap();
            lines.by_ref().find(|line| *line == "```").expect("the end of the block");
        }
    }
    text
}

/// The cause that a section is about.
fn heading(line: &str) -> Option<&str> {
    line.strip_prefix("# `")?.strip_suffix('`')
}

/// As wide as a block on the page in a window of 1,280 pixels.
const WIDTH: usize = 90;

fn wrapped(message: &str) -> String {
    let mut text = String::new();
    let mut length = 0;
    for word in message.split(' ') {
        let width = word.chars().count();
        let separator = match length {
            0 => "",
            _ if length + 1 + width > WIDTH => "\n",
            _ => " ",
        };
        length = if separator == " " { length + 1 + width } else { width };
        write!(text, "{separator}{word}").unwrap();
    }
    text
}

#[test]
fn page_has_the_messages_of_real_errors() {
    let page = std::fs::read_to_string(FILE).unwrap();
    let rendered = rendered(&page, &sections());
    if std::env::var_os("UPDATE_MESSAGES").is_some() {
        std::fs::write(FILE, rendered).unwrap();
    } else {
        assert_eq!(page, rendered, "outdated: UPDATE_MESSAGES=1 writes the messages again");
    }
}

#[test]
fn page_has_every_cause_once() {
    let page = std::fs::read_to_string(FILE).unwrap();
    let headings: Vec<&str> = page.lines().filter_map(heading).collect();
    let (_, variants) = CAUSES.split_once("pub enum Cause {").unwrap();
    let (variants, _) = variants.split_once("\n}").unwrap();
    let variants = variants.lines().filter_map(|line| line.trim().strip_suffix(','));
    let variants: Vec<&str> = variants.filter(|it| !it.contains(' ')).collect();
    assert!(variants.len() > 10, "{variants:?}");
    assert_eq!(headings, variants);
}

#[test]
fn sections_have_errors_of_their_cause() {
    for (cause, blocks) in sections() {
        for error in blocks.iter().flatten() {
            assert_eq!(error.cause(), cause, "{error}");
        }
    }
}

/// The users of a program cannot call its functions.
#[test]
fn messages_name_no_function() {
    let is_name = |word: &str| word.contains('_') || word.contains("::");
    for (_, blocks) in sections() {
        for error in blocks.iter().flatten() {
            let text = error.to_string();
            let in_brackets = text.split('(').skip(1).filter_map(|it| it.split(')').next());
            // Error codes are the words of the server.
            let mut names =
                in_brackets.filter(|it| is_name(it) && !it.contains(char::is_whitespace));
            let name = names.find(|it| !it.starts_with("urn:"));
            assert_eq!(name, None, "{text}");
        }
    }
}

#[test]
fn every_block_names_its_remedies() {
    let page = std::fs::read_to_string(FILE).unwrap();
    let sections = sections();
    let mut texts = page.split("\n# `").skip(1);
    for (cause, blocks) in &sections {
        let text = texts.next().unwrap_or_else(|| panic!("no section of {cause:?}"));
        let before: Vec<&str> = text.split("\n```").step_by(2).collect();
        assert_eq!(before.len(), blocks.len() + 1, "{cause:?}: a block is missing");
        for (before, errors) in before.iter().zip(blocks) {
            let named = |remedy: &Remedy| before.contains(&format!("Remedy::{remedy:?})"));
            for error in errors {
                assert!(named(&error.remedy()), "{cause:?} without {:?}: {error}", error.remedy());
            }
        }
    }
}

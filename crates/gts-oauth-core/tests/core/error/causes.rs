//! What the known responses of servers mean, and what to do about them.

use gts_oauth_core::error::{Cause, Remedy};
use gts_oauth_core::http::Response;
use gts_oauth_core::session::TokenStatus;
use gts_oauth_core::{Error, Exchange, Session};

use crate::recorded::{INVALID_CLIENT, INVALID_REDIRECT, NO_ROWS, TEAPOT};
use crate::sample::{
    PAGE, answer, exchange, refresh, register, request_token, revocation_error, session, with,
};

/// The request of a row. Calls read notifications, and write a post.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sent {
    Register,
    Code,
    AppToken,
    Refresh,
    Verify(TokenStatus),
    Read,
    Write,
    Revoke,
}

/// One behaviour of a server.
pub(crate) struct Known {
    pub(crate) server: &'static str,
    sent: Sent,
    granted: &'static str,
    status: u16,
    challenge: Option<&'static str>,
    body: &'static str,
    cause: Cause,
    remedy: Remedy,
    missing: &'static str,
}

impl Known {
    /// Known scopes of the token.
    const fn granted(self, granted: &'static str) -> Self {
        Self { granted, ..self }
    }

    /// A `WWW-Authenticate` header.
    const fn challenge(self, challenge: &'static str) -> Self {
        Self { challenge: Some(challenge), ..self }
    }

    /// The scopes that the error names.
    const fn missing(self, missing: &'static str) -> Self {
        Self { missing, ..self }
    }

    pub(crate) fn response(&self) -> Response<Vec<u8>> {
        let answer = answer(self.status, self.body);
        match self.challenge {
            Some(challenge) => with(answer, "www-authenticate", challenge),
            None => answer,
        }
    }

    /// The session that was sent, and the status of its token, if it was verified.
    pub(crate) fn verified(&self) -> Option<(Session, TokenStatus)> {
        match self.sent {
            Sent::Verify(status) => Some((self.session(), status)),
            _ => None,
        }
    }

    fn session(&self) -> Session {
        session().with_scopes(self.granted.parse().unwrap())
    }

    fn error(&self) -> Error {
        let response = &self.response();
        let error = match self.sent {
            Sent::Register => register().parse(response).err(),
            Sent::Code => exchange().parse(response).err(),
            Sent::AppToken => request_token().parse(response).err(),
            Sent::Refresh => refresh().parse(response).err(),
            Sent::Verify(_) => self.session().verify().parse(response).err(),
            Sent::Read => {
                self.session().get("/api/v1/notifications").unwrap().parse(response).err()
            }
            Sent::Write => self.session().post("/api/v1/statuses").unwrap().parse(response).err(),
            Sent::Revoke => revocation_error(response),
        };
        error.unwrap_or_else(|| panic!("{}: no error", self.server))
    }
}

const fn known(
    server: &'static str,
    sent: Sent,
    (status, body): (u16, &'static str),
    (cause, remedy): (Cause, Remedy),
) -> Known {
    let (granted, challenge, missing) = ("", None, "");
    Known { server, sent, granted, status, challenge, body, cause, remedy, missing }
}

const VALID: Sent = Sent::Verify(TokenStatus::Valid);
const REJECTED: Sent = Sent::Verify(TokenStatus::Rejected);
const UNKNOWN: Sent = Sent::Verify(TokenStatus::Unknown);

const SIGN_IN: (Cause, Remedy) = (Cause::TokenRejected, Remedy::SignIn);
const SCOPES: (Cause, Remedy) = (Cause::MissingScope, Remedy::RequestScopes);
const UNUSABLE: (Cause, Remedy) = (Cause::AccountUnusable, Remedy::GiveUp);
const FORBIDDEN: (Cause, Remedy) = (Cause::Forbidden, Remedy::GiveUp);
const CODE: (Cause, Remedy) = (Cause::CodeRejected, Remedy::SignIn);
const CLIENT: (Cause, Remedy) = (Cause::UnknownClient, Remedy::RegisterApp);
const NOT_API: (Cause, Remedy) = (Cause::NotApi, Remedy::Correct);
const INPUT: (Cause, Remedy) = (Cause::InvalidInput, Remedy::Correct);
const LATER: (Cause, Remedy) = (Cause::ServerError, Remedy::Retry);

const OUTSIDE: (u16, &str) = (403, r#"{"error":"This action is outside the authorized scopes"}"#);
const FRIENDICA: (u16, &str) = (
    403,
    r#"{"error":"Token is not authorized with a valid user or is missing a required scope"}"#,
);
const PIXELFED: (u16, &str) = (403, r#"{"error":""}"#);
const GOTOSOCIAL_SCOPE: (u16, &str) =
    (403, r#"{"error":"Forbidden: token has insufficient scope permission"}"#);
const AUTHENTICATION_FAILED: (u16, &str) = (
    401,
    r#"{"error":"AUTHENTICATION_FAILED","error_description":"Authentication failed. Please ensure your token is correct."}"#,
);
const PERMISSION_DENIED: (u16, &str) = (
    403,
    r#"{"error":"PERMISSION_DENIED","error_description":"Your app does not have the necessary permissions to use this endpoint."}"#,
);
const ROLE: (u16, &str) = (
    403,
    r#"{"error":{"message":"You are not assigned to a required role.","code":"ROLE_PERMISSION_DENIED"}}"#,
);
const SUSPENDED: (u16, &str) = (
    403,
    r#"{"error":{"message":"Your account has been suspended.","code":"YOUR_ACCOUNT_SUSPENDED"}}"#,
);
const MOVED: (u16, &str) = (
    403,
    r#"{"error":"Forbidden: your account has Moved or is currently Moving; you cannot take create or update type actions"}"#,
);
const NO_APPLICATION: &str = r#"{"error":"func5: no application found with client id 01ST88WW","error_description":"Bad Request: could not get access token"}"#;
const UNAUTHORIZED_CLIENT: (u16, &str) = (
    403,
    r#"{"error":"unauthorized_client","error_description":"You are not authorized to revoke this token"}"#,
);

pub(crate) const KNOWN: [Known; 81] = [
    // GoToSocial
    known(
        "GoToSocial",
        REJECTED,
        (401, r#"{"error":"Unauthorized: token not supplied"}"#),
        SIGN_IN,
    ),
    known(
        "GoToSocial, an app's token",
        REJECTED,
        (401, r#"{"error":"Unauthorized: user not supplied or not authorized"}"#),
        SIGN_IN,
    ),
    known("GoToSocial", VALID, GOTOSOCIAL_SCOPE, SCOPES).missing("read:accounts"),
    known("GoToSocial", Sent::Read, GOTOSOCIAL_SCOPE, SCOPES).missing("read:notifications"),
    known("GoToSocial", Sent::Write, GOTOSOCIAL_SCOPE, SCOPES).missing("write:statuses"),
    known("GoToSocial, moved", Sent::Write, MOVED, UNUSABLE),
    known(
        "GoToSocial",
        UNKNOWN,
        (404, r#"{"error":"Not Found"}"#),
        (Cause::NotFound, Remedy::Correct),
    ),
    known("GoToSocial", UNKNOWN, (418, TEAPOT), (Cause::Program, Remedy::Correct)),
    known("GoToSocial", UNKNOWN, (429, "{}"), (Cause::RateLimited, Remedy::Retry)),
    known(
        "GoToSocial",
        Sent::Read,
        (400, r#"{"error":"Bad Request: bad integer limit value"}"#),
        INPUT,
    ),
    known("GoToSocial", Sent::Code, (400, NO_ROWS), CODE),
    known("GoToSocial", Sent::Code, (400, INVALID_CLIENT), CLIENT),
    known(
        "GoToSocial",
        Sent::Code,
        (403, INVALID_REDIRECT),
        (Cause::CodeRejected, Remedy::RegisterApp),
    ),
    known("GoToSocial", Sent::Code, (400, r#"{"error":"server_error"}"#), LATER),
    known("GoToSocial", Sent::AppToken, (403, r#"{"error":"invalid_scope"}"#), INPUT),
    known("GoToSocial", Sent::AppToken, (400, NO_APPLICATION), CLIENT),
    known("GoToSocial", Sent::Register, (403, r#"{"error":"Forbidden"}"#), FORBIDDEN),
    known("GoToSocial", Sent::Revoke, UNAUTHORIZED_CLIENT, FORBIDDEN),
    known(
        "GoToSocial, the app is deleted",
        Sent::Revoke,
        (500, r#"{"error":"server_error"}"#),
        LATER,
    ),
    // Mastodon
    known("Mastodon", REJECTED, (401, r#"{"error":"The access token was revoked"}"#), SIGN_IN)
        .challenge(r#"Bearer realm="Doorkeeper", error="invalid_token""#),
    known("Mastodon", Sent::Write, (401, r#"{"error":"The access token is invalid"}"#), SIGN_IN),
    known("Mastodon", Sent::Read, (401, r#"{"error":"The access token expired"}"#), SIGN_IN),
    known(
        "Mastodon, an app's token",
        REJECTED,
        (422, r#"{"error":"This method requires an authenticated user"}"#),
        SIGN_IN,
    ),
    known("Mastodon 4.5", VALID, OUTSIDE, SCOPES).missing("read:accounts"),
    known("Mastodon 4.5", Sent::Write, OUTSIDE, SCOPES).missing("write:statuses"),
    known("Mastodon 4.6", VALID, OUTSIDE, SCOPES)
        .challenge(VERIFY_CHALLENGE)
        .missing("read:accounts"),
    known("Mastodon 4.6, only in the header", VALID, (403, ""), SCOPES)
        .challenge(VERIFY_CHALLENGE)
        .missing("read:accounts"),
    known(
        "Mastodon, unconfirmed",
        UNKNOWN,
        (403, r#"{"error":"Your login is missing a confirmed e-mail address"}"#),
        UNUSABLE,
    ),
    known(
        "Mastodon, unconfirmed, and the token lacks a scope",
        UNKNOWN,
        (403, r#"{"error":"Your login is missing a confirmed e-mail address"}"#),
        UNUSABLE,
    )
    .granted("write"),
    known(
        "Mastodon, not approved",
        Sent::Read,
        (403, r#"{"error":"Your login is currently pending approval"}"#),
        UNUSABLE,
    ),
    known(
        "Mastodon, disabled or suspended",
        Sent::Write,
        (403, r#"{"error":"Your login is currently disabled"}"#),
        UNUSABLE,
    ),
    known(
        "Mastodon, another's post",
        Sent::Write,
        (403, r#"{"error":"This action is not allowed"}"#),
        FORBIDDEN,
    )
    .granted("read write"),
    known("Mastodon", Sent::Code, (400, r#"{"error":"invalid_grant"}"#), CODE),
    known("Mastodon", Sent::Code, (401, r#"{"error":"invalid_client"}"#), CLIENT),
    known("Mastodon", Sent::Register, (422, r#"{"error":"Validation failed"}"#), INPUT),
    known("Mastodon", Sent::Revoke, UNAUTHORIZED_CLIENT, FORBIDDEN),
    known(
        "Mastodon 4.6",
        Sent::Write,
        (500, r#"{"status":500,"error":"Internal Server Error"}"#),
        (Cause::ServerError, Remedy::Check),
    ),
    // Akkoma, Pleroma
    known("Akkoma", REJECTED, (403, r#"{"error":"Invalid credentials."}"#), SIGN_IN),
    known("Akkoma", Sent::Write, (403, r#"{"error":"Invalid credentials."}"#), SIGN_IN)
        .granted("read"),
    known(
        "Akkoma",
        VALID,
        (403, r#"{"error":"Insufficient permissions: read:accounts."}"#),
        SCOPES,
    )
    .missing("read:accounts"),
    known(
        "Akkoma",
        Sent::Write,
        (403, r#"{"error":"Insufficient permissions: write:statuses."}"#),
        SCOPES,
    )
    .missing("write:statuses"),
    known("Akkoma", Sent::Refresh, (400, r#"{"error":"Invalid credentials"}"#), SIGN_IN),
    known(
        "Akkoma",
        Sent::Code,
        (500, r#"{"errors":{"detail":"Internal server error"}}"#),
        (Cause::ServerError, Remedy::SignIn),
    ),
    // Friendica has one text for two things.
    known("Friendica, a dead token", REJECTED, FRIENDICA, SIGN_IN),
    known("Friendica, a dead token", REJECTED, FRIENDICA, SIGN_IN).granted("read write"),
    known("Friendica, a dead token", Sent::Read, FRIENDICA, SIGN_IN).granted("read"),
    known("Friendica, a scope is missing", VALID, FRIENDICA, SCOPES)
        .granted("write")
        .missing("read:accounts"),
    known("Friendica, a scope is missing", Sent::Write, FRIENDICA, SCOPES)
        .granted("read")
        .missing("write:statuses"),
    // Pixelfed
    known("Pixelfed", REJECTED, (500, r#"{"error":"Unauthenticated."}"#), SIGN_IN),
    known("Pixelfed", Sent::Write, (500, r#"{"error":"Unauthenticated."}"#), SIGN_IN),
    known("Pixelfed", REJECTED, (401, r#"{"message":"Unauthenticated."}"#), SIGN_IN),
    known(
        "Pixelfed",
        Sent::Refresh,
        (500, r#"{"error":"The refresh token is invalid."}"#),
        SIGN_IN,
    ),
    known("Pixelfed", UNKNOWN, PIXELFED, FORBIDDEN),
    known("Pixelfed", VALID, PIXELFED, SCOPES).granted("write").missing("read:accounts"),
    known("Pixelfed", Sent::Write, PIXELFED, SCOPES).granted("read").missing("write:statuses"),
    known("Pixelfed", Sent::Write, PIXELFED, FORBIDDEN).granted("read write"),
    // Takahē
    known("Takahē", REJECTED, (400, "Invalid Bearer token"), SIGN_IN),
    known("Takahē", Sent::Write, (400, "Invalid Bearer token"), SIGN_IN),
    known("Takahē", Sent::Read, (403, r#"{"error":"out_of_scope_for_token"}"#), SCOPES)
        .missing("read:notifications"),
    known("Takahē", Sent::Code, (400, r#"{"error":"invalid_client_id"}"#), CLIENT),
    // snac
    known("snac", REJECTED, (422, ""), SIGN_IN),
    known("snac", Sent::Read, (401, ""), SIGN_IN),
    known("snac", Sent::Code, (401, ""), CLIENT),
    // Hollo
    known("Hollo", REJECTED, (401, r#"{"error":"invalid_token"}"#), SIGN_IN),
    known("Hollo", VALID, (403, r#"{"error":"insufficient_scope"}"#), SCOPES)
        .missing("read:accounts"),
    // Mitra
    known("Mitra", REJECTED, (401, r#"{"error":"access token is invalid"}"#), SIGN_IN),
    known("Mitra", Sent::Code, (404, r#"{"error":"authorization not found"}"#), CODE),
    // WordPress
    known(
        "WordPress",
        VALID,
        (401, r#"{"error":"insufficient-permissions","error_description":"Not allowed"}"#),
        SCOPES,
    )
    .missing("read:accounts"),
    // Sharkey
    known("Sharkey", REJECTED, AUTHENTICATION_FAILED, SIGN_IN),
    known("Sharkey", Sent::Write, PERMISSION_DENIED, SCOPES).missing("write:statuses"),
    known("Sharkey", Sent::Write, ROLE, FORBIDDEN),
    known("Sharkey", UNKNOWN, SUSPENDED, UNUSABLE),
    known("Sharkey", Sent::Read, (403, r#"{"error":"YOUR_ACCOUNT_SUSPENDED"}"#), UNUSABLE),
    // Iceshrimp.NET
    known(
        "Iceshrimp.NET",
        REJECTED,
        (401, r#"{"error":"This method requires an authenticated user"}"#),
        SIGN_IN,
    ),
    // Kitsune
    known("Kitsune", UNKNOWN, (500, ""), LATER),
    // In front of any server
    known("a proxy", Sent::Read, (501, ""), (Cause::NotFound, Remedy::Correct)),
    known("a proxy", Sent::Code, (418, r#"{"error":"out of coffee"}"#), NOT_API),
    known("nginx", Sent::Read, (406, r#"{"error":"Not Acceptable"}"#), INPUT),
    known(
        "a server of files",
        Sent::Register,
        (501, "<!DOCTYPE HTML><title>Error response</title>"),
        (Cause::NotApi, Remedy::Correct),
    ),
    known("nginx", Sent::Write, (413, "<html><title>413 Too Large</title>"), INPUT),
    known("Cloudflare", UNKNOWN, (403, "error code: 1020"), FORBIDDEN),
];

const VERIFY_CHALLENGE: &str = r#"Bearer realm="Doorkeeper", error="insufficient_scope", error_description="Access to this resource requires scope _profile read read:accounts_.""#;

#[test]
fn known_responses_have_their_cause_and_remedy() {
    for known in &KNOWN {
        let error = known.error();
        let case = format!("{} {:?}: {error:?}", known.server, known.sent);
        assert_eq!((error.cause(), error.remedy()), (known.cause, known.remedy), "{case}");
        assert_eq!(error.missing_scopes().to_string(), known.missing, "{case}");
    }
}

#[test]
fn missing_scopes_are_shown() {
    for known in KNOWN.iter().filter(|known| known.cause == Cause::MissingScope) {
        let text = known.error().to_string();
        let advice = format!("Log in again with the missing scope `{}`.", known.missing);
        assert!(text.ends_with(&advice), "{}: {text}", known.server);
    }
}

#[test]
fn unusable_accounts_show_the_servers_text() {
    for known in KNOWN.iter().filter(|known| known.cause == Cause::AccountUnusable) {
        let text = known.error().to_string();
        let of_server =
            ["confirmed e-mail", "approval", "disabled", "SUSPENDED", "suspended", "Moved"];
        assert!(of_server.iter().any(|it| text.contains(it)), "{}: {text}", known.server);
    }
}

#[test]
fn html_pages_are_no_evidence() {
    let page = PAGE.replace("Please\n log in", "The access token is invalid: insufficient_scope");
    for status in [200, 400, 401, 403, 404, 422] {
        let page = with(answer(status, &page), "www-authenticate", VERIFY_CHALLENGE);
        let session = session().with_scopes("write".parse().unwrap());
        let error = session.verify().parse(&page).unwrap_err();
        assert_eq!((error.cause(), error.remedy()), NOT_API, "{status}");
        assert!(error.missing_scopes().is_empty(), "{status}");
    }
    for status in [500, 502, 520] {
        let error = session().verify().parse(&answer(status, &page)).unwrap_err();
        assert_eq!((error.cause(), error.remedy()), LATER, "{status}");
    }
}

/// Statuses of proxies and firewalls.
const ODD: [u16; 18] =
    [402, 405, 406, 409, 411, 412, 413, 414, 415, 416, 417, 421, 426, 428, 431, 444, 451, 499];

#[test]
fn odd_statuses_are_no_evidence() {
    for status in ODD {
        for body in ["", "Method Not Allowed", r#"{"error":"blocked"}"#] {
            let response = &answer(status, body);
            for error in [
                exchange().parse(response).unwrap_err(),
                refresh().parse(response).unwrap_err(),
                register().parse(response).unwrap_err(),
                request_token().parse(response).unwrap_err(),
            ] {
                assert_eq!((error.cause(), error.remedy()), NOT_API, "{status} {error}");
                assert!(!error.to_string().contains("HTML"), "{error}");
            }
            let error = session().verify().parse(response).unwrap_err();
            let expected = if status == 405 { Cause::NotFound } else { Cause::NotApi };
            assert_eq!(error.cause(), expected, "{status} {error}");
        }
    }
}

#[test]
fn odd_statuses_with_a_registered_code_are_evidence() {
    for status in ODD {
        let response = &answer(status, r#"{"error":"invalid_grant"}"#);
        assert_eq!(exchange().parse(response).unwrap_err().cause(), Cause::CodeRejected);
        assert_eq!(refresh().parse(response).unwrap_err().cause(), Cause::TokenRejected);
    }
}

#[test]
fn registered_code_with_a_server_error_is_evidence() {
    let response = answer(500, r#"{"error":"invalid_scope"}"#);
    let error = request_token().parse(&response).unwrap_err();
    assert_eq!((error.cause(), error.remedy()), INPUT, "{error}");
}

#[test]
fn app_without_the_refresh_grant_keeps_its_token() {
    for code in ["unsupported_grant_type", "unauthorized_client"] {
        let response = answer(400, format!(r#"{{"error":"{code}"}}"#));
        let error = refresh().parse(&response).unwrap_err();
        assert_eq!((error.cause(), error.remedy()), FORBIDDEN, "{error}");
    }
}

#[test]
fn firewall_text_rejects_no_code_and_no_token() {
    for body in ["", "error code: 1020", r#"{"message":"Forbidden"}"#] {
        let response = &answer(403, body);
        for error in [exchange().parse(response), refresh().parse(response)].map(Result::unwrap_err)
        {
            assert_eq!((error.cause(), error.remedy()), FORBIDDEN, "{error}");
        }
    }
}

#[test]
fn password_of_a_proxy_is_no_evidence() {
    let response = answer(407, r#"{"error":"invalid_grant"}"#);
    let challenge = with(response.clone(), "proxy-authenticate", "Basic realm=\"office\"");
    for response in [&response, &challenge, &answer(407, PAGE)] {
        for error in [
            exchange().parse(response).unwrap_err(),
            refresh().parse(response).unwrap_err(),
            register().parse(response).unwrap_err(),
            session().verify().parse(response).unwrap_err(),
            session().post("/api/v1/statuses").unwrap().parse(response).unwrap_err(),
            revocation_error(response).unwrap(),
        ] {
            assert_eq!((error.cause(), error.remedy()), NOT_API, "{error}");
            let text = error.to_string();
            assert!(text.ends_with("Check the proxy's address and credentials."), "{text}");
        }
    }
}

#[test]
fn server_errors_with_oauth_codes_are_server_errors() {
    for code in ["invalid_request", "invalid_client", "server_error"] {
        let response = answer(500, format!(r#"{{"error":"{code}"}}"#));
        let error = session().verify().parse(&response).unwrap_err();
        assert_eq!((error.cause(), error.remedy()), LATER, "{code}");
    }
}

#[test]
fn text_of_third_parties_rejects_no_token() {
    for (status, text) in [
        (404, "remote server: 401 Unauthenticated"),
        (404, "no status with text `invalid_token`"),
        (422, "Validation failed: invalid credentials"),
        (403, "evil.example: The access token is invalid"),
        (500, "posted, but delivery failed: evil.example: Unauthenticated."),
        (500, "https://evil.example/users/x: This method requires an authenticated user"),
        // Known texts with another status.
        (500, "Invalid credentials."),
        (404, "The access token was revoked"),
    ] {
        let response = answer(status, format!(r#"{{"error":"{text}"}}"#));
        let get = session().get("/api/v2/search").unwrap().parse(&response).unwrap_err();
        let post = session().post("/api/v1/statuses").unwrap().parse(&response).unwrap_err();
        let verify = session().verify().parse(&response).unwrap_err();
        for error in [get, post, verify] {
            assert_ne!(error.cause(), Cause::TokenRejected, "{error}");
        }
        let described = answer(status, format!(r#"{{"error":"x","error_description":"{text}"}}"#));
        let error = session().verify().parse(&described).unwrap_err();
        assert_ne!(error.cause(), Cause::TokenRejected, "{error}");
    }
}

#[test]
fn only_silent_422_rejects_a_token() {
    let verify = |body: &str| TokenStatus::of(&session().verify().parse(&answer(422, body)));
    assert_eq!(verify(""), TokenStatus::Rejected);
    assert_eq!(verify(r#"{"error":"Validation failed"}"#), TokenStatus::Unknown);
    assert_eq!(verify("please sign in to this network"), TokenStatus::Unknown);
}

#[test]
fn text_of_third_parties_names_no_missing_scope() {
    for (status, text) in [(404, "insufficient scope"), (422, "insufficient_scope"), (400, "x")] {
        let response = answer(status, format!(r#"{{"error":"remote: {text}"}}"#));
        let verify = session().with_scopes("write".parse().unwrap()).verify();
        assert_eq!(TokenStatus::of(&verify.parse(&response)), TokenStatus::Unknown, "{text}");
    }
}

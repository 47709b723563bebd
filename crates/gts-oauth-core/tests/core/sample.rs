//! Nouns whose secrets are as awkward as their constructors allow, and answers to feed them,
//! for the tests beside this file.

use gts_oauth_core::http::Response;
use gts_oauth_core::{
    App, AuthorizeOptions, Callback, Entropy, Error, Exchange, PendingAuthorization, RegisterApp,
    Secret, Session,
    authorization::ExchangeCode,
    error::Operation,
    renewal::{RefreshSession, RequestAppToken, Revocation, RevokeToken},
};
use url::form_urlencoded::byte_serialize;

pub(crate) use crate::recorded::answer;

pub(crate) const CLIENT_SECRET: &str = "Qx7Kvw+/=&\"\\ é9ZrTb2";
pub(crate) const CODE: &str = "Wj4Hyn+/=&\"\\ éB8kPm5";
pub(crate) const TOKEN: &str = "Vd3Xgl+/=&\"\\N6cFs1";

pub(crate) const REFRESH_TOKEN: &str = "Tk8Rjz+/=&\"\\T4wDp7";

/// What [`entropy`] becomes. The verifier and its challenge are those of RFC 7636 appendix B.
pub(crate) const STATE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const VERIFIER_BYTES: [u8; 32] = [
    116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77,
    105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
];

pub(crate) fn entropy() -> Entropy {
    Entropy::from_fn(|bytes| {
        for (number, byte) in (0..).zip(bytes.iter_mut()) {
            *byte = number;
        }
        bytes[32..64].copy_from_slice(&VERIFIER_BYTES);
        Ok::<(), Error>(())
    })
    .unwrap()
}

pub(crate) fn register() -> RegisterApp {
    RegisterApp::new("example.org".parse().unwrap(), "my-bot").unwrap()
}

/// An app that comes back by redirect.
pub(crate) fn app() -> App {
    app_of(register().redirect_uri("http://127.0.0.1:7777/cb".parse().unwrap()))
}

/// An app whose codes are pasted.
pub(crate) fn out_of_band_app() -> App {
    app_of(register())
}

pub(crate) fn app_of(registration: RegisterApp) -> App {
    App::from_credentials(registration, "01ST88WW", Secret::new(CLIENT_SECRET)).unwrap()
}

pub(crate) fn pending() -> PendingAuthorization {
    app().authorize(AuthorizeOptions::new(), entropy()).unwrap()
}

pub(crate) fn out_of_band() -> PendingAuthorization {
    out_of_band_app().authorize(AuthorizeOptions::new(), entropy()).unwrap()
}

/// The exchange of [`CODE`], brought by redirect.
pub(crate) fn exchange() -> ExchangeCode {
    let query = format!("code={}&state={STATE}", encoded(CODE));
    pending().code_from_callback(&Callback::from_query(&query).unwrap()).unwrap()
}

pub(crate) fn session() -> Session {
    Session::from_token("example.org".parse().unwrap(), Secret::new(TOKEN)).unwrap()
}

/// A session that can be renewed.
pub(crate) fn renewable() -> Session {
    session().with_refresh_token(Secret::new(REFRESH_TOKEN)).unwrap()
}

/// A session whose server gave a refresh token.
pub(crate) fn refreshable() -> Session {
    let reply = serde_json::json!({"access_token": TOKEN, "refresh_token": REFRESH_TOKEN});
    let answer = answer(200, reply.to_string());
    exchange().parse(&answer).unwrap()
}

pub(crate) fn refresh() -> RefreshSession {
    app().refresh(&refreshable()).unwrap()
}

pub(crate) fn request_token() -> RequestAppToken {
    app().request_token().unwrap()
}

pub(crate) fn revoke() -> RevokeToken {
    app().revoke(&session()).unwrap()
}

pub(crate) fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

/// The same answer with one header more.
pub(crate) fn with(
    mut answer: Response<Vec<u8>>,
    name: &'static str,
    value: &str,
) -> Response<Vec<u8>> {
    let value = value.as_bytes().try_into().unwrap();
    answer.headers_mut().append(name, value);
    answer
}

/// What each of the seven exchanges makes of the same answer: its error, if it is one.
pub(crate) fn errors(answer: &Response<Vec<u8>>) -> [(Operation, Option<Error>); 7] {
    OPERATIONS.map(|operation| (operation, error(operation, answer)))
}

pub(crate) const OPERATIONS: [Operation; 7] = [
    Operation::Register,
    Operation::ExchangeCode,
    Operation::RequestAppToken,
    Operation::RefreshSession,
    Operation::VerifyCredentials,
    Operation::RevokeToken,
    Operation::Read,
];

/// The error that an operation returns for this response.
pub(crate) fn error(operation: Operation, answer: &Response<Vec<u8>>) -> Option<Error> {
    match operation {
        Operation::Register => register().parse(answer).err(),
        Operation::ExchangeCode => exchange().parse(answer).err(),
        Operation::RequestAppToken => request_token().parse(answer).err(),
        Operation::RefreshSession => refresh().parse(answer).err(),
        Operation::VerifyCredentials => renewable().verify().parse(answer).err(),
        Operation::RevokeToken => revocation_error(answer),
        Operation::Read => api_error(answer),
        _ => panic!("no sample of {operation:?}"),
    }
}

pub(crate) fn revocation_error(answer: &Response<Vec<u8>>) -> Option<Error> {
    match app().revoke(&renewable()).unwrap().parse(answer) {
        Ok(Revocation::NotConfirmed(error)) | Err(error) => Some(error),
        Ok(_) => None,
    }
}

fn api_error(answer: &Response<Vec<u8>>) -> Option<Error> {
    renewable().get("/api/v1/notifications").unwrap().parse(answer).err()
}

pub(crate) const PAGE: &str =
    "<!DOCTYPE html><html><TITLE lang=en>Please\n log in</TITLE><body>…</body>";

/// The errors that a bad answer is. A good status alone is no error to a call or a revocation,
/// which do not read the body.
pub(crate) fn all(answer: &Response<Vec<u8>>) -> Vec<(Operation, Error)> {
    let unread = |endpoint: &Operation| {
        answer.status().is_success() && matches!(endpoint, Operation::Read | Operation::RevokeToken)
    };
    let judged = errors(answer).into_iter();
    judged
        .filter(|(endpoint, _)| !unread(endpoint))
        .map(|(endpoint, error)| (endpoint, error.unwrap_or_else(|| panic!("{endpoint:?}"))))
        .collect()
}

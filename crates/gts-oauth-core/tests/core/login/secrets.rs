//! Errors of a login show none of its secrets, whatever a server repeats, and when.

use gts_oauth_core::http::HeaderValue;
use gts_oauth_core::{Login, UserReply};

use crate::error::secrets_shown::{assert_hidden, shown};
use crate::recorded::{Answer, CODE, OTHER_CODE, TOKEN, answer};
use crate::scenario::{allowed, by_redirect, callback, field, problem, state};

const FIRST_APP: &str = "dad95322-b8b9-431c-ba46-7185ae76c1e7";
const SECOND_APP: &str = "233c53d0-fc62-48d4-8eb3-6d9d3b35556f";
const ACCESS: &str = "YWQ0NZCXZJQTNZE3ZS0ZN2JHLWFHMJKT";
const REFRESH: &str = "Rk5Vb2Nq8Wz3Lm7Xt";

fn token_answer(access_token: &str) -> Answer {
    let token = format!(r#"{{"access_token":"{access_token}","refresh_token":"{REFRESH}"}}"#);
    answer(200, token)
}

/// A login before it verifies its token, and the secrets that the server knows.
fn verify() -> (Login, Vec<String>) {
    let mut login = by_redirect().authorize();
    let (state, reply) = (state(&login), allowed(&login, CODE));
    login.handle_reply(reply).unwrap();
    let verifier = field(&login, "code_verifier").unwrap();
    login.handle_response(&token_answer(ACCESS)).unwrap();
    let known = [FIRST_APP, CODE, ACCESS, REFRESH].map(str::to_owned);
    (login, known.into_iter().chain([state, verifier]).collect())
}

fn replace_app(login: &mut Login) {
    login.handle_reply(UserReply::NewApp).unwrap();
    let app = format!(r#"{{"client_id":"2","client_secret":"{SECOND_APP}"}}"#);
    login.handle_response(&answer(200, app)).unwrap();
}

/// Responses that repeat a secret in each part that an error shows.
fn echoes(secret: &str) -> [Answer; 4] {
    let mut missing_scope = answer(403, format!("no scope: {secret}"));
    let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{secret}\"");
    let challenge = HeaderValue::try_from(challenge).unwrap();
    missing_scope.headers_mut().insert("www-authenticate", challenge);
    let mut redirect = answer(302, "");
    let target = HeaderValue::try_from(format!("https://b.example/{secret}")).unwrap();
    redirect.headers_mut().insert("location", target);
    let error = format!(r#"{{"error":"bad {secret}","error_description":"{secret}"}}"#);
    [answer(500, error), answer(404, format!("bad {secret}")), missing_scope, redirect]
}

#[test]
fn error_of_verify_hides_all_earlier_secrets() {
    let (_, secrets) = verify();
    for secret in secrets {
        for echo in echoes(&secret) {
            // With an expected account, a missing scope is an error, too.
            let mut login = verify().0.expect_account("@bob@example.org".parse().ok());
            assert_hidden(&shown(&login.handle_response(&echo).unwrap_err()), &secret);
        }
    }
}

#[test]
fn errors_hide_the_secrets_of_earlier_attempts() {
    for secret in [FIRST_APP, SECOND_APP, ACCESS, REFRESH] {
        let (mut login, _) = verify();
        replace_app(&mut login);
        replace_app(&mut login);
        let denied =
            format!("error={secret}&error_description=no+{secret}&state={}", state(&login));
        login.handle_reply(callback(&denied)).unwrap();
        assert_hidden(&shown(problem(&login).unwrap()), secret);
        let reply = allowed(&login, OTHER_CODE);
        login.handle_reply(reply).unwrap();
        let server_error = &echoes(secret)[0];
        assert_hidden(&shown(&login.handle_response(server_error).unwrap_err()), secret);
        login.handle_response(&token_answer(TOKEN)).unwrap();
        assert_hidden(&shown(&login.handle_response(server_error).unwrap_err()), secret);
    }
}

//! Credentials of more than 64 KiB, which no server issues.

use gts_oauth_core::error::{Cause, Remedy, UnexpectedReason};
use gts_oauth_core::{App, Callback, Error, Exchange, Secret, Session, UserReply};

use crate::sample::{answer, exchange, pending, refresh, register, request_token};
use crate::scenario::out_of_band;

const LONGEST: usize = 64 * 1024;

fn text(bytes: usize) -> String {
    "a".repeat(bytes)
}

fn input_fault<T>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Input(error)) => error.to_string(),
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("it was accepted"),
    }
}

#[test]
fn constructors_reject_long_credentials() {
    let app = |id: usize, secret: usize| {
        App::from_credentials(register(), &text(id), Secret::new(text(secret)))
    };
    let token =
        |bytes| Session::from_token("example.org".parse().unwrap(), Secret::new(text(bytes)));
    let refresh = |bytes| token(1).unwrap().with_refresh_token(Secret::new(text(bytes)));
    assert!(app(LONGEST, LONGEST).is_ok() && token(LONGEST).is_ok() && refresh(LONGEST).is_ok());
    let faults = [
        input_fault(app(LONGEST + 1, 1)),
        input_fault(app(1, LONGEST + 1)),
        input_fault(App::public_client(register(), &text(LONGEST + 1))),
        input_fault(token(LONGEST + 1)),
        input_fault(refresh(LONGEST + 1)),
    ];
    for fault in faults {
        assert!(fault.ends_with("longer than 64 KiB"), "{fault}");
    }
}

#[test]
fn long_codes_are_rejected_and_can_be_entered_again() {
    let callback = |bytes| Callback::from_query(&format!("code={}&state=1", text(bytes)));
    assert!(callback(LONGEST).is_ok());
    assert_eq!(input_fault(callback(LONGEST + 1)), "invalid code: longer than 64 KiB");
    for long in [text(LONGEST + 1), format!("{}=", text(LONGEST))] {
        let mut login = out_of_band().authorize();
        login.handle_reply(UserReply::Pasted(long.clone())).unwrap();
        assert!(login.pending().is_some(), "the authorization stays pending");
        input_fault(pending().code_from_text(&format!("http://127.0.0.1/?code={long}")));
    }
}

#[test]
fn long_credentials_in_responses_are_malformed() {
    let long = text(LONGEST + 1);
    let read = |name: &str, value: &str| {
        let others = [("client_id", "1"), ("client_secret", "2"), ("access_token", "3")];
        let mut body = serde_json::Map::new();
        for (name, value) in others.into_iter().chain([(name, value)]) {
            body.insert(name.to_owned(), value.into());
        }
        let response = answer(200, serde_json::Value::from(body).to_string());
        match name {
            "client_id" | "client_secret" => vec![register().parse(&response).err()],
            _ => vec![
                exchange().parse(&response).err(),
                request_token().parse(&response).err(),
                refresh().parse(&response).err(),
            ],
        }
    };
    for name in ["client_id", "client_secret", "access_token", "refresh_token"] {
        assert!(read(name, &text(LONGEST)).iter().all(Option::is_none), "{name}");
        for error in read(name, &long) {
            let error = error.expect("an error");
            assert_eq!(error.cause(), Cause::InvalidResponse);
            assert!(matches!(error.remedy(), Remedy::Retry | Remedy::GiveUp));
            let Error::UnexpectedResponse(response) = &error else { panic!("{error:?}") };
            assert_eq!(response.reason, UnexpectedReason::FieldTooLong(name));
            let text = error.to_string();
            assert!(text.contains(&format!("`{name}` is longer than 64 KiB")), "{text}");
        }
    }
}

#[test]
fn stored_credentials_are_checked_too() {
    let session = serde_json::to_string(&crate::sample::session()).unwrap();
    let token = serde_json::to_string(crate::sample::TOKEN).unwrap();
    let long = session.replace(&token, &format!("\"{}\"", text(LONGEST + 1)));
    assert!(serde_json::from_str::<Session>(&session).is_ok());
    let error = serde_json::from_str::<Session>(&long).unwrap_err().to_string();
    assert!(error.contains("longer than 64 KiB"), "{error}");
}

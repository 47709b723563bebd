//! Nouns in print: `Debug` of everything that holds a secret shows none.

use std::error::Error as StdError;
use std::fmt::Debug;

use gts_oauth_core::{
    AuthorizeOptions, BoxError, Callback, Exchange, ExpectedAccount, LoggedIn, Login, Secret,
    Session, Step, UserReply,
};

use crate::sample::{
    CLIENT_SECRET, CODE, REFRESH_TOKEN, STATE, TOKEN, VERIFIER, answer, app, encoded, entropy,
    exchange, out_of_band_app, pending, refresh, refreshable, register, request_token, revoke,
    session,
};
use crate::scenario::logged_in;

/// All that anybody could see of an error: both prints of it and of what caused it.
pub(crate) fn shown(error: &dyn StdError) -> String {
    let mut all = String::new();
    let mut cause = Some(error);
    while let Some(error) = cause {
        all.push_str(&format!("{error} {error:?} {error:#?}\n"));
        cause = error.source();
    }
    all
}

/// No six letters or digits of the secret in a row are to be seen: no encoding changes those,
/// so whatever form it was echoed in, and however much of it was cut, it would show.
#[track_caller]
pub(crate) fn assert_hidden(text: &str, secret: &str) {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mut pieces = 0;
    for run in secret.split(|c| !plain(c)).filter(|run| run.len() >= 6) {
        for start in 0..=run.len() - 6 {
            pieces += 1;
            let piece = &run[start..start + 6];
            assert!(!text.contains(piece), "{piece:?} of {secret:?} shows in {text}");
        }
    }
    assert!(pieces > 0, "{secret:?} has no piece to look for");
}

#[track_caller]
fn assert_prints_none(noun: &impl Debug) {
    let text = format!("{noun:?} {noun:#?}");
    for secret in [CLIENT_SECRET, CODE, STATE, VERIFIER, TOKEN, REFRESH_TOKEN] {
        assert_hidden(&text, secret);
    }
}

#[test]
fn nouns_on_the_way_to_a_session_print_no_secret() {
    assert_prints_none(&Secret::new(CLIENT_SECRET));
    assert_prints_none(&app());
    assert_prints_none(&register());
    assert_prints_none(&entropy());
    assert_prints_none(&AuthorizeOptions::new());
    assert_prints_none(&pending());
    assert_prints_none(&exchange());
    assert_prints_none(&request_token());
    assert_prints_none(&refreshable());
    assert_prints_none(&refresh());
    let query = format!("code={}&state={STATE}&error_description={STATE}", encoded(CODE));
    assert_prints_none(&Callback::from_query(&query).unwrap());
}

#[test]
fn nouns_that_hold_a_token_print_none() {
    let reply = serde_json::json!({"access_token": TOKEN, "refresh_token": TOKEN});
    let reply = answer(200, reply.to_string());
    assert_prints_none(&session());
    assert_prints_none(&exchange().parse(&reply).unwrap());
    assert_prints_none(&request_token().parse(&reply).unwrap());
    assert_prints_none(&session().verify());
    assert_prints_none(&revoke());
    let call = session().post("/api/v1/x").unwrap().query("q", TOKEN).unwrap().form("f", TOKEN);
    assert_prints_none(&call);
    assert_prints_none(&call.parse(&reply).unwrap());
}

#[test]
fn a_request_hides_its_token_even_in_the_print_of_http() {
    let request = session().verify().request();
    assert_hidden(&format!("{request:?}"), TOKEN);
}

/// A login at each of its steps, the last one done.
fn at_every_step(mut visit: impl FnMut(&Login)) -> LoggedIn {
    let app_reply = serde_json::json!({"client_id": "1", "client_secret": CLIENT_SECRET});
    let mut login = Login::new(register(), entropy());
    visit(&login);
    login.skip_discovery();
    visit(&login);
    login.handle_response(&answer(200, app_reply.to_string())).unwrap();
    visit(&login);
    let pasted = format!("https://example.org/oauth/oob?code={}", encoded(CODE));
    login.handle_reply(pasted).unwrap();
    visit(&login);
    let token = serde_json::json!({"access_token": TOKEN});
    login.handle_response(&answer(200, token.to_string())).unwrap();
    visit(&login);
    let account = answer(200, r#"{"id":"7","username":"alice"}"#);
    login.handle_response(&account).unwrap();
    visit(&login);
    logged_in(&login).clone()
}

#[test]
fn a_login_prints_no_secret_at_any_step() {
    let mut steps = 0;
    let done = at_every_step(|login| {
        steps += 1;
        assert_prints_none(login);
        assert_prints_none(&login.step());
        assert_prints_none(&login.pending());
        if let Step::Send { request, .. } = login.step() {
            assert_ne!(request.uri(), "/");
        }
    });
    assert_eq!(steps, 6);
    assert_prints_none(&done);
    assert_prints_none(&done.session.verify());
}

#[test]
fn what_a_program_is_asked_prints_no_state() {
    let mut printed = String::new();
    let mut login = Login::with_app(out_of_band_app(), entropy());
    let unreachable = |_| Err::<gts_oauth_core::http::Response<Vec<u8>>, BoxError>("down".into());
    let outcome = login.run(&unreachable, |ask| {
        printed = format!("{ask:?} {ask:#?}");
        Ok("MJG4YJRK".into())
    });
    assert!(outcome.is_err());
    assert_hidden(&printed, STATE);
}

#[test]
fn replies_print_no_code() {
    let query = format!("code={}&state={STATE}", encoded(CODE));
    let pasted = UserReply::from(format!("https://example.org/?{query}"));
    assert_prints_none(&pasted);
    let callback = UserReply::from(Callback::from_query(&query).unwrap());
    assert_prints_none(&callback);
    let replies = [pasted, callback, UserReply::StartOver, UserReply::NewApp];
    let printed = replies.map(|reply| format!("{reply:?}"));
    assert_eq!(printed, ["Pasted(..)", "Callback(..)", "StartOver", "NewApp"]);
}

#[test]
fn a_login_that_failed_prints_no_secret() {
    let mut login = Login::with_app(out_of_band_app(), entropy());
    let echo = |_| Ok::<_, BoxError>(answer(500, format!("{CODE} {CLIENT_SECRET} {VERIFIER}")));
    let pasted = format!("?code={}", encoded(CODE));
    let error = login.run(&echo, |_| Ok(pasted.as_str().into()));
    let error = error.unwrap_err();
    assert_prints_none(&error);
    assert_prints_none(&login);
    assert!(error.to_string().contains("[secret]"), "{error}");
}

#[test]
fn what_holds_no_secret_is_printed_for_those_who_look_for_faults() {
    assert!(format!("{:?}", app()).contains("01ST88WW"));
    assert!(format!("{:?}", session()).contains("https://example.org"));
    assert!(format!("{:?}", pending()).contains("http://127.0.0.1:7777/cb"));
    let call = session().get("/api/v1/notifications").unwrap();
    assert!(format!("{call:?}").contains("/api/v1/notifications"));
    assert!(format!("{:?}", call.parse(&answer(202, "[]")).unwrap()).contains("202"));
    let me: ExpectedAccount = "@me@example.org".parse().unwrap();
    assert!(format!("{me:?}").contains("example.org"));
    let other = Session::from_token("example.com".parse().unwrap(), Secret::new("T")).unwrap();
    assert_ne!(format!("{:?}", session()), format!("{other:?}"));
}

//! Carrying out a whole login with a transport and a person: what is asked again, what stops it,
//! and what is stored.

use gts_oauth_core::{
    BoxError, Callback, Driver, Error, Login, UserReply, error::Cause, login::AuthorizeStep,
};

use crate::recorded::{
    ALICE, APP_AGAIN, APP_OUT_OF_BAND, CODE, INVALID_CLIENT, NO_ROWS, OTHER_CODE, PAGE,
    REGISTRATION_REFUSED, TOKEN, TOKEN_READ, answer, rate_limited,
};
use crate::scenario::{
    At, Server, Silence, at, by_redirect, logged_in, nobody, out_of_band, state, told,
};

/// A person who pastes these texts in turn, and what they were told each time.
struct Person {
    texts: Vec<String>,
    told: Vec<Option<String>>,
    visited: Vec<String>,
}

impl Person {
    fn who_pastes(texts: &[&str]) -> Self {
        Self {
            texts: texts.iter().rev().map(|text| (*text).into()).collect(),
            told: Vec::new(),
            visited: Vec::new(),
        }
    }

    fn answer(&mut self, ask: &AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        self.told.push(ask.problem.map(ToString::to_string));
        self.visited.push(ask.url.to_owned());
        let text = self.texts.pop().ok_or(Silence)?;
        Ok(text.into())
    }
}

fn good_server() -> Server {
    Server::new([answer(200, APP_OUT_OF_BAND), answer(200, TOKEN_READ), answer(200, ALICE)])
}

#[test]
fn run_carries_out_the_whole_login() {
    let (server, mut person) = (good_server(), Person::who_pastes(&[CODE]));
    let mut login = out_of_band().register();
    let logged_in = login.run(&server, |ask| person.answer(&ask)).unwrap();
    assert_eq!(logged_in.account.as_ref().unwrap().username(), "alice");
    assert_eq!(person.told, [None], "the first time, there is no problem");
    assert_eq!(
        server.asked(),
        ["/api/v1/apps", "/oauth/token", "/api/v1/accounts/verify_credentials"]
    );
}

#[test]
fn run_asks_again_after_an_invalid_reply() {
    let (server, mut person) = (good_server(), Person::who_pastes(&["two words", CODE]));
    let mut login = out_of_band().register();
    login.run(&server, |ask| person.answer(&ask)).unwrap();
    let [None, Some(problem)] = &person.told[..] else {
        panic!("{:?}", person.told);
    };
    assert!(problem.contains("no whitespace"), "{problem}");
    assert_eq!(person.visited[0], person.visited[1]);
}

#[test]
fn run_asks_again_after_a_rejected_code() {
    let server = Server::new([answer(400, NO_ROWS), answer(200, TOKEN_READ), answer(200, ALICE)]);
    let mut person = Person::who_pastes(&[OTHER_CODE, CODE]);
    let mut login = out_of_band().authorize();
    login.run(&server, |ask| person.answer(&ask)).unwrap();
    let [None, Some(problem)] = &person.told[..] else {
        panic!("{:?}", person.told);
    };
    assert!(problem.contains("mistyped"), "{problem}");
    let again = format!("{}&force_login=true", person.visited[0]);
    assert_eq!(person.visited[1], again);
}

#[test]
fn run_asks_at_another_address_after_the_person_said_no() {
    let mut login = by_redirect().authorize();
    let denied =
        format!("http://127.0.0.1:7777/callback?error=access_denied&state={}", state(&login));
    let mut person = Person::who_pastes(&[&denied]);
    let error = login.run(&Server::new([]), |ask| person.answer(&ask));
    assert!(matches!(error, Err(Error::Prompt(_))));
    assert!(person.told[1].as_ref().unwrap().contains("access_denied"));
    assert_ne!(person.visited[0], person.visited[1]);
}

#[test]
fn run_asks_again_after_a_wrong_account() {
    let bob = ALICE.replace("alice", "bob");
    let server = Server::new([
        answer(200, TOKEN_READ),
        answer(200, ALICE),
        answer(200, TOKEN_READ),
        answer(200, &bob),
    ]);
    let mut person = Person::who_pastes(&[CODE, OTHER_CODE]);
    let mut login = out_of_band().expecting("bob").authorize();
    login.run(&server, |ask| person.answer(&ask)).unwrap();
    assert!(person.told[1].as_ref().unwrap().contains("@bob"));
    assert!(person.visited[1].contains("force_login=true"));
}

#[test]
fn run_registers_a_forgotten_app_again_and_asks_with_the_new_one() {
    let server = Server::new([
        answer(400, INVALID_CLIENT),
        answer(200, APP_AGAIN),
        answer(200, TOKEN_READ),
        answer(200, ALICE),
    ]);
    let mut person = Person::who_pastes(&[CODE, OTHER_CODE]);
    let mut login = out_of_band().authorize();
    login.run(&server, |ask| person.answer(&ask)).unwrap();
    assert!(person.told[1].as_ref().unwrap().contains("invalid_client"));
    assert!(person.visited[1].contains("01H1F7HJJ9GX5H8PBMAS0NBQY8"));
}

#[test]
fn given_app_that_is_unknown_ends_the_run() {
    for rejected in [answer(400, INVALID_CLIENT), answer(401, "")] {
        let mut person = Person::who_pastes(&[CODE; 3]);
        let mut login = out_of_band().given_app().authorize();
        let outcome = login.run(&Server::new([rejected]), |ask| person.answer(&ask));
        assert_eq!(outcome.unwrap_err().cause(), Cause::UnknownClient);
        assert_eq!(person.visited.len(), 1, "the same app would be rejected again");

        // The program can have another app registered.
        login.handle_reply(UserReply::NewApp).unwrap();
        let server =
            Server::new([answer(200, APP_AGAIN), answer(200, TOKEN_READ), answer(200, ALICE)]);
        login.run(&server, |ask| person.answer(&ask)).unwrap();
        assert!(person.visited[1].contains("01H1F7HJJ9GX5H8PBMAS0NBQY8"));
    }
}

#[test]
fn second_unknown_app_ends_the_run() {
    let server = Server::new([
        answer(400, INVALID_CLIENT),
        answer(200, APP_AGAIN),
        answer(400, INVALID_CLIENT),
    ]);
    let mut person = Person::who_pastes(&[CODE; 3]);
    let outcome = out_of_band().authorize().run(&server, |ask| person.answer(&ask)).map(drop);
    assert_eq!(outcome.unwrap_err().cause(), Cause::UnknownClient);
    assert_eq!(person.visited.len(), 2);
}

#[test]
fn a_prompt_error_comes_back_with_the_login_unharmed() {
    let mut login = out_of_band().authorize();
    let (before, revision) = (told(&login), login.revision());
    let error = login.run(&Server::new([]), |_| Err(Silence.into()));
    match error {
        Err(Error::Prompt(cause)) => assert!(cause.is::<Silence>(), "{cause}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(told(&login), before);
    assert_eq!(login.revision(), revision);
}

#[test]
fn run_again_after_an_error_resumes_where_it_stopped() {
    let mut login = out_of_band().register();
    let server = Server::new([
        answer(200, APP_OUT_OF_BAND),
        rate_limited(),
        answer(502, PAGE),
        answer(200, TOKEN_READ),
    ]);
    let mut person = Person::who_pastes(&[CODE]);
    let busy = login.run(&server, |ask| person.answer(&ask));
    assert!(matches!(busy, Err(Error::Unavailable(_))));
    let page = login.run(&server, nobody);
    assert!(matches!(page, Err(Error::UnexpectedResponse(_))));
    let silent = login.run(&server, nobody);
    assert!(matches!(silent, Err(Error::Transport(..))));
    login.run(&Server::new([answer(200, ALICE)]), nobody).unwrap();
    assert_eq!(at(&login), At::Done);
}

#[test]
fn run_on_a_finished_login_asks_nobody() {
    let mut login = out_of_band().done();
    let server = Server::new([]);
    login.run(&server, nobody).unwrap();
    assert!(server.asked().is_empty());
}

/// Who keeps the login after each move, as long as there is room.
struct Keeper {
    person: Person,
    kept: Vec<At>,
    full_at: Option<At>,
}

impl Keeper {
    fn who_pastes(texts: &[&str]) -> Self {
        Self { person: Person::who_pastes(texts), kept: Vec::new(), full_at: None }
    }
}

impl Driver for Keeper {
    fn ask(&mut self, ask: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        self.person.answer(&ask)
    }

    fn store(&mut self, login: &Login) -> Result<(), BoxError> {
        if self.full_at == Some(at(login)) {
            return Err(Silence.into());
        }
        self.kept.push(at(login));
        Ok(())
    }
}

#[test]
fn the_login_is_stored_before_the_first_step_and_after_each_move() {
    let mut keeper = Keeper::who_pastes(&["two words", CODE]);
    let mut login = out_of_band().register();
    login.run_with(&good_server(), &mut keeper).unwrap();
    let every = [At::Register, At::Authorize, At::Exchange, At::Verify, At::Done];
    assert_eq!(keeper.kept, every);
}

#[test]
fn a_move_that_came_with_an_error_is_stored_too() {
    let mut keeper = Keeper::who_pastes(&[]);
    let mut login = by_redirect().exchange();
    let outcome = login.run_with(&Server::new([answer(400, NO_ROWS)]), &mut keeper);
    assert!(matches!(outcome, Err(Error::Prompt(_))));
    assert_eq!(keeper.kept, [At::Exchange, At::Authorize]);
}

#[test]
fn nothing_goes_on_when_storing_fails() {
    for mut login in out_of_band().every_stage() {
        let (before, server) = (told(&login), good_server());
        let mut keeper = Keeper::who_pastes(&[]);
        keeper.full_at = Some(at(&login));
        match login.run_with(&server, &mut keeper) {
            Err(Error::Store(cause)) => assert!(cause.is::<Silence>(), "{cause}"),
            other => panic!("{other:?}"),
        }
        assert!(server.asked().is_empty());
        assert_eq!(told(&login), before);
    }
}

#[test]
fn when_storing_fails_half_way_the_token_is_still_there() {
    let mut login = out_of_band().exchange();
    let server = Server::new([answer(200, TOKEN_READ), answer(200, ALICE)]);
    let mut keeper = Keeper::who_pastes(&[]);
    keeper.full_at = Some(At::Verify);
    let outcome = login.run_with(&server, &mut keeper);
    assert!(matches!(outcome, Err(Error::Store(_))));
    assert_eq!(server.asked(), ["/oauth/token"]);
    assert_eq!(login.session().unwrap().1.access_token().expose(), TOKEN);
}

#[test]
fn run_returns_what_the_login_ended_with() {
    let mut person = Person::who_pastes(&[CODE]);
    let mut login = out_of_band().register();
    let me = login.run(&good_server(), |ask| person.answer(&ask));
    let me = me.unwrap().clone();
    assert_eq!(me.session.access_token().expose(), TOKEN);
    assert_eq!(&me, logged_in(&login));
}

#[test]
fn stopped_login_can_be_read() {
    let server = Server::new([answer(400, REGISTRATION_REFUSED)]);
    let mut login = out_of_band().register();
    let error = login.run(&server, nobody).unwrap_err();
    assert!(matches!(error, Error::ErrorResponse(_)), "{error:?}");
    assert_eq!(at(&login), At::Register);

    let server = Server::new([answer(200, TOKEN_READ)]);
    let mut login = out_of_band().exchange();
    let error = login.run(&server, nobody).unwrap_err();
    assert!(matches!(&error, Error::Transport(it) if it.error.is::<Silence>()), "{error:?}");
    assert!(login.session().is_some());
}

#[test]
fn run_stops_after_three_identical_rejections() {
    let server = Server::new([answer(400, NO_ROWS), answer(400, NO_ROWS), answer(400, NO_ROWS)]);
    let mut person = Person::who_pastes(&[CODE; 4]);
    let mut login = out_of_band().authorize();
    let outcome = login.run(&server, |ask| person.answer(&ask));
    assert!(matches!(outcome, Err(Error::ErrorResponse(_))), "{outcome:?}");
    assert_eq!(person.visited.len(), 3);
    // The next run goes on with the same attempt.
    let server = Server::new([answer(200, TOKEN_READ), answer(200, ALICE)]);
    login.run(&server, |ask| person.answer(&ask)).unwrap();
}

#[test]
fn run_stops_after_three_denials() {
    let mut login = by_redirect().authorize();
    let mut urls = Vec::new();
    let denied = |step: AuthorizeStep<'_>| {
        urls.push(format!("{step:?}"));
        let state = step.url.split("state=").nth(1).unwrap().split('&').next().unwrap();
        Ok(Callback::from_query(&format!("error=access_denied&state={state}"))?.into())
    };
    let outcome = login.run(&Server::new([]), denied);
    assert_eq!(outcome.unwrap_err().cause(), Cause::Denied);
    assert_eq!(urls.len(), 3);
    // The prompt gets the problem, whose Debug does not show the state.
    assert!(urls[0].starts_with("AuthorizeStep { problem: None"), "{}", urls[0]);
    assert!(urls[1].contains("access_denied"), "{}", urls[1]);
}

#[test]
fn mistyped_and_foreign_replies_are_no_rejections() {
    let foreign = || Callback::from_query("error=access_denied").unwrap();
    let mut login = by_redirect().authorize();
    let mut replies = vec![
        UserReply::Pasted(callback_url(&login)),
        foreign().into(),
        "two words".into(),
        foreign().into(),
        foreign().into(),
        "two words".into(),
        "two words".into(),
        foreign().into(),
    ];
    let server = Server::new([answer(200, TOKEN_READ), answer(200, ALICE)]);
    login.run(&server, |_| Ok(replies.pop().unwrap())).unwrap();
    assert!(replies.is_empty());
}

fn callback_url(login: &Login) -> String {
    format!("http://127.0.0.1:7777/callback?code={CODE}&state={}", state(login))
}

#[test]
fn rejections_with_changing_texts_are_identical() {
    let rejected = |number: u32| {
        answer(
            400,
            format!(r#"{{"error":"invalid_grant","error_description":"request {number}"}}"#),
        )
    };
    let server = Server::new((0..4).map(rejected));
    let mut person = Person::who_pastes(&[CODE; 4]);
    let outcome = out_of_band().authorize().run(&server, |ask| person.answer(&ask)).map(|_| ());
    assert!(matches!(outcome, Err(Error::ErrorResponse(_))), "{outcome:?}");
    assert_eq!(person.visited.len(), 3);
}

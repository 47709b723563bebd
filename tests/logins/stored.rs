//! A login that is stored and loaded between every two steps.

use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::{BoxError, Error, LoggedIn, Login, Step, Transport};
use gts_oauth_tests::recording;

use super::{CODE, assert_alice, canned, entropy, instance, probe};

fn through_json(login: &Login) -> Login {
    let stored = serde_json::to_string(login).expect("JSON");
    serde_json::from_str(&stored).expect("a stored login")
}

fn through_postcard(login: &Login) -> Login {
    let stored = postcard::to_allocvec(login).expect("postcard");
    postcard::from_bytes(&stored).expect("a stored login")
}

/// The step as text: the URL, the whole request, or the token.
fn waits_for(login: &Login) -> String {
    match login.step() {
        Step::Authorize { url, .. } => url.to_owned(),
        Step::Send { request, .. } => format!(
            "{} {} {:?} {}",
            request.method(),
            request.uri(),
            header_texts(&request),
            String::from_utf8_lossy(request.body())
        ),
        Step::Done(me) => me.session.access_token().expose().to_owned(),
    }
}

/// The headers with the secret values that `Debug` hides.
fn header_texts(request: &Request<Vec<u8>>) -> Vec<(&str, &[u8])> {
    let headers = request.headers().iter();
    headers.map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
}

/// Stores and loads the login, and asserts that it is the same.
fn reloaded(login: &Login, reload: fn(&Login) -> Login) -> Login {
    let again = reload(login);
    assert_eq!(again.revision(), login.revision());
    assert_eq!(waits_for(&again), waits_for(login));
    assert_eq!(format!("{again:?}"), format!("{login:?}"));
    let both = [login, &again].map(|login| serde_json::to_value(login).expect("JSON"));
    assert_eq!(both[0], both[1]);
    again
}

/// Carries out a login, stored and loaded before every step. Returns it with the errors and problems.
fn run(http: &dyn Transport, replies: &[&str], reload: fn(&Login) -> Login) -> (Login, Vec<Error>) {
    let mut login = undiscovered();
    let mut replies = replies.iter();
    let mut problems = Vec::new();
    loop {
        login = reloaded(&login, reload);
        let outcome = match login.step() {
            Step::Done(_) => return (login, problems),
            Step::Authorize { .. } => login.handle_reply(*replies.next().expect("one more reply")),
            Step::Send { request, .. } => {
                let response = http.send(request).expect("a recording");
                login.handle_response(&response)
            }
        };
        problems.extend(outcome.err().or_else(|| problem(&login)));
    }
}

/// The problem of the last attempt, which is not stored.
fn problem(login: &Login) -> Option<Error> {
    match login.step() {
        Step::Authorize { problem, .. } => match problem? {
            Error::ErrorResponse(response) => Some(Error::ErrorResponse(response.clone())),
            other => panic!("{other:?}"),
        },
        _ => None,
    }
}

fn undiscovered() -> Login {
    let mut login = Login::new(probe(instance()), entropy(7));
    login.skip_discovery();
    login
}

fn logged_in(login: &Login) -> Option<&LoggedIn> {
    match login.step() {
        Step::Done(me) => Some(me),
        _ => None,
    }
}

#[test]
fn a_login_survives_storage_in_json_between_every_two_steps() {
    let (login, problems) = run(&canned([1, 19, 29]), &[CODE], through_json);
    assert_alice(logged_in(&login).expect("it is done"));
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn a_login_survives_storage_in_postcard_between_every_two_steps() {
    let (login, problems) = run(&canned([1, 19, 29]), &[CODE], through_postcard);
    assert_alice(logged_in(&login).expect("it is done"));
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn errors_survive_storage_too_and_lead_on_as_they_would_have() {
    for reload in [through_json, through_postcard] {
        // A rejected name and a 429 stay, a mistyped code leads back to the user.
        let http = canned([5, 1, 21, 19, 59, 29]);
        let (login, problems) = run(&http, &["mistyped", CODE], reload);
        assert_alice(logged_in(&login).expect("it is done"));
        assert!(
            matches!(
                problems[..],
                [Error::ErrorResponse(_), Error::ErrorResponse(_), Error::Unavailable(_)]
            ),
            "{problems:?}"
        );
    }
}

#[test]
fn an_app_that_the_server_forgot_is_registered_again_after_storage() {
    for reload in [through_json, through_postcard] {
        // The problem is not stored, and the next step is a request, which does not show it.
        let (login, problems) = run(&canned([1, 17, 1, 19, 29]), &[CODE, CODE], reload);
        assert_alice(logged_in(&login).expect("it is done"));
        assert!(problems.is_empty(), "{problems:?}");
    }
    let mut codes = Vec::new();
    let mut login = undiscovered();
    let me = login.run(&canned([1, 17, 1, 19, 29]), |step| {
        codes.push(step.problem.map(|problem| match problem {
            Error::ErrorResponse(response) => response.code.clone(),
            other => panic!("{other:?}"),
        }));
        Ok(CODE.into())
    });
    assert_alice(me.expect("it is done"));
    assert_eq!(codes, [None, Some("invalid_client".to_owned())]);
}

#[test]
fn a_token_that_may_not_tell_whose_it_is_still_ends_the_login() {
    let (login, problems) = run(&canned([1, 19, 69]), &[CODE], through_postcard);
    let me = logged_in(&login).expect("it is done");
    assert_eq!(me.account, None);
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn a_login_whose_token_was_stored_can_be_read_before_its_account_is_known() -> Result<(), BoxError>
{
    let mut login = undiscovered();
    login.handle_response(&recording(1).response())?;
    login.handle_reply(CODE)?;
    login.handle_response(&recording(19).response())?;
    let lost: Response<Vec<u8>> = recording(59).response();
    assert!(matches!(login.handle_response(&lost), Err(Error::Unavailable(_))));
    for login in [through_json(&login), through_postcard(&login)] {
        let (_, session) = login.session().ok_or("no session")?;
        assert_eq!(session.access_token().expose(), super::TOKEN);
        assert!(logged_in(&login).is_none());
    }
    Ok(())
}

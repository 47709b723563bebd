//! Whole logins over a real socket, with the blocking adapters.

use gts_oauth_isahc::Isahc;
use gts_oauth_tests::{Player, ReceivedRequest};
use gts_oauth_ureq::{
    BoxError, Driver, Error, LoggedIn, Login, RegisterApp, Transport, Ureq, UserReply, entropy,
    login::AuthorizeStep,
};

use super::{CODE, after_discovery, all_recorded, assert_alice, probe, undiscovered};

/// Asserts what is required of every request of a login.
fn assert_decent(requests: &[ReceivedRequest]) {
    for request in requests {
        let agent = request.header("user-agent").unwrap_or_default();
        assert!(agent.starts_with("Probe (gts-oauth-core/"), "{agent}");
        assert_eq!(request.header("accept"), Some("application/json"));
        assert_eq!(request.header("cookie"), None);
        assert_eq!(request.header("referer"), None);
        assert!(!request.path.contains('?'), "no secret goes into a query");
        if request.method == "POST" {
            let form = "application/x-www-form-urlencoded";
            assert_eq!(request.header("content-type"), Some(form));
            assert_eq!(request.header("authorization"), None);
        }
    }
}

fn lines(requests: &[ReceivedRequest]) -> Vec<String> {
    requests.iter().map(ReceivedRequest::line).collect()
}

fn log_in(
    http: &dyn Transport,
    register: RegisterApp,
    prompt: impl FnMut(AuthorizeStep<'_>) -> Result<UserReply, BoxError>,
) -> Result<LoggedIn, BoxError> {
    let mut login = Login::new(register, entropy()?);
    Ok(login.run(http, prompt)?.clone())
}

const REGISTER: &str = "POST /api/v1/apps";
const EXCHANGE: &str = "POST /oauth/token";
const VERIFY: &str = "GET /api/v1/accounts/verify_credentials";

#[test]
fn one_line_logs_in() -> Result<(), BoxError> {
    assert_logs_in(&Ureq::new())?;
    assert_logs_in(&Isahc::new())
}

fn assert_logs_in(http: &dyn Transport) -> Result<(), BoxError> {
    let server = Player::start(undiscovered([1, 19, 29]));
    let me = log_in(http, probe(server.instance()), |step| {
        assert!(step.problem.is_none());
        assert!(step.url.starts_with(&format!("{}/oauth/authorize?", server.origin())));
        Ok(format!(" {CODE}\n").into())
    })?;
    assert_alice(&me);

    let requests = after_discovery(server.finish());
    assert_eq!(lines(&requests), [REGISTER, EXCHANGE, VERIFY]);
    assert_decent(&requests);
    let registered =
        "client_name=Probe&redirect_uris=urn%3Aietf%3Awg%3Aoauth%3A2.0%3Aoob&scopes=read";
    assert_eq!(requests[0].body, registered);
    assert_eq!(requests[2].header("authorization"), Some(&*format!("Bearer {}", super::TOKEN)));
    assert_eq!(requests[2].body, "");
    Ok(())
}

#[test]
fn a_mistyped_code_is_asked_for_again_at_the_same_address() -> Result<(), BoxError> {
    let server = Player::start(undiscovered([1, 21, 19, 29]));
    let mut urls = Vec::new();
    let me = log_in(&Ureq::new(), probe(server.instance()), |step| {
        urls.push(step.url.to_owned());
        match step.problem {
            None => Ok("WBANQAXXHDN9KJQZXGWNQANA4V9EJWMUDHVCUUM3JHYAB3DP".into()),
            Some(problem) => {
                assert!(matches!(problem, Error::ErrorResponse(_)), "{problem}");
                assert!(problem.to_string().contains("mistyped"), "{problem}");
                Ok(CODE.into())
            }
        }
    })?;
    assert_alice(&me);
    assert_eq!(urls.len(), 2);
    let again = format!("{}&force_login=true", urls[0]);
    assert_eq!(urls[1], again, "the same attempt stays pending");

    let requests = after_discovery(server.finish());
    assert_eq!(lines(&requests), [REGISTER, EXCHANGE, EXCHANGE, VERIFY]);
    assert_decent(&requests);
    assert_eq!(requests[2].field("code"), CODE);
    assert_ne!(requests[1].field("code"), CODE);
    assert_eq!(requests[1].field("code_verifier"), requests[2].field("code_verifier"));
    Ok(())
}

#[test]
fn a_reply_that_cannot_be_used_is_asked_for_again_and_sent_nowhere() -> Result<(), BoxError> {
    let server = Player::start(undiscovered([1, 19, 29]));
    let forged = format!("/oauth/oob?code={CODE}&state=theirs");
    let mut replies = ["", "two words", &forged, CODE].into_iter();
    let mut problems = Vec::new();
    let me = log_in(&Ureq::new(), probe(server.instance()), |step| {
        problems.extend(step.problem.map(ToString::to_string));
        Ok(replies.next().ok_or("asked too often")?.into())
    })?;
    assert_alice(&me);
    assert_eq!(problems.len(), 3);
    assert!(problems[0].contains("empty input"), "{problems:?}");
    assert!(problems[1].contains("no whitespace"), "{problems:?}");
    assert!(problems[2].contains("another login"), "{problems:?}");
    let requests = after_discovery(server.finish());
    assert_eq!(lines(&requests), [REGISTER, EXCHANGE, VERIFY]);
    Ok(())
}

/// Records the stored revisions.
struct Program {
    stored: Vec<u64>,
}

impl Driver for Program {
    fn ask(&mut self, _: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        Ok(CODE.into())
    }

    fn store(&mut self, login: &Login) -> Result<(), BoxError> {
        self.stored.push(login.revision());
        Ok(())
    }
}

#[test]
fn a_login_is_run_with_a_transport_of_ones_own_choice() -> Result<(), BoxError> {
    let server = Player::start(all_recorded([1, 19, 29]));
    let mut login = Login::new(probe(server.instance()), entropy()?);
    login.skip_discovery();
    let mut program = Program { stored: Vec::new() };
    let me = login.run_with(&Ureq::new(), &mut program)?;
    assert_alice(me);
    let stored = program.stored;
    assert_eq!(stored.len(), 5, "before the first step and after each: {stored:?}");
    assert!(stored.is_sorted_by(|a, b| a < b), "{stored:?}");

    let requests = server.finish();
    assert_decent(&requests);
    assert_exchange(&requests[1]);
    Ok(())
}

fn assert_exchange(request: &ReceivedRequest) {
    let form = request.form();
    let names: Vec<&str> = form.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["client_id", "client_secret", "code", "code_verifier", "grant_type", "redirect_uri"]
    );
    assert_eq!(form["client_id"], "01ST88WWRXFV6YDXY3W9WAJSVG");
    assert_eq!(form["client_secret"], "63688859-6eb8-4676-8dd7-befc52cf89ee");
    assert_eq!(form["code"], CODE);
    assert_eq!(form["code_verifier"].len(), 43);
    assert_eq!(form["grant_type"], "authorization_code");
    assert_eq!(form["redirect_uri"], "urn:ietf:wg:oauth:2.0:oob");
}

#[test]
fn two_logins_share_neither_state_nor_verifier() -> Result<(), BoxError> {
    let twice = [undiscovered([1, 19, 29]), undiscovered([1, 19, 29])];
    let server = Player::start(twice.into_iter().flatten().collect());
    let mut urls = Vec::new();
    for _ in 0..2 {
        log_in(&Ureq::new(), probe(server.instance()), |step| {
            urls.push(step.url.to_owned());
            Ok(CODE.into())
        })?;
    }
    assert_ne!(urls[0], urls[1]);
    let requests = server.finish();
    assert_ne!(requests[4].field("code_verifier"), requests[10].field("code_verifier"));
    Ok(())
}

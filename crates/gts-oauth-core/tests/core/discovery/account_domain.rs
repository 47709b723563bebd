//! The account domain of a server, from an account on it.

use gts_oauth_core::discovery::{AccountDomainStep, FindAccountDomain};
use gts_oauth_core::error::{CertificateFault, NetworkError, NetworkFault, TimeoutPhase};
use gts_oauth_core::http::Request;
use gts_oauth_core::{BoxError, Error, Exchange, Instance, Transport};

use crate::recorded::{PAGE, answer};
use crate::web::Web;

const HERE: &str =
    "https://gts.example.org/.well-known/webfinger?resource=acct%3Ame%40gts.example.org";
const THERE: &str = "https://example.org/.well-known/webfinger?resource=acct%3Ame%40example.org";
const LINKS: &str = r#"{"subject":"acct:me@example.org","links":[
    {"rel":"self","href":"https://gts.example.org/users/me"}]}"#;

fn find(http: &dyn Transport) -> Result<Option<Instance>, Error> {
    let instance = "gts.example.org".parse().unwrap();
    FindAccountDomain::new(instance, "me").unwrap().run(http)
}

#[test]
fn account_domain_that_leads_back_is_confirmed() {
    let domain: Instance = "example.org".parse().unwrap();
    let served_there = Web::default().json(HERE, LINKS).json(THERE, LINKS);
    assert_eq!(find(&served_there).unwrap().as_ref(), Some(&domain));
    let redirected = Web::default().json(HERE, LINKS).moved(THERE, HERE);
    assert_eq!(find(&redirected).unwrap().as_ref(), Some(&domain));
}

#[test]
fn account_domain_that_does_not_lead_back_is_unknown() {
    let elsewhere = LINKS.replace("gts.example.org", "big.example");
    let other = LINKS.replace("me@example.org", "me@other.example");
    let other_user = LINKS.replace("me@example.org", "owner@example.org");
    let other_account = LINKS.replace("/users/me", "/users/owner");
    for there in [&*elsewhere, &other, &other_user, &other_account, "{}"] {
        let web = Web::default().json(HERE, LINKS).json(THERE, there);
        assert_eq!(find(&web).unwrap(), None, "{there}");
    }
    for status in [404, 502] {
        let web = Web::default().json(HERE, LINKS).page(THERE, answer(status, PAGE));
        assert_eq!(find(&web).unwrap(), None, "{status}");
    }
}

/// The system's errors for a name that could not be resolved.
fn lookup(detail: &str) -> std::io::Error {
    std::io::Error::other(format!("failed to lookup address information: {detail}"))
}

/// What is found if this server names a domain that fails.
fn find_from(server: &str, domain: &str, error: &dyn Fn() -> BoxError) -> Option<String> {
    let account = format!("https://{server}/users/me");
    let links = format!(
        r#"{{"subject":"acct:me@{domain}","links":[{{"rel":"self","href":"{account}"}}]}}"#
    );
    let http = |request: Request<Vec<u8>>| match request.uri().host() == Some(domain) {
        true => Err(error()),
        false => Ok(answer(200, &*links)),
    };
    let find = FindAccountDomain::new(server.parse().unwrap(), "me").unwrap();
    Some(find.run(&http).unwrap()?.origin().to_owned())
}

const NOT_KNOWN: &str = "Name or service not known";

#[test]
fn only_a_missing_domain_is_not_confirmed() {
    let of = |fault: NetworkFault| move || NetworkError::new(fault.clone(), "failed").into();
    let faults: [(&dyn Fn() -> BoxError, bool); 8] = [
        (&|| lookup(NOT_KNOWN).into(), true),
        (&|| NetworkError::new(NetworkFault::UnknownHost, lookup(NOT_KNOWN)).into(), true),
        (&|| lookup("Temporary failure in name resolution").into(), false),
        (&|| lookup("No address associated with hostname").into(), false),
        // The stack does not report whether the name exists.
        (&of(NetworkFault::UnknownHost), false),
        (&of(NetworkFault::Certificate(CertificateFault::UnknownIssuer)), false),
        (&of(NetworkFault::TimedOut(TimeoutPhase::Connect)), false),
        (&of(NetworkFault::Unknown), false),
    ];
    for (index, (fault, found)) in faults.into_iter().enumerate() {
        let domain = find_from("gts.example.org", "example.org", fault);
        assert_eq!(domain.as_deref(), found.then_some("https://example.org"), "{index}");
    }
}

#[test]
fn missing_domain_must_be_a_parent_of_the_server() {
    let missing = || BoxError::from(lookup(NOT_KNOWN));
    for (server, domain, found) in [
        ("gts.social.example.org", "example.org", true),
        ("evil.example", "victim.org", false),
        ("evil.example", "staff.evil.example", false),
        ("notexample.org", "example.org", false),
    ] {
        assert_eq!(find_from(server, domain, &missing).is_some(), found, "{server} {domain}");
    }
}

#[test]
fn missing_target_of_a_redirect_confirms_nothing() {
    let old = "https://old.example.org/.well-known/webfinger?resource=acct:me@example.org";
    let web = Web::default().json(HERE, LINKS).moved(THERE, old);
    let http = |request: Request<Vec<u8>>| match request.uri() == old {
        true => Err(lookup(NOT_KNOWN).into()),
        false => web.send(request),
    };
    assert_eq!(find(&http).unwrap(), None);
}

#[test]
fn own_loop_handles_errors_of_its_transport() {
    let find = FindAccountDomain::new("gts.example.org".parse().unwrap(), "me").unwrap();
    let error = find.handle_transport_error(lookup(NOT_KNOWN)).unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error}");
    let Ok(AccountDomainStep::Next(next)) = find.parse(&answer(200, LINKS)) else { panic!() };
    let domain = next.claimed().cloned();
    assert_eq!(next.handle_transport_error(lookup(NOT_KNOWN)).unwrap(), domain);
    assert_eq!(next.handle_transport_error("closed").unwrap(), None);
}

#[test]
fn server_that_names_no_other_domain_is_asked_once() {
    for links in [
        LINKS.replace("me@example.org", "me@gts.example.org"),
        LINKS.replace("me@example.org", "you@example.org"),
        LINKS.replace("acct:", "mailto:"),
        "{}".to_owned(),
    ] {
        let web = Web::default().json(HERE, &links);
        assert_eq!(find(&web).unwrap(), None, "{links}");
        assert_eq!(web.asked(), [HERE]);
    }
    assert_eq!(find(&Web::default()).unwrap(), None);
    assert!(find(&Web::default().page(HERE, answer(502, PAGE))).is_err());
    assert!(FindAccountDomain::new("example.org".parse().unwrap(), "a b").is_err());
}

#[test]
fn redirects_of_webfinger_end() {
    let error = |it: Result<Option<Instance>, Error>| assert_eq!(it.unwrap(), None);
    error(find(&Web::default().moved(HERE, HERE)));
    error(find(&Web::default().json(HERE, LINKS).moved(THERE, THERE)));
}

#[test]
fn debug_shows_the_server_and_no_user_name() {
    let find = FindAccountDomain::new("gts.example.org".parse().unwrap(), "somebody").unwrap();
    let debug = format!("{find:?}");
    assert!(debug.contains("https://gts.example.org/.well-known/webfinger"), "{debug}");
    assert!(!debug.contains("somebody"), "{debug}");
}

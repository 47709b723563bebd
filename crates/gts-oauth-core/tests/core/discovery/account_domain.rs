//! The account domain of a server, from an account on it.

use gts_oauth_core::discovery::FindAccountDomain;
use gts_oauth_core::error::{CertificateFault, NetworkError, NetworkFault, TimeoutPhase};
use gts_oauth_core::http::Request;
use gts_oauth_core::{Error, Instance, Transport};

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
    for there in [&*elsewhere, &other, "{}"] {
        let web = Web::default().json(HERE, LINKS).json(THERE, there);
        assert_eq!(find(&web).unwrap(), None, "{there}");
    }
    for status in [404, 502] {
        let web = Web::default().json(HERE, LINKS).page(THERE, answer(status, PAGE));
        assert_eq!(find(&web).unwrap(), None, "{status}");
    }
}

#[test]
fn only_a_missing_domain_is_not_confirmed() {
    let web = Web::default().json(HERE, LINKS);
    for (fault, found) in [
        (NetworkFault::UnknownHost, Some("https://example.org")),
        (NetworkFault::Certificate(CertificateFault::UnknownIssuer), None),
        (NetworkFault::Refused, None),
        (NetworkFault::TimedOut(TimeoutPhase::Connect), None),
        (NetworkFault::Unknown, None),
    ] {
        let http = |request: Request<Vec<u8>>| match request.uri() == THERE {
            true => Err(NetworkError::new(fault.clone(), "failed").into()),
            false => web.send(request),
        };
        let domain = find(&http).unwrap();
        assert_eq!(domain.as_ref().map(Instance::origin), found, "{fault:?}");
    }
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

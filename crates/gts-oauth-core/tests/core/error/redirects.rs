//! Redirects, which are never followed: what each of them advises.

use gts_oauth_core::error::{Cause, Remedy};
use gts_oauth_core::{Error, Exchange};

use crate::sample::{answer, exchange, register, revoke, session, with};

fn redirected(target: &str) -> [Error; 4] {
    let response = with(answer(301, ""), "location", target);
    [
        register().parse(&response).unwrap_err(),
        exchange().parse(&response).unwrap_err(),
        session().verify().parse(&response).unwrap_err(),
        session().post("/api/v1/statuses").unwrap().parse(&response).unwrap_err(),
    ]
}

#[test]
fn api_under_a_path_is_not_supported() {
    for target in [
        "/gts/api/v1/apps",
        "/gts/oauth/token",
        "/a/b/oauth/revoke?x=1",
        "/gts/.well-known/nodeinfo",
        "https://example.org/gts/api/v1/apps",
        "https://example.org:8443/gts/api/v2/media#x",
        "//example.org/gts/api/v1/apps",
    ] {
        for error in redirected(target) {
            assert_eq!((error.cause(), error.remedy()), (Cause::NotApi, Remedy::GiveUp));
            let text = error.to_string();
            assert!(text.contains("under a path, which is not supported"), "{target}: {text}");
            assert!(!text.contains("log in there"), "{target}: {text}");
        }
    }
}

#[test]
fn redirects_within_the_host_name_no_other() {
    for target in ["/api/v1/apps/", "/login", "/"] {
        for error in redirected(target) {
            assert_eq!((error.cause(), error.remedy()), (Cause::NotApi, Remedy::Correct));
            let text = error.to_string();
            assert!(text.contains("within the same host"), "{target}: {text}");
        }
    }
}

#[test]
fn other_redirects_name_the_real_host() {
    for target in [
        "https://social.example.org/api/v1/apps",
        "//social.example.org/api/v1/apps",
        "http://example.org/api/v1/accounts/verify_credentials",
        "https://example.org/oauth/token",
        "https://example.org",
        "https://sso.example/auth/oauth/authorize?next=/x/api/v1/apps",
    ] {
        for error in redirected(target) {
            assert_eq!((error.cause(), error.remedy()), (Cause::NotApi, Remedy::Correct));
            let text = error.to_string();
            assert!(text.contains("log in there"), "{target}: {text}");
            assert!(!text.contains("not supported"), "{target}: {text}");
        }
    }
}

#[test]
fn redirected_revocation_is_not_confirmed() {
    let response = with(answer(302, ""), "location", "https://example.org/login");
    let revocation = revoke().parse(&response).unwrap();
    assert!(matches!(revocation, gts_oauth_core::renewal::Revocation::NotConfirmed(_)));
}

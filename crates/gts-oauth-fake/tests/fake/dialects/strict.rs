//! Behavior of the strict server alone.

use gts_oauth_fake::Dialect;

use crate::raw;
use crate::sample::speaking;

#[test]
fn instance_has_the_fields_of_gotosocial() {
    for (dialect, has) in [(Dialect::Strict, true), (Dialect::Mastodon, false)] {
        let instance = raw::get(&speaking(dialect), "/api/v1/instance").json();
        assert_eq!(instance.get("max_toot_chars").is_some(), has, "{dialect:?}");
    }
}

#[test]
fn there_is_no_userinfo_endpoint() {
    let server = speaking(Dialect::Strict);
    let session = server.session("alice", "profile");
    let token = session.access_token().expose();
    assert_eq!(raw::signed(&server, "/oauth/userinfo", token).status(), 404);
}

//! What the recorded errors of Mastodon and GoToSocial mean. The names of the recordings say it:
//! Mastodon sends 403 for three different reasons.

use gts_oauth_core::error::Cause;
use gts_oauth_core::renewal::Revocation;
use gts_oauth_tests::exchange::{AnyExchange, Outcome};
use gts_oauth_tests::{Recording, recordings};

const MASTODON: [&str; 2] = ["mastodon-4.3.13", "mastodon-4.6.5"];

/// The statuses that have several meanings, or a time to wait.
const STATUSES: [u16; 3] = [401, 403, 429];

/// Parts of names, and what the recordings mean. The first match counts.
const MEANINGS: [(&str, Cause); 20] = [
    ("ratelimit-", Cause::RateLimited),
    // A page in the browser, which core does not request.
    ("consent-page", Cause::NotApi),
    ("token-wrong-secret", Cause::UnknownClient),
    ("token-no-secret", Cause::UnknownClient),
    ("token-unknown-client", Cause::UnknownClient),
    ("token-app-deleted", Cause::UnknownClient),
    ("revoke-", Cause::Forbidden),
    // The scope of the token is checked before the account.
    ("userinfo-unconfirmed", Cause::MissingScope),
    ("userinfo-unapproved", Cause::MissingScope),
    ("userinfo-disabled", Cause::MissingScope),
    ("unconfirmed", Cause::AccountUnusable),
    ("unapproved", Cause::AccountUnusable),
    ("disabled", Cause::AccountUnusable),
    ("suspended", Cause::AccountUnusable),
    ("scope", Cause::MissingScope),
    ("-revoked", Cause::TokenRejected),
    ("app-deleted", Cause::TokenRejected),
    ("no-token", Cause::TokenRejected),
    ("bad-token", Cause::TokenRejected),
    ("basic", Cause::TokenRejected),
];

fn meaning_of_name(recording: &Recording) -> Cause {
    let meaning = MEANINGS.iter().find(|(part, _)| recording.name.contains(part));
    meaning.unwrap_or_else(|| panic!("{} has no meaning", recording.name)).1
}

fn cause(recording: &Recording) -> Cause {
    match AnyExchange::of(recording).parse(&recording.response()) {
        Err(error) | Ok(Outcome::Revocation(Revocation::NotConfirmed(error))) => error.cause(),
        Ok(outcome) => panic!("{}: {outcome:?}", recording.name),
    }
}

#[test]
fn recorded_errors_mean_what_their_names_say() {
    for server in MASTODON {
        let errors = recordings(server)
            .into_iter()
            .filter(|it| STATUSES.contains(&it.response().status().as_u16()));
        let mut count = 0;
        for recording in errors {
            assert_eq!(cause(&recording), meaning_of_name(&recording), "{}", recording.name);
            count += 1;
        }
        println!("{server}: {count} errors");
        assert!(count >= 30, "{server}: {count}");
    }
}

/// The recordings of GoToSocial, and how many of their errors are read.
const GOTOSOCIAL: [(&str, usize); 4] = [
    ("gotosocial-0.18.3", 40),
    ("gotosocial-0.20.0", 14),
    ("gotosocial-0.20.0-more", 12),
    ("gotosocial-0.22.0-rc2", 20),
];

/// What an error of a call means on every version of GoToSocial.
fn meaning_on_gotosocial(recording: &Recording) -> Cause {
    match recording.status() {
        401 => Cause::TokenRejected,
        // 405 is an endpoint that an older version does not have: names of tokens, lists of apps.
        404 | 405 => Cause::NotFound,
        429 => Cause::RateLimited,
        // A scope is enough only for administrators.
        _ if recording.body().contains("not an admin") => Cause::Forbidden,
        _ if recording.name.contains("scope") => Cause::MissingScope,
        _ => panic!("{} has no meaning", recording.name),
    }
}

#[test]
fn errors_of_calls_mean_the_same_on_each_gotosocial() {
    for (server, least) in GOTOSOCIAL {
        let is_call = |it: &Recording| {
            let path = it.request.path.as_str();
            path.starts_with("/api/") && path != "/api/v1/apps" || path.contains("userinfo")
        };
        let errors = recordings(server)
            .into_iter()
            .filter(|it| is_call(it) && matches!(it.status(), 401 | 403 | 404 | 405 | 429));
        let mut count = 0;
        for recording in errors {
            let meaning = meaning_on_gotosocial(&recording);
            assert_eq!(cause(&recording), meaning, "{server}, {}", recording.name);
            count += 1;
        }
        println!("{server}: {count} errors");
        assert!(count >= least, "{server}: {count}");
    }
}

/// Mastodon names the scopes that would do since 4.6.
#[test]
fn missing_scopes_are_named() {
    for (server, name, scope) in [
        ("mastodon-4.6.5", "76-notifications-profile-scope", "read:notifications"),
        ("mastodon-4.6.5", "82-post-status-insufficient-scope", "write:statuses"),
        ("mastodon-4.6.5", "73-userinfo-scope-insufficient", "profile"),
        ("mastodon-4.6.5", "79-verify-credentials-write-scope", "read:accounts"),
        // From the path of the call.
        ("mastodon-4.3.13", "76-notifications-profile-scope", "read:notifications"),
        ("mastodon-4.3.13", "82-post-status-insufficient-scope", "write:statuses"),
        ("mastodon-4.3.13", "79-verify-credentials-write-scope", "read:accounts"),
    ] {
        let recording = recordings(server).into_iter().find(|it| it.name == name);
        let recording = recording.unwrap_or_else(|| panic!("{server} has no {name}"));
        let Err(error) = AnyExchange::of(&recording).parse(&recording.response()) else {
            panic!("{name} is no error")
        };
        assert_eq!(error.missing_scopes().to_string(), scope, "{server}: {name}");
    }
}

//! `GET /api/v1/accounts/verify_credentials` and `POST /oauth/revoke`: recordings 29 to 32, 44
//! to 48, 58 to 60, 66, 69, 81 and 82.

use std::time::Duration;

use gts_oauth_core::{
    Account, Error, ExpectedAccount,
    error::{Operation, Unavailable},
    renewal::Revocation,
    types::{RateLimit, Retry},
};
use gts_oauth_tests::recording;

use crate::replay::case::{Read, assert_error_response, cases, instance, unavailable};
use gts_oauth_tests::exchange::Outcome;

cases! {
    29: a_good_token_tells_whose_it_is;
    31: a_token_that_never_was_is_refused;
    32: an_apps_own_token_has_nobody_behind_it;
    44: a_wrong_secret_does_not_confirm_the_revocation;
    45: revoking_an_unknown_token_is_accepted;
    46: a_token_is_revoked;
    47: revoking_twice_is_accepted;
    48: a_revoked_token_is_refused;
    58: an_account_is_read_beside_the_rate_limit;
    59: the_first_request_too_many_is_told_to_wait_five_minutes_by_the_servers_clock;
    60: every_further_one_is_told_the_same;
    66: profile_is_scope_enough_to_tell_whose_the_token_is;
    69: without_the_scope_the_token_does_not_tell_whose_it_is;
    81: revoking_with_the_token_in_the_header_too_is_accepted;
    82: the_token_revoked_so_is_refused;
}

fn assert_alice(read: Read) -> Account {
    let Ok(Outcome::Account(account)) = read else { panic!("no account: {read:?}") };
    assert_eq!(account.id(), "015JSQDQQAWFF3PB5M4C9KAZN3");
    assert_eq!(account.username(), "alice");
    assert_eq!(account.acct(), "alice");
    assert_eq!(account.display_name(), "alice");
    assert_eq!(account.url(), Some("http://127.0.0.1:8085/@alice"));
    account
}

fn a_good_token_tells_whose_it_is(read: Read) {
    let account = assert_alice(read);
    assert_eq!(account.json(), recording(29).body());
    for expected in ["alice", "@Alice@127.0.0.1:8085"] {
        let expected: ExpectedAccount = expected.parse().expect("an account");
        expected.check(&account, &instance()).expect("it is alice");
    }
    let bob: ExpectedAccount = "bob".parse().expect("an account");
    let wrong = bob.check(&account, &instance());
    assert!(matches!(wrong, Err(Error::WrongAccount(_))));
}

fn profile_is_scope_enough_to_tell_whose_the_token_is(read: Read) {
    assert_alice(read);
}

fn an_account_is_read_beside_the_rate_limit(read: Read) {
    assert_alice(read);
    let limit = RateLimit::from_headers(recording(58).response().headers()).expect("a rate limit");
    assert_eq!((limit.limit, limit.remaining), (Some(6), Some(5)));
    // 11:03:21 in the header, 10:58:21 in the `Date` of the response.
    assert_eq!(limit.reset, Some(Retry::After(Duration::from_secs(300))));
}

fn a_token_that_never_was_is_refused(read: Read) {
    let message = assert_error_response(read, 401, "Unauthorized: token not supplied");
    assert!(message.contains("Log in again"), "{message}");
}

fn an_apps_own_token_has_nobody_behind_it(read: Read) {
    assert_error_response(read, 401, "Unauthorized: user not supplied or not authorized");
}

fn a_revoked_token_is_refused(read: Read) {
    assert_error_response(read, 401, "Unauthorized: token not supplied");
}

fn the_token_revoked_so_is_refused(read: Read) {
    assert_error_response(read, 401, "Unauthorized: token not supplied");
}

fn without_the_scope_the_token_does_not_tell_whose_it_is(read: Read) {
    let message =
        assert_error_response(read, 403, "Forbidden: token has insufficient scope permission");
    assert!(message.contains("missing scope `read:accounts`"), "{message}");
}

fn assert_wait_five_minutes(read: Read) {
    let (Unavailable { operation, status, retry, .. }, message) = unavailable(read);
    assert_eq!(operation, Operation::VerifyCredentials);
    assert_eq!(status, 429);
    // There is no Retry-After; X-Ratelimit-Reset is 11:03:21, Date 10:58:21.
    assert_eq!(retry, Some(Retry::After(Duration::from_secs(300))));
    assert!(message.contains("rate limited by 127.0.0.1:8085 for 5m"), "{message}");
}

fn the_first_request_too_many_is_told_to_wait_five_minutes_by_the_servers_clock(read: Read) {
    assert_wait_five_minutes(read);
}

fn every_further_one_is_told_the_same(read: Read) {
    assert_wait_five_minutes(read);
}

fn a_wrong_secret_does_not_confirm_the_revocation(read: Read) {
    let Ok(Outcome::Revocation(Revocation::NotConfirmed(Error::ErrorResponse(refused)))) = read
    else {
        panic!("not what was expected: {read:?}")
    };
    assert_eq!(refused.operation, Operation::RevokeToken);
    assert_eq!(refused.status.map(|status| status.as_u16()), Some(403));
    assert_eq!(refused.code, "unauthorized_client");
    let described = refused.description.as_deref();
    assert_eq!(described, Some("Forbidden: You are not authorized to revoke this token"));
    let message = Error::ErrorResponse(refused).to_string();
    assert!(message.contains("may still be valid"), "{message}");
}

fn assert_accepted(read: Read) {
    let accepted = matches!(read, Ok(Outcome::Revocation(Revocation::Accepted)));
    assert!(accepted, "{read:?}");
}

fn revoking_an_unknown_token_is_accepted(read: Read) {
    assert_accepted(read);
}

fn a_token_is_revoked(read: Read) {
    assert_accepted(read);
}

fn revoking_twice_is_accepted(read: Read) {
    assert_accepted(read);
}

fn revoking_with_the_token_in_the_header_too_is_accepted(read: Read) {
    assert_accepted(read);
}

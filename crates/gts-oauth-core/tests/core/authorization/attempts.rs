//! What tells one attempt from another: `state` and the PKCE verifier, where they come from, and
//! what a stored login gives away of them.

use std::convert::Infallible;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gts_oauth_core::{AuthorizeOptions, Entropy, Error, Login, Scopes, UserReply};

use crate::recorded::{ALICE, APP_OUT_OF_BAND, CODE, answer};
use crate::sample::out_of_band_app;
use crate::scenario::{At, at, by_redirect, field, out_of_band, state};

/// RFC 7636 appendix B: the random octets, the verifier and the challenge.
const OCTETS: [u8; 32] = [
    116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77,
    105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
];
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn entropy(state: [u8; 32], verifier: [u8; 32], seed: [u8; 32]) -> Entropy {
    let fill = |bytes: &mut [u8]| {
        bytes.copy_from_slice(&[state, verifier, seed].concat());
        Ok::<(), Infallible>(())
    };
    Entropy::from_fn(fill).unwrap()
}

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn challenge_of(verifier: &str) -> String {
    base64url(&hmac_sha256::Hash::hash(verifier.as_bytes()))
}

/// Begins `count` attempts, and tells the state, the challenge and the verifier of each.
fn attempts(login: &mut Login, count: usize) -> Vec<[String; 3]> {
    let mut seen = Vec::new();
    for _ in 0..count {
        let [state, challenge] = ["state", "code_challenge"].map(|name| field(login, name));
        let reply = crate::scenario::allowed(login, CODE);
        login.handle_reply(reply).unwrap();
        let verifier = field(login, "code_verifier");
        seen.push([state, challenge, verifier].map(Option::unwrap));
        login.handle_reply(UserReply::StartOver).unwrap();
    }
    seen
}

#[test]
fn the_first_attempt_uses_the_entropy_as_it_is() {
    let entropy = entropy([1; 32], [2; 32], [3; 32]);
    let mut login = Login::new(out_of_band().registration(), entropy);
    login.skip_discovery();
    login.handle_response(&answer(200, APP_OUT_OF_BAND)).unwrap();
    assert_eq!(state(&login), base64url(&[1; 32]));
    login.handle_reply(CODE).unwrap();
    assert_eq!(field(&login, "code_verifier"), Some(base64url(&[2; 32])));
}

#[test]
fn a_given_app_and_a_plain_authorisation_use_it_the_same_way() {
    let entropy = || entropy([1; 32], [2; 32], [3; 32]);
    let login = Login::with_app(out_of_band().app(), entropy());
    let pending = out_of_band().app().authorize(AuthorizeOptions::new(), entropy()).unwrap();
    assert_eq!(pending.state(), base64url(&[1; 32]));
    assert_eq!(login.pending().unwrap().url(), pending.url());
}

#[test]
fn the_challenge_is_the_one_of_rfc_7636_appendix_b() {
    let entropy = entropy([1; 32], OCTETS, [3; 32]);
    let mut login = Login::with_app(out_of_band().app(), entropy);
    assert_eq!(field(&login, "code_challenge_method").as_deref(), Some("S256"));
    assert_eq!(field(&login, "code_challenge").as_deref(), Some(CHALLENGE));
    login.handle_reply(CODE).unwrap();
    assert_eq!(field(&login, "code_verifier").as_deref(), Some(VERIFIER));
}

#[test]
fn the_verifier_itself_is_not_in_the_address() {
    let entropy = entropy([1; 32], OCTETS, [3; 32]);
    let login = Login::with_app(out_of_band().app(), entropy);
    assert!(!login.pending().unwrap().url().contains(VERIFIER));
}

#[test]
fn later_attempts_share_nothing_and_each_verifier_fits_its_challenge() {
    let seen = attempts(&mut by_redirect().authorize(), 5);
    let mut all = Vec::new();
    for [state, challenge, verifier] in seen {
        assert_eq!(challenge, challenge_of(&verifier));
        // 256 bits each, of characters that no server can garble.
        for nonce in [&state, &verifier] {
            assert_eq!(URL_SAFE_NO_PAD.decode(nonce).unwrap().len(), 32);
        }
        all.extend([state, verifier]);
    }
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count, "a state or a verifier came twice");
}

#[test]
fn later_attempts_depend_on_the_seed_alone() {
    let login = |first, seed| {
        let entropy = entropy([first; 32], [first; 32], [seed; 32]);
        Login::with_app(by_redirect().app(), entropy)
    };
    let with_seed_3 = attempts(&mut login(1, 3), 3);
    let other_start = attempts(&mut login(2, 3), 3);
    let other_seed = attempts(&mut login(1, 4), 3);
    assert_eq!(with_seed_3[1..], other_start[1..]);
    assert_eq!(with_seed_3[0], other_seed[0]);
    assert_ne!(with_seed_3[1], other_seed[1]);
    assert_ne!(with_seed_3[2], other_seed[2]);
}

#[test]
fn a_stored_login_does_not_hold_earlier_attempts() {
    let mut login = by_redirect().authorize();
    let earlier = attempts(&mut login, 4);
    let current = state(&login);
    let json = serde_json::to_string(&login).unwrap();
    assert!(json.contains(&current));
    for [state, _, verifier] in &earlier {
        assert!(!json.contains(state.as_str()) && !json.contains(verifier.as_str()));
    }
    // Nor what they were derived from: the seeds of the stages before.
    assert!(!holds_the_first_seed(&login));
}

/// Whether the last 32 bytes of [`counted_entropy`](crate::scenario::counted_entropy) are there.
fn holds_the_first_seed(login: &Login) -> bool {
    let seed: Vec<u8> = (64..96).collect();
    let bytes = postcard::to_allocvec(login).unwrap();
    bytes.windows(32).any(|window| window == seed)
}

#[test]
fn the_seed_is_gone_when_the_login_is_done() {
    // Until then it is there, so its absence means something.
    assert!(holds_the_first_seed(&by_redirect().verify()));
    assert!(!holds_the_first_seed(&by_redirect().done()));
}

#[test]
fn a_finished_login_holds_no_state_and_no_verifier() {
    let mut login = by_redirect().exchange();
    let verifier = field(&login, "code_verifier").unwrap();
    let state = state(&by_redirect().authorize());
    login.handle_response(&by_redirect().token_answer()).unwrap();
    login.handle_response(&answer(200, ALICE)).unwrap();
    assert_eq!(at(&login), At::Done);
    let json = serde_json::to_string(&login).unwrap();
    assert!(!json.contains(&verifier) && !json.contains(&state) && !json.contains(CODE));
}

#[test]
fn entropy_passes_on_the_error_of_its_source() {
    let error = Entropy::from_fn(|_| Err("no randomness")).unwrap_err();
    let Error::Entropy(cause) = error else {
        panic!("{error:?}");
    };
    assert_eq!(cause.to_string(), "no randomness");
}

#[test]
fn no_scopes_are_no_wish() {
    let app = out_of_band_app();
    let options = AuthorizeOptions::new().scopes(Scopes::default());
    let entropy = entropy([1; 32], [2; 32], [3; 32]);
    let pending = app.authorize(options, entropy).unwrap();
    assert!(pending.url().contains("&scope=read&"), "{}", pending.url());
}

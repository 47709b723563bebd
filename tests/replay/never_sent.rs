//! Recordings whose request core never sends, and why. Their responses are parsed anyway, because a
//! proxy or a server error could cause them.

use gts_oauth_core::{
    Error, RegisterApp, Secret, Session,
    error::{Operation, UnexpectedReason},
};

use crate::replay::case::{
    Read, assert_error_response, cases, error_response, instance, unexpected,
};
use gts_oauth_tests::exchange::Outcome;

cases! {
    5: a_name_that_is_missing_is_told_in_the_servers_words,
        "RegisterApp::new wants a name of 3 to 60 characters";
    6: redirect_uris_as_an_array_are_told_in_the_servers_words,
        "redirect URIs go out as one text, one a line, which is what every server reads";
    7: a_name_that_is_too_long_is_told_in_the_servers_words,
        "RegisterApp::new refuses names of more than 60 characters";
    8: json_that_breaks_off_is_told_in_the_servers_words,
        "the protocol's own requests are forms";
    9: a_lost_user_agent_is_blamed_on_the_http_stack,
        "every request has a User-Agent, and a blank one is refused";
    10: a_page_instead_of_a_registration_is_told_as_a_page,
        "every request accepts application/json and nothing else";
    23: a_token_request_without_fields_is_refused,
        "the fields of a token request cannot be left out";
    24: a_grant_that_is_not_offered_is_refused,
        "the password grant is left out on purpose (RFC 9700 §2.4)";
    25: a_page_instead_of_a_token_is_told_as_a_page,
        "every request accepts application/json and nothing else";
    26: an_app_token_without_a_redirect_uri_is_refused,
        "client credentials always go with a redirect URI, which this server asks for";
    30: no_token_at_all_is_refused,
        "a session has a token, and an empty one is refused";
    34: bearer_in_lower_case_is_refused,
        "Bearer always has a capital B";
    35: a_page_instead_of_an_account_is_told_as_a_page,
        "every request accepts application/json and nothing else";
    43: a_revocation_that_cannot_be_read_is_an_error_and_not_a_success,
        "revocations are forms: this server reads no JSON there";
    75: xml_is_handed_over_as_it_came_and_is_no_json,
        "host-meta is XML, which is not accepted here (this server then says 406)";
    78: a_redirect_is_not_followed_and_told_with_its_target,
        "the path of the token endpoint has no slash at its end";
    79: a_method_that_is_not_allowed_is_told_in_the_servers_words,
        "the token endpoint is posted to";
    80: a_form_that_does_not_say_it_is_one_is_refused,
        "every body goes with its Content-Type";
}

fn assert_register_refused(read: Read, words: &str) {
    let (refused, message) = error_response(read);
    assert_eq!(refused.operation, Operation::Register);
    assert_eq!(refused.status.map(|status| status.as_u16()), Some(400));
    assert!(refused.code.starts_with("Bad Request: "), "{refused:?}");
    assert!(message.contains(words), "{message}");
    assert!(message.contains("Change the app's name"), "{message}");
}

fn a_name_that_is_missing_is_told_in_the_servers_words(read: Read) {
    assert!(matches!(RegisterApp::new(instance(), ""), Err(Error::Input(_))));
    let words = "Field validation for 'ClientName' failed on the 'required' tag";
    assert_register_refused(read, words);
}

fn redirect_uris_as_an_array_are_told_in_the_servers_words(read: Read) {
    assert_register_refused(read, "cannot unmarshal array");
}

fn a_name_that_is_too_long_is_told_in_the_servers_words(read: Read) {
    let long = "x".repeat(61);
    assert!(matches!(RegisterApp::new(instance(), &long), Err(Error::Input(_))));
    assert_register_refused(read, "provided client_name was 1025 characters");
}

fn json_that_breaks_off_is_told_in_the_servers_words(read: Read) {
    assert_register_refused(read, "unexpected EOF");
}

fn a_lost_user_agent_is_blamed_on_the_http_stack(read: Read) {
    let register = RegisterApp::new(instance(), "Probe").expect("a name");
    assert!(matches!(register.user_agent(" "), Err(Error::Input(_))));
    let code = "I'm a teapot: no user-agent sent with request";
    let message = assert_error_response(read, 418, code);
    assert!(message.contains("the HTTP stack must send the headers"), "{message}");
}

fn assert_page(read: Read, endpoint: Operation) {
    let (odd, message) = unexpected(read);
    assert_eq!((odd.operation, &odd.reason), (endpoint, &UnexpectedReason::Html));
    assert_eq!(odd.status.map(|status| status.as_u16()), Some(406));
    // The recorded page is cut before its title.
    assert_eq!(odd.snippet, None);
    assert!(message.contains("406 with an HTML page") && !message.contains('<'), "{message}");
}

fn a_page_instead_of_a_registration_is_told_as_a_page(read: Read) {
    assert_page(read, Operation::Register);
}

fn a_page_instead_of_a_token_is_told_as_a_page(read: Read) {
    assert_page(read, Operation::ExchangeCode);
}

fn a_page_instead_of_an_account_is_told_as_a_page(read: Read) {
    assert_page(read, Operation::VerifyCredentials);
}

fn assert_invalid_request(read: Read, endpoint: Operation, words: &str) {
    let (refused, message) = error_response(read);
    assert_eq!(refused.operation, endpoint);
    assert_eq!(refused.status.map(|status| status.as_u16()), Some(400));
    assert_eq!(refused.code, "invalid_request");
    assert!(message.contains(words), "{message}");
}

fn a_token_request_without_fields_is_refused(read: Read) {
    assert_invalid_request(read, Operation::ExchangeCode, "grant_type was not set");
}

fn a_grant_that_is_not_offered_is_refused(read: Read) {
    let words = "grant_type was not set to authorization_code";
    assert_invalid_request(read, Operation::ExchangeCode, words);
}

fn an_app_token_without_a_redirect_uri_is_refused(read: Read) {
    assert_invalid_request(read, Operation::RequestAppToken, "redirect_uri was not set");
}

fn a_form_that_does_not_say_it_is_one_is_refused(read: Read) {
    assert_invalid_request(read, Operation::RequestAppToken, "grant_type was not set");
}

fn a_revocation_that_cannot_be_read_is_an_error_and_not_a_success(read: Read) {
    assert_invalid_request(read, Operation::RevokeToken, "client_id not set");
}

fn no_token_at_all_is_refused(read: Read) {
    let none = Session::from_token(instance(), Secret::new(""));
    assert!(matches!(none, Err(Error::Input(_))));
    assert_error_response(read, 401, "Unauthorized: token not supplied");
}

fn bearer_in_lower_case_is_refused(read: Read) {
    assert_error_response(read, 401, "Unauthorized: token not supplied");
}

fn xml_is_handed_over_as_it_came_and_is_no_json(read: Read) {
    let Ok(Outcome::Response(reply)) = read else { panic!("no reply: {read:?}") };
    assert!(reply.body.starts_with(b"<?xml version"));
    let json = reply.json::<serde_json::Value>();
    assert!(matches!(json, Err(Error::UnexpectedResponse(_))), "{json:?}");
}

fn a_redirect_is_not_followed_and_told_with_its_target(read: Read) {
    let (odd, message) = unexpected(read);
    assert_eq!(odd.reason, UnexpectedReason::Redirect("/oauth/token".to_owned()));
    assert_eq!(odd.status.map(|status| status.as_u16()), Some(307));
    assert_eq!(odd.snippet, None);
    assert!(message.contains("a redirect to /oauth/token"), "{message}");
}

fn a_method_that_is_not_allowed_is_told_in_the_servers_words(read: Read) {
    let (odd, message) = unexpected(read);
    assert_eq!(odd.operation, Operation::ExchangeCode);
    assert_eq!(odd.reason, UnexpectedReason::PlainText);
    assert_eq!(odd.status.map(|status| status.as_u16()), Some(405));
    assert_eq!(odd.snippet.as_deref(), Some("405 method not allowed"));
    assert!(message.contains("405 with plain text"), "{message}");
}

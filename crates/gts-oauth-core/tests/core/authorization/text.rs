//! What people paste: codes with what copying leaves around them, whole addresses, and the
//! wrong thing.

use gts_oauth_core::{Error, Exchange, PendingAuthorization, error::CallbackError};
use url::form_urlencoded;

use crate::sample::{STATE, out_of_band, pending};

const OOB_PAGE: &str = "https://example.org/oauth/oob";
const CALLBACK: &str = "http://127.0.0.1:7777/cb";

/// The code that would be sent for this text.
fn sent(pending: &PendingAuthorization, text: &str) -> String {
    let exchange = pending.code_from_text(text);
    let body = exchange.unwrap_or_else(|error| panic!("{text:?}: {error}")).request().into_body();
    let mut pairs = form_urlencoded::parse(&body);
    pairs.find(|(name, _)| name == "code").unwrap().1.into()
}

fn refused(pending: &PendingAuthorization, text: &str) -> Error {
    match pending.code_from_text(text) {
        Ok(_) => panic!("{text:?} is taken"),
        Err(error) => error,
    }
}

#[track_caller]
fn assert_fault(error: &Error, fault: CallbackError) {
    assert!(matches!(error, Error::Callback(is) if *is == fault), "{error:?}");
}

#[test]
fn a_code_is_found_within_what_copying_leaves_around_it() {
    for text in [
        "MJG4YJRK",
        "  MJG4YJRK\n",
        "\tMJG4YJRK\r\n",
        "\"MJG4YJRK\"",
        "'MJG4YJRK'",
        "`MJG4YJRK`",
        "```\nMJG4YJRK\n```",
        "“MJG4YJRK”",
        "‘MJG4YJRK’",
        "«MJG4YJRK»",
        "« MJG4YJRK »",
        "<MJG4YJRK>",
        "\u{a0}\" MJG4YJRK\" ",
        "\u{200b}MJG4YJRK\u{feff}",
        "\u{2068}MJG4YJRK\u{2069}",
    ] {
        assert_eq!(sent(&out_of_band(), text), "MJG4YJRK", "{text:?}");
    }
}

#[test]
fn a_code_is_found_within_the_quotation_marks_of_every_language() {
    for text in ["„MJG4YJRK“", "‚MJG4YJRK‘", "‹MJG4YJRK›", "「MJG4YJRK」", "『MJG4YJRK』"]
    {
        assert_eq!(sent(&out_of_band(), text), "MJG4YJRK", "{text:?}");
    }
}

#[test]
fn state_after_a_pasted_code_is_checked() {
    // snac shows it so.
    let whole = format!("MJG4YJRK&state={STATE}");
    assert_eq!(sent(&out_of_band(), &whole), "MJG4YJRK");
    assert_eq!(sent(&out_of_band(), "MJG4YJRK&state="), "MJG4YJRK");
    let forged = refused(&out_of_band(), "MJG4YJRK&state=another");
    assert_fault(&forged, CallbackError::WrongState);
    assert!(forged.to_string().contains("another login (wrong state)"), "{forged}");
}

#[test]
fn the_whole_address_of_the_code_page_is_as_good_as_the_code() {
    for text in [
        format!("{OOB_PAGE}?code=MJG4YJRK&state={STATE}"),
        format!("{OOB_PAGE}?state={STATE}&code=MJG4YJRK&lang=de"),
        format!("<{OOB_PAGE}?code=MJG4YJRK&state={STATE}>"),
        format!("{OOB_PAGE}?code=MJG4YJRK"),
        format!("?code=MJG4YJRK&state={STATE}"),
        format!("code=MJG4YJRK&state={STATE}"),
        "code=MJG4YJRK".to_owned(),
        "urn:ietf:wg:oauth:2.0:oob?code=MJG4YJRK".to_owned(),
    ] {
        assert_eq!(sent(&out_of_band(), &text), "MJG4YJRK", "{text}");
    }
    let forged = refused(&out_of_band(), &format!("{OOB_PAGE}?code=MJG4YJRK&state=x"));
    assert_fault(&forged, CallbackError::WrongState);
}

#[test]
fn the_whole_address_of_a_redirect_is_taken_with_its_state() {
    for text in [
        format!("{CALLBACK}?code=MJG4YJRK&state={STATE}"),
        format!("\"{CALLBACK}?code=MJG4YJRK&state={STATE}\"\n"),
        format!("{CALLBACK}?code=MJG4YJRK&state={STATE}#_=_"),
        format!("{CALLBACK}?code=MJG4YJRK&state={STATE}#"),
        format!("/cb?code=MJG4YJRK&state={STATE}"),
        format!("code=MJG4YJRK&state={STATE}"),
    ] {
        assert_eq!(sent(&pending(), &text), "MJG4YJRK", "{text}");
    }
}

#[test]
fn a_code_in_an_address_is_decoded() {
    let text = format!("{CALLBACK}?code=a%2Bb%2Fc%3D+%26&state={STATE}");
    assert_eq!(sent(&pending(), &text), "a+b/c= &");
}

#[test]
fn redirected_code_without_state_is_rejected() {
    let error = refused(&pending(), &format!("{CALLBACK}?code=MJG4YJRK"));
    assert_fault(&error, CallbackError::NoState);
    let error = refused(&pending(), &format!("{CALLBACK}?code=MJG4YJRK&state="));
    assert_fault(&error, CallbackError::NoState);
    let text = error.to_string();
    assert!(text.contains("cut off") && text.contains("Copy the whole callback URL"), "{text}");
}

#[test]
fn bare_code_is_rejected_without_out_of_band() {
    for text in ["MJG4YJRK", &format!("MJG4YJRK&state={STATE}")] {
        let error = refused(&pending(), text);
        assert!(matches!(error, Error::Input(_)));
        assert!(error.to_string().contains("paste the whole callback URL"), "{error}");
    }
}

#[test]
fn an_error_out_of_band_is_told_in_words_that_help() {
    // GoToSocial redirects the browser there, where it can go no further.
    let error = refused(&out_of_band(), "urn:ietf:wg:oauth:2.0:oob?error=invalid_scope");
    let Error::ErrorResponse(no) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(no.code, "invalid_scope");
    assert_eq!(no.status, None);
    assert!(error.to_string().contains("scopes that the app registered"), "{error}");
}

#[test]
fn denial_is_reported_with_and_without_state() {
    for state in [String::new(), format!("&state={STATE}")] {
        let text = format!("{CALLBACK}?error=access_denied&error_description=He+said+no{state}");
        let error = refused(&pending(), &text);
        assert!(matches!(&error, Error::ErrorResponse(no) if no.code == "access_denied"));
        assert!(error.to_string().contains("He said no"), "{error}");
        assert!(error.to_string().contains("Start over to be asked again"), "{error}");
    }
    let text = format!("{CALLBACK}?error=access_denied&state=another");
    assert_fault(&refused(&pending(), &text), CallbackError::WrongState);
}

#[test]
fn a_redirect_uri_the_server_does_not_know_is_explained() {
    let error = refused(&pending(), &format!("{CALLBACK}?error=server_error&state={STATE}"));
    assert!(error.to_string().contains("exactly this redirect URI"), "{error}");
}

#[test]
fn pasted_authorization_url_is_recognized() {
    for attempt in [pending(), out_of_band()] {
        for text in [attempt.url().to_owned(), format!(" <{}>\n", attempt.url())] {
            let error = refused(&attempt, &text);
            assert_fault(&error, CallbackError::AuthorizationUrl);
            assert!(error.to_string().contains("this is the authorization URL"), "{error}");
        }
    }
    // A part of it is recognized, too.
    for text in ["response_type=code&client_id=1", "client_id=1&code_challenge=2"] {
        assert_fault(&refused(&out_of_band(), text), CallbackError::AuthorizationUrl);
    }
}

#[test]
fn nothing_is_told_apart_from_something() {
    for text in ["", "  \n", "\"\"", "“ ”", "\u{200b}"] {
        let error = refused(&out_of_band(), text);
        assert!(error.to_string().contains("empty input"), "{error}");
    }
}

#[test]
fn code_with_whitespace_is_rejected() {
    for text in ["MJG4 YJRK", "MJG4\nYJRK", "my code is MJG4YJRK", "MJG4\u{200b}YJRK", "cödé"] {
        let error = refused(&out_of_band(), text);
        assert!(matches!(error, Error::Input(_)), "{text:?}: {error:?}");
        assert!(error.to_string().contains("copy it again"), "{error}");
        assert!(!error.to_string().contains("MJG4"), "{error}");
    }
}

#[test]
fn another_page_of_the_server_is_no_answer() {
    for text in ["https://example.org/auth/sign_in", OOB_PAGE, "https://example.org/?x=1"] {
        let error = refused(&out_of_band(), text);
        assert_fault(&error, CallbackError::Nothing);
    }
}

#[test]
fn repeated_protocol_parameter_is_rejected_others_are_not() {
    for name in ["code", "state", "error", "iss"] {
        let text = format!("{CALLBACK}?code=C&state={STATE}&error=&iss=&{name}=x");
        let error = refused(&pending(), &text);
        assert!(matches!(error, Error::Callback(CallbackError::Doubled(_))));
        assert!(error.to_string().contains(&format!("`{name}` is repeated")), "{error}");
    }
    let text = format!("{CALLBACK}?x=1&code=C&x=2&state={STATE}&error_description=&x=3");
    assert_eq!(sent(&pending(), &text), "C");
}

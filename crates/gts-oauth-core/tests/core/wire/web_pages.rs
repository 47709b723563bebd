//! Web pages in place of a response of the API, in every form: none is evidence about a token.

use std::cell::RefCell;

use gts_oauth_core::error::Cause;
use gts_oauth_core::http::Request;
use gts_oauth_core::renewal::Revocation;
use gts_oauth_core::session::TokenStatus;
use gts_oauth_core::{BoxError, Exchange};

use crate::recorded::{APP_TOKEN, Answer, TOKEN_REFUSED};
use crate::sample::{answer, refresh, request_token, revoke, session, with};

const PAGE: &str = "<!DOCTYPE html><html><title>Log in to WiFi</title></html>";

fn html(status: u16, body: impl AsRef<[u8]>) -> Answer {
    with(answer(status, body), "content-type", "Text/HTML; charset=utf-8")
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// Pages that are recognized without their content type.
fn pages() -> Vec<Vec<u8>> {
    let texts = [
        PAGE.to_owned(),
        PAGE.to_lowercase(),
        format!("<?xml version=\"1.0\"?>\n<!-- portal -->{PAGE}"),
        "\u{feff}<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\">".to_owned(),
        format!("\u{feff}\u{feff}{PAGE}"),
        format!("\u{b}{PAGE}"),
        format!("\0{PAGE}"),
        format!("\u{a0}\u{200b}{PAGE}"),
        format!("Please sign in. {PAGE}"),
        "Please sign in. <html><title>Log in to WiFi</title></html>".to_owned(),
        "Please sign in. <!DOCTYPE html><title>Log in to WiFi</title>".to_owned(),
        format!("<br />\n<b>Sign in</b><br />\n{PAGE}"),
    ];
    let bytes = texts.into_iter().map(String::into_bytes);
    bytes.chain([utf16(PAGE), utf16(&format!("\u{feff}{PAGE}"))]).collect()
}

#[track_caller]
fn assert_no_evidence(page: impl Fn(u16) -> Answer) {
    let write = session().with_scopes("write".parse().unwrap());
    for status in [400, 401, 403, 422] {
        let checked = write.check_token().parse(&page(status)).unwrap();
        assert_eq!(checked, TokenStatus::Unknown, "{status}");
        assert_eq!(refresh().parse(&page(status)).unwrap_err().cause(), Cause::NotApi, "{status}");
    }
    for status in [200, 401, 403, 404, 405, 501] {
        let revoked = revoke().parse(&page(status)).unwrap();
        assert!(matches!(revoked, Revocation::NotConfirmed(_)), "{status}: {revoked:?}");
    }
    let call = session().get("/api/v1/x").unwrap();
    for status in [200, 401, 403] {
        assert_eq!(call.parse(&page(status)).unwrap_err().cause(), Cause::NotApi, "{status}");
    }
}

#[test]
fn page_in_any_form_is_no_evidence() {
    for page in pages() {
        assert_no_evidence(|status| answer(status, &page));
        assert_no_evidence(|status| html(status, &page));
    }
    // These are pages because of their content type.
    for page in ["Please sign in", "{ portal }", "[sign in](https://wifi.example)", "\u{1f}\u{8b}"]
    {
        assert_no_evidence(|status| html(status, page));
    }
}

#[test]
fn binary_or_long_text_is_no_evidence() {
    for body in [b"\x1f\x8b\x08\x00".to_vec(), vec![b'x'; 3000]] {
        for status in [401, 422] {
            let checked = session().check_token().parse(&answer(status, &body)).unwrap();
            assert_eq!(checked, TokenStatus::Unknown);
        }
    }
}

#[test]
fn json_sent_as_html_is_no_page() {
    let notice = "<br />\n<b>Warning</b>: x<br />\n";
    for body in [TOKEN_REFUSED.to_owned(), format!("{notice}{TOKEN_REFUSED}")] {
        let checked = session().check_token().parse(&html(401, body)).unwrap();
        assert_eq!(checked, TokenStatus::Rejected);
    }
    for body in ["{}", "[]", "", " \n"] {
        let revoked = revoke().parse(&html(200, body)).unwrap();
        assert!(matches!(revoked, Revocation::Accepted), "{body}: {revoked:?}");
    }
    let call = session().get("/api/v1/x").unwrap();
    assert!(call.parse(&html(200, r#"{"content":"<html>"}"#)).is_ok());
    assert!(call.parse(&answer(200, r#"<?xml version="1.0"?><opml><html/></opml>"#)).is_ok());
}

#[test]
fn cut_off_json_that_quotes_html_is_no_page() {
    let call = session().get("/api/v1/x").unwrap();
    let response = call.parse(&answer(200, r#"{"id":"1","note":"<html>"#)).unwrap();
    let error = response.json::<serde_json::Value>().unwrap_err();
    assert!(error.to_string().contains("JSON that is cut off"), "{error}");
}

#[test]
fn app_token_is_not_replaced_after_a_page() {
    let requests = RefCell::new(Vec::new());
    let http = |request: Request<Vec<u8>>| {
        requests.borrow_mut().push(request.uri().path().to_owned());
        Ok::<_, BoxError>(answer(401, PAGE))
    };
    let mut token = request_token().parse(&answer(200, APP_TOKEN)).unwrap();
    let call = token.get("/api/v1/x").unwrap();
    assert_eq!(token.send(&call, &http).unwrap_err().cause(), Cause::NotApi);
    assert_eq!(*requests.borrow(), ["/api/v1/x"]);
}

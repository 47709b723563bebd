//! Forms with files.

use gts_oauth_core::{Error, Exchange, session::Multipart};

use crate::sample::session;

/// The content type and the body of a call with this form.
fn sent(form: Multipart) -> (String, Vec<u8>) {
    let request = session().post("/api/v2/media").unwrap().multipart(form).request();
    let kind = request.headers()["content-type"].to_str().unwrap().to_owned();
    (kind, request.into_body())
}

#[test]
fn texts_and_files_are_encoded() {
    let form = Multipart::new().text("description", "a cat");
    let form = form.file("file", "a \"cat\".jpg", "image/jpeg", b"\xff\xd8".to_vec()).unwrap();
    let (kind, body) = sent(form);
    assert_eq!(kind, "multipart/form-data; boundary=gts-oauth-boundary-000000000000");
    let expected = b"--gts-oauth-boundary-000000000000\r\n\
        Content-Disposition: form-data; name=\"description\"\r\n\r\n\
        a cat\r\n\
        --gts-oauth-boundary-000000000000\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"a %22cat%22.jpg\"\r\n\
        Content-Type: image/jpeg\r\n\r\n\
        \xff\xd8\r\n\
        --gts-oauth-boundary-000000000000--\r\n";
    assert_eq!(body, expected);
}

#[test]
fn log_of_a_form_shows_no_contents() {
    let form = Multipart::new().text("status", "hello").text("visibility", "private");
    assert_eq!(format!("{form:?}"), "Multipart { parts: 2, .. }");
}

#[test]
fn boundary_occurs_in_no_part() {
    let first = "--gts-oauth-boundary-000000000000--\r\n";
    let form = Multipart::new().text("a", first).text("b", "gts-oauth-boundary-000000000001");
    let (kind, body) = sent(form);
    assert!(kind.ends_with("boundary=gts-oauth-boundary-000000000002"), "{kind}");
    assert!(String::from_utf8(body).unwrap().contains(first));
}

#[test]
fn names_and_content_types_add_no_header() {
    let form = Multipart::new().text("a\r\nX-Evil: 1", "b");
    let (_, body) = sent(form);
    assert!(!String::from_utf8(body).unwrap().contains("\nX-Evil"));
    for kind in ["image/png\r\nX-Evil: 1", ""] {
        let refused = Multipart::new().file("file", "cat.png", kind, "");
        assert!(matches!(refused, Err(Error::Input(_))));
    }
}

#[test]
fn empty_form_is_only_its_end() {
    assert_eq!(sent(Multipart::new()).1, b"--gts-oauth-boundary-000000000000--\r\n");
}

/// Without one search for all numbers, this takes minutes.
#[test]
fn content_of_many_boundaries_is_searched_once() {
    let lines: String = (0..50_000).map(|it| format!("gts-oauth-boundary-{it:012}\n")).collect();
    let (kind, _) = sent(Multipart::new().text("a", lines));
    assert!(kind.ends_with("boundary=gts-oauth-boundary-000000050000"), "{kind}");
}

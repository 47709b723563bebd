//! Media uploads and attachments, with the responses of a real GoToSocial.

use gts_oauth_core::session::Multipart;
use gts_oauth_core::{Exchange, Session};
use gts_oauth_fake::{Dialect, Server};
use serde_json::json;

use crate::raw::{self, Answer};
use crate::sample::speaking;

/// A picture whose bytes are not a text, and contain a line break and a delimiter's beginning.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\xff\x00\r\n--\xfe\r\n\r\n";

fn picture() -> Multipart {
    Multipart::new().file("file", "sloth.png", "image/png", PICTURE).unwrap()
}

fn upload(server: &Server, session: &Session, form: Multipart) -> Answer {
    let call = session.post("/api/v1/media").unwrap();
    raw::send(server, call.multipart(form).request())
}

fn get(server: &Server, session: &Session, path: &str) -> Answer {
    raw::send(server, session.get(path).unwrap().request())
}

/// Posts a status with these files.
fn post(server: &Server, session: &Session, text: &str, media: &[&str]) -> Answer {
    let mut call = session.post("/api/v1/statuses").unwrap().form("status", text);
    for id in media {
        call = call.form("media_ids[]", id);
    }
    raw::send(server, call.request())
}

#[test]
fn uploaded_picture_has_its_description() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let alice = server.session("alice", "read write");
        for path in ["/api/v1/media", "/api/v2/media"] {
            let form = picture().text("description", "A sloth, hängend");
            let call = alice.post(path).unwrap().multipart(form);
            let media = raw::send(&server, call.request());
            assert_eq!(media.status(), 200, "{dialect:?}");
            assert_eq!(media.text("type"), "image");
            assert_eq!(media.text("description"), "A sloth, hängend");
            let shown = get(&server, &alice, &format!("{path}/{}", media.text("id")));
            assert_eq!(shown.json(), media.json());
        }
    }
}

#[test]
fn format_is_known_by_the_first_bytes() {
    let server = Server::new(7);
    let alice = server.session("alice", "write");
    for (bytes, kind, extension) in [
        (&b"\xff\xd8\xff\xe0"[..], "image", ".jpeg"),
        (b"GIF89a", "image", ".gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image", ".webp"),
        (b"ID3\x04", "audio", ".mp3"),
        (b"OggS\0", "audio", ".ogg"),
        (b"\0\0\0\x20ftypisom", "video", ".mp4"),
    ] {
        let form = Multipart::new().file("file", "a", "text/plain", bytes).unwrap();
        let media = upload(&server, &alice, form);
        assert_eq!(media.text("type"), kind);
        assert!(media.text("url").ends_with(extension));
        assert_eq!(media.json()["description"], json!(null));
    }
}

#[test]
fn invalid_upload_has_gotosocials_error() {
    let server = Server::new(7);
    let alice = server.session("alice", "write");
    let file = |bytes: &[u8]| Multipart::new().file("file", "a.png", "image/png", bytes).unwrap();
    let missing = "Bad Request: Key: 'AttachmentRequest.File' Error:Field validation for 'File' \
                   failed on the 'required' tag";
    let long = "Bad Request: image description length must be between 0 and 1500 characters \
                (inclusive), but provided image description was 1501 chars";
    let unprocessable = "Unprocessable Entity: error processing media";
    let large = [PICTURE, &[0; 40 * 1024 * 1024]].concat();
    for (form, status, error) in [
        (Multipart::new().text("description", "x"), 400, missing),
        (Multipart::new().text("file", "x"), 500, "Internal Server Error"),
        (picture().text("description", "ä".repeat(1501)), 400, long),
        (file(b""), 422, unprocessable),
        (file(b"hello"), 422, unprocessable),
        (file(&large), 400, "Bad Request: media exceeds configured max size: 40.0MiB"),
    ] {
        assert_eq!(upload(&server, &alice, form).error(), (status, error.to_owned()));
    }
    let call = alice.post("/api/v1/media").unwrap().json(&json!({})).unwrap();
    assert_eq!(raw::send(&server, call.request()).error(), (400, missing.to_owned()));
}

#[test]
fn media_requires_the_scope_for_writing() {
    let server = Server::new(7);
    let narrow = server.session("alice", "read write:statuses");
    let error = (403, "Forbidden: token has insufficient scope permission".to_owned());
    assert_eq!(upload(&server, &narrow, picture()).error(), error);
    assert_eq!(get(&server, &narrow, "/api/v1/media/1").error(), error);
    let enough = server.session("alice", "write:media");
    assert_eq!(upload(&server, &enough, picture()).status(), 200);
}

#[test]
fn status_has_its_media_in_order() {
    let server = Server::new(7);
    let alice = server.session("alice", "write");
    let ids: Vec<String> = ["first", "second"]
        .iter()
        .map(|text| upload(&server, &alice, picture().text("description", *text)).text("id"))
        .collect();
    let described = |status: &Answer| {
        let media = status.json()["media_attachments"].clone();
        [&media[0]["description"], &media[1]["description"]]
            .map(|it| it.as_str().unwrap().to_owned())
    };
    let status = post(&server, &alice, "", &[&ids[1], &ids[0]]);
    assert_eq!(described(&status), ["second", "first"]);
    assert_eq!(status.text("content"), "");
    assert!(!status.fields().contains(&"text".to_owned()));
}

#[test]
fn media_ids_are_accepted_in_every_body() {
    let server = Server::new(7);
    let alice = server.session("alice", "write");
    let id = || upload(&server, &alice, picture()).text("id");
    let call = || alice.post("/api/v1/statuses").unwrap();
    for call in [
        call().form("media_ids[]", &id()),
        call().multipart(Multipart::new().text("media_ids[]", id())),
        call().json(&json!({ "media_ids": [id()] })).unwrap(),
    ] {
        let status = raw::send(&server, call.request());
        assert_eq!(status.json()["media_attachments"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn unavailable_media_is_rejected() {
    let server = Server::new(7);
    let (alice, bob) = (server.session("alice", "write"), server.session("bob", "write"));
    let id = upload(&server, &alice, picture()).text("id");
    let not_found = (400, format!("Bad Request: media not found: {id}"));
    assert_eq!(post(&server, &bob, "mine", &[&id]).error(), not_found);
    let path = format!("/api/v1/media/{id}");
    assert_eq!(get(&server, &bob, &path).error(), (404, "Not Found".to_owned()));
    let unknown = (400, "Bad Request: media not found: 1".to_owned());
    assert_eq!(post(&server, &alice, "", &["1"]).error(), unknown);
    let many = (400, "Bad Request: media files exceed max count (6)".to_owned());
    assert_eq!(post(&server, &alice, "", &["1"; 7]).error(), many);
    post(&server, &alice, "", &[&id]);
    let attached = (400, format!("Bad Request: media already attached to status: {id}"));
    assert_eq!(post(&server, &alice, "again", &[&id]).error(), attached);
}

#[test]
fn media_ids_of_another_type_are_rejected() {
    let server = Server::new(7);
    let alice = server.session("alice", "write");
    for (ids, kind, expected) in [
        (json!("1"), "string", "[]string"),
        (json!(1), "number", "[]string"),
        (json!([1]), "number", "string"),
    ] {
        let body = json!({ "status": "x", "media_ids": ids });
        let call = alice.post("/api/v1/statuses").unwrap().json(&body).unwrap();
        let error = format!(
            "Bad Request: json: cannot unmarshal {kind} into Go struct field \
             StatusCreateRequest.media_ids of type {expected}"
        );
        assert_eq!(raw::send(&server, call.request()).error(), (400, error));
    }
}

#[test]
fn recorded_upload_has_its_text_fields() {
    let server = Server::new(7);
    let alice = server.session("alice", "write");
    upload(&server, &alice, picture().text("description", "A sloth"));
    let upload = &server.requests()[0];
    assert_eq!(upload.field("description").as_deref(), Some("A sloth"));
    assert_eq!(upload.field("file"), None);
    assert_eq!(format!("{upload:?}"), "POST /api/v1/media (description)");
}

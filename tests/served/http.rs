//! HTTP/1.1 as other clients send it.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use gts_oauth_fake::{Dialect, Fault, Served};
use gts_oauth_ureq::http::{Method, Response};
use gts_oauth_ureq::session::Multipart;
use gts_oauth_ureq::{BoxError, Exchange as _, Ureq};
use serde_json::Value;

use super::serve;

/// A connection with hand-written requests.
struct Wire(BufReader<TcpStream>);

impl Wire {
    fn to(served: &Served) -> io::Result<Self> {
        let socket = TcpStream::connect(served.address())?;
        // If the server waits for more, the test fails instead of hanging.
        socket.set_read_timeout(Some(Duration::from_secs(20)))?;
        Ok(Self(BufReader::new(socket)))
    }

    fn send(&mut self, text: &str) -> io::Result<()> {
        self.0.get_mut().write_all(text.as_bytes())
    }

    /// The status line and the headers, in lower case.
    fn head(&mut self) -> io::Result<String> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.0.read_line(&mut head)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(head.to_lowercase())
    }

    /// Head and body, of the length in the head.
    fn response(&mut self) -> io::Result<(String, String)> {
        let head = self.head()?;
        let length = head.split_once("content-length: ").map(|(_, rest)| rest);
        let length = length.and_then(|rest| rest.lines().next()?.parse().ok());
        let mut body = vec![0; length.expect("a length")];
        self.0.read_exact(&mut body)?;
        Ok((head, String::from_utf8_lossy(&body).into_owned()))
    }

    fn is_closed(&mut self) -> bool {
        matches!(self.0.read(&mut [0; 1]), Ok(0))
    }
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const REGISTER: &str = "POST /api/v1/apps HTTP/1.1\r\nHost: it\r\nUser-Agent: mine\r\n";

#[test]
fn one_connection_serves_one_request_after_another() -> Result<(), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let mut wire = Wire::to(&served)?;
    let get = "GET /api/v1/instance HTTP/1.1\r\nHost: it\r\nUser-Agent: mine\r\n\r\n";
    wire.send(&format!("{get}{get}"))?;
    for _ in 0..2 {
        let (head, body) = wire.response()?;
        assert!(head.starts_with("http/1.1 200 ok\r\n"), "{head}");
        assert!(body.starts_with('{') && body.ends_with('}'), "{body}");
    }
    wire.send(&get.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))?;
    wire.response()?;
    assert!(wire.is_closed());
    Ok(())
}

#[test]
fn a_form_in_pieces_is_read_as_a_whole() -> Result<(), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let mut wire = Wire::to(&served)?;
    let (begun, rest) = REGISTER.split_at(30);
    wire.send(begun)?;
    wire.send(&format!("{rest}{FORM}Transfer-Encoding: chunked\r\n\r\n"))?;
    wire.send("7\r\nclient_\r\n8\r\nname=odd\r\n0\r\n\r\n")?;
    let (head, body) = wire.response()?;
    assert!(head.starts_with("http/1.1 200 ok\r\n"), "{head}");
    assert!(body.contains("\"name\":\"odd\""), "{body}");
    Ok(())
}

#[test]
fn who_waits_to_be_told_to_go_on_is_told() -> Result<(), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let mut wire = Wire::to(&served)?;
    wire.send(&format!("{REGISTER}{FORM}Content-Length: 15\r\nExpect: 100-continue\r\n\r\n"))?;
    assert_eq!(wire.head()?, "http/1.1 100 continue\r\n\r\n");
    wire.send("client_name=odd")?;
    assert!(wire.response()?.1.contains("\"name\":\"odd\""));
    Ok(())
}

#[test]
fn a_post_that_tells_no_length_has_no_body_and_is_answered() -> Result<(), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let mut wire = Wire::to(&served)?;
    wire.send(&format!("{REGISTER}\r\n"))?;
    let (head, body) = wire.response()?;
    assert!(head.starts_with("http/1.1 400 "), "{head}");
    assert!(body.contains("ClientName"), "{body}");
    Ok(())
}

#[test]
fn an_answer_to_head_has_no_body() -> Result<(), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let mut wire = Wire::to(&served)?;
    wire.send("HEAD /oauth/token HTTP/1.1\r\nHost: it\r\nUser-Agent: mine\r\n")?;
    wire.send("Connection: close\r\n\r\n")?;
    assert!(wire.head()?.starts_with("http/1.1 405 "));
    assert!(wire.is_closed());
    Ok(())
}

#[test]
fn planned_response_has_correct_framing() -> Result<(), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let headers = [("content-length", "9"), ("transfer-encoding", "chunked"), ("x-own", "1")];
    served.fail(Fault::response(503, &headers, "busy"));
    served.fail(Fault::response(204, &headers, "no body"));
    served.fail(Fault::response(599, &[], ""));
    let mut wire = Wire::to(&served)?;
    wire.send(&"GET / HTTP/1.1\r\nHost: it\r\n\r\n".repeat(3))?;
    let (head, body) = wire.response()?;
    assert!(head.starts_with("http/1.1 503 service unavailable\r\n"), "{head}");
    assert!(head.contains("\r\ncontent-length: 4\r\n"), "{head}");
    assert!(head.contains("\r\nx-own: 1\r\n"), "{head}");
    assert_eq!((head.lines().count(), &*body), (4, "busy"), "{head}");
    // A 204 ends with its head, so the next response follows at once.
    assert_eq!(wire.head()?, "http/1.1 204 no content\r\nx-own: 1\r\n\r\n");
    let (head, body) = wire.response()?;
    assert!(head.starts_with("http/1.1 599 "), "{head}");
    assert_eq!(body, "");
    Ok(())
}

#[test]
fn what_is_not_http_or_too_much_of_it_is_refused() -> Result<(), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let endless = format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(64 * 1024));
    let declared = format!("{REGISTER}Content-Length: 67108865\r\n\r\n");
    for (words, status) in [("EHLO example.org\r\n\r\n", 400), (&endless, 431), (&declared, 413)] {
        let mut wire = Wire::to(&served)?;
        wire.send(words)?;
        let head = wire.head()?;
        assert!(head.starts_with(&format!("http/1.1 {status} ")), "{head}");
    }
    assert!(served.requests().is_empty(), "none of it was a request");
    Ok(())
}

#[test]
fn uploads_and_routes_are_served() -> Result<(), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let http = Ureq::new();
    let session = served.session("alice", "read write");
    // More than one megabyte, and not a text.
    let picture = [&b"\x89PNG\r\n\xff\x00"[..], &[0xfe; 3 * 1024 * 1024]].concat();
    let form = Multipart::new().file("file", "a.png", "image/png", picture)?;
    let media = session.post("/api/v2/media")?.multipart(form).send(&http)?;
    let id = media.json::<Value>()?["id"].as_str().unwrap_or_default().to_owned();
    session.post("/api/v1/statuses")?.form("media_ids[]", &id).send(&http)?;
    assert_eq!(served.posts()[0].media[0].id, id);

    served.route(Method::GET, "/api/v1/lists/{id}", |_| Response::new(b"[]".to_vec()));
    let lists = session.get("/api/v1/lists/7")?.send(&http)?;
    assert_eq!(lists.json::<Vec<Value>>()?, Vec::<Value>::new());
    Ok(())
}

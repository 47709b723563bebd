//! A server with custom responses, for commands with a token in the environment.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::thread;

use crate::support::shell::Shell;

/// The token in the requests.
pub(crate) const TOKEN: &str = "THE-TOKEN-OF-SOMEBODY";

/// Sends the response of `answer` to each request target, and 404 to discovery. Returns the origin of
/// the server.
pub(crate) fn serve(answer: impl Fn(&str) -> String + Send + 'static) -> String {
    serve_all(move |target| match target.starts_with("/.well-known/") {
        true => NOT_FOUND.to_owned(),
        false => answer(target),
    })
}

/// Sends the response of `answer` to each request target. Returns the origin of the server.
pub(crate) fn serve_all(answer: impl Fn(&str) -> String + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    let port = listener.local_addr().expect("a port").port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.expect("somebody"));
            let mut head = String::new();
            while stream.read_line(&mut head).expect("text") > 2 {}
            let target = head.split(' ').nth(1).expect("a target");
            let answer = answer(target);
            // The client may have disconnected.
            let _ = stream.get_mut().write_all(answer.as_bytes());
        }
    });
    format!("http://127.0.0.1:{port}")
}

const NOT_FOUND: &str = "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// `200 OK` with these header lines.
pub(crate) fn ok(headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
}

pub(crate) fn command(shell: &Shell, origin: &str, arguments: &[&str]) -> Command {
    let mut command = shell.command(arguments);
    command.env("GTS_OAUTH_TOKEN", TOKEN).env("GTS_OAUTH_INSTANCE", origin);
    command
}

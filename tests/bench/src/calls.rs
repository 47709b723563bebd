//! Calls over a warm connection, by the adapters and by their bare clients. The server is a process
//! of its own, so that only the client is counted.

use std::env;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;

use gts_oauth_core::Transport;
use gts_oauth_core::http::Request;
use gts_oauth_isahc::Isahc;
use gts_oauth_isahc::isahc::{Body, HttpClient};
use gts_oauth_ureq::Ureq;
use gts_oauth_ureq::ureq::Agent;

use crate::measure::Task;

pub const TASKS: [(&str, Task); 4] = [
    ("call/ureq", |repetitions| adapter(&Ureq::new(), repetitions)),
    ("call/ureq-bare", ureq_bare),
    ("call/isahc", |repetitions| adapter(&Isahc::new(), repetitions)),
    ("call/isahc-bare", isahc_bare),
];

/// A server that is ended with this value.
struct Server(Child, String);

impl Server {
    fn start() -> Self {
        let mut command = Command::new(env::current_exe().expect("this program"));
        let mut child = command.arg("--serve").stdout(Stdio::piped()).spawn().expect("a server");
        let mut line = String::new();
        let output = child.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut line).expect("a URL");
        Self(child, line.trim().to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Responds to every request without a body with the same JSON.
pub fn serve() -> ExitCode {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    println!("http://{}/api/v1/timelines/home", listener.local_addr().expect("an address"));
    for connection in listener.incoming().flatten() {
        thread::spawn(move || {
            let mut writer = connection.try_clone().expect("a connection");
            let mut lines = BufReader::new(connection).lines();
            while let Some(Ok(line)) = lines.next() {
                let response = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
                                 Content-Length: 20\r\n\r\n[{\"id\":\"01M840W2D\"}]";
                if line.is_empty() && writer.write_all(response).is_err() {
                    break;
                }
            }
        });
    }
    ExitCode::SUCCESS
}

fn adapter(http: &dyn Transport, repetitions: u64) {
    let server = Server::start();
    for _ in 0..repetitions {
        let request = Request::get(&server.1).header("Authorization", "Bearer M2I1M2Y3YJQ");
        let request = request.body(Vec::new()).expect("a request");
        black_box(http.send(request).expect("a response"));
    }
}

fn ureq_bare(repetitions: u64) {
    let server = Server::start();
    let agent = Agent::config_builder().proxy(None).build().new_agent();
    for _ in 0..repetitions {
        let request = agent.get(&server.1).header("Authorization", "Bearer M2I1M2Y3YJQ");
        let mut response = request.call().expect("a response");
        black_box(response.body_mut().read_to_vec().expect("a body"));
    }
}

fn isahc_bare(repetitions: u64) {
    let server = Server::start();
    let client = HttpClient::new().expect("a client");
    for _ in 0..repetitions {
        let request = Request::get(&server.1).header("Authorization", "Bearer M2I1M2Y3YJQ");
        let request = request.body(Body::empty()).expect("a request");
        let mut body = Vec::new();
        client
            .send(request)
            .expect("a response")
            .body_mut()
            .read_to_end(&mut body)
            .expect("a body");
        black_box(body);
    }
}

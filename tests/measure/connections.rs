//! What a warm call costs over the adapters and over their bare clients: time and connections. Nothing is asserted.
//!
//! ```text
//! cargo bench --package gts-oauth-tests --bench connections             # half a minute
//! cargo bench --package gts-oauth-tests --bench connections -- upload   # two minutes more
//! ```

use std::io::{self, Read, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, thread};

use gts_oauth_core::http::Request;
use gts_oauth_core::{BoxError, Transport};
use gts_oauth_isahc::Isahc;
use gts_oauth_isahc::isahc::{self, HttpClient};
use gts_oauth_ureq::Ureq;
use gts_oauth_ureq::ureq::Agent;

const CALLS: usize = 1_000;
const ROUNDS: usize = 15;

type Call = Box<dyn Fn(&str) -> Result<usize, BoxError> + Send + Sync>;

fn main() -> Result<(), BoxError> {
    let server = Server::start()?;
    let url = format!("http://localhost:{}/", server.address.port());
    let by_address = format!("http://{}/", server.address);
    for url in [&url, &by_address] {
        println!("{CALLS} calls of {url}, best of {ROUNDS} rounds");
        println!("{:8} {:>12} {:>12} {:>6}", "", "bare", "adapter", "ratio");
        for (name, bare, adapter) in pairs()? {
            compare(name, &bare, &adapter, url)?;
        }
    }
    println!("\nConnections of {CALLS} calls by threads that share a transport");
    println!("{:8} {:>6} {:>6} {:>6}", "", 1, 8, 64);
    for name in ["ureq", "isahc"] {
        let mut counts = Vec::new();
        for count in [1, 8, 64] {
            counts.push(connections(&adapter(name), &server, &url, count));
        }
        println!("{name:8} {:>6} {:>6} {:>6}", counts[0], counts[1], counts[2]);
    }
    if env::args().any(|argument| argument == "upload") {
        upload()?;
    }
    Ok(())
}

fn compare(name: &str, bare: &Call, adapter: &Call, url: &str) -> Result<(), BoxError> {
    bare(url)?;
    adapter(url)?;
    let mut best = [Duration::MAX; 2];
    for _ in 0..ROUNDS {
        best[0] = best[0].min(time(bare, url)?);
        best[1] = best[1].min(time(adapter, url)?);
    }
    let ratio = best[1].as_secs_f64() / best[0].as_secs_f64();
    let [bare, time] = best.map(|it| it.as_secs_f64() * 1e6 / CALLS as f64);
    println!("{name:8} {bare:>9.1} us {time:>9.1} us {ratio:>6.2}");
    Ok(())
}

/// The bare client and the adapter of each stack.
fn pairs() -> Result<[(&'static str, Call, Call); 2], BoxError> {
    let agent = Agent::config_builder().proxy(None).build().new_agent();
    let by_agent: Call =
        Box::new(move |url| Ok(agent.get(url).call()?.body_mut().read_to_vec()?.len()));
    let client = HttpClient::new()?;
    let by_client: Call = Box::new(move |url| {
        let mut body = Vec::new();
        client
            .send(Request::get(url).body(isahc::Body::empty())?)?
            .body_mut()
            .read_to_end(&mut body)?;
        Ok(body.len())
    });
    Ok([("ureq", by_agent, adapter("ureq")), ("isahc", by_client, adapter("isahc"))])
}

fn adapter(name: &str) -> Call {
    let http: Box<dyn Transport + Send + Sync> = match name {
        "ureq" => Box::new(Ureq::new()),
        _ => Box::new(Isahc::new()),
    };
    Box::new(move |url| Ok(http.send(Request::get(url).body(Vec::new())?)?.body().len()))
}

fn time(call: &Call, url: &str) -> Result<Duration, BoxError> {
    let begun = Instant::now();
    for _ in 0..CALLS {
        call(url)?;
    }
    Ok(begun.elapsed())
}

fn connections(call: &Call, server: &Server, url: &str, threads: usize) -> usize {
    let before = server.connections.load(Ordering::SeqCst);
    thread::scope(|scope| {
        for number in 0..threads {
            let calls = CALLS / threads + usize::from(number < CALLS % threads);
            scope.spawn(move || {
                for _ in 0..calls {
                    call(url).expect("a response");
                }
            });
        }
    });
    server.connections.load(Ordering::SeqCst) - before
}

/// 64 MiB to a server that reads 1 MiB a second.
fn upload() -> Result<(), BoxError> {
    const MIB: usize = 1024 * 1024;
    let server = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/", server.local_addr()?);
    thread::spawn(move || {
        for connection in server.incoming() {
            let mut connection = connection.expect("a connection");
            read_head(&mut connection).expect("a head");
            let mut part = vec![0; MIB];
            for _ in 0..64 {
                thread::sleep(Duration::from_secs(1));
                connection.read_exact(&mut part).expect("a MiB");
            }
            connection.write_all(RESPONSE).expect("a client");
        }
    });
    println!("\nUpload of 64 MiB at 1 MiB/s");
    for (name, http) in
        [("ureq", Box::new(Ureq::new()) as Box<dyn Transport>), ("isahc", Box::new(Isahc::new()))]
    {
        let begun = Instant::now();
        let result = http.send(Request::post(&url).body(vec![b' '; 64 * MIB])?);
        let status = result.map(|response| response.status());
        println!("{name:8} {status:?} after {} s", begun.elapsed().as_secs());
    }
    Ok(())
}

const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

/// A server with a thread for each connection.
struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Server {
    fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        thread::spawn(move || {
            for connection in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
                let mut connection = connection.expect("a connection");
                thread::spawn(move || {
                    while read_head(&mut connection).is_ok() {
                        if connection.write_all(RESPONSE).is_err() {
                            break;
                        }
                    }
                });
            }
        });
        Ok(Self { address, connections })
    }
}

/// Reads the head of a request without a body.
fn read_head(connection: &mut TcpStream) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut head = Vec::new();
    let mut part = [0; 4096];
    while !head.ends_with(b"\r\n\r\n") {
        // Of a request with a body, only the head is read here.
        let read = match connection.peek(&mut part)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            peeked => match part[..peeked].windows(4).position(|it| it == b"\r\n\r\n") {
                Some(end) => end + 4,
                None => peeked,
            },
        };
        connection.read_exact(&mut part[..read])?;
        head.extend(&part[..read]);
    }
    Ok(())
}

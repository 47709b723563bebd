//! The loopback port that receives the callback of one login.
//!
//! Every request that is not the callback is rejected: another path, method or host, and
//! subresource requests of web pages. Browsers open connections that they might never use, so each
//! has its own thread and a timeout.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use gts_oauth_ureq::{BoxError, RedirectUri};
use url::form_urlencoded;

use super::callback_request::{CallbackRequest, read_request, respond};

const PATH: &str = "/callback";

/// Parameters of a callback: one of them is present in every authorization response (RFC 6749
/// section 4.1.2), the last one only in Akkoma's.
const PARAMETERS: [&str; 3] = ["code", "error", "access_token"];

pub(super) struct Listener {
    at: SocketAddr,
    callbacks: Receiver<ReceivedCallback>,
    stopped: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

/// A callback URL, and the connection of the browser, which waits for an HTML page.
pub(super) struct ReceivedCallback {
    stream: TcpStream,
    pub(super) url: String,
}

impl Listener {
    /// Listens on this port of 127.0.0.1. Port 0 means any free port.
    pub(super) fn bind(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let at = listener.local_addr()?;
        let stopped = Arc::new(AtomicBool::new(false));
        let (sender, callbacks) = mpsc::channel();
        let accepting = {
            let stopped = Arc::clone(&stopped);
            thread::spawn(move || accept(&listener, at, &sender, &stopped))
        };
        Ok(Self { at, callbacks, stopped, accepting: Some(accepting) })
    }

    pub(super) fn port(&self) -> u16 {
        self.at.port()
    }

    pub(super) fn redirect_uri(&self) -> Result<RedirectUri, BoxError> {
        Ok(format!("http://{}{PATH}", self.at).parse()?)
    }

    /// Waits for a callback. `None` if there is none within this time.
    pub(super) fn wait(&self, time: Duration) -> Option<ReceivedCallback> {
        self.callbacks.recv_timeout(time).ok()
    }
}

impl Drop for Listener {
    /// Stops the thread that accepts connections.
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // The thread checks `stopped` when the next connection arrives.
        let connected = TcpStream::connect(self.at).is_ok();
        if let Some(accepting) = self.accepting.take().filter(|_| connected) {
            let _ = accepting.join();
        }
    }
}

impl ReceivedCallback {
    /// Shows an HTML page. A closed connection is ignored.
    pub(super) fn show(self, page: &str) {
        let _ = respond(self.stream, "200 OK", "text/html; charset=utf-8", page);
    }
}

fn accept(
    listener: &TcpListener,
    at: SocketAddr,
    callbacks: &Sender<ReceivedCallback>,
    stopped: &AtomicBool,
) {
    for stream in listener.incoming() {
        if stopped.load(Ordering::SeqCst) {
            break;
        }
        let Ok(stream) = stream else {
            // For example if too many files are open.
            thread::sleep(Duration::from_millis(50));
            continue;
        };
        let callbacks = callbacks.clone();
        thread::spawn(move || receive(stream, at, &callbacks));
    }
}

/// Reads one request. Connections without a complete request are dropped.
fn receive(mut stream: TcpStream, at: SocketAddr, callbacks: &Sender<ReceivedCallback>) {
    let Ok(request) = read_request(&mut stream) else {
        return;
    };
    match rejection_status(&request, at) {
        Some(status) => {
            let text = "Nothing is here but the way back from a login.\n";
            let text = if request.method == "HEAD" { "" } else { text };
            let _ = respond(stream, status, "text/plain; charset=utf-8", text);
        }
        None => {
            let url = format!("http://{at}{}", request.target);
            let _ = callbacks.send(ReceivedCallback { stream, url });
        }
    }
}

/// Returns the status for a request that is not the callback. `None` if it is the callback.
fn rejection_status(request: &CallbackRequest, at: SocketAddr) -> Option<&'static str> {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let mut names = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
    // Browsers omit the default port of http://.
    let is_named = |host: &str| host == at.to_string() || at.port() == 80 && host == "127.0.0.1";
    if !request.host.as_deref().is_some_and(is_named) {
        // Another name resolves to 127.0.0.1: DNS rebinding by a web page.
        Some("421 Misdirected Request")
    } else if path != PATH {
        Some("404 Not Found")
    } else if request.method != "GET" {
        Some("405 Method Not Allowed\r\nAllow: GET")
    } else if request.fetch_dest.as_deref().is_some_and(|it| it != "document") {
        // A frame, an image or a script.
        Some("403 Forbidden")
    } else if !names.any(|name| PARAMETERS.contains(&&*name)) {
        Some("400 Bad Request")
    } else {
        None
    }
}

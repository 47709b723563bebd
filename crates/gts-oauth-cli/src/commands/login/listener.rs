//! The loopback port that the browser comes back to, for one login.
//!
//! Whatever is not the browser on its way back is turned away: another path, method or host, and
//! what a page of somebody else's fetches behind the person's back. Browsers open connections that
//! they may never use, so each has a thread of its own, and not for ever.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use gts_oauth_ureq::{BoxError, RedirectUri};
use url::form_urlencoded;

use super::callback_request::{Head, read_head, respond};

const PATH: &str = "/callback";

/// What no answer of an authorisation server is without (RFC 6749 §4.1.2), or Akkoma's.
const TELLING: [&str; 3] = ["code", "error", "access_token"];

pub(super) struct Listener {
    at: SocketAddr,
    arrivals: Receiver<Arrival>,
    stopped: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

/// The browser, which waits for a page; and the address it was sent to.
pub(super) struct Arrival {
    stream: TcpStream,
    pub(super) address: String,
}

impl Listener {
    /// At this port of 127.0.0.1; 0 is any that is free.
    pub(super) fn bind(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let at = listener.local_addr()?;
        let stopped = Arc::new(AtomicBool::new(false));
        let (sender, arrivals) = mpsc::channel();
        let accepting = {
            let stopped = Arc::clone(&stopped);
            thread::spawn(move || accept(&listener, at, &sender, &stopped))
        };
        Ok(Self {
            at,
            arrivals,
            stopped,
            accepting: Some(accepting),
        })
    }

    pub(super) fn port(&self) -> u16 {
        self.at.port()
    }

    pub(super) fn redirect_uri(&self) -> Result<RedirectUri, BoxError> {
        Ok(format!("http://{}{PATH}", self.at).parse()?)
    }

    /// Whoever comes back within this time.
    pub(super) fn wait(&self, time: Duration) -> Option<Arrival> {
        self.arrivals.recv_timeout(time).ok()
    }
}

impl Drop for Listener {
    /// Nobody listens any more.
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Whoever accepts connections looks up at the next.
        let woken = TcpStream::connect(self.at).is_ok();
        if let Some(accepting) = self.accepting.take().filter(|_| woken) {
            let _ = accepting.join();
        }
    }
}

impl Arrival {
    /// Shows a page. That nobody waits for it any more is no matter.
    pub(super) fn show(self, page: &str) {
        let _ = respond(self.stream, "200 OK", "text/html; charset=utf-8", page);
    }
}

fn accept(
    listener: &TcpListener,
    at: SocketAddr,
    arrivals: &Sender<Arrival>,
    stopped: &AtomicBool,
) {
    for stream in listener.incoming() {
        if stopped.load(Ordering::SeqCst) {
            break;
        }
        let Ok(stream) = stream else {
            // As when there are too many files open.
            thread::sleep(Duration::from_millis(50));
            continue;
        };
        let arrivals = arrivals.clone();
        thread::spawn(move || receive(stream, at, &arrivals));
    }
}

/// One request, and no more: whoever says nothing of worth is forgotten.
fn receive(mut stream: TcpStream, at: SocketAddr, arrivals: &Sender<Arrival>) {
    let Ok(head) = read_head(&mut stream) else {
        return;
    };
    match stray(&head, at) {
        Some(status) => {
            let text = "Nothing is here but the way back from a login.\n";
            let text = if head.method == "HEAD" { "" } else { text };
            let _ = respond(stream, status, "text/plain; charset=utf-8", text);
        }
        None => {
            let address = format!("http://{at}{}", head.target);
            let _ = arrivals.send(Arrival { stream, address });
        }
    }
}

/// The status for a request that is none of ours.
fn stray(head: &Head, at: SocketAddr) -> Option<&'static str> {
    let (path, query) = head.target.split_once('?').unwrap_or((&head.target, ""));
    let mut names = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
    // Browsers leave out the port that http:// has by itself.
    let is_named = |host: &str| host == at.to_string() || at.port() == 80 && host == "127.0.0.1";
    if !head.host.as_deref().is_some_and(is_named) {
        // Some name that leads here: a page elsewhere reaches out.
        Some("421 Misdirected Request")
    } else if path != PATH {
        Some("404 Not Found")
    } else if head.method != "GET" {
        Some("405 Method Not Allowed\r\nAllow: GET")
    } else if head
        .fetch_dest
        .as_deref()
        .is_some_and(|it| it != "document")
    {
        // Somebody's frame, picture or script.
        Some("403 Forbidden")
    } else if !names.any(|name| TELLING.contains(&&*name)) {
        Some("400 Bad Request")
    } else {
        None
    }
}

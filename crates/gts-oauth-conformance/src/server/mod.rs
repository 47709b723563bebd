//! Small servers on loopback ports that can send any bytes, including invalid responses.

mod connection;
mod proxy;
mod request;
mod response;

use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;

pub(crate) use connection::{After, Wire};
pub(crate) use request::ReceivedRequest;
pub(crate) use response::{Framing, RawResponse, framed, response};

/// A server on a port of 127.0.0.1. It stops when it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    log: Arc<Log>,
}

/// The requests and connections so far.
#[derive(Default)]
pub(crate) struct Log(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    requests: Vec<ReceivedRequest>,
    /// The number of connections with a request.
    used: usize,
    /// All connections, to close them when the server stops. Weak, because a connection is closed
    /// by dropping it.
    open: Vec<Weak<TcpStream>>,
    stopped: bool,
}

impl Server {
    /// A server that handles each connection in its own thread.
    pub(crate) fn raw(serve: impl Fn(&TcpStream, &Log) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
        let address = listener.local_addr().expect("the address just bound");
        let log = Arc::new(Log::default());
        let (inside, serve) = (Arc::clone(&log), Arc::new(serve));
        thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                let stream = Arc::new(stream);
                if !inside.add(&stream) {
                    return;
                }
                let (log, serve) = (Arc::clone(&inside), Arc::clone(&serve));
                thread::spawn(move || serve(&stream, &log));
            }
        });
        Self { address, log }
    }

    /// `127.0.0.1:40123`
    pub(crate) fn authority(&self) -> String {
        self.address.to_string()
    }

    /// `http://127.0.0.1:40123`
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The same server by name: `localhost:40123`
    pub(crate) fn named(&self) -> String {
        format!("localhost:{}", self.address.port())
    }

    /// All requests so far.
    pub(crate) fn requests(&self) -> Vec<ReceivedRequest> {
        self.log.entries().requests.clone()
    }

    /// The last request.
    pub(crate) fn last(&self) -> Result<ReceivedRequest, String> {
        let last = self.log.entries().requests.last().cloned();
        last.ok_or_else(|| "the server received no request".to_owned())
    }

    /// The number of connections with a request.
    pub(crate) fn connections(&self) -> usize {
        self.log.entries().used
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let open = {
            let mut entries = self.log.entries();
            entries.stopped = true;
            std::mem::take(&mut entries.open)
        };
        for stream in open.iter().filter_map(Weak::upgrade) {
            let _ = stream.shutdown(Shutdown::Both);
        }
        // Wakes the thread that accepts connections.
        drop(TcpStream::connect(self.address));
    }
}

impl Log {
    /// Adds a connection. Returns `false` if the server has stopped.
    fn add(&self, stream: &Arc<TcpStream>) -> bool {
        let mut entries = self.entries();
        let _ = stream.set_nodelay(true);
        entries.open.push(Arc::downgrade(stream));
        !entries.stopped
    }

    fn record(&self, request: &ReceivedRequest, first: bool) {
        let mut entries = self.entries();
        entries.used += usize::from(first);
        entries.requests.push(request.clone());
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

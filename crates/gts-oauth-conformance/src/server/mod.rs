//! Servers of a few lines on loopback ports, whose every byte is written by hand: what a sound
//! server would never send is sent here too.

mod asked;
mod bytes;
mod converse;

use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;

pub(crate) use asked::Asked;
pub(crate) use bytes::{Answer, Framing, answer, framed};
pub(crate) use converse::{After, Wire};

/// A server on a port of 127.0.0.1, until it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    log: Arc<Log>,
}

/// What came in so far.
#[derive(Default)]
pub(crate) struct Log(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    asked: Vec<Asked>,
    /// How many connections a request came on.
    used: usize,
    /// Every connection, for whoever stops the server to cut. Not held: whoever serves one
    /// closes it by dropping it.
    open: Vec<Weak<TcpStream>>,
    stopped: bool,
}

impl Server {
    /// Serves each connection in a thread of its own.
    pub(crate) fn raw(serve: impl Fn(&TcpStream, &Log) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
        let address = listener.local_addr().expect("the address just bound");
        let log = Arc::new(Log::default());
        let (inside, serve) = (Arc::clone(&log), Arc::new(serve));
        thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                let stream = Arc::new(stream);
                if !inside.welcome(&stream) {
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

    /// The same server by its name: `localhost:40123`
    pub(crate) fn named(&self) -> String {
        format!("localhost:{}", self.address.port())
    }

    /// Every request so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.log.entries().asked.clone()
    }

    /// The last request.
    pub(crate) fn last(&self) -> Result<Asked, String> {
        let last = self.log.entries().asked.last().cloned();
        last.ok_or_else(|| "nothing arrived at the server".to_owned())
    }

    /// On how many connections a request came.
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
        // Wakes the thread that waits for a connection.
        drop(TcpStream::connect(self.address));
    }
}

impl Log {
    /// Notes the connection; not if the server has stopped.
    fn welcome(&self, stream: &Arc<TcpStream>) -> bool {
        let mut entries = self.entries();
        let _ = stream.set_nodelay(true);
        entries.open.push(Arc::downgrade(stream));
        !entries.stopped
    }

    fn note(&self, asked: &Asked, first: bool) {
        let mut entries = self.entries();
        entries.used += usize::from(first);
        entries.asked.push(asked.clone());
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

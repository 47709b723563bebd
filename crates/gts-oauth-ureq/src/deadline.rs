//! The deadline for progress of a response's body, on each read of the connection.
//!
//! ureq limits each read of a connection. A server can send bytes that are never returned from
//! reading the body: trailers, extensions of chunks, or a TLS record in small parts.

use std::cell::Cell;
use std::time::Instant;

use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};
use ureq::{Error, Timeout};

thread_local! {
    /// The deadline of the body that this thread reads. ureq reads in the thread of its caller.
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Does this with a deadline, after which the connection returns an error.
pub(crate) fn with_deadline<T>(deadline: Instant, read: impl FnOnce() -> T) -> T {
    DEADLINE.set(Some(deadline));
    let result = read();
    DEADLINE.set(None);
    result
}

/// Wraps connections below TLS in [`Watched`].
#[derive(Debug)]
pub(crate) struct Watch;

impl<In: Transport> Connector<In> for Watch {
    type Out = Watched<In>;

    fn connect(
        &self,
        _: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        Ok(chained.map(Watched))
    }
}

/// A connection that looks at the deadline before it waits for input.
#[derive(Debug)]
pub(crate) struct Watched<T>(T);

impl<T: Transport> Transport for Watched<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        match DEADLINE.get() {
            Some(deadline) if Instant::now() > deadline => Err(Error::Timeout(Timeout::RecvBody)),
            _ => self.0.await_input(timeout),
        }
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}

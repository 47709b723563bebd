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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A connection that always has input.
    #[derive(Debug)]
    struct Endless;

    impl Transport for Endless {
        fn buffers(&mut self) -> &mut dyn Buffers {
            unimplemented!()
        }

        fn transmit_output(&mut self, _: usize, _: NextTimeout) -> Result<(), Error> {
            unimplemented!()
        }

        fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
            Ok(true)
        }

        fn is_open(&mut self) -> bool {
            true
        }
    }

    #[test]
    fn nothing_is_read_after_the_deadline() {
        let mut connection = Watched(Endless);
        let mut read = || connection.await_input(NextTimeout::default());
        let now = Instant::now();
        let past = now.checked_sub(Duration::from_secs(1)).unwrap();
        let late = with_deadline(past, &mut read);
        assert!(matches!(late, Err(Error::Timeout(Timeout::RecvBody))), "{late:?}");
        let in_time = with_deadline(now + Duration::from_secs(60), &mut read);
        assert!(matches!(in_time, Ok(true)), "{in_time:?}");
        let without = read();
        assert!(matches!(without, Ok(true)), "{without:?}");
    }
}

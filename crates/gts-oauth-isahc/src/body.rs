//! The body of a response: decompressed, and limited in length and time.
//!
//! libcurl's limit for progress counts the bytes before decompression. gzip can be endless, and
//! decompress to nothing.

use std::cell::Cell;
use std::io::{self, BufRead as _, BufReader, Read};
use std::time::Instant;

use flate2::bufread::MultiGzDecoder;
use gts_oauth_core::BoxError;
use gts_oauth_core::error::ResponseTooLong;
use gts_oauth_core::transport::{BodyLimit, allowed_time};

use crate::fault;

/// What reading one body is limited to.
pub(crate) struct Limits {
    length: BodyLimit,
    /// `None` if the request as a whole has a limit.
    begun: Option<Instant>,
    /// The bytes so far, after decompression.
    received: Cell<usize>,
}

impl Limits {
    /// The limits of a body of at most this length, which begins now. It must arrive within
    /// [`allowed_time`], if it is `paced`.
    pub(crate) fn new(length: BodyLimit, paced: bool) -> Self {
        Self { length, begun: paced.then(Instant::now), received: Cell::new(0) }
    }

    /// The whole body.
    pub(crate) fn read(&self, body: impl Read) -> Result<Vec<u8>, BoxError> {
        self.read_all(self.wire(body)).map_err(failed)
    }

    /// The whole decompressed body. A response without a body can have the header, too.
    pub(crate) fn unzip(&self, body: impl Read) -> Result<Vec<u8>, BoxError> {
        let mut body = BufReader::new(self.wire(body));
        match body.fill_buf().map_err(failed)?.is_empty() {
            true => Ok(Vec::new()),
            false => self.read_all(MultiGzDecoder::new(body)).map_err(failed),
        }
    }

    fn read_all(&self, body: impl Read) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let body = Counted { body, received: &self.received };
        body.take(self.length.bytes() + 1).read_to_end(&mut bytes)?;
        self.length.check(bytes.len()).map_err(io::Error::other)?;
        Ok(bytes)
    }

    fn wire<R: Read>(&self, body: R) -> Wire<'_, R> {
        // Compression makes some bodies longer, but less than twice as long, beside its own header.
        let left = self.length.bytes().saturating_mul(2).saturating_add(1024);
        Wire { body, left, limits: self }
    }

    fn is_too_slow(&self) -> bool {
        self.begun.is_some_and(|begun| begun.elapsed() > allowed_time(self.received.get()))
    }
}

/// The bytes before decompression.
struct Wire<'a, R> {
    body: R,
    /// How many more may be read.
    left: u64,
    limits: &'a Limits,
}

impl<R: Read> Read for Wire<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // libcurl's own limit ends a read without any progress.
        if self.limits.is_too_slow() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let read = self.body.read(buffer)?;
        let limit = self.limits.length.bytes();
        let too_long = || io::Error::other(ResponseTooLong { limit });
        self.left = self.left.checked_sub(read as u64).ok_or_else(too_long)?;
        Ok(read)
    }
}

/// The bytes after decompression, counted.
struct Counted<'a, R> {
    body: R,
    received: &'a Cell<usize>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.body.read(buffer)?;
        self.received.set(self.received.get() + read);
        Ok(read)
    }
}

fn failed(error: io::Error) -> BoxError {
    match error.downcast::<ResponseTooLong>() {
        Ok(too_long) => too_long.into(),
        Err(error) => fault::within_body(error).into(),
    }
}

#[cfg(test)]
mod tests {
    use gts_oauth_core::error::{NetworkError, NetworkFault, TimeoutPhase};
    use gts_oauth_core::transport::TIMEOUT;

    use super::*;

    /// A gzip member of no bytes (RFC 1952).
    const EMPTY: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x03\0\0\0\0\0\0\0\0\0";

    fn begun_long_ago() -> Limits {
        let begun = Instant::now().checked_sub(TIMEOUT * 2);
        Limits { length: BodyLimit::PROTOCOL, begun, received: Cell::new(0) }
    }

    fn assert_timed_out(result: Result<Vec<u8>, BoxError>) {
        let error = result.expect_err("no body");
        let fault = error.downcast_ref().map(NetworkError::fault);
        assert_eq!(fault, Some(&NetworkFault::TimedOut(TimeoutPhase::Receive)), "{error:?}");
    }

    #[test]
    fn slow_body_is_an_error() {
        assert_timed_out(begun_long_ago().read(&b"{}"[..]));
        assert_timed_out(begun_long_ago().unzip(EMPTY));
    }

    #[test]
    fn received_bytes_give_more_time() {
        let limits = begun_long_ago();
        limits.received.set(64 * 1024);
        assert_eq!(limits.read(&b"{}"[..]).expect("a body"), b"{}");
        let limits = begun_long_ago();
        limits.received.set(1024);
        assert_timed_out(limits.read(&b"{}"[..]));
    }

    #[test]
    fn received_bytes_are_counted() {
        let limits = Limits::new(BodyLimit::PROTOCOL, true);
        limits.read(&[b' '; 100_000][..]).expect("a body");
        assert_eq!(limits.received.get(), 100_000);
    }

    #[test]
    fn limit_for_the_whole_replaces_the_pace() {
        assert!(Limits::new(BodyLimit::PROTOCOL, true).begun.is_some());
        let limits = Limits { begun: None, ..begun_long_ago() };
        assert_eq!(limits.unzip(EMPTY).expect("a body"), b"");
    }

    #[test]
    fn gzip_may_be_longer_than_its_content() {
        let limits = Limits::new(BodyLimit::new(0), true);
        assert_eq!(limits.unzip(EMPTY).expect("a body"), b"");
    }
}

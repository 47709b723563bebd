//! Wiping what contains secrets before its memory is freed.

use http::Response;
use zeroize::Zeroize;

use crate::error::Operation;

/// Makes room in a text, which would otherwise leave a copy in memory when it grows.
#[inline]
pub(crate) fn reserve(text: &mut String, more: usize) {
    if text.capacity() - text.len() < more {
        grow(text, more);
    }
}

#[cold]
fn grow(text: &mut String, more: usize) {
    let mut longer = String::with_capacity((text.len() + more).max(2 * text.capacity()));
    longer.push_str(text);
    std::mem::replace(text, longer).zeroize();
}

/// Drops a response that was read. Its body is wiped if a successful one contains secrets; the headers
/// cannot be.
pub(crate) fn drop_response(mut response: Response<Vec<u8>>, operation: Operation) {
    if operation.returns_secrets() {
        response.body_mut().zeroize();
    }
}

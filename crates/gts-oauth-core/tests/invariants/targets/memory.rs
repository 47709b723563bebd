//! Memory that an input of a server can take.

use allocation_counter::measure;
use gts_oauth_core::http::Response;

/// Most bytes that are allocated at a time, whatever the input is: the patterns that find the secrets
/// of the request, and up to eight of the response, of 800 characters.
const FIXED: u64 = 224 * 1024;

/// Most bytes for each byte of the input.
const PER_BYTE: u64 = 4;

/// Runs something that reads `length` bytes, and asserts that it takes no more memory than that
/// allows.
pub fn bounded<T>(length: usize, run: impl FnOnce() -> T) -> T {
    let mut result = None;
    let info = measure(|| result = Some(run()));
    let most = FIXED + PER_BYTE * length as u64;
    assert!(info.bytes_max <= most, "{} bytes for an input of {length}", info.bytes_max);
    result.unwrap()
}

/// The length of a response: its body, and its headers as they are in memory.
pub fn length(response: &Response<Vec<u8>>) -> usize {
    let headers = measure(|| drop(response.headers().clone())).bytes_max;
    let values = response.headers().values().map(|value| value.len());
    headers as usize + response.body().len() + values.sum::<usize>()
}

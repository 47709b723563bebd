//! Stored values, which must behave as those in memory.

use std::fmt::Debug;

use gts_oauth_core::http::Response;
use gts_oauth_core::{Error, Exchange};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::request::parts;

/// The value read from JSON and from postcard. Both are written again as they were.
pub fn stored<T: Serialize + DeserializeOwned>(value: &T) -> [T; 2] {
    let (json, bytes) = written(value);
    let twins = [
        serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}")),
        postcard::from_bytes(&bytes).unwrap_or_else(|error| panic!("{error}: {json}")),
    ];
    for twin in &twins {
        assert_eq!(written(twin), (json.clone(), bytes.clone()));
    }
    twins
}

fn written(value: &impl Serialize) -> (String, Vec<u8>) {
    (serde_json::to_string(value).unwrap(), postcard::to_allocvec(value).unwrap())
}

/// Asserts that both exchanges send the same request and read the response in the same way.
pub fn assert_same<X>(exchange: &X, twin: &X, response: &Response<Vec<u8>>)
where
    X: Exchange,
    X::Output: Debug,
{
    assert_eq!(parts(exchange.request()), parts(twin.request()));
    assert_eq!(outcome(&exchange.parse(response)), outcome(&twin.parse(response)));
}

/// A result as a text to compare.
pub fn outcome<T: Debug>(result: &Result<T, Error>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => format!("{error} {error:?}"),
    }
}

//! Requests and responses on the wire.

mod odd_responses;
mod requests;
mod responses;
mod token_response;
mod unexpected;

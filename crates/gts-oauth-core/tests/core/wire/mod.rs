//! Requests and responses on the wire.

mod long_credentials;
mod odd_responses;
mod php_notices;
mod requests;
mod responses;
mod token_response;
mod unexpected;
mod web_pages;

//! Authorization requests, callbacks and pasted codes (RFC 6749 section 4.1).

mod attempts;
mod callback;
mod iss;
mod options;
mod text;

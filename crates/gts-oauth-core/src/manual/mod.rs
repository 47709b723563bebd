//! Guides, how servers differ, and what the RFCs require, each with the test that shows it.
//!
//! # What is left out
//!
//! The password grant (RFC 9700 section 2.4), the implicit grant (section 2.1.2), PKCE `plain`,
//! bearer tokens in URLs, redirects except in discovery, cookies. Also `resource` (RFC 8707),
//! OpenID Connect, dynamic registration (RFC 7591) and the device flow (RFC 8628), which no known
//! server supports.

#[doc = include_str!("../../docs/traps.md")]
pub mod traps {}

#[doc = include_str!("../../docs/rfcs.md")]
pub mod rfcs {}

#[doc = include_str!("../../docs/performance.md")]
pub mod performance {}

#[doc = include_str!("../../docs/proof.md")]
pub mod proof {}

pub mod guides;

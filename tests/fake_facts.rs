//! Facts about a real GoToSocial 0.20 that no recording holds: each was seen on a live one,
//! beside the fake, and the fake is held to it.

mod facts;

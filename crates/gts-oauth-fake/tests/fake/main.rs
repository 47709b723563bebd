//! The fake as those see it who test their logins with it.

mod akkoma;
mod determinism;
mod dialects_api;
mod dialects_consent;
mod dialects_register;
mod dialects_revoke;
mod dialects_token;
mod faults;
mod limits;
mod logins;
mod lost;
mod person;
mod person_strays;
mod raw;
mod sample;
mod signed_in;

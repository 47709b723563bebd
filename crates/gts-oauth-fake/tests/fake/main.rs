//! The fake as those see it who test their logins with it.

mod akkoma;
mod determinism;
mod dialects_api;
mod dialects_consent;
mod dialects_register;
mod dialects_revoke;
mod dialects_token;
mod faults;
mod friendica;
mod iceshrimp;
mod limits;
mod logins;
mod lost;
mod metadata;
mod person;
mod person_strays;
mod pixelfed;
mod raw;
mod sample;
mod sharkey;
mod signed_in;
mod split_domain;
mod takahe;

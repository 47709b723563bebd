//! What is particular to one server.

mod akkoma;
mod friendica;
mod iceshrimp;
mod pixelfed;
mod sharkey;
mod strict;
mod takahe;

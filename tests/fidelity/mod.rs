//! Recordings, played again on another server and compared with it.

pub(crate) mod client;
pub(crate) mod compare;
pub(crate) mod learnt;
pub(crate) mod script;
pub(crate) mod stage;

//! A recording and the fake, side by side.

pub(crate) mod compare;
pub(crate) mod learnt;
pub(crate) mod script;

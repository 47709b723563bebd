//! Comparison of recordings with the fake.

pub(crate) mod compare;
pub(crate) mod learnt;
pub(crate) mod script;

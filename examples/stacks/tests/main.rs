//! The transports and the programs of this package.

mod conformance;
mod programs;

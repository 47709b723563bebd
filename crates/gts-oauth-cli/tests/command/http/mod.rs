//! Verbose output.

mod verbose;

//! The examples stand beside this file: `cargo run --example NAME -- INSTANCE`.

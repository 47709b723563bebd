//! Calls with a user's token.

mod call;
mod expected_account;
mod pages;
mod tokens;

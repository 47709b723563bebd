//! Calls with a user's token.

mod body_limit;
mod call;
mod check_token;
mod expected_account;
mod pages;
mod required_scope;
mod tokens;

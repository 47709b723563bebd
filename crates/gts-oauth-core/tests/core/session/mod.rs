//! Calls with a user's token.

mod body_limit;
mod call;
mod check_token;
mod expected_account;
mod multipart;
mod pages;
mod required_scope;
mod sign;
mod tokens;

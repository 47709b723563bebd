//! The user's authorization: the URL to open, the callback or code, and its exchange for a token.

mod callback;
mod exchange_code;
mod options;
mod pending;
mod pkce;
mod text;

pub use callback::Callback;
pub use exchange_code::ExchangeCode;
pub use options::AuthorizeOptions;
pub use pending::PendingAuthorization;
pub(crate) use pkce::{Attempts, sha256};
pub(crate) use text::read_text;

//! Replies that come twice: a browser's callback page loaded again, a button pressed again.

use crate::callback::Callback;
use crate::entropy::sha256;
use crate::error::Error;
use crate::login_value::{Login, Stage};

impl Login {
    /// A reply when nobody was asked: fine if it is the one that was taken before.
    pub(crate) fn again(&self, callback: Option<&Callback>) -> Result<(), Error> {
        let taken = match &self.stage {
            Stage::Exchange(exchange) => Some(sha256(exchange.code().expose())),
            _ => self.exchanged.clone(),
        };
        match callback.and_then(|callback| callback.code.as_ref()) {
            Some(code) if taken == Some(sha256(code.expose())) => Ok(()),
            _ => Err(Error::OutOfTurn(
                "a reply was handed in, but this login has asked nobody, or took another one \
                 before: ask its step",
            )),
        }
    }
}

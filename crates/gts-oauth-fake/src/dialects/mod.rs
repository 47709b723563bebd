//! How servers differ: one profile per server, in a file of its own.

mod akkoma;
mod doorkeeper;
mod friendica;
mod gotosocial;
mod iceshrimp;
mod mastodon;
mod pixelfed;
mod profile;
mod rejection;
mod sharkey;
mod strict;
mod takahe;

use crate::dialect::Dialect;
use crate::http::ErrorResponse;
use crate::state::State;

pub(crate) use gotosocial::ADVICE;
pub(crate) use profile::{
    CallbackQuery, ConsentErrors, ForceLogin, Idempotency, OutOfBand, PriorConsent, Profile,
    Revokes, SignIn, UriLists, UriSyntax,
};
pub(crate) use rejection::{FieldError, Rejection};

impl State {
    /// The profile of the server's dialect.
    pub(crate) fn profile(&self) -> &'static Profile {
        self.dialect.profile()
    }

    /// The error response of the server's dialect.
    pub(crate) fn reject(&self, rejection: Rejection<'_>) -> ErrorResponse {
        (self.profile().reject)(&rejection)
    }
}

impl Dialect {
    pub(crate) fn profile(self) -> &'static Profile {
        match self {
            Self::GoToSocial => &gotosocial::GOTOSOCIAL_022,
            Self::GoToSocial020 => &gotosocial::GOTOSOCIAL,
            Self::GoToSocial018 => &gotosocial::GOTOSOCIAL_018,
            Self::Mastodon => &mastodon::MASTODON,
            Self::Mastodon43 => &mastodon::MASTODON_43,
            Self::Akkoma => &akkoma::AKKOMA,
            Self::Pixelfed => &pixelfed::PIXELFED,
            Self::Friendica => &friendica::FRIENDICA,
            Self::Takahe => &takahe::TAKAHE,
            Self::Sharkey => &sharkey::SHARKEY,
            Self::Iceshrimp => &iceshrimp::ICESHRIMP,
            Self::Strict => &strict::STRICT,
        }
    }
}

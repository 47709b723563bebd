//! How servers differ. Each dialect is described in one place: a [`Manner`] in a file of its
//! family.

mod akkoma;
mod complaint;
mod doorkeeper;
mod friendica;
mod gotosocial;
mod iceshrimp;
mod manner;
mod mastodon;
mod pixelfed;
mod sharkey;
mod strict;
mod takahe;

pub(crate) use complaint::{CodeFault, Complaint, FieldFault};
pub(crate) use manner::{
    Again, Callback, Errors, ForceLogin, Lists, Manner, OutOfBand, Own, Pkce, Refresh, Repeated,
    SignIn, Spared, Taken, Uris,
};

/// Which server to be. All speak of themselves in `nodeinfo`.
///
/// | | GoToSocial 0.20 | GoToSocial 0.18 | Mastodon 4.3 | Akkoma | strict |
/// |---|---|---|---|---|---|
/// | PKCE | ignored | ignored | enforced where a challenge was sent | ignored | required |
/// | server metadata, `iss` | no | no | metadata | no | both |
/// | scopes enforced | yes | no | yes, unknown ones refused | yes | yes, unknown ones refused |
/// | two log-ins in one browser | the first one's app is shown | the first one's app is shown | each its own | each its own | each its own |
/// | *Deny* on the consent page | no | no | yes | yes | yes |
/// | revocation | form | none | form or JSON | form or JSON, 200 for any token | form |
/// | bad token | 401 | 401 | 401, `WWW-Authenticate` | 403 | 401, `WWW-Authenticate` |
/// | app's own token on a person's call | 401 | 401 | 422 | 403 | 401, `WWW-Authenticate` |
/// | redirect URIs | several, one a line, written anew | one | several, or a list; byte for byte | several; byte for byte | several, or a list; byte for byte |
/// | unregistered redirect URI | sent there with an error | sent there with an error | a page | a page | a page |
/// | longest name, website | 1024, 1024 | 1024, 1024 | 60, 2000 | any | 60, 2000 |
/// | user tokens | never expire | never expire | never expire | expire, with a refresh token | never expire |
/// | registrations | as all requests | as all requests | 5 in 10 minutes | as all requests | as all requests |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// GoToSocial 0.20, as recorded.
    #[default]
    GoToSocial,
    /// GoToSocial 0.18: no scopes enforced, one redirect URI, no revocation, no tokens API.
    GoToSocial018,
    /// Mastodon 4.2: no PKCE, no server metadata, no `profile` scope, no lists of redirect URIs.
    Mastodon42,
    /// Mastodon 4.3 and later.
    Mastodon,
    /// Pleroma and Akkoma.
    Akkoma,
    /// Pixelfed 0.12, in the shapes of before 2022: ids are numbers, and a token reply has neither
    /// `created_at` nor `scope`.
    Pixelfed,
    /// Friendica 2024.09.
    Friendica,
    /// Takahē 0.11.
    Takahe,
    /// Sharkey 2025.4.
    Sharkey,
    /// Iceshrimp.NET 2024.1.
    Iceshrimp,
    /// A server that takes nothing sloppy, and promises what it keeps.
    Strict,
}

impl Dialect {
    pub(crate) fn manner(self) -> &'static Manner {
        match self {
            Self::GoToSocial => &gotosocial::GOTOSOCIAL,
            Self::GoToSocial018 => &gotosocial::GOTOSOCIAL_018,
            Self::Mastodon42 => &mastodon::MASTODON_42,
            Self::Mastodon => &mastodon::MASTODON,
            Self::Akkoma => &akkoma::AKKOMA,
            Self::Pixelfed => &pixelfed::PIXELFED,
            Self::Friendica => &friendica::FRIENDICA,
            Self::Takahe => &takahe::TAKAHE,
            Self::Sharkey => &sharkey::SHARKEY,
            Self::Iceshrimp => &iceshrimp::ICESHRIMP,
            Self::Strict => &strict::STRICT,
        }
    }

    /// GoToSocial's own way of reading, answering and refusing.
    pub(crate) fn is_gotosocial(self) -> bool {
        matches!(self, Self::GoToSocial | Self::GoToSocial018)
    }
}

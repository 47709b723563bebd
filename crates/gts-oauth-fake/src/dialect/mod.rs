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
/// | | GoToSocial 0.20 | GoToSocial 0.18 | Mastodon 4.2 | Mastodon 4.3 | strict |
/// |---|---|---|---|---|---|
/// | PKCE | ignored | ignored | ignored | enforced where a challenge was sent | required |
/// | server metadata, `iss` | no | no | no | metadata | both |
/// | redirect URIs | several, one a line, written anew | one | several, as words | several, as words or a list | as Mastodon 4.3 |
/// | one that was not registered | sent there with an error | sent there with an error | a page, but for the port of a loopback address | as 4.2 | a page |
/// | unknown scope | registered, to no effect | registered, to no effect | 422, `profile` too | 422 | 422 |
/// | scope that was not registered | told the app, unless it is below one that was | as 0.20 | told the person, unless it is one word for word | as 4.2 | as GoToSocial |
/// | scopes enforced | yes | no | yes | yes | yes |
/// | whoever is signed in | for one log-in, two minutes, and the app they signed in for | as 0.20 | stays so, and is sent straight back by apps that they allowed | as 4.2 | stays so |
/// | `force_login` | ignored | ignored | shows the page all the same | as 4.2 | asks for the password once more |
/// | *Deny* on the page | no | no | yes | yes | yes |
/// | a code lives | 5 minutes | 5 minutes | 10 minutes | 10 minutes | 5 minutes |
/// | second log-in | another token | another token | the same token | the same token | another token |
/// | a person's token | never expires | never expires | never expires | never expires | never expires |
/// | revocation | form | none | form or JSON | form or JSON | form |
/// | bad token | 401 | 401 | 401, `WWW-Authenticate` | as 4.2 | as 4.2 |
/// | app's own token on a person's call | 401 | 401 | 422 | 422 | 401, `WWW-Authenticate` |
/// | HTTP Basic authentication | no | no | yes | yes | yes |
/// | longest name, website | 1024, 1024 | 1024, 1024 | 60, 2000 | 60, 2000 | 60, 2000 |
/// | registrations | as all requests | as all requests | as all requests | 5 in 10 minutes | as all requests |
///
/// | | Akkoma | Pixelfed | Friendica | Takahē | Sharkey | Iceshrimp.NET |
/// |---|---|---|---|---|---|---|
/// | PKCE | ignored | enforced where a challenge was sent, `plain` too | ignored | ignored | promised, and ignored | ignored |
/// | server metadata, `iss` | no | no | no | no | metadata, which promises `iss`; it is not sent | no |
/// | redirect URIs | several, as words | one | the first of a list; several with spaces, but then no code can be exchanged | one text | one text, or several lines | several lines |
/// | one that was not registered | a page | 401, but for the port of a loopback address | 403, and if it has a query | a page, unless it is anywhere in that text | a page | a page |
/// | scopes | those that were registered word for word; others are left out | `read write follow push`, `admin:…`; others are told the app, without its `state` | all, whatever was registered; what has `read` in it reads | all; parts of `read` and `write` are good for nothing | those that were registered; what begins with `read` reads | those that were registered, and their parts |
/// | whoever is signed in | signs in again, but is sent straight back by apps that they allowed, with the first code | stays so, and is sent straight back by apps that they allowed | as Pixelfed, whatever the scopes | stays so | stays so | signs in again |
/// | `force_login` | matters only where the browser has a token | ignored | ignored | ignored | ignored | ignored |
/// | *Deny* on the page | no | yes | no | no | no | no |
/// | callback | an app that lives in the browser gets `access_token` in place of a code | as others | `state=` if none was sent | `state` unencoded; `None` if none was sent | as others | the redirect URI's own query twice |
/// | out of band | a page; to an app that lives in the browser it shows the token | JSON | a page, if the app has nothing else | a page | an address that no browser opens | a page |
/// | a code lives | a century | 10 minutes | 5 minutes | 1 minute | for ever | for ever |
/// | a code used again | the same token | refused | the same token | another token | refused | refused |
/// | registration's reply | no `scopes` | ids as numbers, no `scopes` | no `scopes` | no `scopes` | id random, client id in base64, no `scopes` | no `redirect_uris` |
/// | token reply | with `id`, `me` | without `created_at` and `scope` | with `me`; the app's scopes | plain | always the same scopes | plain |
/// | a person's token | lives for a century | lives for a year | never expires | never expires | never expires | never expires |
/// | refresh token | good for ever | good once | none | none | none | none |
/// | second log-in | the same token in the same browser | another token | another; the first is void | another token | none: an app is good for one | another token |
/// | app's own token | as registered | as asked for | replaced by the next | `__app__`, everybody's | random, and not kept | always the same |
/// | revocation | anything with `token`; always 200 | none | form or JSON; ends the tokens of all people with the app; `[]` | form or JSON; 200 or 403 without a body | none | JSON; a form with the token as `code` |
/// | bad token | 403 | 500 in JSON | 403 | 400, text | 401 | 401 |
/// | bad code, wrong secret | 400; 500 if it cannot be a code | 500 in JSON | 403 | 500, a page; 401 | 401 | 401 |
/// | HTTP Basic authentication | yes | yes | yes | yes | no | no |
/// | `null` in a registration | 400 | as nothing | as nothing | 400 | as nothing | as nothing |
///
/// Where nothing is said, they do as GoToSocial.
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

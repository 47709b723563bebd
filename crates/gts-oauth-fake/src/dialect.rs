//! The servers that the fake can respond as.

/// The server to respond as. Each reports its own name and version in nodeinfo.
///
/// | | GoToSocial 0.22 | GoToSocial 0.20 | GoToSocial 0.18 | Mastodon 4.6 | Mastodon 4.3 | strict |
/// |---|---|---|---|---|---|---|
/// | PKCE | ignored | ignored | ignored | enforced if a challenge was sent | as 4.6 | required |
/// | server metadata, `iss` | no | no | no | metadata | metadata | both |
/// | redirect URIs | several lines, normalized | as 0.22 | one; several lines match no request | several words, or a list; `javascript:` and fragments are rejected | as 4.6 | several words, or a list |
/// | unregistered redirect URI | redirects there with an error | as 0.22 | as 0.22, but only the host is compared | HTML page; any port of a loopback address is accepted | as 4.6 | HTML page |
/// | unknown scope | registered, to no effect | as 0.22 | as 0.22 | 422 | 422, including `read:collections` | 422 |
/// | unregistered scope | error to the app, unless a registered one covers it | as 0.22 | granted | error to the user, unless literally registered | as 4.6 | as GoToSocial |
/// | scopes enforced | yes | yes | no | yes; `WWW-Authenticate` lists those that are accepted | yes | yes |
/// | sign-in lasts | for one login of one app, at most two minutes | as 0.22 | as 0.22 | until sign-out; apps allowed before skip the page | as 4.6 | until sign-out |
/// | invalid authorization request | reported after *Allow* | as 0.22 | as 0.22 | reported instead of the page | as 4.6 | reported after *Allow* |
/// | `force_login` | ignored | ignored | ignored | always shows the page | as 4.6 | requires the password again |
/// | *Deny* on the page | no | no | no | yes | yes | yes |
/// | code expires after | 5 minutes | 5 minutes | 5 minutes | 10 minutes | 10 minutes | 5 minutes |
/// | second login | another token | as 0.22 | as 0.22 | the same token | the same token | another token |
/// | user token expires | never | never | never | never | never | never |
/// | revocation | form | form | none | form or JSON | form or JSON | form |
/// | list of tokens | by last use, or by creation; tokens have names | by creation | none | none | none | none |
/// | invalid token | 401 | 401 | 401 | 401, `WWW-Authenticate`; a revoked one has a text of its own | as 4.6 | as 4.6 |
/// | token in the query, `bearer` | rejected | as 0.22 | as 0.22 | accepted | accepted | rejected |
/// | token of a deleted app | 401; to revoke it is 500 | as 0.22 | 401 | as an invalid token; to revoke it is 403 | as 4.6 | as 4.6 |
/// | disabled account | 401 | 401 | 401 | 403, without `WWW-Authenticate` | as 4.6 | as 4.6 (assumed) |
/// | unconfirmed, pending or suspended account | as disabled (assumed) | as 0.22 | as 0.22 | 403, with a text for each | as 4.6 | as disabled |
/// | app token in a user's call | 401 | 401 | 401 | 422 | 422 | 401, `WWW-Authenticate` |
/// | `/oauth/userinfo` | no | no | no | yes | no | no |
/// | `/api/v1/apps/verify_credentials` | no | no | no | yes | yes | no |
/// | HTTP Basic authentication | no | no | no | yes | yes | yes |
/// | maximum length of name, website | 1024, 1024 | 1024, 1024 | 1024, 1024 | 60, 2000 | 60, 2000 | 60, 2000 |
/// | `Idempotency-Key` | ignored | ignored | ignored | 500 if used before | returns the first status, for an hour | as 4.3 |
/// | rate limit | for all requests together | as 0.22 | as 0.22 | for each token and each address, in `/api` only; 5 registrations in 10 minutes; 25 sign-ins in 5 minutes | as 4.6 | as GoToSocial |
/// | `Accept` | negotiated | as 0.22 | as 0.22 | ignored in `/api` and by the token endpoint | as 4.6 | negotiated |
/// | body without `Content-Type` | ignored | as 0.22 | as 0.22 | a form | a form | ignored |
///
/// | | Akkoma | Pixelfed | Friendica | Takahē | Sharkey | Iceshrimp.NET |
/// |---|---|---|---|---|---|---|
/// | PKCE | ignored | enforced if a challenge was sent, accepts `plain` | ignored | ignored | in the metadata, but ignored | ignored |
/// | server metadata, `iss` | no | no | no | no | metadata, which includes `iss`; it is not sent | no |
/// | redirect URIs | several words | one | the first of a list; several with spaces, but then no code can be exchanged | one text | one text, or several lines | several lines |
/// | unregistered redirect URI | HTML page | 401; any port of a loopback address is accepted | 403, also for URIs with a query | HTML page, unless it is a substring of the registered text | HTML page | HTML page |
/// | scopes | registered ones literally; others are dropped | `read write follow push`, `admin:…`; others are an error to the app, without `state` | all, even unregistered; a substring `read` permits reading | all; `read:…` and `write:…` permit nothing | the registered ones; a prefix `read` permits reading | the registered ones, and their parts |
/// | sign-in lasts | for one login; apps allowed before skip the page, with the first code | until sign-out; apps allowed before skip the page | as Pixelfed, with any scopes | until sign-out | until sign-out | for one login |
/// | `force_login` | only if the browser's session has a token | ignored | ignored | ignored | ignored | ignored |
/// | *Deny* on the page | no | yes | no | no | no | no |
/// | callback | apps in the browser get `access_token` and no code | as others | `state=` if none was sent | `state` unencoded; `None` if none was sent | as others | the redirect URI's own query twice |
/// | out of band | HTML page; shows the token to apps in the browser | JSON | HTML page, if the app has no other URI | HTML page | a URL that browsers cannot open | HTML page |
/// | code expires after | a century | 10 minutes | 5 minutes | 1 minute | never | never |
/// | code used again | the same token | error | the same token | another token | error | error |
/// | registration response | no `scopes` | numeric ids, no `scopes` | no `scopes` | no `scopes` | random id, client id in base64, no `scopes` | no `redirect_uris` |
/// | token response | with `id`, `me` | without `created_at` and `scope` | with `me`; the app's scopes | standard fields | always the same scopes | standard fields |
/// | user token expires | after a century | after a year | never | never | never | never |
/// | refresh token | can be used repeatedly | can be used once | none | none | none | none |
/// | second login | the same token in the same browser | another token | another token; the first is revoked | another token | impossible with the same app | another token |
/// | app token | registered scopes | requested scopes | replaced by the next | `__app__`, the same for all apps | random, not stored | always the same |
/// | revocation | anything with `token`; always 200 | none | form or JSON; revokes the app's tokens of all users; `[]` | form or JSON; 200 or 403 without a body | none | JSON; a form with the token as `code` |
/// | invalid token | 403 | 500 in JSON | 403 | 400, text | 401 | 401 |
/// | token of a deleted app | as an invalid token | as an invalid token | as an invalid token | as an invalid token | as an invalid token | as an invalid token |
/// | disabled account | as an invalid token | as an invalid token (assumed) | as an invalid token (assumed) | as an invalid token (assumed) | 403 | 403 |
/// | invalid code, wrong secret | 400; 500 for malformed codes | 500 in JSON | 403 | 500, HTML page; 401 | 401 | 401 |
/// | HTTP Basic authentication | yes | yes | yes | yes | no | no |
/// | `null` in a registration | 400 | as missing | as missing | 400 | as missing | as missing |
///
/// In all other respects they behave as GoToSocial.
///
/// It is `non_exhaustive` because later versions add servers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// GoToSocial 0.22, as recorded.
    #[default]
    GoToSocial,
    /// GoToSocial 0.20, as recorded: tokens have no names, and are listed in their order of
    /// creation.
    GoToSocial020,
    /// GoToSocial 0.18, as recorded: no scopes enforced, one redirect URI, no revocation, no tokens
    /// API.
    GoToSocial018,
    /// Mastodon 4.6, as recorded.
    Mastodon,
    /// Mastodon 4.3, as recorded.
    Mastodon43,
    /// Pleroma and Akkoma.
    Akkoma,
    /// Pixelfed 0.12 with entities of before 2022: ids are numbers, and token responses lack
    /// `created_at` and `scope`.
    Pixelfed,
    /// Friendica 2024.09.
    Friendica,
    /// Takahē 0.11.
    Takahe,
    /// Sharkey 2025.4.
    Sharkey,
    /// Iceshrimp.NET 2024.1.
    Iceshrimp,
    /// A strict server: rejects all invalid input, and supports all that its metadata lists.
    Strict,
}

impl Dialect {
    /// All dialects.
    ///
    /// ```
    /// use gts_oauth_core::Exchange;
    /// use gts_oauth_fake::{Dialect, Server};
    ///
    /// for &dialect in Dialect::ALL {
    ///     let server = Server::builder(7).dialect(dialect).build();
    ///     let session = server.session("alice", "read");
    ///     assert_eq!(session.verify().send(&server)?.username(), "alice");
    /// }
    /// # Ok::<(), gts_oauth_core::Error>(())
    /// ```
    pub const ALL: &'static [Self] = every_dialect![
        GoToSocial,
        GoToSocial020,
        GoToSocial018,
        Mastodon,
        Mastodon43,
        Akkoma,
        Pixelfed,
        Friendica,
        Takahe,
        Sharkey,
        Iceshrimp,
        Strict,
    ];

    /// The name in lower case, for command lines and configuration.
    ///
    /// ```
    /// use gts_oauth_fake::Dialect;
    ///
    /// let named = |name: &str| Dialect::ALL.iter().find(|dialect| dialect.name() == name);
    /// assert_eq!(named("mastodon-43"), Some(&Dialect::Mastodon43));
    /// assert_eq!(named("misskey"), None);
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::GoToSocial => "gotosocial",
            Self::GoToSocial020 => "gotosocial-020",
            Self::GoToSocial018 => "gotosocial-018",
            Self::Mastodon => "mastodon",
            Self::Mastodon43 => "mastodon-43",
            Self::Akkoma => "akkoma",
            Self::Pixelfed => "pixelfed",
            Self::Friendica => "friendica",
            Self::Takahe => "takahe",
            Self::Sharkey => "sharkey",
            Self::Iceshrimp => "iceshrimp",
            Self::Strict => "strict",
        }
    }

    /// The version of GoToSocial whose entities and endpoints it has.
    pub(crate) fn api(self) -> ApiVersion {
        match self {
            Self::GoToSocial => ApiVersion::V022,
            Self::GoToSocial018 => ApiVersion::V018,
            _ => ApiVersion::V020,
        }
    }

    /// Whether it is a version of GoToSocial.
    pub(crate) fn is_gotosocial(self) -> bool {
        matches!(self, Self::GoToSocial | Self::GoToSocial020 | Self::GoToSocial018)
    }
}

/// A version of GoToSocial's API.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ApiVersion {
    V018,
    V020,
    V022,
}

/// A list of these dialects. It does not compile if one is missing.
macro_rules! every_dialect {
    ($($name:ident),* $(,)?) => {{
        const fn _is_listed(dialect: Dialect) {
            match dialect {
                $(Dialect::$name => {})*
            }
        }
        &[$(Dialect::$name),*]
    }};
}
use every_dialect;

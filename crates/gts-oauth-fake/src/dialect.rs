//! How servers differ.

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
    /// Mastodon 4.3 and later.
    Mastodon,
    /// Pleroma and Akkoma.
    Akkoma,
    /// A server that takes nothing sloppy, and promises what it keeps.
    Strict,
}

/// What a dialect comes down to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pkce {
    Ignored,
    Enforced,
    Required,
}

impl Dialect {
    /// GoToSocial's own way of reading, answering and refusing.
    pub(crate) fn is_gotosocial(self) -> bool {
        matches!(self, Self::GoToSocial | Self::GoToSocial018)
    }

    pub(crate) fn pkce(self) -> Pkce {
        match self {
            Self::GoToSocial | Self::GoToSocial018 | Self::Akkoma => Pkce::Ignored,
            Self::Mastodon => Pkce::Enforced,
            Self::Strict => Pkce::Required,
        }
    }

    pub(crate) fn has_metadata(self) -> bool {
        matches!(self, Self::Mastodon | Self::Strict)
    }

    pub(crate) fn sends_iss(self) -> bool {
        self == Self::Strict
    }

    pub(crate) fn enforces_scopes(self) -> bool {
        self != Self::GoToSocial018
    }

    pub(crate) fn refuses_unknown_scopes(self) -> bool {
        matches!(self, Self::Mastodon | Self::Strict)
    }

    /// Rather than telling the person, sends them to a URI that the app never registered.
    pub(crate) fn redirects_anywhere(self) -> bool {
        self.is_gotosocial()
    }

    /// Shows whoever is signed in the app that they signed in for, whatever address they open.
    pub(crate) fn remembers_one_app(self) -> bool {
        self.is_gotosocial()
    }

    /// Redirect URIs as a list: in JSON, or as `redirect_uris[]` in a form.
    pub(crate) fn takes_lists(self) -> bool {
        matches!(self, Self::Mastodon | Self::Strict)
    }

    /// An app without a redirect URI is none.
    pub(crate) fn wants_redirect_uris(self) -> bool {
        !self.is_gotosocial()
    }

    /// How long the fields of a registration may be, and what people call them.
    pub(crate) fn longest(self) -> &'static [(&'static str, &'static str, usize)] {
        match self {
            Self::GoToSocial | Self::GoToSocial018 => &[
                ("client_name", "", 1024),
                ("redirect_uris", "", 2056),
                ("scopes", "", 1024),
                ("website", "", 1024),
            ],
            Self::Mastodon | Self::Strict => &[
                ("client_name", "Application name", 60),
                ("redirect_uris", "Redirect URI", 2000),
                ("website", "Application website", 2000),
            ],
            Self::Akkoma => &[],
        }
    }

    pub(crate) fn limits_registrations(self) -> bool {
        self == Self::Mastodon
    }

    pub(crate) fn can_deny(self) -> bool {
        !self.is_gotosocial()
    }

    pub(crate) fn revokes(self) -> bool {
        self != Self::GoToSocial018
    }

    pub(crate) fn revokes_by_json(self) -> bool {
        matches!(self, Self::Mastodon | Self::Akkoma)
    }

    /// Revokes without asking whose app it is.
    pub(crate) fn revokes_for_anybody(self) -> bool {
        self == Self::Akkoma
    }

    pub(crate) fn has_tokens_api(self) -> bool {
        self == Self::GoToSocial
    }

    pub(crate) fn refreshes(self) -> bool {
        self == Self::Akkoma
    }

    /// Name and version in nodeinfo.
    pub(crate) fn software(self) -> (&'static str, &'static str) {
        match self {
            Self::GoToSocial => ("gotosocial", "0.20.0+git-57cb4fe"),
            Self::GoToSocial018 => ("gotosocial", "0.18.3+git-e53b4cf"),
            Self::Mastodon => ("mastodon", "4.4.2"),
            Self::Akkoma => ("akkoma", "3.15.2"),
            Self::Strict => ("strict", "1.0.0"),
        }
    }
}

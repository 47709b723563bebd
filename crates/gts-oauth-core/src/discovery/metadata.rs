//! Authorization server metadata (RFC 8414).

use serde::{Deserialize, Serialize};

use crate::types::{EndpointUrl, Instance, Scope, Scopes, snippet};
use crate::wire::{fields, pairs};

/// The parameters of every authorization request (RFC 6749 section 4.1.1, RFC 7636 section 4.3).
const PARAMETERS: [&str; 7] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
];

/// Authorization server metadata (RFC 8414), as Mastodon (since 4.3), Hollo and Sharkey publish it.
/// GoToSocial has none.
///
/// It is used only if its issuer is the server itself, and all its endpoints are on the server's
/// origin or on one that the caller allowed. It is a claim and no proof: Sharkey announces PKCE and
/// `iss`, and supports neither.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    issuer: String,
    pub(crate) endpoints: Endpoints,
    pkce: bool,
    iss: bool,
    /// Whether the client credentials must be in the header, because the server announces no other
    /// method.
    pub(crate) basic_only: bool,
    registers: bool,
    scopes: Option<Scopes>,
}

/// The endpoints, if they differ from the usual paths.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Endpoints {
    pub(crate) authorize: Option<EndpointUrl>,
    pub(crate) token: Option<EndpointUrl>,
    pub(crate) revoke: Option<EndpointUrl>,
}

impl Metadata {
    /// The issuer, as the server spells it.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Whether the server announces that it binds a code to the PKCE challenge (`S256` among
    /// `code_challenge_methods_supported`). PKCE is always sent. If this is false, do not rely on it.
    pub fn supports_pkce(&self) -> bool {
        self.pkce
    }

    /// Whether the server announces `iss` in its callbacks
    /// (`authorization_response_iss_parameter_supported`, RFC 9207 section 3). A code without it is
    /// then rejected, unless that is [allowed](crate::AuthorizeOptions::allow_missing_iss).
    pub fn requires_iss(&self) -> bool {
        self.iss
    }

    /// The supported scopes. `None` if the server does not list them.
    pub fn scopes(&self) -> Option<&Scopes> {
        self.scopes.as_ref()
    }

    /// Whether the metadata has a revocation endpoint. Servers without one in their metadata can
    /// still have one.
    pub fn supports_revocation(&self) -> bool {
        self.endpoints.revoke.is_some()
    }

    /// Whether registration accepts several redirect URIs, which is known if the metadata has
    /// Mastodon's `app_registration_endpoint`. Register one with all other servers. They are sent as
    /// one text, which every server with this endpoint accepts.
    pub fn supports_multiple_redirect_uris(&self) -> bool {
        self.registers
    }

    /// The origins of the endpoints.
    pub(crate) fn endpoint_origins(&self) -> impl Iterator<Item = &Instance> {
        let Endpoints { authorize, token, revoke } = &self.endpoints;
        [authorize, token, revoke].into_iter().flatten().map(|url| &url.instance)
    }

    /// The parameter of an authorization request that the query of the endpoint already has. The
    /// query is kept, and no parameter may be sent twice (RFC 6749 section 3.1).
    pub(crate) fn repeated_parameter(&self) -> Option<&'static str> {
        let query = self.endpoints.authorize.as_ref()?.path.query()?;
        PARAMETERS.into_iter().find(|name| pairs(query).any(|(it, _)| it == *name))
    }

    /// Whether `iss` names this issuer, with or without a slash at its end.
    pub(crate) fn is_issuer(&self, iss: &str) -> bool {
        bare(iss) == bare(&self.issuer)
    }

    pub(crate) fn url(instance: &Instance) -> EndpointUrl {
        EndpointUrl::new(instance, "/.well-known/oauth-authorization-server")
    }

    /// Checks the metadata. The error is the reason to ignore it.
    pub(crate) fn read(
        document: Document,
        instance: &Instance,
        allowed: &[Instance],
    ) -> Result<Self, String> {
        let issuer = document.issuer.ok_or("it names no issuer")?;
        if bare(&issuer) != instance.origin() {
            let issuer = snippet(&issuer, &[]).unwrap_or_default();
            return Err(format!("its issuer is another server: {issuer}"));
        }
        let here = Self::url(instance);
        let own = |name: &str, url: Option<String>| {
            let Some(url) = url else { return Ok(None) };
            let own = here.join_on(&url, allowed).map(Some);
            own.ok_or_else(|| format!("its {name} is not on the server's own origin"))
        };
        let has = |list: &[String], name| list.iter().any(|it| it == name);
        let methods = document.token_endpoint_auth_methods_supported;
        let metadata = Self {
            endpoints: Endpoints {
                authorize: own("authorization_endpoint", document.authorization_endpoint)?,
                token: own("token_endpoint", document.token_endpoint)?,
                revoke: own("revocation_endpoint", document.revocation_endpoint)?,
            },
            pkce: has(&document.code_challenge_methods_supported, "S256"),
            iss: document.authorization_response_iss_parameter_supported,
            basic_only: has(&methods, "client_secret_basic")
                && !has(&methods, "client_secret_post"),
            registers: document.app_registration_endpoint.is_some(),
            scopes: document.scopes_supported,
            issuer,
        };
        match metadata.repeated_parameter() {
            Some(name) => {
                Err(format!("its authorization_endpoint already has the parameter {name}"))
            }
            None => Ok(metadata),
        }
    }
}

fn bare(issuer: &str) -> &str {
    issuer.strip_suffix('/').unwrap_or(issuer)
}

fields::lenient_struct! {
    /// The members of RFC 8414 section 2 that are used; others are ignored.
    pub(crate) struct Document {
        issuer: Option<String> = fields::text,
        authorization_endpoint: Option<String> = fields::text,
        token_endpoint: Option<String> = fields::text,
        revocation_endpoint: Option<String> = fields::text,
        app_registration_endpoint: Option<String> = fields::text,
        scopes_supported: Option<Scopes> = fields::scopes,
        code_challenge_methods_supported: Vec<String> = fields::texts,
        token_endpoint_auth_methods_supported: Vec<String> = fields::texts,
        authorization_response_iss_parameter_supported: bool = fields::is_true,
    }
}

impl Scopes {
    /// The scopes to request instead of these if the server lists the scopes it supports
    /// ([`Metadata::scopes`]).
    ///
    /// `profile` becomes `read:accounts`, or else `read`, if it is not supported. Next to `follow`,
    /// the scopes it covers are added. All others are kept and left to the server to reject:
    /// requesting more than the caller asked for would be worse.
    ///
    /// If the server lists nothing, prefer `read:accounts` to `profile`: it permits reading the
    /// own account on every server that has finer scopes than `read`.
    pub fn supported_by(&self, metadata: &Metadata) -> Self {
        let Some(supported) = metadata.scopes() else {
            return self.clone();
        };
        let replacement = |scope: &Scope| match scope.as_str() {
            "profile" if !supported.contains("profile") => {
                let finer = supported.contains("read:accounts");
                let name = if finer { "read:accounts" } else { "read" };
                Scope::known(name)
            }
            _ => scope.clone(),
        };
        let requested: Self = self.iter().map(replacement).collect();
        let expanded = requested.clone().expand_follow();
        let keep = |scope: &&Scope| {
            requested.contains(scope.as_str()) || supported.contains(scope.as_str())
        };
        expanded.iter().filter(keep).cloned().collect()
    }
}

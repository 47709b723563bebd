//! What a server says of its own authorisation (RFC 8414).

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::error::Error;
use crate::instance::Instance;
use crate::scope::Scopes;
use crate::text::snippet;
use crate::wire::lenient;

/// What a server says of its own authorisation: RFC 8414, as Mastodon (since 4.3), Hollo and
/// Sharkey have it; GoToSocial has none.
///
/// It is there only where its issuer is the server itself and all its endpoints are on the
/// server's own origin, or where the caller allowed them. It says what may be tried and what
/// must be watched, and proves nothing: Sharkey promises PKCE and `iss` and keeps neither.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    issuer: String,
    endpoints: Endpoints,
    pkce: bool,
    iss: bool,
    basic_only: bool,
    registers: bool,
    scopes: Option<Scopes>,
}

/// Where the server has what others have at the usual paths.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Endpoints {
    pub(crate) authorize: Option<Address>,
    pub(crate) token: Option<Address>,
    pub(crate) revoke: Option<Address>,
}

const WELL_KNOWN: &str = "/.well-known/oauth-authorization-server";

impl Metadata {
    /// The issuer, as the server writes it.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Whether a code is bound to the PKCE challenge (`S256` among
    /// `code_challenge_methods_supported`), by the server's own word. A challenge is always
    /// sent; without this promise never tell anybody that PKCE protects them.
    pub fn supports_pkce(&self) -> bool {
        self.pkce
    }

    /// Whether callbacks will carry `iss`
    /// (`authorization_response_iss_parameter_supported`, RFC 9207 §3). Then a code without it
    /// is refused, unless that is [waived](crate::Authorize::waive_iss).
    pub fn promises_iss(&self) -> bool {
        self.iss
    }

    /// The scopes that exist here, if the server lists them.
    pub fn scopes(&self) -> Option<&Scopes> {
        self.scopes.as_ref()
    }

    /// Whether the server names an endpoint that revokes tokens. Those that name none may have
    /// one all the same.
    pub fn revokes(&self) -> bool {
        self.endpoints.revoke.is_some()
    }

    /// Whether registration takes several redirect URIs, known where the metadata names Mastodon's
    /// `app_registration_endpoint`. Elsewhere ask for one: several servers know no more. They are
    /// sent as one text even here, which every server with this endpoint reads.
    pub fn takes_several_redirect_uris(&self) -> bool {
        self.registers
    }

    /// Whether the client's secret must stand in the header, since the server says that it reads
    /// it nowhere else.
    pub(crate) fn basic_only(&self) -> bool {
        self.basic_only
    }

    pub(crate) fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Whether `iss` names this issuer. With or without the one slash at its end, it is the same
    /// server.
    pub(crate) fn is_issuer(&self, iss: &str) -> bool {
        bare(iss) == bare(&self.issuer)
    }

    /// Whether it is this server's own, as it was when it was found.
    pub(crate) fn check(&self, instance: &Instance) -> Result<(), Error> {
        match bare(&self.issuer) == instance.origin() {
            true => Ok(()),
            false => Err(Error::input("stored metadata", "it is another server's")),
        }
    }

    pub(crate) fn address(instance: &Instance) -> Address {
        Address::new(instance, WELL_KNOWN)
    }

    /// What the server says, or why it is not to be believed.
    pub(crate) fn read(
        reply: Reply,
        instance: &Instance,
        allowed: &[Instance],
    ) -> Result<Self, String> {
        let issuer = reply.issuer.ok_or("it names no issuer")?;
        if bare(&issuer) != instance.origin() {
            let issuer = snippet(&issuer, &[]).unwrap_or_default();
            return Err(format!("its issuer is another server: {issuer}"));
        }
        let here = Self::address(instance);
        let own = |name: &str, url: Option<String>| match url {
            None => Ok(None),
            Some(url) => own_address(&here, &url, allowed)
                .map(Some)
                .ok_or_else(|| format!("its {name} is not on the server's own origin")),
        };
        let methods = reply.token_endpoint_auth_methods_supported;
        let has = |method| methods.iter().any(|it| it == method);
        Ok(Self {
            endpoints: Endpoints {
                authorize: own("authorization_endpoint", reply.authorization_endpoint)?,
                token: own("token_endpoint", reply.token_endpoint)?,
                revoke: own("revocation_endpoint", reply.revocation_endpoint)?,
            },
            pkce: reply
                .code_challenge_methods_supported
                .iter()
                .any(|method| method == "S256"),
            iss: reply.authorization_response_iss_parameter_supported,
            basic_only: has("client_secret_basic") && !has("client_secret_post"),
            registers: reply.app_registration_endpoint.is_some(),
            scopes: reply.scopes_supported,
            issuer,
        })
    }
}

fn bare(issuer: &str) -> &str {
    issuer.strip_suffix('/').unwrap_or(issuer)
}

/// The endpoint, if it is on the server's own origin or on one that was allowed.
fn own_address(here: &Address, url: &str, allowed: &[Instance]) -> Option<Address> {
    let address = here.join(url)?;
    let own = here.instance == address.instance;
    (own || allowed.contains(&address.instance)).then_some(address)
}

/// The members of RFC 8414 §2 that matter here; others are ignored.
#[derive(Deserialize)]
pub(crate) struct Reply {
    #[serde(default, deserialize_with = "lenient::text")]
    issuer: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    authorization_endpoint: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    token_endpoint: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    revocation_endpoint: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    app_registration_endpoint: Option<String>,
    #[serde(default, deserialize_with = "lenient::scopes")]
    scopes_supported: Option<Scopes>,
    #[serde(default, deserialize_with = "lenient::texts")]
    code_challenge_methods_supported: Vec<String>,
    #[serde(default, deserialize_with = "lenient::texts")]
    token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default, deserialize_with = "lenient::is_true")]
    authorization_response_iss_parameter_supported: bool,
}

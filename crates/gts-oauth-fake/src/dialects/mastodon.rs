//! Mastodon 4.6 and 4.3, as recorded. They use the OAuth library Doorkeeper.

use http::StatusCode;
use serde_json::{Value, json};
use url::Url;

use super::doorkeeper;
use super::gotosocial::GOTOSOCIAL;
use super::gotosocial::REVOCATION;
use super::profile::{
    Apps, CallbackQuery, Consent, ConsentErrors, Entities, ForceLogin, Idempotency, Instance,
    PriorConsent, Profile, Revocation, SignIn, TokenRequests, UriLists, UriSyntax,
};
use super::rejection::{FieldError, Rejection};
use crate::entities;
use crate::entities::{mastodon, without};
use crate::http::{ErrorResponse, Framework};
use crate::state::pkce::Pkce;
use crate::state::scopes;
use crate::state::{AccountState, CodeRules, Reissue, State, TokenRules};

pub(super) const MASTODON: Profile = Profile {
    software: ("mastodon", "4.6.5"),
    version: "4.6.5",
    framework: Framework::Rails,
    numeric_ids: true,
    instance: Instance {
        v1: |state, body| replace(body, mastodon::instance_v1(state)),
        v2: |state, body| replace(body, mastodon::instance_v2(state)),
        v1_deprecation: Some("@1668384000"),
        intents: &[
            SUBSCRIBE,
            ("https://w3id.org/fep/3b86/Create", "/share?text={content}"),
            ("https://w3id.org/fep/3b86/Object", "/authorize_interaction?uri={object}"),
        ],
    },
    apps: Apps {
        uris: UriSyntax::Words,
        lists: UriLists::Accepted,
        required: &["client_name", "redirect_uris"],
        max_lengths: &[("client_name", 60), ("redirect_uris", 2000), ("website", 2000)],
        scope: scopes::is_known_to_mastodon_46,
        uri: check_redirect_uri,
        website: |url| Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "http")),
        generate,
        response: mastodon::registered_app,
        verified: Some(mastodon::verified_app),
        ..GOTOSOCIAL.apps
    },
    consent: Consent {
        sign_in: SignIn::Persistent,
        force_login: ForceLogin::Consent,
        prior_consent: PriorConsent::SameScopes,
        can_deny: true,
        check_request: doorkeeper::check_authorization,
        accepts_uri: doorkeeper::accepts_uri,
        redirects_unregistered: false,
        grants: doorkeeper::grants,
        errors: ConsentErrors::Displayed,
        callback: CallbackQuery::Appended,
        code_page: "/oauth/authorize/native",
        sign_in_fields: ["user[email]", "user[password]"],
        unconfirmed_page: "/auth/setup",
        ..GOTOSOCIAL.consent
    },
    codes: CodeRules {
        pkce: Pkce::Enforced,
        lifetime: Some(600),
        generate: |state, _| state.ids.base64url(),
        same_redirect_uri: |_, sent, requested| {
            doorkeeper::accepts_uri(&[sent.to_owned()], requested)
        },
        ..GOTOSOCIAL.codes
    },
    tokens: TokenRequests {
        check_request: doorkeeper::check_request,
        check_redirect_uri: |_, _| None,
        app_token_scope: |registered, requested| {
            doorkeeper::grants(registered, requested.unwrap_or("read"))
        },
        http_basic: true,
        listed: false,
        ..GOTOSOCIAL.tokens
    },
    issuing: TokenRules {
        lifetimes: (None, None),
        reissue: Reissue::SameScopes,
        generate: |state, _| state.ids.base64url(),
        ..GOTOSOCIAL.issuing
    },
    revocation: Some(Revocation { json: true, ..REVOCATION }),
    // A disabled account's token without the scope gets the error of the scope.
    scopes_first: true,
    default_visibility: "public",
    // As recorded of 4.6.5; versions up to 4.5 return the first status.
    idempotency: Idempotency::Fails(3600),
    metadata: Some(metadata),
    userinfo: Some(mastodon::userinfo),
    entities: Entities {
        account: mastodon::account,
        status: mastodon::status,
        notification: mastodon::notification,
    },
    account: |state, account, entity| *entity = mastodon::own_account(state, account),
    reject,
    ..GOTOSOCIAL
};

pub(super) const MASTODON_43: Profile = Profile {
    software: ("mastodon", "4.3.13"),
    version: "4.3.13",
    instance: Instance {
        v2: |state, body| {
            replace(body, mastodon::instance_v2(state));
            without(body, &["wrapstodon"]);
            without(&mut body["registrations"], &["min_age", "reason_required"]);
            without(&mut body["thumbnail"], &["description"]);
            let configuration = &mut body["configuration"];
            without(configuration, &["limited_federation", "timelines_access"]);
            without(&mut configuration["accounts"], &mastodon::NEW_ACCOUNT_LIMITS);
            without(&mut configuration["media_attachments"], &["description_limit"]);
            without(&mut configuration["urls"], &["about", "privacy_policy", "terms_of_service"]);
            body["api_versions"] = json!({ "mastodon": 2 });
        },
        v1_deprecation: None,
        intents: &[SUBSCRIBE],
        ..MASTODON.instance
    },
    apps: Apps { scope: scopes::is_known, ..MASTODON.apps },
    consent: Consent { unconfirmed_page: "/auth/edit", ..MASTODON.consent },
    tokens: TokenRequests {
        // The password grant exists until 4.3. The fake knows no password that it accepts.
        check_request: |fields| match fields.get("grant_type") {
            Some("password") => Some(doorkeeper::invalid_grant()),
            _ => doorkeeper::check_request(fields),
        },
        pragma: false,
        ..MASTODON.tokens
    },
    idempotency: Idempotency::Kept(3600),
    metadata: Some(|state| {
        let mut body = metadata(state);
        without(&mut body, &["userinfo_endpoint"]);
        body["scopes_supported"] = json!(scopes::known());
        body["grant_types_supported"] =
            json!(["authorization_code", "password", "client_credentials"]);
        body
    }),
    userinfo: None,
    entities: Entities {
        account: |state, account| {
            older_account(state, &account.name, mastodon::account(state, account))
        },
        status: |state, status| older_status(state, mastodon::status(state, status)),
        notification: |state, notification| {
            let mut entity = mastodon::notification(state, notification)?;
            entity["status"] = older_status(state, entity["status"].take());
            entity["account"] = entity["status"]["account"].clone();
            Some(entity)
        },
    },
    account: |state, account, entity| {
        let mut own = older_account(state, &account.name, mastodon::own_account(state, account));
        without(&mut own["source"], &["attribution_domains", "quote_policy"]);
        without(&mut own["role"], &["collection_limit"]);
        *entity = own;
    },
    reject: |rejection| match rejection {
        Rejection::InvalidField("scopes", FieldError::Invalid) => {
            doorkeeper::invalid_fields("Scopes doesn't match configured on the server.")
        }
        Rejection::CodeChallenge(_) => ErrorResponse::bad_request(
            "The code challenge method must be S256, plain is unsupported.",
        ),
        Rejection::InsufficientScope(_) => doorkeeper::reject(rejection),
        other => reject(other),
    },
    ..MASTODON
};

const SUBSCRIBE: (&str, &str) =
    ("http://ostatus.org/schema/1.0/subscribe", "/authorize_interaction?uri={uri}");

/// Fields of accounts that 4.3 does not have.
const NEW_IN_ACCOUNTS: [&str; 6] = [
    "avatar_description",
    "header_description",
    "feature_approval",
    "show_featured",
    "show_media",
    "show_media_replies",
];

fn older_account(state: &State, name: &str, mut entity: Value) -> Value {
    without(&mut entity, &NEW_IN_ACCOUNTS);
    entity["uri"] = json!(format!("{}/users/{name}", state.origin));
    entity
}

fn older_status(state: &State, mut entity: Value) -> Value {
    without(&mut entity, &["quote", "quote_approval", "quotes_count", "tagged_collections"]);
    let name = entity["account"]["username"].as_str().unwrap_or_default().to_owned();
    let id = entity["id"].as_str().unwrap_or_default();
    entity["uri"] = json!(format!("{}/users/{name}/statuses/{id}", state.origin));
    entity["account"] = older_account(state, &name, entity["account"].take());
    entity
}

/// Replaces all but the version.
fn replace(body: &mut Value, mut with: Value) {
    with["version"] = body["version"].take();
    *body = with;
}

/// Ids are numbers in strings; the rest is random.
fn generate(state: &mut State) -> [String; 3] {
    [state.ids.number().to_string(), state.ids.base64url(), state.ids.base64url()]
}

fn check_redirect_uri(uri: &str) -> Result<(), FieldError> {
    let parsed = Url::parse(uri).map_err(|_| FieldError::Invalid)?;
    if ["data", "vbscript", "javascript"].contains(&parsed.scheme()) {
        return Err(FieldError::ForbiddenScheme);
    }
    match parsed.fragment() {
        Some(_) => Err(FieldError::Fragment),
        None => Ok(()),
    }
}

fn metadata(state: &State) -> Value {
    let origin = &state.origin;
    // Mastodon's issuer ends in a slash.
    let mut body = entities::metadata(state, &format!("{origin}/"));
    body["scopes_supported"] = json!(scopes::known_to_mastodon_46());
    body["userinfo_endpoint"] = json!(format!("{origin}/oauth/userinfo"));
    body["response_modes_supported"] = json!(["query", "fragment", "form_post"]);
    body["service_documentation"] = json!("https://docs.joinmastodon.org/");
    body
}

fn reject(rejection: &Rejection<'_>) -> ErrorResponse {
    match rejection {
        Rejection::AppToken => ErrorResponse::Plain(
            StatusCode::UNPROCESSABLE_ENTITY,
            "This method requires an authenticated user".to_owned(),
        ),
        Rejection::UnusableAccount(state) => {
            let help = match state {
                AccountState::Unconfirmed => "Your login is missing a confirmed e-mail address",
                AccountState::Pending => "Your login is currently pending approval",
                _ => "Your login is currently disabled",
            };
            ErrorResponse::Plain(StatusCode::FORBIDDEN, help.to_owned())
        }
        // Versions up to 4.5 do not name the scopes.
        Rejection::InsufficientScope(scopes) => {
            let body = json!({ "error": doorkeeper::OUTSIDE });
            let help =
                format!("Access to this resource requires scope _{}_.", accepted_scopes(scopes));
            doorkeeper::challenged(StatusCode::FORBIDDEN, &body, "insufficient_scope", &help)
        }
        other => doorkeeper::reject(other),
    }
}

/// `profile|read:accounts` as `profile read read:accounts`.
fn accepted_scopes(scopes: &str) -> String {
    let accepted = scopes.split('|').map(|scope| match scope.split_once(':') {
        Some((top, _)) => format!("{top} {scope}"),
        None => scope.to_owned(),
    });
    accepted.collect::<Vec<_>>().join(" ")
}

//! Tokens and their apps.

use crate::facts::client::{
    App, FORM, OUT_OF_BAND, Parts, ask, code, exchange, form, get, post, register, server, text,
    token,
};

const ADVICE: &str = "If you arrived at this error during a sign in/oauth flow";

#[test]
fn an_empty_field_is_another_error_than_a_missing_one() {
    let server = server();
    let app = register(&server, "read", OUT_OF_BAND);
    let code = code(&server, &app, "read");
    let nobody = App { id: String::new(), secret: app.secret.clone() };
    let refused = |app: &App, code: &str, uri: &str| exchange(&server, app, code, uri).error();
    assert_eq!(refused(&nobody, &code, OUT_OF_BAND), "invalid_client");
    assert_eq!(refused(&app, &code, ""), "invalid_request");
    assert_eq!(refused(&app, "", OUT_OF_BAND), "invalid_request");
    let description = exchange(&server, &app, &code, "").description();
    let error = "Bad Request: could not validate token request: invalid_request: If you";
    assert!(description.starts_with(error), "{description}");
    // None of it spent the code.
    assert_eq!(exchange(&server, &app, &code, OUT_OF_BAND).status(), 200);
}

#[test]
fn an_app_token_without_a_redirect_uri_shows_what_the_database_says() {
    let server = server();
    let app = register(&server, "read", OUT_OF_BAND);
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", &app.id),
        ("client_secret", &app.secret),
        ("redirect_uri", ""),
    ];
    let refused = post(&server, "/oauth/token", &fields);
    assert_eq!(refused.status(), 400);
    assert!(refused.error().starts_with("sqlite3: constraint failed: NOT NULL"));
}

#[test]
fn the_scope_of_an_app_token_is_split_at_each_single_space() {
    let server = server();
    let app = register(&server, "read write", OUT_OF_BAND);
    let status = |scope| {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", &app.id),
            ("client_secret", &app.secret),
            ("redirect_uri", OUT_OF_BAND),
            ("scope", scope),
        ];
        post(&server, "/oauth/token", &fields).status()
    };
    for scope in ["read", "read write", "read:accounts write:banana", "read read"] {
        assert_eq!(status(scope), 200, "{scope}");
    }
    for scope in ["read  write", " read", "read+write", "READ", "read\nwrite"] {
        assert_eq!(status(scope), 403, "{scope}");
    }
}

#[test]
fn an_app_of_alices_own_is_listed_with_its_secret_and_its_end_is_that_of_its_tokens_and_codes() {
    let server = server();
    let own = token(&server, "read write");
    let parts = Parts {
        kind: FORM,
        body: &form(&[("client_name", "Own")]),
        token: &own,
        ..Parts::default()
    };
    let made = ask(&server, "POST", "/api/v1/apps", parts).json();
    let app = App { id: text(&made["client_id"]), secret: text(&made["client_secret"]) };
    let listed = get(&server, "/api/v1/apps", &own);
    assert_eq!(listed.json()[0], made);
    let path = format!("/api/v1/apps/{}", text(&made["id"]));
    assert!(listed.header("link").contains("/api/v1/apps?limit=20&max_id="));

    let first = code(&server, &app, "read");
    let its_token = text(&exchange(&server, &app, &first, OUT_OF_BAND).json()["access_token"]);
    let second = code(&server, &app, "read");
    let parts = Parts { token: &own, ..Parts::default() };
    assert_eq!(ask(&server, "DELETE", &path, parts).json(), made);
    assert_eq!(ask(&server, "DELETE", &path, parts).status(), 404);
    let dead = get(&server, "/api/v1/notifications", &its_token);
    assert_eq!(dead.error(), "Unauthorized: token not supplied");
    let dead = exchange(&server, &app, &second, OUT_OF_BAND);
    assert_eq!(dead.error(), "sql: no rows in result set");
    assert!(dead.description().contains(ADVICE));
}

#[test]
fn a_token_is_last_used_when_it_is_handed_out() {
    let server = server();
    let token = token(&server, "read");
    let listed = get(&server, "/api/v1/tokens", &token).json();
    assert_eq!(listed[0]["last_used"], listed[0]["created_at"]);
}

//! App registration on each server.

use gts_oauth_core::{AuthorizeOptions, Exchange};
use gts_oauth_fake::{Dialect, Server};
use serde_json::{Value, json};

use crate::raw::{self, Answer};
use crate::sample::{
    CALLBACK, DOORKEEPERS, MAIN, OUT_OF_BAND, by_redirect, is_gotosocial, speaking,
};

/// Registers an app with this field replaced.
fn with(server: &Server, name: &str, value: &str) -> Answer {
    let mut fields =
        vec![("client_name", "raw"), ("redirect_uris", OUT_OF_BAND), ("scopes", "read")];
    fields.retain(|(field, _)| *field != name);
    fields.push((name, value));
    raw::form(server, "/api/v1/apps", &fields)
}

#[test]
fn a_registration_is_answered_with_each_servers_own_fields() {
    let common = ["client_id", "client_secret", "id", "name", "redirect_uri"];
    for (dialect, more) in [
        (Dialect::GoToSocial, "created_at redirect_uris scopes vapid_key"),
        (Dialect::GoToSocial020, "created_at redirect_uris scopes vapid_key"),
        (Dialect::GoToSocial018, "vapid_key"),
        (Dialect::Mastodon, "client_secret_expires_at redirect_uris scopes vapid_key website"),
        (Dialect::Mastodon43, "client_secret_expires_at redirect_uris scopes vapid_key website"),
        (Dialect::Akkoma, "vapid_key website"),
        (Dialect::Pixelfed, "vapid_key website"),
        (Dialect::Friendica, "vapid_key"),
        (Dialect::Takahe, "vapid_key website"),
        (Dialect::Sharkey, ""),
        (Dialect::Iceshrimp, "scopes vapid_key website"),
        (Dialect::Strict, "created_at redirect_uris scopes vapid_key website"),
    ] {
        let fields = with(&speaking(dialect), "scopes", "read").fields();
        let mut expected: Vec<&str> = common.into_iter().chain(more.split_whitespace()).collect();
        expected.sort_unstable();
        assert_eq!(fields, expected, "{dialect:?}");
    }
}

#[test]
fn an_unknown_scope_is_refused_where_scopes_are_known() {
    for scope in ["banana", "read:banana", "admin", "read:accounts:all"] {
        for &dialect in Dialect::ALL {
            let answer = with(&speaking(dialect), "scopes", &format!("read {scope}"));
            let status = match dialect {
                // Only this server knows a bare `admin`.
                Dialect::Iceshrimp if scope == "admin" => 200,
                Dialect::Iceshrimp => 400,
                _ if DOORKEEPERS.contains(&dialect) => 422,
                _ => 200,
            };
            assert_eq!(answer.status(), status, "{dialect:?}: {scope}");
        }
    }
}

#[test]
fn collections_are_scopes_since_mastodon_46() {
    for (dialect, status) in [(Dialect::Mastodon43, 422), (Dialect::Mastodon, 200)] {
        let answer = with(&speaking(dialect), "scopes", "read:collections");
        assert_eq!(answer.status(), status, "{dialect:?}");
    }
}

#[test]
fn a_name_of_sixty_characters_is_the_longest_for_mastodon() {
    for (dialect, longest, status) in [
        (Dialect::Mastodon43, 60, 422),
        (Dialect::Mastodon, 60, 422),
        (Dialect::Strict, 60, 422),
        (Dialect::GoToSocial, 1024, 400),
        (Dialect::GoToSocial018, 1024, 400),
    ] {
        let server = speaking(dialect);
        let name = "ä".repeat(longest);
        assert_eq!(with(&server, "client_name", &name).status(), 200);
        let answer = with(&server, "client_name", &format!("{name}x"));
        assert_eq!(answer.status(), status, "{dialect:?}");
    }
}

#[test]
fn a_website_of_two_thousand_characters_is_the_longest_for_mastodon() {
    for (dialect, longest, status) in [
        (Dialect::Mastodon43, 2000, 422),
        (Dialect::Mastodon, 2000, 422),
        (Dialect::Strict, 2000, 422),
        (Dialect::GoToSocial, 1024, 400),
    ] {
        let server = speaking(dialect);
        let website = format!("https://bot.example/{}", "x".repeat(longest - 20));
        assert_eq!(with(&server, "website", &website).status(), 200);
        let answer = with(&server, "website", &format!("{website}x"));
        assert_eq!(answer.status(), status, "{dialect:?}");
    }
}

#[test]
fn redirect_uris_of_two_thousand_characters_are_the_longest_for_mastodon() {
    for (dialect, longest, status) in [
        (Dialect::Mastodon43, 2000, 422),
        (Dialect::Mastodon, 2000, 422),
        (Dialect::Strict, 2000, 422),
        (Dialect::GoToSocial, 2056, 400),
    ] {
        let server = speaking(dialect);
        let uri = format!("https://bot.example/{}", "x".repeat(longest - 20));
        assert_eq!(with(&server, "redirect_uris", &uri).status(), 200);
        let answer = with(&server, "redirect_uris", &format!("{uri}x"));
        assert_eq!(answer.status(), status, "{dialect:?}");
    }
}

#[test]
fn akkoma_takes_names_of_any_length() {
    let answer = with(&speaking(Dialect::Akkoma), "client_name", &"x".repeat(2000));
    assert_eq!(answer.status(), 200);
}

#[test]
fn mastodon_and_iceshrimp_want_redirect_uris_absolute() {
    for &dialect in Dialect::ALL {
        let answer = with(&speaking(dialect), "redirect_uris", "callback");
        let status = match dialect {
            Dialect::Iceshrimp => 400,
            _ if DOORKEEPERS.contains(&dialect) => 422,
            _ => 200,
        };
        assert_eq!(answer.status(), status, "{dialect:?}");
    }
}

#[test]
fn a_body_is_read_only_under_its_exact_content_type() {
    let body = json!({ "client_name": "raw", "redirect_uris": OUT_OF_BAND }).to_string();
    for dialect in MAIN {
        let server = speaking(dialect);
        let status = |kind| raw::typed(&server, "/api/v1/apps", kind, &body).status();
        assert_eq!(status("application/json"), 200, "{dialect:?}");
        for sloppy in ["Application/JSON", "text/json", ""] {
            assert!(status(sloppy) >= 400, "{dialect:?} reads {sloppy:?}");
        }
    }
}

#[test]
fn mastodon_says_what_is_too_long() {
    let answer = with(&speaking(Dialect::Mastodon), "client_name", &"x".repeat(61));
    let told = "Validation failed: Application name is too long (maximum is 60 characters)";
    assert_eq!(answer.error(), (422, told.to_owned()));
}

#[test]
fn an_app_without_a_name_is_refused_everywhere() {
    for dialect in MAIN {
        let answer = with(&speaking(dialect), "client_name", "");
        let status = if is_gotosocial(dialect) { 400 } else { 422 };
        assert_eq!(answer.status(), status, "{dialect:?}");
    }
}

#[test]
fn only_gotosocial_takes_apps_without_redirect_uri() {
    for dialect in MAIN {
        let answer = with(&speaking(dialect), "redirect_uris", "");
        match dialect {
            Dialect::GoToSocial | Dialect::GoToSocial020 => {
                assert_eq!(answer.text("redirect_uri"), OUT_OF_BAND);
            }
            Dialect::GoToSocial018 => assert_eq!(answer.status(), 400),
            _ => assert_eq!(answer.status(), 422, "{dialect:?}"),
        }
    }
}

/// The registered URIs, after two were requested in this form.
fn registered(answer: &Answer) -> Value {
    answer.json()["redirect_uris"].clone()
}

#[test]
fn lists_of_redirect_uris_are_taken_by_mastodon_and_the_strict_one() {
    let two = json!([OUT_OF_BAND, CALLBACK]);
    let body = json!({ "client_name": "raw", "redirect_uris": two });
    let fields =
        [("client_name", "raw"), ("redirect_uris[]", OUT_OF_BAND), ("redirect_uris[]", CALLBACK)];
    for dialect in [Dialect::Mastodon, Dialect::Mastodon43, Dialect::Strict] {
        let server = speaking(dialect);
        let of_json = raw::json(&server, "/api/v1/apps", &body);
        let of_form = raw::form(&server, "/api/v1/apps", &fields);
        assert_eq!(registered(&of_json), two, "{dialect:?}");
        assert_eq!(registered(&of_form), two, "{dialect:?}");
    }
    let gotosocial = Server::new(7);
    assert_eq!(raw::json(&gotosocial, "/api/v1/apps", &body).status(), 400);
    // Out of band without an error: a login would get no callback.
    let of_form = raw::form(&gotosocial, "/api/v1/apps", &fields);
    assert_eq!(registered(&of_form), json!([OUT_OF_BAND]));
}

#[test]
fn lines_of_redirect_uris_are_taken_by_all_and_words_by_the_others() {
    for dialect in [Dialect::GoToSocial, Dialect::Mastodon, Dialect::Strict] {
        let server = speaking(dialect);
        let lines = format!("{OUT_OF_BAND}\n{CALLBACK}");
        let both = registered(&with(&server, "redirect_uris", &lines));
        assert_eq!(both, json!([OUT_OF_BAND, CALLBACK]), "{dialect:?}");
    }
    let words = format!("{OUT_OF_BAND} {CALLBACK}");
    let answer = with(&speaking(Dialect::Mastodon), "redirect_uris", &words);
    assert_eq!(registered(&answer), json!([OUT_OF_BAND, CALLBACK]));
    let answer = with(&speaking(Dialect::Akkoma), "redirect_uris", &words);
    assert_eq!(answer.text("redirect_uri"), words);
}

#[test]
fn gotosocial_018_takes_two_redirect_uris_for_one() {
    let server = speaking(Dialect::GoToSocial018);
    let app = by_redirect(&server).add_redirect_uri("http://127.0.0.1:7778/".parse().unwrap());
    let app = app.send(&server).unwrap();
    assert_eq!(app.redirect_uris().len(), 2);
    let pending = app.authorize(AuthorizeOptions::new(), server.entropy()).unwrap();
    let callback = server.account("alice").visit(pending.url()).unwrap();
    assert!(callback.contains("error=server_error"), "{callback}");
    let one = by_redirect(&server).send(&server).unwrap();
    let pending = one.authorize(AuthorizeOptions::new(), server.entropy()).unwrap();
    let callback = server.account("alice").visit(pending.url()).unwrap();
    assert!(callback.contains("code="), "{callback}");
}

#[test]
fn gotosocial_018_reports_all_missing_fields() {
    let (status, error) =
        raw::json(&speaking(Dialect::GoToSocial018), "/api/v1/apps", &json!({})).error();
    assert_eq!(status, 400);
    assert!(error.contains("'ClientName'") && error.contains("'RedirectURIs'"), "{error}");
}

#[test]
fn only_gotosocial_writes_redirect_uris_anew() {
    let odd = "My-App://callback";
    for &dialect in Dialect::ALL {
        let answer = with(&speaking(dialect), "redirect_uris", odd);
        let kept = match dialect {
            Dialect::GoToSocial | Dialect::GoToSocial020 => "my-app://callback",
            _ => odd,
        };
        assert_eq!(answer.text("redirect_uri"), kept, "{dialect:?}");
    }
}

#[test]
fn gotosocial_019_checks_tokens_at_registration() {
    for dialect in MAIN {
        let server = speaking(dialect);
        let me = crate::sample::alice(&server);
        let call = me.session.post("/api/v1/apps").unwrap();
        let call = call.form("client_name", "raw");
        let outcome = call.form("redirect_uris", OUT_OF_BAND).send(&server);
        let minds = [Dialect::GoToSocial, Dialect::GoToSocial020].contains(&dialect);
        assert_eq!(outcome.is_err(), minds, "{dialect:?}");
    }
}

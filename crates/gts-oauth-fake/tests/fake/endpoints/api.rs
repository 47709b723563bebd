//! Nodeinfo, instance information, and calls with insufficient scopes.

use gts_oauth_core::Exchange;
use gts_oauth_core::http::Request;
use gts_oauth_fake::{Dialect, Server};

use crate::raw;
use crate::sample::{alice, is_gotosocial, logged_in, out_of_band, speaking};

#[test]
fn every_server_names_itself_in_nodeinfo() {
    let names = [
        (Dialect::GoToSocial, "gotosocial"),
        (Dialect::GoToSocial020, "gotosocial"),
        (Dialect::GoToSocial018, "gotosocial"),
        (Dialect::Mastodon, "mastodon"),
        (Dialect::Mastodon43, "mastodon"),
        (Dialect::Akkoma, "akkoma"),
        (Dialect::Pixelfed, "pixelfed"),
        (Dialect::Friendica, "friendica"),
        (Dialect::Takahe, "takahe"),
        (Dialect::Sharkey, "sharkey"),
        (Dialect::Iceshrimp, "Iceshrimp.NET"),
        (Dialect::Strict, "strict"),
    ];
    assert_eq!(names.map(|(dialect, _)| dialect), Dialect::ALL);
    for (dialect, name) in names {
        let nodeinfo = raw::get(&speaking(dialect), "/nodeinfo/2.0").json();
        assert_eq!(nodeinfo["software"]["name"], name);
    }
}

#[test]
fn pages_name_the_software_of_the_dialect() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let software = &raw::get(&server, "/nodeinfo/2.0").json()["software"];
        let (name, version) = (software["name"].as_str(), software["version"].as_str());
        let named = format!("A fake {} {}", name.unwrap(), version.unwrap());
        for path in ["/", "/auth/sign_in", "/nowhere"] {
            let uri = format!("{}{path}", server.instance().origin());
            let request = Request::get(uri).header("User-Agent", "raw/0.1");
            let request = request.header("Accept", "text/html").body(Vec::new()).unwrap();
            let page = raw::send(&server, request).page();
            // Some servers respond with JSON.
            assert!(page.contains(&named) || page.starts_with('{'), "{dialect:?} {path}: {page}");
        }
    }
}

#[test]
fn each_gotosocial_reports_its_own_version() {
    for (dialect, version) in [
        (Dialect::GoToSocial, "0.22.0"),
        (Dialect::GoToSocial020, "0.20.0"),
        (Dialect::GoToSocial018, "0.18.3"),
    ] {
        let server = speaking(dialect);
        let nodeinfo = raw::get(&server, "/nodeinfo/2.0").json();
        let instance = raw::get(&server, "/api/v1/instance").json();
        for reported in [&nodeinfo["software"]["version"], &instance["version"]] {
            assert!(reported.as_str().unwrap().starts_with(version), "{reported}");
        }
        let account = raw::verify(&server, server.session("alice", "read").access_token().expose());
        let has_noindex = account.json().get("noindex").is_some();
        assert_eq!(has_noindex, dialect == Dialect::GoToSocial, "{dialect:?}");
    }
}

#[test]
fn server_metadata_is_there_where_pkce_is_or_is_promised() {
    let path = "/.well-known/oauth-authorization-server";
    for &dialect in Dialect::ALL {
        let answer = raw::get(&speaking(dialect), path);
        let (issuer, iss) = match dialect {
            Dialect::Mastodon | Dialect::Mastodon43 => ("https://gts.example/", false),
            Dialect::Sharkey | Dialect::Strict => ("https://gts.example", true),
            _ => {
                assert_eq!(answer.status(), 404, "{dialect:?}");
                continue;
            }
        };
        let told = answer.json();
        assert_eq!(told["issuer"], issuer);
        assert_eq!(told["token_endpoint"], "https://gts.example/oauth/token");
        assert_eq!(told["code_challenge_methods_supported"], serde_json::json!(["S256"]));
        let promised = &told["authorization_response_iss_parameter_supported"];
        assert_eq!(promised.as_bool().unwrap_or_default(), iss, "{dialect:?}");
    }
}

#[test]
fn the_scopes_in_metadata_are_those_that_can_be_registered() {
    for dialect in [Dialect::Mastodon, Dialect::Mastodon43, Dialect::Strict] {
        let server = speaking(dialect);
        server.rate_limit(None);
        let path = "/.well-known/oauth-authorization-server";
        let told = raw::get(&server, path).json();
        let scopes = told["scopes_supported"].as_array().unwrap();
        assert!(scopes.len() > 30);
        for scope in scopes {
            let fields = [
                ("client_name", "raw"),
                ("redirect_uris", "urn:ietf:wg:oauth:2.0:oob"),
                ("scopes", scope.as_str().unwrap()),
            ];
            let answer = raw::form(&server, "/api/v1/apps", &fields);
            assert_eq!(answer.status(), 200, "{dialect:?}: {scope}");
        }
    }
}

/// The response to a call without its scope.
fn without_scope(server: &Server) -> raw::Answer {
    let app = out_of_band(server).scopes("read:accounts".parse().unwrap());
    let me = logged_in(server, "alice", app);
    let token = me.session.access_token().expose().to_owned();
    raw::signed(server, "/api/v1/notifications", &token)
}

#[test]
fn a_token_without_the_scope_is_forbidden_in_each_servers_words() {
    let outside = "This action is outside the authorized scopes";
    for (dialect, words) in [
        (Dialect::GoToSocial, "Forbidden: token has insufficient scope permission"),
        (Dialect::Mastodon43, outside),
        (Dialect::Mastodon, outside),
        (Dialect::Akkoma, "Insufficient permissions: read:notifications."),
        (Dialect::Iceshrimp, outside),
        (Dialect::Strict, outside),
    ] {
        let told = without_scope(&speaking(dialect)).error();
        assert_eq!(told, (403, words.to_owned()), "{dialect:?}");
    }
}

#[test]
fn gotosocial_018_asks_for_no_scope() {
    let server = speaking(Dialect::GoToSocial018);
    assert_eq!(without_scope(&server).status(), 200);
}

#[test]
fn a_bad_token_is_refused_with_each_servers_status_and_header() {
    let doorkeeper = "Bearer realm=\"Doorkeeper\", error=\"invalid_token\", \
                      error_description=\"The access token is invalid\"";
    for (dialect, status, header) in [
        (Dialect::GoToSocial, 401, None),
        (Dialect::GoToSocial018, 401, None),
        (Dialect::Mastodon43, 401, Some(doorkeeper)),
        (Dialect::Mastodon, 401, Some(doorkeeper)),
        (Dialect::Akkoma, 403, None),
        (Dialect::Friendica, 403, None),
        (Dialect::Takahe, 400, None),
        (Dialect::Sharkey, 401, None),
        (Dialect::Iceshrimp, 401, None),
        (Dialect::Strict, 401, Some(doorkeeper)),
    ] {
        let answer = raw::verify(&speaking(dialect), "NONE");
        assert_eq!(answer.status(), status, "{dialect:?}");
        assert_eq!(answer.header("www-authenticate"), header, "{dialect:?}");
    }
}

#[test]
fn an_apps_own_token_is_no_persons() {
    let nobody = "This method requires an authenticated user";
    for (dialect, told) in [
        (Dialect::GoToSocial, (401, "Unauthorized: user not supplied or not authorized")),
        (Dialect::GoToSocial018, (401, "Unauthorized: user not supplied or not authorized")),
        (Dialect::Mastodon43, (422, nobody)),
        (Dialect::Mastodon, (422, nobody)),
        (Dialect::Akkoma, (403, "Invalid credentials.")),
        (Dialect::Strict, (401, "The access token is invalid")),
    ] {
        let server = speaking(dialect);
        let app = out_of_band(&server).send(&server).unwrap();
        let token = app.request_token().unwrap().send(&server).unwrap();
        let answer = raw::verify(&server, token.access_token().expose());
        assert_eq!(answer.error(), (told.0, told.1.to_owned()), "{dialect:?}");
    }
}

#[test]
fn only_gotosocials_want_a_user_agent() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let request = Request::get("https://gts.example/nodeinfo/2.0");
        let answer = raw::send(&server, request.body(Vec::new()).unwrap());
        let status = if is_gotosocial(dialect) { 418 } else { 200 };
        assert_eq!(answer.status(), status, "{dialect:?}");
    }
}

#[test]
fn only_gotosocial_since_019_lists_tokens() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let token = alice(&server).session.access_token().expose().to_owned();
        let answer = raw::signed(&server, "/api/v1/tokens", &token);
        match dialect {
            Dialect::GoToSocial | Dialect::GoToSocial020 => {
                assert_eq!(answer.json()[0]["scope"], "read");
            }
            _ => assert_eq!(answer.status(), 404, "{dialect:?}"),
        }
    }
}

#[test]
fn only_gotosocials_and_mastodon_46_describe_avatars() {
    for &dialect in Dialect::ALL {
        let account = alice(&speaking(dialect)).account.unwrap();
        let account: serde_json::Value = serde_json::from_str(account.json()).unwrap();
        let described = account.get("avatar_description").is_some();
        let describes = is_gotosocial(dialect) || dialect == Dialect::Mastodon;
        assert_eq!(described, describes, "{dialect:?}");
        let source = account["source"]["privacy"].is_string();
        assert_eq!(source, dialect != Dialect::Friendica, "{dialect:?}");
        let pleroma = account.get("pleroma").is_some();
        assert_eq!(pleroma, dialect == Dialect::Akkoma, "{dialect:?}");
    }
}

//! Split domains: an account domain that differs from the host.

use gts_oauth_core::http::Request;
use gts_oauth_core::{
    Exchange, Instance, Login, RegisterApp, Transport,
    discovery::{Discover, FindAccountDomain},
};
use gts_oauth_fake::{Dialect, Fault, ForeignOrigin, Server};

use crate::raw::{self, Answer};
use crate::sample::alice;

const WEBFINGER: &str = "/.well-known/webfinger?resource=acct:alice@example.org";

fn split() -> Server {
    Server::builder(7).account_domain("example.org").build()
}

/// A request to the account domain.
fn there(server: &Server, method: &str, path: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(format!("https://example.org{path}"))
        .header("User-Agent", "raw/0.1")
        .header("Accept", "application/json");
    raw::send(server, request.body(Vec::new()).unwrap())
}

#[test]
fn webfinger_host_meta_and_nodeinfo_are_sent_on_to_the_server_with_their_query() {
    let server = split();
    for path in [WEBFINGER, "/.well-known/host-meta", "/.well-known/nodeinfo"] {
        let answer = there(&server, "GET", path);
        assert_eq!(answer.status(), 301, "{path}");
        let target = format!("https://gts.example{path}");
        assert_eq!(answer.header("location"), Some(&*target));
    }
}

#[test]
fn all_else_there_is_a_page_that_says_404() {
    let server = split();
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/api/v1/instance"),
        ("GET", "/api/v2/instance"),
        ("GET", "/nodeinfo/2.0"),
        ("GET", "/.well-known/oauth-authorization-server"),
        ("POST", "/api/v1/apps"),
        ("POST", "/oauth/token"),
        ("POST", "/.well-known/nodeinfo"),
    ] {
        let answer = there(&server, method, path);
        assert_eq!(answer.status(), 404, "{method} {path}");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        assert!(answer.page().contains("404"));
    }
}

#[test]
fn only_webfinger_is_sent_on_where_that_is_chosen() {
    let webfinger = "/.well-known/webfinger";
    let builder = Server::builder(7).account_domain("example.org");
    let server = builder.redirected_paths(&[webfinger]).build();
    assert_eq!(there(&server, "GET", WEBFINGER).status(), 301);
    assert_eq!(there(&server, "GET", "/.well-known/nodeinfo").status(), 404);
    assert_eq!(there(&server, "GET", "/.well-known/host-meta").status(), 404);
}

#[test]
fn webfinger_knows_people_by_both_domains_and_calls_them_by_theirs() {
    let server = split();
    alice(&server);
    for domain in ["example.org", "gts.example"] {
        let path = format!("/.well-known/webfinger?resource=acct:alice@{domain}");
        let told = raw::get(&server, &path).json();
        assert_eq!(told["subject"], "acct:alice@example.org");
        assert_eq!(told["aliases"][0], "https://gts.example/users/alice");
    }
    let other = "/.well-known/webfinger?resource=acct:alice@other.example";
    assert_eq!(raw::get(&server, other).status(), 400);
}

#[test]
fn the_instance_calls_itself_by_the_account_domain_and_its_links_by_its_own() {
    for dialect in [Dialect::GoToSocial, Dialect::GoToSocial020, Dialect::Akkoma] {
        let builder = Server::builder(7).dialect(dialect);
        let server = builder.account_domain("example.org").build();
        let one = raw::get(&server, "/api/v1/instance").json();
        // Akkoma has its own URL there. GoToSocial has its own host in both since 0.22.
        let (uri, domain) = match dialect {
            Dialect::Akkoma => ("https://gts.example", "example.org"),
            Dialect::GoToSocial => ("gts.example", "gts.example"),
            _ => ("example.org", "example.org"),
        };
        assert_eq!(one["uri"], uri);
        assert_eq!(one["urls"]["streaming_api"], "wss://gts.example");
        let two = raw::get(&server, "/api/v2/instance").json();
        assert_eq!(two["domain"], domain);
        let urls = &two["configuration"]["urls"];
        assert_eq!(urls["streaming"], "wss://gts.example");
        assert_eq!(urls["about"], "https://gts.example/about");
        let gotosocial = dialect != Dialect::Akkoma;
        for told in [&one, &two] {
            let domain = gotosocial.then_some("example.org");
            assert_eq!(told["account_domain"].as_str(), domain);
        }
    }
    let links = raw::get(&split(), "/.well-known/nodeinfo").json();
    assert_eq!(links["links"][0]["href"], "https://gts.example/nodeinfo/2.0");
}

#[test]
fn a_person_is_mentioned_by_the_account_domain() {
    let server = split();
    let me = alice(&server);
    for (text, heard) in
        [("hello @alice@example.org", 1), ("hello @alice@gts.example", 1), ("hello @alice", 2)]
    {
        server.post("bob", text);
        let call = me.session.get("/api/v1/notifications").unwrap();
        let told: Vec<serde_json::Value> = call.send(&server).unwrap().json().unwrap();
        assert_eq!(told.len(), heard, "{text}");
    }
}

#[test]
fn a_login_at_the_server_is_as_ever_and_one_at_the_account_domain_fails() {
    let server = split();
    assert_eq!(alice(&server).account.unwrap().username(), "alice");
    let there: Instance = "example.org".parse().unwrap();
    let app = RegisterApp::new(there, "my-bot").unwrap();
    assert!(app.send(&server).is_err());
}

#[test]
fn core_finds_the_server_behind_the_account_domain_and_logs_in_there() {
    let server = split();
    let found: Discover = "@alice@example.org".parse().unwrap();
    let found = found.run(&server).unwrap();
    assert_eq!(found.instance(), &server.instance());
    let app = RegisterApp::new("example.org".parse().unwrap(), "my-bot").unwrap();
    let person = server.account("alice");
    let mut login = Login::new(app, server.entropy());
    let me = login.run(&server, |ask| person.allow(ask.url)).unwrap();
    assert_eq!(me.app.instance(), &server.instance());
}

#[test]
fn by_webfinger_alone_it_is_found_where_a_name_is_known() {
    let builder = Server::builder(7).dialect(Dialect::Mastodon);
    let builder = builder.account_domain("example.org");
    let server = builder.redirected_paths(&["/.well-known/webfinger"]).build();
    server.account("alice");
    let run = |typed: &str| typed.parse::<Discover>().unwrap().run(&server);
    let found = run("@alice@example.org").unwrap();
    assert_eq!(found.instance(), &server.instance());
    let found = run("example.org").unwrap();
    assert_eq!(found.instance().origin(), "https://example.org");
}

#[test]
fn any_other_origin_is_foreign() {
    for uri in ["https://www.example.org/", "http://example.org/"] {
        let request = Request::get(uri).body(Vec::new()).unwrap();
        let error = split().send(request).unwrap_err();
        assert!(error.is::<ForeignOrigin>(), "{uri}");
    }
    let request = Request::get("https://example.org/").body(Vec::new());
    let error = Server::new(7).send(request.unwrap()).unwrap_err();
    assert!(error.is::<ForeignOrigin>(), "it has no account domain");
}

#[test]
fn what_was_asked_tells_where_and_faults_strike_there_too() {
    let server = split();
    server.fail(Fault::BadGateway.at("/.well-known/nodeinfo"));
    assert_eq!(there(&server, "GET", "/.well-known/nodeinfo").status(), 502);
    raw::get(&server, "/.well-known/nodeinfo");
    let asked = server.requests();
    let origins: Vec<&str> = asked.iter().map(|it| &*it.origin).collect();
    assert_eq!(origins, ["https://example.org", "https://gts.example"]);
}

#[test]
fn there_the_scheme_is_the_servers_own() {
    let home = Instance::insecure_http("http://social.test:8080").unwrap();
    let builder = Server::builder(7).instance(&home);
    let server = builder.account_domain("example.test").build();
    let request = Request::get("http://example.test/.well-known/nodeinfo");
    let answer = raw::send(&server, request.body(Vec::new()).unwrap());
    let target = "http://social.test:8080/.well-known/nodeinfo";
    assert_eq!(answer.header("location"), Some(target));
}

#[test]
fn the_account_domain_is_found_from_the_server() {
    for dialect in [Dialect::GoToSocial, Dialect::Mastodon] {
        let builder = Server::builder(7).dialect(dialect).account_domain("example.org");
        let server = builder.redirected_paths(&["/.well-known/webfinger"]).build();
        server.account("alice");
        let find = FindAccountDomain::new(server.instance(), "alice").unwrap();
        let domain = find.run(&server).unwrap().expect("a domain");
        assert_eq!(domain.origin(), "https://example.org");
    }
    let server = Server::new(7);
    server.account("alice");
    let find = FindAccountDomain::new(server.instance(), "alice").unwrap();
    assert_eq!(find.run(&server).unwrap(), None);
}

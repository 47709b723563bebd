//! Endpoints that a test adds.

use gts_oauth_core::Exchange;
use gts_oauth_core::http::{Method, Response};
use gts_oauth_fake::{Fault, Server};

use crate::raw;

/// A response that is the request's path.
fn path(server: &Server, pattern: &str) {
    server.route(Method::GET, pattern, |request| Response::new(request.path.clone().into_bytes()));
}

#[test]
fn route_precedes_the_servers_endpoint() {
    let server = Server::new(7);
    path(&server, "/api/v1/instance");
    assert_eq!(raw::get(&server, "/api/v1/instance?a=b").page(), "/api/v1/instance");
    assert_eq!(raw::form(&server, "/api/v1/instance", &[]).status(), 405);
    server.route(Method::GET, "/api/v1/instance", |_| Response::new(b"later".to_vec()));
    assert_eq!(raw::get(&server, "/api/v1/instance").page(), "later");
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn parameter_matches_one_segment() {
    let server = Server::new(7);
    path(&server, "/api/v1/lists/{id}/accounts");
    assert_eq!(raw::get(&server, "/api/v1/lists/7/accounts").status(), 200);
    for other in ["", "/7", "//accounts", "/7/8/accounts", "/7/accounts/8"] {
        assert_eq!(raw::get(&server, &format!("/api/v1/lists{other}")).status(), 404, "{other}");
    }
}

#[test]
fn handler_can_use_the_server() {
    let server = Server::new(7);
    let inside = server.clone();
    server.route(Method::POST, "/api/v1/echo", move |request| {
        inside.post("alice", &request.field("text").unwrap_or_default());
        Response::new(inside.posts().len().to_string().into_bytes())
    });
    assert_eq!(raw::form(&server, "/api/v1/echo", &[("text", "hello")]).page(), "1");
    assert_eq!(server.posts()[0].text, "hello");
}

#[test]
fn fault_precedes_a_route() {
    let server = Server::new(7);
    path(&server, "/api/v1/lists");
    let session = server.session("alice", "read");
    let call = session.get("/api/v1/lists").unwrap();
    server.fail(Fault::BadGateway);
    assert!(call.send(&server).is_err());
    assert_eq!(raw::get(&server, "/api/v1/lists").status(), 200);
}

//! The control port: what steers the server, what is rejected, and that web pages cannot use it.

use std::net::TcpStream;
use std::time::Duration;

use gts_oauth_core::Exchange as _;
use gts_oauth_fake::{Control, Dialect, Fault, Served};
use gts_oauth_ureq::http::{Method, Request, Response};
use gts_oauth_ureq::{BoxError, Transport as _, Ureq};
use serde_json::{Value, json};

use super::serve;

fn steered() -> Result<(Served, Control), BoxError> {
    let served = serve(Dialect::GoToSocial);
    let control = served.control()?;
    Ok((served, control))
}

/// Sends JSON. Returns the status and the JSON of the response.
fn post(control: &Control, path: &str, body: &Value) -> Result<(u16, Value), BoxError> {
    post_text(control, path, &body.to_string())
}

fn post_text(control: &Control, path: &str, body: &str) -> Result<(u16, Value), BoxError> {
    let request = Request::post(format!("{}{path}", control.origin()))
        .header("content-type", "application/json")
        .body(body.as_bytes().to_vec())?;
    read(&Ureq::new().send(request)?)
}

fn read(response: &Response<Vec<u8>>) -> Result<(u16, Value), BoxError> {
    Ok((response.status().as_u16(), serde_json::from_slice(response.body())?))
}

fn requests(control: &Control) -> Result<Value, BoxError> {
    get(control, "/requests")
}

fn get(control: &Control, path: &str) -> Result<Value, BoxError> {
    let request = Request::get(format!("{}{path}", control.origin())).body(Vec::new())?;
    let (status, list) = read(&Ureq::new().send(request)?)?;
    assert_eq!(status, 200, "{list}");
    Ok(list)
}

fn call(served: &Served, method: Method, path: &str) -> Result<Response<Vec<u8>>, BoxError> {
    let request = Request::builder().method(method).uri(format!("{}{path}", served.origin()));
    Ureq::new().send(request.header("user-agent", "mine").body(Vec::new())?)
}

#[test]
fn web_pages_cannot_steer() -> Result<(), BoxError> {
    let (served, control) = steered()?;
    let json = ("content-type", "application/json");
    for (name, value, status) in [
        ("origin", "https://site.example", 403),
        ("origin", "null", 403),
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-origin", 403),
        ("host", "site.example", 403),
        ("host", "127.0.0.1", 403),
        ("content-type", "text/plain", 415),
        ("content-type", "application/x-www-form-urlencoded", 415),
    ] {
        let (kind, value_of_kind) = if name == "content-type" { (name, value) } else { json };
        let mut request =
            Request::post(format!("{}/fail", control.origin())).header(kind, value_of_kind);
        if name != "content-type" {
            request = request.header(name, value);
        }
        let body = br#"{"fault": "bad-gateway"}"#.to_vec();
        let (received, problem) = read(&Ureq::new().send(request.body(body)?)?)?;
        assert_eq!(received, status, "{name}: {value}: {problem}");
        assert!(problem["error"].is_string(), "{problem}");
    }
    assert_eq!(call(&served, Method::GET, "/nodeinfo/2.0")?.status(), 200, "no fault is planned");

    // The secrets of the record cannot be read either.
    let request = Request::get(format!("{}/requests", control.origin()));
    let request = request.header("sec-fetch-site", "same-site").body(Vec::new())?;
    assert_eq!(Ureq::new().send(request)?.status(), 403);
    Ok(())
}

#[test]
fn users_can_open_the_record_in_a_browser() -> Result<(), BoxError> {
    let (_served, control) = steered()?;
    let request = Request::get(format!("{}/requests", control.origin()))
        .header("host", format!("localhost:{}", control.address().port()))
        .header("sec-fetch-site", "none");
    assert_eq!(read(&Ureq::new().send(request.body(Vec::new())?)?)?, (200, json!([])));
    Ok(())
}

#[test]
fn rejected_requests_state_why() -> Result<(), BoxError> {
    let (served, control) = steered()?;
    for (path, body, part) in [
        ("/fail", r#"{"fault": "#, "invalid JSON: EOF"),
        ("/fail", "[]", "expected a JSON object"),
        ("/fail", "", "missing fault or status"),
        ("/fail", r#"{"fault": "gremlins"}"#, "unknown fault gremlins: expected one of rate-limi"),
        ("/fail", r#"{"fault": "empty", "status": 200}"#, "either fault or status"),
        ("/fail", r#"{"fault": "rate-limited"}"#, "missing seconds"),
        ("/fail", r#"{"fault": "empty", "cuont": 2}"#, "unexpected field cuont"),
        ("/fail", r#"{"fault": "empty", "body": "x"}"#, "unexpected field body"),
        ("/fail", r#"{"fault": "empty", "count": 0}"#, "invalid count"),
        ("/fail", r#"{"fault": "empty", "count": "two"}"#, "invalid count"),
        ("/fail", r#"{"fault": "empty", "path": "oauth"}"#, "invalid path"),
        ("/fail", r#"{"fault": "empty", "method": "a b"}"#, "invalid method"),
        ("/fail", r#"{"status": 100}"#, "invalid status"),
        ("/fail", r#"{"status": 200, "headers": {"a b": "c"}}"#, "invalid headers: a b"),
        ("/fail", r#"{"status": 200, "headers": {"a": 1}}"#, "invalid headers"),
        ("/fail", r#"{"status": 200, "headers": {"a": "b\nc"}}"#, "invalid headers: a"),
        ("/fail", r#"{"status": 200, "body": "a", "body_base64": "YQ=="}"#, "not both"),
        ("/fail", r#"{"status": 200, "body_base64": "?"}"#, "invalid body_base64"),
        ("/advance", "{}", "missing seconds"),
        ("/advance", r#"{"seconds": -1}"#, "invalid seconds"),
        ("/revoke", r#"{"token": null}"#, "invalid token"),
        ("/forget-apps", r#"{"all": true}"#, "unexpected field all: expected no fields"),
    ] {
        let (status, problem) = post_text(&control, path, body)?;
        assert_eq!(status, 400, "{path} {body}: {problem}");
        let error = problem["error"].as_str().unwrap_or_default();
        assert!(error.contains(part), "{path} {body}: {error}");
    }
    assert_eq!(call(&served, Method::GET, "/nodeinfo/2.0")?.status(), 200, "no fault is planned");

    let (status, problem) = post(&control, "/crash", &json!({}))?;
    assert_eq!(status, 404);
    assert!(problem["error"].as_str().is_some_and(|it| it.contains("POST /fail")), "{problem}");
    let (status, problem) = post(&control, "/requests", &json!({}))?;
    assert_eq!(status, 405);
    assert!(problem["error"].as_str().is_some_and(|it| it.contains("expected GET")), "{problem}");
    Ok(())
}

#[test]
fn every_listed_fault_can_be_planned() -> Result<(), BoxError> {
    let (_served, control) = steered()?;
    let (_, problem) = post(&control, "/fail", &json!({ "fault": "" }))?;
    let error = problem["error"].as_str().unwrap_or_default();
    let (_, names) = error.split_once("one of ").ok_or("a list of names")?;
    let names: Vec<&str> = names.split(", ").collect();
    assert!(names.len() >= 13, "{names:?}");
    for name in names {
        let mut fault = json!({ "fault": name });
        match name {
            "rate-limited" => fault["seconds"] = json!(60),
            "patched" => fault["patch"] = json!({ "scope": null }),
            "redirect" => fault["location"] = json!("https://elsewhere.example/"),
            _ => {}
        }
        let (status, problem) = post(&control, "/fail", &fault)?;
        assert_eq!((status, problem), (200, json!({})), "{name}");
        // It is listed in the same form.
        let failures = get(&control, "/failures")?;
        let listed = failures.as_array().and_then(|all| all.last()).ok_or("no fault")?;
        (fault["after"], fault["count"]) = (json!(0), json!(1));
        assert_eq!(*listed, fault);
    }
    Ok(())
}

#[test]
fn used_faults_are_no_longer_listed() -> Result<(), BoxError> {
    let (served, control) = steered()?;
    let response = json!({
        "status": 503, "headers": { "set-cookie": ["a=1", "b=2"] }, "body_base64": "/w==",
        "path": "/nodeinfo", "method": "GET", "after": 0, "count": 2,
    });
    post(&control, "/fail", &response)?;
    post(&control, "/fail", &json!({ "fault": "empty", "path": "/nodeinof" }))?;
    assert_eq!(get(&control, "/failures")?[0], response);
    for _ in 0..2 {
        assert_eq!(call(&served, Method::GET, "/nodeinfo/2.0")?.status(), 503);
    }
    let left = json!([{ "fault": "empty", "path": "/nodeinof", "after": 0, "count": 1 }]);
    assert_eq!(get(&control, "/failures")?, left);
    post(&control, "/clear-failures", &json!({}))?;
    assert_eq!(get(&control, "/failures")?, json!([]));
    Ok(())
}

#[test]
fn planned_responses_apply_as_described() -> Result<(), BoxError> {
    let (served, control) = steered()?;
    let busy = json!({
        "status": 503, "headers": { "retry-after": "9", "set-cookie": ["a=1", "b=2"] },
        "body_base64": "/w==", "path": "/api", "method": "get", "after": 1, "count": 2,
    });
    assert_eq!(post(&control, "/fail", &busy)?.0, 200);
    let statuses = [
        (Method::GET, "/nodeinfo/2.0", 200),
        (Method::GET, "/api/v1/instance", 200), // `after` skips it
        (Method::POST, "/api/v1/apps", 400),
        (Method::GET, "/api/v1/instance", 503),
        (Method::GET, "/api/v1/instance", 503),
        (Method::GET, "/api/v1/instance", 200),
    ];
    for (number, (method, path, status)) in statuses.into_iter().enumerate() {
        let response = call(&served, method, path)?;
        assert_eq!(response.status(), status, "request {number}");
        if status == 503 {
            assert_eq!(response.headers()["retry-after"], "9");
            assert_eq!(response.headers().get_all("set-cookie").iter().count(), 2);
            assert_eq!(response.body(), b"\xff");
        }
    }

    served.fail(Fault::BadGateway.times(u32::MAX));
    assert_eq!(call(&served, Method::GET, "/nodeinfo/2.0")?.status(), 502);
    post(&control, "/clear-failures", &json!({}))?;
    assert_eq!(call(&served, Method::GET, "/nodeinfo/2.0")?.status(), 200);
    Ok(())
}

#[test]
fn requests_are_listed_whole() -> Result<(), BoxError> {
    let (served, control) = steered()?;
    for body in [&b"client_name=\xc3\xa9"[..], b"\xff\x00"] {
        let request = Request::post(format!("{}/api/v1/apps?a=1&b=%20", served.origin()))
            .header("user-agent", "mine")
            .header("x-twice", "one")
            .header("x-twice", "two");
        Ureq::new().send(request.body(body.to_vec())?)?;
    }
    let listed = requests(&control)?;
    assert_eq!(listed[0]["method"], "POST");
    assert_eq!(listed[0]["origin"], served.origin());
    assert_eq!(
        (&listed[0]["path"], &listed[0]["query"]),
        (&json!("/api/v1/apps"), &json!("a=1&b=%20"))
    );
    assert_eq!(listed[0]["headers"]["user-agent"], "mine");
    assert_eq!(listed[0]["headers"]["x-twice"], "one, two");
    assert_eq!(
        (&listed[0]["body"], &listed[0]["body_base64"]),
        (&json!("client_name=é"), &Value::Null)
    );
    assert_eq!((&listed[1]["body"], &listed[1]["body_base64"]), (&Value::Null, &json!("/wA=")));

    post(&control, "/clear-requests", &json!({}))?;
    assert_eq!(requests(&control)?, json!([]), "requests to the control port are not recorded");
    Ok(())
}

#[test]
fn tokens_are_revoked_singly_or_all() -> Result<(), BoxError> {
    let (served, control) = steered()?;
    let http = Ureq::new();
    let sessions = ["alice", "bob", "carol"].map(|name| served.session(name, "read"));
    let first = json!({ "token": sessions[0].access_token().expose() });
    assert_eq!(post(&control, "/revoke", &first)?, (200, json!({ "revoked": 1 })));
    assert_eq!(post(&control, "/revoke", &first)?, (200, json!({ "revoked": 0 })));
    assert!(sessions[0].verify().send(&http).is_err());
    post(&control, "/forget-apps", &json!({}))?;
    assert!(sessions[1].verify().send(&http).is_ok(), "tokens of forgotten apps remain valid");
    assert_eq!(post(&control, "/revoke", &json!({}))?, (200, json!({ "revoked": 2 })));
    assert!(sessions[1].verify().send(&http).is_err());
    Ok(())
}

#[test]
fn clock_moves_and_has_an_end() -> Result<(), BoxError> {
    let (served, control) = steered()?;
    let before = served.now();
    let year = json!({ "seconds": 31_536_000 });
    let (status, reply) = post(&control, "/advance", &year)?;
    assert_eq!(status, 200);
    assert!(reply["now"].as_str().is_some_and(|now| now.ends_with('Z')), "{reply}");
    assert!(served.now() >= before + Duration::from_secs(31_536_000));
    let century = json!({ "seconds": u32::MAX });
    let (status, problem) = (0..60).try_fold((200, Value::Null), |last, _| match last.0 {
        200 => post(&control, "/advance", &century),
        _ => Ok(last),
    })?;
    assert_eq!(status, 400, "{problem}");
    assert_eq!(call(&served, Method::GET, "/nodeinfo/2.0")?.status(), 200, "it still responds");
    Ok(())
}

#[test]
fn dropped_control_frees_its_port() -> Result<(), BoxError> {
    let (served, control) = steered()?;
    let address = control.address();
    assert_ne!(address, served.address());
    drop(control);
    assert!(TcpStream::connect(address).is_err());
    assert_eq!(call(&served, Method::GET, "/nodeinfo/2.0")?.status(), 200);
    Ok(())
}

//! The responses of the Mastodon dialects, compared with the published OpenAPI description of
//! Mastodon 4.7 (`openapi.txt`, printed by `openapi.py`).

use std::collections::BTreeMap;

use gts_oauth_core::Transport as _;
use gts_oauth_core::http::Request;
use gts_oauth_fake::{Dialect, Server};
use serde_json::{Value, json};

use crate::fidelity::client::{CALLBACK, FORM, Registered, code_at, form, registration, text};

const TABLE: &str = include_str!("openapi.txt");

/// Required fields that 4.3 does not have.
const ABSENT_IN_43: [(&str, &str); 1] =
    [("GET /.well-known/oauth-authorization-server", ".userinfo_endpoint")];

/// A required field of a response, and the JSON types that it can have.
struct Row {
    response: &'static str,
    field: &'static str,
    types: Vec<&'static str>,
}

fn rows() -> Vec<Row> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (rest, types) = line.rsplit_once(' ').expect("types");
            let (response, field) = rest.rsplit_once(' ').expect("a field");
            Row { response, field, types: types.split(',').collect() }
        })
        .collect()
}

impl Row {
    /// What is wrong with the field in this response.
    fn fault(&self, body: &Value) -> Option<String> {
        let Row { response, field, types } = self;
        let values = values(body, field);
        let wrong = values.iter().find(|value| !types.iter().any(|kind| is_a(value, kind)));
        match wrong {
            _ if values.is_empty() => Some(format!("{response} {field} is missing")),
            Some(value) => Some(format!("{response} {field} is {value}, not {types:?}")),
            None => None,
        }
    }
}

/// All values of a field: several if it is in a list.
fn values<'a>(body: &'a Value, field: &str) -> Vec<&'a Value> {
    let mut values = vec![body];
    for name in field.trim_start_matches('.').split('.') {
        let plain = name.trim_end_matches("[]");
        values = values.into_iter().filter_map(|value| value.get(plain)).collect();
        if name.ends_with("[]") {
            values = values.into_iter().filter_map(Value::as_array).flatten().collect();
        }
    }
    values
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "array" => value.is_array(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "object" => value.is_object(),
        "string" => value.is_string(),
        other => panic!("unknown type {other}"),
    }
}

/// The body of each response in the table, by method and path.
fn responses(dialect: Dialect) -> BTreeMap<&'static str, Value> {
    let server = Server::builder(47).dialect(dialect).build();
    let app = send(&server, "POST /api/v1/apps", &registration(CALLBACK, "profile read"), "");
    let registered = Registered::new(&app);
    let query = form(&[
        ("response_type", "code"),
        ("client_id", &registered.id),
        ("redirect_uri", CALLBACK),
        ("scope", "profile read"),
    ]);
    let url = format!("{}/oauth/authorize?{query}", server.instance().origin());
    let returned = server.account("alice").visit(&url).expect("it is allowed");
    let fields = registered.code_exchange(&code_at(&returned).expect("a code"));
    let token = send(&server, "POST /oauth/token", &fields, "");
    let bearer = text(&token, "access_token");
    let mut responses = BTreeMap::from([("POST /api/v1/apps", app), ("POST /oauth/token", token)]);
    for row in rows() {
        if row.response.starts_with("GET ") {
            let respond = || send(&server, row.response, "", &bearer);
            responses.entry(row.response).or_insert_with(respond);
        }
    }
    responses
}

fn send(server: &Server, target: &str, form: &str, bearer: &str) -> Value {
    let (method, path) = target.split_once(' ').expect("method and path");
    let mut request = Request::builder()
        .method(method)
        .uri(format!("{}{path}", server.instance().origin()))
        .header("accept", "application/json")
        .header("content-type", FORM);
    if !bearer.is_empty() {
        request = request.header("authorization", format!("Bearer {bearer}"));
    }
    let response = server.send(request.body(form.into()).expect("a request")).expect("a response");
    assert_eq!(response.status(), 200, "{target}");
    serde_json::from_slice(response.body()).expect("JSON")
}

fn faults(dialect: Dialect) -> Vec<String> {
    let responses = responses(dialect);
    rows().iter().filter_map(|row| row.fault(&responses[row.response])).collect()
}

#[test]
fn mastodon_46_has_what_openapi_requires() {
    assert_eq!(faults(Dialect::Mastodon), [""; 0]);
}

#[test]
fn mastodon_43_lacks_only_what_is_listed() {
    let absent = ABSENT_IN_43.map(|(response, field)| format!("{response} {field} is missing"));
    assert_eq!(faults(Dialect::Mastodon43), absent);
}

#[test]
fn each_row_of_the_table_can_fail() {
    let responses = responses(Dialect::Mastodon);
    assert_eq!(rows().len(), 157);
    for row in rows() {
        let body = &responses[row.response];
        let mut missing = body.clone();
        change(&mut missing, row.field, None);
        assert!(row.fault(&missing).is_some(), "{} can be missing", row.field);
        let mut wrong = body.clone();
        change(&mut wrong, row.field, Some(json!(1.5)));
        let is_number = row.types == ["number"];
        assert_eq!(row.fault(&wrong).is_none(), is_number, "{} can be a number", row.field);
    }
}

/// Replaces the field, or all items of the list, or removes it.
fn change(body: &mut Value, field: &str, with: Option<Value>) {
    let (parent, name) = field.rsplit_once('.').expect("a name");
    let pointer = parent.replace('.', "/");
    let parent = body.pointer_mut(&pointer).expect("a parent").as_object_mut().expect("an object");
    match (name.strip_suffix("[]"), with) {
        (Some(list), Some(item)) => drop(parent.insert(list.to_owned(), json!([item]))),
        (Some(list), None) => drop(parent.insert(list.to_owned(), json!([]))),
        (None, Some(value)) => drop(parent.insert(name.to_owned(), value)),
        (None, None) => drop(parent.remove(name)),
    }
}

//! Faults as JSON: a name or a response, and the requests that it applies to.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::fields::Fields;
use super::requests;
use crate::fault::{Failure, Fault};

/// The faults with a name, in the order of [`Fault`].
const NAMES: [&str; 13] = [
    "rate-limited",
    "throttled",
    "bad-gateway",
    "empty",
    "cut-off",
    "wrong-content-type",
    "patched",
    "redirect",
    "endless",
    "no-response",
    "slow-drip",
    "reset",
    "lost-response",
];

/// The value of a header, or the values of a repeated one.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected strings or lists of strings")]
enum Values {
    One(String),
    Several(Vec<String>),
}

pub(super) fn parse(fields: &mut Fields) -> Result<Failure, String> {
    let name: Option<String> = fields.optional("fault")?;
    let status: Option<u16> = fields.optional("status")?;
    let fault = match (name, status) {
        (Some(name), None) => named(&name, fields)?,
        (None, Some(status)) => response(status, fields)?,
        (Some(_), Some(_)) => return Err("expected either fault or status, not both".to_owned()),
        (None, None) => return Err("missing fault or status".to_owned()),
    };
    let method: Option<String> = fields.optional("method")?;
    let method = method.map(|name| parse_method(&name)).transpose()?;
    let path: Option<String> = fields.optional("path")?;
    if path.as_ref().is_some_and(|path| !path.starts_with('/')) {
        return Err("invalid path: it must begin with a slash".to_owned());
    }
    let after = fields.optional("after")?.unwrap_or(0);
    let times = fields.optional("count")?.map_or(1, NonZeroU32::get);
    Ok(Failure { fault, method, path, after, times })
}

/// The fields that [`parse`] reads.
pub(super) fn to_json(failure: &Failure) -> Value {
    let mut fields = match &failure.fault {
        Fault::RateLimited(wait) => json!({ "fault": "rate-limited", "seconds": wait.as_secs() }),
        Fault::Throttled => json!({ "fault": "throttled" }),
        Fault::BadGateway => json!({ "fault": "bad-gateway" }),
        Fault::Empty => json!({ "fault": "empty" }),
        Fault::CutOff => json!({ "fault": "cut-off" }),
        Fault::WrongContentType => json!({ "fault": "wrong-content-type" }),
        Fault::Patched(patch) => json!({ "fault": "patched", "patch": patch }),
        Fault::Redirect(location) => json!({ "fault": "redirect", "location": location }),
        Fault::Response { status, headers, body } => {
            let (name, body) = requests::body(body);
            json!({ "status": status.as_u16(), "headers": header_lists(headers), name: body })
        }
        Fault::Endless => json!({ "fault": "endless" }),
        Fault::NoResponse => json!({ "fault": "no-response" }),
        Fault::SlowDrip => json!({ "fault": "slow-drip" }),
        Fault::Reset => json!({ "fault": "reset" }),
        Fault::LostResponse => json!({ "fault": "lost-response" }),
    };
    if let Some(method) = &failure.method {
        fields["method"] = method.as_str().into();
    }
    if let Some(path) = &failure.path {
        fields["path"] = path.as_str().into();
    }
    (fields["after"], fields["count"]) = (failure.after.into(), failure.times.into());
    fields
}

fn header_lists(headers: &HeaderMap) -> BTreeMap<&str, Vec<String>> {
    let mut lists: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        lists.entry(name.as_str()).or_default().push(value);
    }
    lists
}

fn parse_method(name: &str) -> Result<Method, String> {
    let method = name.to_ascii_uppercase().parse();
    method.map_err(|error| format!("invalid method: {error}"))
}

fn named(name: &str, fields: &mut Fields) -> Result<Fault, String> {
    Ok(match name {
        "rate-limited" => {
            let seconds: u32 = fields.required("seconds")?;
            Fault::RateLimited(Duration::from_secs(seconds.into()))
        }
        "throttled" => Fault::Throttled,
        "bad-gateway" => Fault::BadGateway,
        "empty" => Fault::Empty,
        "cut-off" => Fault::CutOff,
        "wrong-content-type" => Fault::WrongContentType,
        "patched" => Fault::Patched(fields.required("patch")?),
        "redirect" => Fault::Redirect(fields.required("location")?),
        "endless" => Fault::Endless,
        "no-response" => Fault::NoResponse,
        "slow-drip" => Fault::SlowDrip,
        "reset" => Fault::Reset,
        "lost-response" => Fault::LostResponse,
        _ => return Err(format!("unknown fault {name}: expected one of {}", NAMES.join(", "))),
    })
}

fn response(status: u16, fields: &mut Fields) -> Result<Fault, String> {
    let status = StatusCode::from_u16(status).ok().filter(|it| !it.is_informational());
    let status = status.ok_or("invalid status: expected a final one (200 to 999)")?;
    let headers: Option<BTreeMap<String, Values>> = fields.optional("headers")?;
    let headers = header_map(headers.unwrap_or_default())?;
    let text: Option<String> = fields.optional("body")?;
    let encoded: Option<String> = fields.optional("body_base64")?;
    let body = match (text, encoded) {
        (Some(_), Some(_)) => {
            return Err("expected either body or body_base64, not both".to_owned());
        }
        (None, Some(encoded)) => {
            let decoded = STANDARD.decode(encoded);
            decoded.map_err(|error| format!("invalid body_base64: {error}"))?
        }
        (text, None) => text.unwrap_or_default().into_bytes(),
    };
    Ok(Fault::Response { status, headers, body })
}

fn header_map(headers: BTreeMap<String, Values>) -> Result<HeaderMap, String> {
    let mut map = HeaderMap::new();
    for (name, values) in headers {
        let invalid = |error: &dyn std::fmt::Display| format!("invalid headers: {name}: {error}");
        let parsed: HeaderName = name.parse().map_err(|error| invalid(&error))?;
        let values = match values {
            Values::One(value) => vec![value],
            Values::Several(values) => values,
        };
        for value in values {
            let value = HeaderValue::from_str(&value).map_err(|error| invalid(&error))?;
            map.append(&parsed, value);
        }
    }
    Ok(map)
}

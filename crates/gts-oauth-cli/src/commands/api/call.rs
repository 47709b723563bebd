//! Building, sending and parsing an API call.

use gts_oauth_ureq::http::header::CONTENT_TYPE;
use gts_oauth_ureq::http::{Method, Response};
use gts_oauth_ureq::session::Call;
use gts_oauth_ureq::{BoxError, Error, Exchange as _, Session, Transport};

use super::arguments::ApiArgs;
use super::fields::{Fields, read_file};
use super::path;
use crate::exit_code::InvalidUsage;

/// Builds the call that the arguments describe.
pub(super) fn build(session: &Session, arguments: &ApiArgs) -> Result<Call, BoxError> {
    let fields = Fields::read(arguments)?;
    let method = match &arguments.method {
        Some(method) => method.clone(),
        None if arguments.is_post() => Method::POST,
        None => Method::GET,
    };
    let queried =
        arguments.input.is_some() || matches!(method, Method::GET | Method::HEAD | Method::DELETE);
    let path = path::read(&arguments.path, session.instance())?;
    let mut call = session.call(method, &path).map_err(InvalidUsage::from)?;
    call = match queried {
        true => fields.query(call)?,
        false => fields.body(call)?,
    };
    let mut headers = arguments.headers()?;
    if let Some(input) = &arguments.input {
        let is_content_type = |name: &str| name.eq_ignore_ascii_case(CONTENT_TYPE.as_str());
        let position = headers.iter().position(|(name, _)| is_content_type(name));
        let content_type =
            position.map_or("application/json", |position| headers.remove(position).1);
        call = call.body(content_type, read_file(input)?)?;
    }
    for (name, value) in headers {
        call = call.header(name, value).map_err(InvalidUsage::from)?;
    }
    Ok(call)
}

/// Sends the call.
pub(super) fn send(call: &Call, http: &dyn Transport) -> Result<Response<Vec<u8>>, Error> {
    let response = http.send(call.request());
    response.map_err(|error| Error::transport(call.operation(), &call.request(), error))
}

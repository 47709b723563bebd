//! `gts-oauth api`: authenticated API calls.

mod arguments;
mod fields;
mod multipart;
mod pages;

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use gts_oauth_ureq::http::header::CONTENT_TYPE;
use gts_oauth_ureq::http::{Method, Response, StatusCode};
use gts_oauth_ureq::{
    BoxError, Call, Error, Exchange as _, Reply, Session, Transport, Why, printable,
};

use crate::store::Store;
use crate::{exit_code, output};
pub(crate) use arguments::ApiArgs;
use fields::Fields;

/// Prints the body for every status. An error response is then reported as an error, too.
pub(crate) fn run(
    store: &Store,
    arguments: &ApiArgs,
    http: &dyn Transport,
) -> Result<ExitCode, BoxError> {
    let loaded = store.current_account(arguments.account.name(), http)?;
    let call = call(&loaded.credentials.session, arguments)?;
    if arguments.paginate {
        return pages::run(call, http);
    }
    let response = send(&call, http)?;
    if arguments.include {
        print_head(&response)?;
    }
    output::print_body(response.body())?;
    parse(&call, &response)?;
    Ok(exit_code::SUCCESS)
}

/// Parses the response. An error for a missing scope also names the command that requests it.
fn parse(call: &Call, response: &Response<Vec<u8>>) -> Result<Reply, BoxError> {
    call.parse(response).map_err(|error| {
        let is_page =
            matches!(&error, Error::Unexpected(unexpected) if unexpected.why == Why::Html);
        match error.status() {
            Some(StatusCode::FORBIDDEN) if !is_page => {
                let how = "`gts-oauth login INSTANCE --scopes '…'`";
                format!("{error}, with {how}").into()
            }
            _ => error.into(),
        }
    })
}

fn send(call: &Call, http: &dyn Transport) -> Result<Response<Vec<u8>>, Error> {
    let response = http.send(call.request());
    response.map_err(|error| Error::no_answer(call.endpoint(), error))
}

fn call(session: &Session, arguments: &ApiArgs) -> Result<Call, BoxError> {
    let fields = Fields::read(arguments)?;
    let method = match &arguments.method {
        Some(method) => method.clone(),
        None if fields.is_empty() && arguments.input.is_none() => Method::GET,
        None => Method::POST,
    };
    let queried =
        arguments.input.is_some() || matches!(method, Method::GET | Method::HEAD | Method::DELETE);
    let mut call = session.call(method, &arguments.path)?;
    call = match queried {
        true => fields.query(call)?,
        false => fields.body(call)?,
    };
    let is_content_type = |name: &str| name.eq_ignore_ascii_case(CONTENT_TYPE.as_str());
    if let Some(input) = &arguments.input {
        let content_type = arguments
            .header
            .iter()
            .find(|(name, _)| is_content_type(name));
        let content_type =
            content_type.map_or("application/json", |(_, content_type)| content_type);
        call = call.body(content_type, read_file(input)?)?;
    }
    let mut headers = arguments.header.iter();
    let headers = headers
        .by_ref()
        .filter(|(name, _)| !(arguments.input.is_some() && is_content_type(name)));
    for (name, value) in headers {
        call = call.header(name, value)?;
    }
    Ok(call)
}

/// Reads a file, or standard input for `-`.
fn read_file(path: &Path) -> Result<Vec<u8>, BoxError> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut io::stdin(), &mut bytes)?;
        return Ok(bytes);
    }
    std::fs::read(path).map_err(|error| format!("the file {path:?} cannot be read: {error}").into())
}

fn print_head(response: &Response<Vec<u8>>) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{:?} {}", response.version(), response.status())?;
    for (name, value) in response.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        writeln!(stdout, "{name}: {}", printable(&value))?;
    }
    writeln!(stdout)
}

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
    wanted: &ApiArgs,
    http: &dyn Transport,
) -> Result<ExitCode, BoxError> {
    let held = store.held(wanted.account.name(), http)?;
    let call = call(&held.credentials.session, wanted)?;
    if wanted.paginate {
        return pages::run(call, http);
    }
    let answer = answer(&call, http)?;
    if wanted.include {
        head(&answer)?;
    }
    output::body(answer.body())?;
    read(&call, &answer)?;
    Ok(exit_code::DONE)
}

/// Parses the response. An error for a missing scope also names the command that requests it.
fn read(call: &Call, answer: &Response<Vec<u8>>) -> Result<Reply, BoxError> {
    call.parse(answer).map_err(|error| {
        let is_page = matches!(&error, Error::Unexpected(odd) if odd.why == Why::Html);
        match error.status() {
            Some(StatusCode::FORBIDDEN) if !is_page => {
                let how = "`gts-oauth login INSTANCE --scopes '…'`";
                format!("{error}, with {how}").into()
            }
            _ => error.into(),
        }
    })
}

fn answer(call: &Call, http: &dyn Transport) -> Result<Response<Vec<u8>>, Error> {
    let answer = http.send(call.request());
    answer.map_err(|error| Error::no_answer(call.endpoint(), error))
}

fn call(session: &Session, wanted: &ApiArgs) -> Result<Call, BoxError> {
    let fields = Fields::read(wanted)?;
    let method = match &wanted.method {
        Some(method) => method.clone(),
        None if fields.is_empty() && wanted.input.is_none() => Method::GET,
        None => Method::POST,
    };
    let queried =
        wanted.input.is_some() || matches!(method, Method::GET | Method::HEAD | Method::DELETE);
    let mut call = session.call(method, &wanted.path)?;
    call = match queried {
        true => fields.query(call)?,
        false => fields.body(call)?,
    };
    let is_kind = |name: &str| name.eq_ignore_ascii_case(CONTENT_TYPE.as_str());
    if let Some(input) = &wanted.input {
        let kind = wanted.header.iter().find(|(name, _)| is_kind(name));
        let kind = kind.map_or("application/json", |(_, kind)| kind);
        call = call.body(kind, contents(input)?)?;
    }
    let mut headers = wanted.header.iter();
    let headers = headers
        .by_ref()
        .filter(|(name, _)| !(wanted.input.is_some() && is_kind(name)));
    for (name, value) in headers {
        call = call.header(name, value)?;
    }
    Ok(call)
}

/// Reads a file, or standard input for `-`.
fn contents(path: &Path) -> Result<Vec<u8>, BoxError> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut io::stdin(), &mut bytes)?;
        return Ok(bytes);
    }
    std::fs::read(path).map_err(|error| format!("the file {path:?} cannot be read: {error}").into())
}

fn head(answer: &Response<Vec<u8>>) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{:?} {}", answer.version(), answer.status())?;
    for (name, value) in answer.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        writeln!(stdout, "{name}: {}", printable(&value))?;
    }
    writeln!(stdout)
}

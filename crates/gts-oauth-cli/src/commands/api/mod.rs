//! `gts-oauth api`: authenticated API calls.

mod arguments;
mod call;
mod fields;
mod pages;

use std::io::{self, Write as _};
use std::process::ExitCode;

use gts_oauth_ureq::error::UnexpectedReason;
use gts_oauth_ureq::http::Response;
use gts_oauth_ureq::session::Call;
use gts_oauth_ureq::types::printable;
use gts_oauth_ureq::{BoxError, Error, Exchange as _, Transport};

use crate::credentials::Credentials;
use crate::store::Store;
use crate::{exit_code, output};
pub(crate) use arguments::ApiArgs;

/// Prints the body for every status. An error response is then reported as an error, too. An HTML
/// page is not the response of an API, and is printed on standard error.
pub(crate) fn run(
    store: &Store,
    arguments: &ApiArgs,
    http: &dyn Transport,
) -> Result<ExitCode, BoxError> {
    let loaded = store.current_account(arguments.account.name(), http)?;
    let call = call::build(&loaded.credentials.session, arguments)?;
    if arguments.paginate {
        return pages::run(call, &loaded.credentials, http);
    }
    let response = call::send(&call, http)?;
    if arguments.include {
        print_head(&response)?;
    }
    print_and_parse(&call, &response, &loaded.credentials)?;
    Ok(exit_code::SUCCESS)
}

fn print_and_parse(
    call: &Call,
    response: &Response<Vec<u8>>,
    credentials: &Credentials,
) -> Result<(), BoxError> {
    let parsed = call.parse(response);
    match &parsed {
        Err(error) if is_html(error) => output::message_body(response.body()),
        _ => output::print_body(response.body())?,
    }
    parsed.map(drop).map_err(|error| credentials.explain(error))
}

fn is_html(error: &Error) -> bool {
    matches!(error, Error::UnexpectedResponse(it) if it.reason == UnexpectedReason::Html)
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

//! `gts-oauth api`: authenticated API calls.

mod arguments;
mod call;
mod fields;
mod pages;
mod path;

use std::io;
use std::path::Path;
use std::process::ExitCode;

use gts_oauth_ureq::error::{Cause, UnexpectedReason};
use gts_oauth_ureq::http::Response;
use gts_oauth_ureq::session::Call;
use gts_oauth_ureq::types::printable;
use gts_oauth_ureq::{BoxError, Error, Exchange as _, Transport};

use crate::exit_code::Hinted;
use crate::output::{message, print, shell_word};
use crate::store::{LoadedAccount, Store};
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
    let http = &store.account_http(&loaded, http);
    arguments.raw_field.iter().for_each(report_file);
    arguments.field.iter().for_each(report_file_name);
    let call = call::build(&loaded.credentials.session, arguments)?;
    if arguments.paginate {
        pages::print(call, http).map_err(|error| explain(error, &loaded, arguments))?;
        return Ok(exit_code::SUCCESS);
    }
    let response = call::send(&call, http)?;
    if arguments.include {
        print_head(&response)?;
    }
    let parsed = match arguments.silent {
        true => call.parse(&response).map(drop).map_err(BoxError::from),
        false => print_and_parse(&call, &response),
    };
    parsed.map_err(|error| explain(error, &loaded, arguments))?;
    Ok(exit_code::SUCCESS)
}

/// Reports that the name of a file is sent in place of the file.
fn report_file((name, value): &(String, String)) {
    if let Some(file) = value.strip_prefix('@').filter(|file| Path::new(file).is_file()) {
        message(format_args!("{name}=@{file} is sent as this text. To send the file, use -F."));
    }
}

/// Reports that a value is sent as it is, if it looks like a forgotten @.
fn report_file_name((name, value): &(String, String)) {
    if value.contains(['.', '/']) && Path::new(value).is_file() {
        message(format_args!(
            "{name}={value} is sent as this text. To send the file, use -F {}.",
            shell_word(&format!("{name}=@{value}"))
        ));
    }
}

fn print_and_parse(call: &Call, response: &Response<Vec<u8>>) -> Result<(), BoxError> {
    let parsed = call.parse(response);
    let printed = match &parsed {
        Err(error) if is_html(error) => {
            output::message_body(response.body());
            Ok(())
        }
        _ => output::print_body(response.body()),
    };
    // An error response is reported even if its body has no reader.
    parsed?;
    Ok(printed?)
}

/// Adds what to do about an error of the call.
fn explain(error: BoxError, loaded: &LoadedAccount, arguments: &ApiArgs) -> BoxError {
    let error = match error.downcast::<Error>() {
        Ok(error) => error,
        Err(error) => return error,
    };
    let is_missing = error.cause() == Cause::NotFound || is_html(&error);
    if let Some(hint) = path::hint(&arguments.path).filter(|_| is_missing) {
        return Hinted { error: *error, hint, is_instead: true }.into();
    }
    if error.cause() == Cause::NotFound && arguments.is_post() && arguments.has_fields() {
        let flag = if arguments.raw_field.is_empty() { "-F" } else { "-f" };
        let hint = format!("POST was sent because of {flag}: add -X GET to send GET.");
        return Hinted::new(*error, hint).into();
    }
    loaded.explain(*error)
}

fn is_html(error: &Error) -> bool {
    matches!(error, Error::UnexpectedResponse(it) if it.reason == UnexpectedReason::Html)
}

fn print_head(response: &Response<Vec<u8>>) -> io::Result<()> {
    print(format_args!("{:?} {}", response.version(), response.status()))?;
    for (name, value) in response.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        print(format_args!("{name}: {}", printable(&value)))?;
    }
    print("")
}

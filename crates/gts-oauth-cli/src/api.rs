//! `gts-oauth api`: any call, signed.

use std::process::ExitCode;

use gts_oauth_ureq::http::Method;
use gts_oauth_ureq::{BoxError, Call, Exchange as _, LoggedIn, Transport as _, Ureq};

use crate::{arguments, output};

/// The body is printed whatever the status; a refusal is told besides, and exits with 1.
pub(crate) fn run(logged_in: &LoggedIn, wanted: &arguments::Api) -> Result<ExitCode, BoxError> {
    let call = call(logged_in, wanted)?;
    let answer = Ureq::new().send(call.request())?;
    output::body(answer.body())?;
    match call.parse(&answer) {
        Ok(_) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            output::tell(format_args!("gts-oauth: {}", output::told(&error)));
            Ok(ExitCode::FAILURE)
        }
    }
}

fn call(logged_in: &LoggedIn, wanted: &arguments::Api) -> Result<Call, BoxError> {
    let (method, path) = match &wanted.path {
        Some(path) => (wanted.method_or_path.to_uppercase(), path),
        None => ("GET".to_owned(), &wanted.method_or_path),
    };
    let method = Method::try_from(method.as_str())?;
    let queried = matches!(method, Method::GET | Method::HEAD | Method::DELETE);
    let call = logged_in.session.call(method, path)?;
    let mut fields = wanted.field.iter();
    fields.try_fold(call, |call, (name, value)| match queried {
        true => Ok(call.query(name, value)?),
        false => Ok(call.form(name, value)),
    })
}

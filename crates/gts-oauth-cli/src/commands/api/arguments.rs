//! Arguments of `gts-oauth api`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use gts_oauth_ureq::http::Method;
use gts_oauth_ureq::types::printable;

use crate::exit_code::InvalidUsage;
use crate::store::AccountArgs;

#[derive(Debug, Args)]
#[command(
    about = "Call the API with the token and print the response",
    long_about = "Call the API with the token and print the response\n\nFields are sent in the query \
        of GET, HEAD and DELETE, and of a call with --input; otherwise in a form. A file among them \
        makes it a multipart form.\n\nWhat a call may do depends on the scopes that the login \
        requested: `read` by default. `gts-oauth login --add-scopes` adds others: a post with a picture \
        needs write:statuses and write:media.\n\nAt a terminal, \
        JSON is indented and coloured. In a pipe or file, the bytes are those of the response. The body \
        of an error response is printed, too."
)]
#[command(after_help = "Examples:
  gts-oauth api '/api/v1/notifications?limit=5'
  gts-oauth api api/v1/statuses -f status='hello, world'
  gts-oauth api /api/v2/media -F file=@cat.jpg -f description='a cat'
  gts-oauth api /api/v1/statuses -f status=cat -f 'media_ids[]=ID'
  gts-oauth api -X PATCH /api/v1/accounts/update_credentials \\
    -F note=@about-me.txt
  gts-oauth api /api/v1/import -f type=following \\
    -F 'data=@following.csv;type=text/csv'
  gts-oauth api /api/v1/notifications --paginate")]
pub(crate) struct ApiArgs {
    #[command(flatten)]
    pub(crate) account: AccountArgs,
    /// The path and its query, or a URL of the instance. The first slash can be left out
    pub(crate) path: String,
    /// The method [default: POST with fields or input, otherwise and with --paginate GET]
    #[arg(long, short = 'X', ignore_case = true, hide_possible_values = true, value_parser = method())]
    pub(crate) method: Option<Method>,
    /// Add a field with this text
    #[arg(long, short = 'f', value_name = "NAME=VALUE", value_parser = field)]
    pub(crate) raw_field: Vec<(String, String)>,
    #[arg(
        help = "Add a field. @FILE is the text in a file, @- that of standard input. Media and other \
            binary files are sent as file parts; force this with @FILE;type=TYPE"
    )]
    #[arg(long, short = 'F', visible_alias = "form", value_name = "NAME=VALUE", value_parser = field)]
    pub(crate) field: Vec<(String, String)>,
    #[arg(help = "Send this file as the body, - for standard input: as JSON, unless -H sets its \
            type")]
    #[arg(long, value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,
    /// Add a header
    #[arg(long, short = 'H', value_name = "NAME: VALUE")]
    header: Vec<String>,
    /// Print the status and the headers of the response, too
    #[arg(long, short)]
    pub(crate) include: bool,
    /// Fetch all result pages and print their lists as one
    #[arg(long, conflicts_with = "include")]
    pub(crate) paginate: bool,
    /// Do not print the body of the response
    #[arg(long, conflicts_with = "paginate")]
    pub(crate) silent: bool,
}

impl ApiArgs {
    /// Whether POST is sent although no method is given.
    pub(super) fn is_post(&self) -> bool {
        let has_body = self.has_fields() || self.input.is_some();
        self.method.is_none() && !self.paginate && has_body
    }

    /// The names and values of the headers. The error does not show values, unlike that of clap.
    pub(super) fn headers(&self) -> Result<Vec<(&str, &str)>, InvalidUsage> {
        self.header.iter().map(|text| header(text)).collect()
    }

    /// Whether there are fields.
    pub(super) fn has_fields(&self) -> bool {
        !self.raw_field.is_empty() || !self.field.is_empty()
    }
}

/// Parses a method. Completions list them.
fn method() -> impl TypedValueParser<Value = Method> {
    let names = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    PossibleValuesParser::new(names).try_map(|name| name.to_uppercase().parse::<Method>())
}

fn field(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn header(text: &str) -> Result<(&str, &str), InvalidUsage> {
    if let Some((name, value)) = text.split_once(':') {
        return Ok((name, value.trim()));
    }
    let expected = "invalid value for --header: expected NAME: VALUE";
    Err(InvalidUsage(match text.trim().split_once(char::is_whitespace) {
        Some((name, _)) => format!("{expected}, but there is no colon after {}", printable(name)),
        // It could be a value.
        None => expected.to_owned(),
    }))
}

//! Arguments of `gts-oauth api`.

use std::path::PathBuf;

use clap::Args;
use gts_oauth_ureq::http::Method;
use gts_oauth_ureq::http::method::InvalidMethod;

use crate::store::AccountArgs;

#[derive(Debug, Args)]
#[command(
    about = "Call the API with the token, and print the answer's body on standard output",
    long_about = "Call the API with the token, and print the answer's body on standard output\n\nFields go \
        into the query of GET, HEAD and DELETE, and of a call with --input; else into a form. A file \
        among them makes the form a multipart one.\n\nWhat a call may do depends on the scopes \
        that the login requested: `read` by default. `gts-oauth login --add-scopes` adds others."
)]
#[command(after_help = "Examples:
  gts-oauth api '/api/v1/notifications?limit=5'
  gts-oauth api /api/v1/statuses -f status='hello, world'
  gts-oauth api /api/v1/media -F file=@cat.jpg -f description='a cat'
  gts-oauth api -X PATCH /api/v1/accounts/update_credentials -F note=@about-me.txt
  gts-oauth api /api/v1/import -f type=following -F 'data=@following.csv;type=text/csv'
  gts-oauth api /api/v1/notifications --paginate")]
pub(crate) struct ApiArgs {
    #[command(flatten)]
    pub(crate) account: AccountArgs,
    /// The path, which begins with /, and its query
    pub(crate) path: String,
    /// The method [default: GET, or POST where there are fields or input]
    #[arg(long, short = 'X', value_parser = method)]
    pub(crate) method: Option<Method>,
    /// Add a field
    #[arg(long, short, value_name = "NAME=VALUE", value_parser = field)]
    pub(crate) field: Vec<(String, String)>,
    #[arg(
        help = "Add a field. @FILE is the text in a file, @- that of standard input. Pictures, sound, \
            films, and what is no text, go as files, and so does @FILE;type=text/csv"
    )]
    #[arg(long, short = 'F', value_name = "NAME=VALUE", value_parser = field)]
    pub(crate) form: Vec<(String, String)>,
    #[arg(
        help = "Send this file as the body, - for standard input: JSON, unless -H says what it is"
    )]
    #[arg(long, value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,
    /// Add a header
    #[arg(long, short = 'H', value_name = "NAME: VALUE", value_parser = header)]
    pub(crate) header: Vec<(String, String)>,
    #[arg(help = "Print the answer's status and headers, too")]
    #[arg(long, short)]
    pub(crate) include: bool,
    /// Fetch all pages, and print their lists as one
    #[arg(long, conflicts_with = "include")]
    pub(crate) paginate: bool,
}

fn method(text: &str) -> Result<Method, InvalidMethod> {
    text.to_uppercase().parse()
}

fn field(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("it is not of the form NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn header(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once(':').ok_or("it is not of the form NAME: VALUE")?;
    Ok((name.to_owned(), value.trim().to_owned()))
}

//! Arguments of `gts-oauth login`.

use std::time::Duration;

use clap::Args;
use gts_oauth_ureq::{ExpectedAccount, Scopes};

use super::scopes;
use crate::store::Backend;

#[derive(Debug, Args)]
#[command(
    about = "Log in: allow the app in your browser, and the token is kept",
    long_about = "Log in: allow the app in your browser, and the token is kept\n\nWhere a browser can be \
        opened, it is, and comes back by itself. Over SSH, in a container, or with --no-browser, an \
        address is shown instead, which may be opened anywhere, and the code that is shown there is \
        pasted here. A login that was interrupted goes on when the same command is given again.\n\nGoToSocial \
        0.22 shows a name for each token: it is `gts-oauth on` this machine's host name, if the scopes \
        include read:accounts and write:accounts."
)]
#[command(after_help = "Examples:
  gts-oauth login example.org
  gts-oauth login @me@example.org --scopes 'read write:statuses'
  gts-oauth login @me@example.org --add-scopes write:media
  gts-oauth login example.org --no-browser
  gts-oauth login example.org --print-token --scopes 'read write:statuses'
  gts-oauth login example.org --with-token < token.txt")]
pub(crate) struct LoginArgs {
    #[arg(
        help = "The instance: example.org, its whole address, or @me@example.org, which refuses every \
            other account [default: at a terminal, you are asked]"
    )]
    pub(crate) instance: Option<String>,
    #[arg(
        help = "Request exactly these scopes, separated by spaces, commas or + [default: those granted \
            before, or read]",
        long_help = scopes::help()
    )]
    #[arg(long, value_parser = scopes::parse)]
    pub(crate) scopes: Option<Scopes>,
    /// Request these scopes in addition to those granted before
    #[arg(long, value_name = "SCOPES", value_parser = scopes::parse, conflicts_with = "scopes")]
    pub(crate) add_scopes: Option<Scopes>,
    /// Refuse every account but this one: name, or @name@host
    #[arg(long, value_name = "NAME")]
    pub(crate) expect: Option<ExpectedAccount>,
    /// The name of the app, which you will see when you allow it
    #[arg(long, default_value = DEFAULT_NAME)]
    pub(crate) name: String,
    /// The app's own page, which you may see there, too
    #[arg(long, value_name = "URL")]
    pub(crate) website: Option<String>,
    #[arg(help = "Have the server ask for the password, even of somebody who is signed in there")]
    #[arg(long)]
    pub(crate) force_login: bool,
    /// Open a browser, even where none is likely to be seen
    #[arg(long, conflicts_with = "no_browser")]
    pub(crate) browser: bool,
    /// Open no browser: show the address, and take the code
    #[arg(long)]
    pub(crate) no_browser: bool,
    #[arg(
        help = "The port of 127.0.0.1 that the browser comes back to [default: any that is free]"
    )]
    #[arg(long, conflicts_with = "no_browser")]
    pub(crate) port: Option<u16>,
    #[arg(help = "How many seconds to wait for the browser to come back")]
    #[arg(long, value_name = "SECONDS", default_value = "300", value_parser = seconds)]
    pub(crate) timeout: Duration,
    /// Read a token from standard input, and keep it
    #[arg(long, conflicts_with_all = ["browser", "no_browser", "port", "scopes", "add_scopes", "name", "website",
        "force_login", "new_app", "waive_iss"])]
    pub(crate) with_token: bool,
    #[arg(
        help = "Print a new token on standard output and do not store it; other tokens stay valid"
    )]
    #[arg(long, conflicts_with_all = ["add_scopes", "with_token", "store", "json", "new_app"])]
    pub(crate) print_token: bool,
    #[arg(
        help = "Where the token is kept [default: the keyring where one answers, else the file]"
    )]
    #[arg(long, value_name = "WHERE")]
    pub(crate) store: Option<Backend>,
    /// Print who is logged in as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Register a new app, although an unfinished login has one: for when the server has
    /// forgotten it
    #[arg(long)]
    pub(crate) new_app: bool,
    #[arg(
        help = "Take an answer that does not say which server it comes from, from a server that promised \
            to (Sharkey promises, and does not keep it)"
    )]
    #[arg(long)]
    pub(crate) waive_iss: bool,
    #[arg(help = "Take the instance's address as that of its API, and ask for no more")]
    #[arg(long)]
    pub(crate) skip_discovery: bool,
    #[arg(
        help = "Allow http:// for hosts that are not this machine: everybody on the way can read the \
            token"
    )]
    #[arg(long)]
    pub(crate) insecure_http: bool,
}

/// The name of the app.
pub(super) const DEFAULT_NAME: &str = "gts-oauth";

/// As long as an unfinished login is kept.
const A_DAY: u64 = 24 * 60 * 60;

/// Parses a time limit.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 1..=A_DAY) => Ok(Duration::from_secs(seconds)),
        _ => Err(format!("it is not a number of seconds from 1 to {A_DAY}")),
    }
}

//! Arguments of `gts-oauth login`.

use std::time::Duration;

use clap::{Args, ValueHint};
use gts_oauth_ureq::{ExpectedAccount, Scopes};

use super::scopes;
use crate::commands::numbers::{port, seconds};
use crate::store::Backend;

#[derive(Clone, Debug, Args)]
#[command(
    about = "Log in through the browser and store the token",
    long_about = "Log in through the browser and store the token\n\nIt takes the four steps of \
        GoToSocial's documentation (docs.gotosocial.org, \"Authentication with the API\"):\n\n  \
        1. Register an app\n  2. Allow the app in the browser\n  3. Exchange the code for a token\n  \
        4. Verify the token\n\n--verbose shows them as they happen, with their requests.\n\nIf a browser \
        can be opened on this machine, it returns by itself. Over SSH, in a container, or with \
        --no-browser, a URL is shown instead, which can be opened anywhere, and the code is pasted \
        here; if BROWSER names a program, that opens the URL. To resume an interrupted login, run the \
        same command again.\n\nA new login to a stored account replaces its token, and revokes the \
        earlier one if the server can, so programs that use that one stop working. For a token of their \
        own, such as in CI, use --print-token: it is not stored, and revokes none. To use it there, set \
        GTS_OAUTH_INSTANCE and GTS_OAUTH_TOKEN.\n\nGoToSocial 0.22 shows a name \
        for each token: `gts-oauth on` this machine's host name is sent to it, if the scopes include \
        read:accounts and write:accounts. To send another name, or none, pass --token-name."
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
        help = "The instance: example.org, its URL, or @me@example.org to accept only that account \
            [default: with --add-scopes, the current account]",
        value_hint = INSTANCE
    )]
    pub(crate) instance: Option<String>,
    #[arg(
        help = "Request exactly these scopes, separated by spaces, commas or + [default: those of the \
            stored account, or read; with --print-token, read]",
        long_help = scopes::help()
    )]
    #[arg(long, value_parser = scopes::parse)]
    pub(crate) scopes: Option<Scopes>,
    /// Request these scopes in addition to those of the stored account
    #[arg(long, value_name = "SCOPES", value_parser = scopes::parse, conflicts_with = "scopes")]
    pub(crate) add_scopes: Option<Scopes>,
    /// Request scopes that no known server has, or that the server does not list, without asking
    #[arg(long)]
    pub(crate) allow_unknown_scopes: bool,
    /// Accept only this account: name, or @name@host
    #[arg(long, value_name = "NAME", value_parser = expected_account)]
    pub(crate) expect: Option<ExpectedAccount>,
    /// The name of the app, which the server shows: 3 to 60 characters
    #[arg(long, default_value = DEFAULT_NAME)]
    pub(crate) name: String,
    /// The website of the app, which the server can show, too
    #[arg(long, value_name = "URL")]
    pub(crate) website: Option<String>,
    #[arg(help = "The name of the token, which GoToSocial 0.22 shows; empty for none [default: \
            `gts-oauth on` this machine's host name]")]
    #[arg(long, value_name = "NAME")]
    pub(crate) token_name: Option<String>,
    /// Require signing in again, even in a browser that is signed in
    #[arg(long)]
    pub(crate) force_login: bool,
    /// Open a browser even over SSH or in a container, and read a pasted URL from a pipe, too
    #[arg(long, conflicts_with = "no_browser")]
    pub(crate) browser: bool,
    /// Do not open a browser: show the URL, and read the code
    #[arg(long)]
    pub(crate) no_browser: bool,
    #[arg(help = "The port of 127.0.0.1 where the browser returns [default: any free port]")]
    #[arg(long, conflicts_with = "no_browser", value_parser = port)]
    pub(crate) port: Option<u16>,
    /// How many seconds to wait for the browser (without a browser, there is no limit)
    #[arg(long, value_name = "SECONDS", default_value = DEFAULT_TIMEOUT, value_parser = seconds)]
    pub(crate) timeout: Duration,
    /// Store a token that is read from standard input
    #[arg(long, conflicts_with_all = ["browser", "no_browser", "port", "scopes", "add_scopes", "name", "website",
        "token_name", "force_login", "new_app", "waive_iss"])]
    pub(crate) with_token: bool,
    #[arg(
        help = "Print a new token on standard output and do not store it; other tokens stay valid"
    )]
    #[arg(long, conflicts_with_all = ["add_scopes", "with_token", "store", "new_app"])]
    pub(crate) print_token: bool,
    #[arg(
        help = "Where to store the token [default: the system keyring if available, otherwise a file]"
    )]
    #[arg(long, value_name = "WHERE")]
    pub(crate) store: Option<Backend>,
    /// Print JSON (see `gts-oauth help json`)
    #[arg(long)]
    pub(crate) json: bool,
    /// Register a new app although an unfinished login has one, if the server no longer knows it
    #[arg(long)]
    pub(crate) new_app: bool,
    #[arg(
        help = "Accept a callback without \"iss\" even though the server's metadata requires it (needed \
            for Sharkey)"
    )]
    #[arg(long)]
    pub(crate) waive_iss: bool,
    /// Skip discovery and treat INSTANCE as the API host
    #[arg(long)]
    pub(crate) skip_discovery: bool,
    #[arg(help = "Allow http:// for other hosts than this machine, although the token could be \
            intercepted")]
    #[arg(long)]
    pub(crate) insecure_http: bool,
}

/// Marks an instance for the completions of shells.
const INSTANCE: ValueHint = ValueHint::Hostname;

/// The name of the app.
pub(super) const DEFAULT_NAME: &str = "gts-oauth";

/// How many seconds to wait for the browser.
pub(super) const DEFAULT_TIMEOUT: &str = "300";

/// Core's errors are about the instance in the name, too.
fn expected_account(text: &str) -> Result<ExpectedAccount, &'static str> {
    let parsed = text.parse().ok().filter(|_| !text.starts_with("http://"));
    parsed.ok_or("expected a name, or @name@host")
}

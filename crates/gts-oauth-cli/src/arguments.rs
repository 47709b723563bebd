//! The command line.

use clap::{Args, Parser, Subcommand};
use gts_oauth_ureq::{ExpectedAccount, Scopes};

/// Log in to GoToSocial, and to every server that speaks the Mastodon API.
///
/// Credentials are kept in a file that only you can read, in your configuration folder, or in
/// the folder that GTS_OAUTH_CONFIG_DIR names.
#[derive(Debug, Parser)]
#[command(name = "gts-oauth", version, max_term_width = 100)]
pub(crate) struct Arguments {
    /// The account to use, of several: @name@host, or a host [default: the last one that
    /// logged in]
    #[arg(long, short, global = true, value_name = "ACCOUNT")]
    pub(crate) account: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Log in: open the address that is shown, allow the app, paste the code
    Login(Login),
    /// Tell which accounts are logged in, and whether their tokens still work
    Status,
    /// Print the token, and nothing else, on standard output
    Token,
    /// Call the API with the token, and print the answer's body on standard output
    Api(Api),
    /// Revoke the token, then forget it
    Logout(Logout),
    /// Show a login from beginning to end, with a GoToSocial of its own: nothing leaves this
    /// machine, and nothing is kept
    Demo(Demo),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  gts-oauth login example.org
  gts-oauth login @me@example.org --scopes 'read write:statuses' --expect me")]
pub(crate) struct Login {
    /// The instance: example.org, its whole address, or @me@example.org
    pub(crate) instance: String,
    /// What to ask for, with spaces or commas between
    #[arg(long, default_value = "read", value_parser = scopes)]
    pub(crate) scopes: Scopes,
    /// Refuse every account but this one: name, or @name@host
    #[arg(long, value_name = "NAME")]
    pub(crate) expect: Option<ExpectedAccount>,
    /// The name of the app, which you will see when you allow it
    #[arg(long, default_value = "gts-oauth")]
    pub(crate) name: String,
    /// Register a new app, although an unfinished login has one: for when the server has
    /// forgotten it
    #[arg(long)]
    pub(crate) new_app: bool,
    /// Allow http:// for hosts that are not this machine: everybody on the way can read the
    /// token
    #[arg(long)]
    pub(crate) insecure_http: bool,
}

fn scopes(text: &str) -> Result<Scopes, gts_oauth_ureq::Error> {
    text.replace(',', " ").parse()
}

#[derive(Debug, Args)]
#[command(
    override_usage = "gts-oauth api [OPTIONS] [METHOD] <PATH>",
    after_help = "Examples:
  gts-oauth api /api/v1/notifications -f limit=5
  gts-oauth api POST /api/v1/statuses -f status='hello, world'"
)]
pub(crate) struct Api {
    /// The method [default: GET], and the path, which begins with /
    #[arg(value_name = "[METHOD] PATH")]
    pub(crate) method_or_path: String,
    #[arg(hide = true)]
    pub(crate) path: Option<String>,
    /// Add a field: to the query of GET, HEAD and DELETE, to the form of others
    #[arg(long, short, value_name = "NAME=VALUE", value_parser = field)]
    pub(crate) field: Vec<(String, String)>,
}

fn field(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("it is not of the form NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[derive(Debug, Args)]
pub(crate) struct Logout {
    /// Forget the token even if the server cannot be told
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Leave the GoToSocial running, for you to log in to with any program and a browser
    #[arg(long)]
    pub(crate) serve: bool,
    /// Where it listens on 127.0.0.1 [default: where there is room]
    #[arg(long, requires = "serve")]
    pub(crate) port: Option<u16>,
    /// Print address, user and password as one line of JSON
    #[arg(long, requires = "serve")]
    pub(crate) json: bool,
}

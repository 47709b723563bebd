//! The command line.

mod api;
mod login;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use api::Api;
pub(crate) use login::{Login, Where};

/// Log in to GoToSocial, and to every server that speaks the Mastodon API
///
/// Credentials are kept in the system's keyring where one answers, else in a file that only you
/// can read, in your configuration folder or in the folder that GTS_OAUTH_CONFIG_DIR names.
/// GTS_OAUTH_TOKEN, with GTS_OAUTH_INSTANCE, is used in place of what is kept.
#[derive(Debug, Parser)]
#[command(
    name = "gts-oauth",
    version,
    max_term_width = 100,
    after_help = "Examples:
  gts-oauth login example.org
  gts-oauth api /api/v1/notifications
  gts-oauth logout

Exit codes:
  0  all went well
  1  something did not
  2  the command line cannot be understood
  3  nobody is logged in, or not the account that was named
  4  the server does not take the token, or not any more"
)]
pub(crate) struct Arguments {
    /// Show every request and its answer, secrets masked, on standard error
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Login(Login),
    Status(Status),
    Token(Token),
    Switch(Switch),
    Api(Api),
    Tokens(Tokens),
    Logout(Logout),
    Demo(Demo),
    Completions(Completions),
    Man(Man),
}

/// Which account to use, of several.
#[derive(Debug, Args)]
pub(crate) struct Account {
    /// The account to use: @name@host, or as much of it as tells which [default: the last one that
    /// logged in, or was switched to]
    #[arg(long = "account", short = 'a', value_name = "ACCOUNT")]
    name: Option<String>,
}

impl Account {
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

/// Tell which accounts are logged in, what they may do, and whether their tokens still work
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  gts-oauth status
  gts-oauth status --account @me@example.org --json")]
pub(crate) struct Status {
    #[command(flatten)]
    pub(crate) account: Account,
    /// Print it as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Print the token, and nothing else, on standard output
#[derive(Debug, Args)]
#[command(after_help = "Example:
  curl -H \"Authorization: Bearer $(gts-oauth token)\" https://example.org/api/v1/timelines/home")]
pub(crate) struct Token {
    #[command(flatten)]
    pub(crate) account: Account,
}

/// Use another account from now on
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  gts-oauth switch @me@example.org
  gts-oauth switch            # of two accounts, the other one")]
pub(crate) struct Switch {
    /// The account: @name@host, or as much of it as tells which [default: of two, the other one]
    #[arg(value_name = "ACCOUNT")]
    pub(crate) to: Option<String>,
}

/// List the tokens of all apps that may use the account, or end one of them
///
/// Of the servers that are known only GoToSocial has this. To list them takes the scope
/// read:accounts, to end one write:accounts.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  gts-oauth tokens
  gts-oauth tokens invalidate 01M840W2G1DSX1BBBZGKH9VWK2")]
pub(crate) struct Tokens {
    #[command(flatten)]
    pub(crate) account: Account,
    /// Print it as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Option<TokensCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokensCommand {
    Invalidate(Invalidate),
}

/// End a token: whoever holds it is logged out
#[derive(Debug, Args)]
#[command(after_help = "Example:
  gts-oauth tokens invalidate 01M840W2G1DSX1BBBZGKH9VWK2")]
pub(crate) struct Invalidate {
    #[command(flatten)]
    pub(crate) account: Account,
    /// The token's id, as `gts-oauth tokens` lists it
    pub(crate) id: String,
}

/// Revoke the token, then forget it
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  gts-oauth logout
  gts-oauth logout --account @me@example.org
  gts-oauth logout --all")]
pub(crate) struct Logout {
    #[command(flatten)]
    pub(crate) account: Account,
    /// Log all accounts out, and end logins that were not finished
    #[arg(long, conflicts_with = "name")]
    pub(crate) all: bool,
    /// Forget the token even if the server cannot be told
    #[arg(long)]
    pub(crate) force: bool,
}

/// Show a login from beginning to end, with a GoToSocial of its own: nothing leaves this machine,
/// and nothing is kept
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  gts-oauth demo
  gts-oauth demo --serve --port 8085")]
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

/// Print what a shell needs to complete this command's arguments
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  gts-oauth completions bash > ~/.local/share/bash-completion/completions/gts-oauth
  gts-oauth completions zsh > ~/.zfunc/_gts-oauth
  gts-oauth completions fish > ~/.config/fish/completions/gts-oauth.fish")]
pub(crate) struct Completions {
    pub(crate) shell: clap_complete::Shell,
}

/// Write the manual's pages, one for each command
#[derive(Debug, Args)]
#[command(
    hide = true,
    after_help = "Example:
  gts-oauth man /usr/local/share/man/man1"
)]
pub(crate) struct Man {
    /// The folder to write them into
    pub(crate) folder: PathBuf,
}

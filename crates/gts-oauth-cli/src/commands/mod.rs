//! The commands: a file or folder each, with its arguments. The top-level arguments are here.

mod api;
mod completions;
mod demo;
mod login;
mod logout;
mod status;
mod switch;
mod token;
mod tokens;

use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory as _, Parser, Subcommand};
use gts_oauth_ureq::BoxError;

use crate::http::{self, VerboseHttp};
use crate::store::Store;

#[derive(Debug, Parser)]
#[command(
    about = "Log in to GoToSocial, and to every server that speaks the Mastodon API",
    long_about = "Log in to GoToSocial, and to every server that speaks the Mastodon API\n\nCredentials are \
        kept in the system's keyring where one answers, else in a file that only you can read, in \
        your configuration folder or in the folder that GTS_OAUTH_CONFIG_DIR names. GTS_OAUTH_TOKEN, \
        with GTS_OAUTH_INSTANCE, is used in place of what is kept."
)]
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
pub(crate) struct Cli {
    #[arg(help = "Show every request and its answer, secrets masked, on standard error")]
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
    #[arg(
        help = "Limit each request to this many seconds [default: 10 to connect, 30 without progress]"
    )]
    #[arg(long, global = true, value_name = "SECONDS", value_parser = login::seconds)]
    pub(crate) request_timeout: Option<Duration>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Login(login::LoginArgs),
    Status(status::StatusArgs),
    Token(token::TokenArgs),
    Switch(switch::SwitchArgs),
    Api(api::ApiArgs),
    Tokens(tokens::TokensArgs),
    Logout(logout::LogoutArgs),
    Demo(demo::DemoArgs),
    Completions(completions::CompletionsArgs),
    Man(completions::ManArgs),
}

/// Runs the given command.
pub(crate) fn run(cli: &Cli) -> Result<ExitCode, BoxError> {
    let http = http::transport(cli.request_timeout);
    let http = VerboseHttp::new(http, cli.verbose);
    let store = Store::open;
    match &cli.command {
        Command::Login(arguments) => login::run(&store()?, arguments, &http),
        Command::Status(arguments) => status::run(&store()?, arguments, &http),
        Command::Token(arguments) => token::run(&store()?, arguments, &http),
        Command::Switch(arguments) => switch::run(&store()?, arguments),
        Command::Api(arguments) => api::run(&store()?, arguments, &http),
        Command::Tokens(arguments) => tokens::run(&store()?, arguments, &http),
        Command::Logout(arguments) => logout::run(&store()?, arguments, &http),
        Command::Demo(arguments) => demo::run(arguments, cli.request_timeout),
        Command::Completions(arguments) => completions::completions(arguments, Cli::command()),
        Command::Man(arguments) => completions::man(arguments, Cli::command()),
    }
}

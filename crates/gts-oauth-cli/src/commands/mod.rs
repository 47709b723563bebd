//! The commands: a file or folder each, with its arguments. The top-level arguments are here.

mod api;
mod completions;
mod demo;
mod login;
mod logout;
mod man;
mod numbers;
mod status;
mod switch;
mod token;
mod tokens;
mod topics;
mod unrevoked;
pub(crate) mod usage;

use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory as _, Parser, Subcommand};
use gts_oauth_ureq::BoxError;

use crate::exit_code;
use crate::http::{self, VerboseHttp};
use crate::output::MAX_HELP_WIDTH;
use crate::store::Store;

#[derive(Debug, Parser)]
#[command(
    about = "Log in to GoToSocial, and to every server that speaks the Mastodon API",
    long_about = "Log in to GoToSocial, and to every server that speaks the Mastodon API\n\nCredentials are \
        stored in the system keyring if available, otherwise in a file that only you can read. See \
        `gts-oauth help environment` for variables and files, and `gts-oauth help json` for the output \
        of --json."
)]
#[command(
    name = "gts-oauth",
    version,
    // In a pipe, clap assumes 100 columns.
    max_term_width = MAX_HELP_WIDTH,
    after_help = format!("{EXAMPLES}\n\nExit codes:\n{}", topics::exit_codes())
)]
pub(crate) struct Cli {
    /// Show requests and responses on standard error, with secrets masked
    #[arg(long, short, global = true, help_heading = GLOBAL)]
    pub(crate) verbose: bool,
    #[arg(
        help = "Limit each request to this many seconds [default: 10 to connect, 30 without progress]"
    )]
    #[arg(long, global = true, help_heading = GLOBAL)]
    #[arg(value_name = "SECONDS", value_parser = numbers::seconds)]
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
    Man(man::ManArgs),
    #[command(hide = true, about = topics::environment(), help_template = "{about}")]
    Environment,
    #[command(hide = true, about = topics::JSON, help_template = "{about}")]
    Json,
}

/// The heading of the options that all commands have.
const GLOBAL: &str = "Global options";

const EXAMPLES: &str = "\
Examples:
  gts-oauth login example.org
  gts-oauth api /api/v1/notifications
  gts-oauth logout

Help topics:
  gts-oauth help environment
  gts-oauth help json";

impl Command {
    /// Whether results and errors are printed as JSON.
    pub(crate) fn prints_json(&self) -> bool {
        match self {
            Self::Login(arguments) => arguments.json,
            Self::Status(arguments) => arguments.json,
            Self::Token(arguments) => arguments.json,
            Self::Tokens(arguments) => arguments.json,
            Self::Demo(arguments) => arguments.json,
            _ => false,
        }
    }
}

/// Runs the given command.
pub(crate) fn run(cli: &Cli) -> Result<ExitCode, BoxError> {
    let http = http::transport(cli.request_timeout);
    let http = VerboseHttp::new(http, cli.verbose);
    let store = Store::open;
    match &cli.command {
        Command::Login(arguments) => login::run(&store()?, arguments, cli.verbose, &http),
        Command::Status(arguments) => status::run(&store()?, arguments, &http),
        Command::Token(arguments) => token::run(&store()?, arguments, &http),
        Command::Switch(arguments) => switch::run(&store()?, arguments),
        Command::Api(arguments) => api::run(&store()?, arguments, &http),
        Command::Tokens(arguments) => tokens::run(&store()?, arguments, &http),
        Command::Logout(arguments) => logout::run(&store()?, arguments, &http),
        Command::Demo(arguments) => demo::run(arguments, cli.request_timeout, cli.verbose),
        Command::Completions(arguments) => completions::run(arguments, Cli::command()),
        Command::Man(arguments) => man::run(arguments, Cli::command()),
        Command::Environment => print_topic("environment"),
        Command::Json => print_topic("json"),
    }
}

/// Prints a topic as `gts-oauth help` does, wrapped.
fn print_topic(name: &str) -> Result<ExitCode, BoxError> {
    let mut command = Cli::command();
    // Passes the width on.
    command.build();
    if let Some(topic) = command.find_subcommand_mut(name) {
        topic.print_long_help()?;
    }
    Ok(exit_code::SUCCESS)
}

//! `gts-oauth`: log in to GoToSocial, and to every server that speaks the Mastodon API, at a
//! shell.
//!
//! The protocol is `gts-oauth-core`'s; here are prompts, storage and printing. Results go to
//! standard output, everything else to standard error.

mod api;
mod arguments;
mod credentials;
mod demo;
mod exit;
mod login;
mod logout;
mod masked;
mod output;
mod shell;
mod status;
mod store;
mod switch;
mod tokens;
mod traffic;

use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::Parser as _;
use gts_oauth_ureq::BoxError;
use store::Store;
use traffic::Traffic;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    run(&arguments).unwrap_or_else(|error| {
        output::fail(&error);
        exit::code(&error)
    })
}

fn run(arguments: &Arguments) -> Result<ExitCode, BoxError> {
    let http = Traffic::new(arguments.verbose);
    let store = Store::open;
    match &arguments.command {
        Command::Login(login) => login::run(&store()?, login, &http),
        Command::Status(status) => status::run(&store()?, status, &http),
        Command::Token(token) => {
            let held = store()?.held(token.account.name(), &http)?;
            output::result(held.credentials.session.access_token().expose())?;
            Ok(exit::DONE)
        }
        Command::Switch(switch) => switch::run(&store()?, switch),
        Command::Api(api) => api::run(&store()?, api, &http),
        Command::Tokens(tokens) => tokens::run(&store()?, tokens, &http),
        Command::Logout(logout) => logout::run(&store()?, logout, &http),
        Command::Demo(demo) => demo::run(demo),
        Command::Completions(completions) => shell::completions(completions),
        Command::Man(man) => shell::man(man),
    }
}

//! `gts-oauth`: log in to GoToSocial, and to every server that speaks the Mastodon API, at a
//! shell.
//!
//! The protocol is `gts-oauth-core`'s; here are prompts, storage and printing. Results go to
//! standard output, everything else to standard error. It exits with 0 when all went well, 1
//! when something did not, 2 when the command line cannot be understood.

mod api;
mod arguments;
mod demo;
mod login;
mod logout;
mod output;
mod status;
mod store;

use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::Parser as _;
use gts_oauth_ureq::BoxError;
use store::Store;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            output::tell(format_args!("gts-oauth: {}", output::told(&*error)));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<ExitCode, BoxError> {
    let account = arguments.account.as_deref();
    let store = Store::open;
    match arguments.command {
        Command::Login(login) => login::run(&store()?, &login),
        Command::Status => status::run(&store()?, account),
        Command::Token => {
            let logged_in = store()?.load()?.choose(account)?;
            output::result(logged_in.session.access_token().expose())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Api(api) => api::run(&store()?.load()?.choose(account)?, &api),
        Command::Logout(logout) => logout::run(&store()?, account, &logout),
        Command::Demo(demo) => demo::run(&demo),
    }
}

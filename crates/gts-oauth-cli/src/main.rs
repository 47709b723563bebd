//! `gts-oauth`: log in to GoToSocial, and to every server that speaks the Mastodon API, at a
//! shell.
//!
//! `gts-oauth-core` holds the protocol; here are prompts, storage and printing. Results are printed
//! on standard output, everything else on standard error. Imports point down this list:
//!
//! - `commands`: each command, with its arguments beside its code
//! - `store`: the file and the keyring that hold the credentials
//! - `http`: the transport, `--verbose`, and the redaction of secrets
//! - `credentials`: what is stored of an account
//! - `output`: printing to standard output and standard error
//! - `exit_code`: exit codes, and the errors that have one of their own
//! - `secrets`: what nothing on standard error contains

mod commands;
mod credentials;
mod exit_code;
mod http;
mod output;
mod secrets;
mod store;

use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

fn main() -> ExitCode {
    let cli = match commands::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return exit(error),
    };
    commands::run(&cli).unwrap_or_else(|error| {
        if output::is_broken_pipe(&error) {
            return exit_code::SUCCESS;
        }
        let code = exit_code::of(&error);
        match cli.command.prints_json() {
            true => output::report_error_as_json(&error, code),
            false => output::report_error(&error),
        }
        code.into()
    })
}

/// Ends without running a command.
fn exit(error: clap::Error) -> ExitCode {
    let typed: Vec<_> = std::env::args_os().skip(1).collect();
    let typed: Vec<_> = typed.iter().map(|it| it.to_string_lossy().into_owned()).collect();
    let error = commands::usage::explain(error, &typed);
    let is_help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    // Help and the version are no errors.
    if is_help || !error.use_stderr() {
        let code = if is_help { 2.into() } else { exit_code::SUCCESS };
        return match error.print().map_err(output::named).map_err(gts_oauth_ureq::BoxError::from) {
            Err(error) if !output::is_broken_pipe(&error) => {
                output::report_error(&error);
                exit_code::FAILURE
            }
            _ => code,
        };
    }
    match typed.iter().any(|it| it == "--json") {
        true => output::report_usage_as_json(&error),
        false => output::report_usage(&error),
    }
    ExitCode::from(2)
}

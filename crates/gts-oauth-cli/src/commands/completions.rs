//! `gts-oauth completions` and `gts-oauth man`: files for packagers.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::Shell;
use gts_oauth_ureq::BoxError;

use crate::exit_code;

/// Print what a shell needs to complete this command's arguments
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  gts-oauth completions bash > ~/.local/share/bash-completion/completions/gts-oauth
  gts-oauth completions zsh > ~/.zfunc/_gts-oauth
  gts-oauth completions fish > ~/.config/fish/completions/gts-oauth.fish")]
pub(crate) struct CompletionsArgs {
    pub(crate) shell: Shell,
}

/// Write the manual's pages, one for each command
#[derive(Debug, Args)]
#[command(
    hide = true,
    after_help = "Example:
  gts-oauth man /usr/local/share/man/man1"
)]
pub(crate) struct ManArgs {
    /// The folder to write them into
    pub(crate) folder: PathBuf,
}

pub(crate) fn completions(
    arguments: &CompletionsArgs,
    mut command: Command,
) -> Result<ExitCode, BoxError> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "gts-oauth", &mut script);
    let mut script = String::from_utf8(script)?;
    if arguments.shell == Shell::Bash {
        // clap_complete has two names for the states of a command with a hyphen (clap-rs/clap#6421).
        script = script.replace("gts__subcmd__oauth", "gts__oauth");
    }
    io::stdout().write_all(script.as_bytes())?;
    Ok(exit_code::SUCCESS)
}

pub(crate) fn man(arguments: &ManArgs, command: Command) -> Result<ExitCode, BoxError> {
    let folder = arguments.folder.display();
    std::fs::create_dir_all(&arguments.folder)
        .and_then(|()| clap_mangen::generate_to(command, &arguments.folder))
        .map_err(|error| format!("no pages can be written to {folder}: {error}"))?;
    Ok(exit_code::SUCCESS)
}

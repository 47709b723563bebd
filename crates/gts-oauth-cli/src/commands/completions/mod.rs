//! `gts-oauth completions`: scripts for shells.
//!
//! `clap_complete` generates them. It does not know the names of accounts and scopes, which are
//! added: the stable part of its API has no way to do so.

use std::collections::BTreeSet;
use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::Shell;
use gts_oauth_ureq::BoxError;
use gts_oauth_ureq::types::KNOWN_SCOPES;

use crate::credentials::{is_plain, shortest};
use crate::exit_code;
use crate::output::{print, print_bytes};
use crate::store::{Store, Unfinished};

/// Generate shell completions
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  gts-oauth completions bash > \\
    ~/.local/share/bash-completion/completions/gts-oauth
  gts-oauth completions zsh > ~/.zfunc/_gts-oauth
  gts-oauth completions fish > ~/.config/fish/completions/gts-oauth.fish

If the folder is missing, create it with `mkdir -p`. zsh requires
`fpath=(~/.zfunc $fpath)` before `compinit` in ~/.zshrc.")]
pub(crate) struct CompletionsArgs {
    #[arg(required = true)]
    pub(crate) shell: Option<Shell>,
    /// Print the names of the logged-in accounts, for the scripts
    #[arg(long, hide = true, exclusive = true)]
    pub(crate) accounts: bool,
    /// Print the instances of accounts and unfinished logins, for the scripts
    #[arg(long, hide = true, exclusive = true)]
    pub(crate) instances: bool,
}

pub(crate) fn run(arguments: &CompletionsArgs, command: Command) -> Result<ExitCode, BoxError> {
    match arguments.shell {
        Some(shell) => print_bytes(script(shell, command)?.as_bytes())?,
        None if arguments.instances => print_instances()?,
        None => print_accounts()?,
    }
    Ok(exit_code::SUCCESS)
}

/// Prints the names that commands accept, except names of a server's that a shell would not read as
/// they are. The keyring, which could be locked, is not opened.
fn print_accounts() -> Result<(), BoxError> {
    for account in Store::open()?.load()?.accounts {
        // The parentheses of `@(unknown)@example.org` would have to be quoted.
        let name = account.handle.replace(['(', ')'], "");
        if is_plain(&name) {
            print(name)?;
        }
    }
    Ok(())
}

/// Prints the instances of accounts and of unfinished logins, as a login accepts them.
fn print_instances() -> Result<(), BoxError> {
    let contents = Store::open()?.load()?;
    let accounts = contents.accounts.iter().map(|it| &it.instance);
    let unfinished = contents.unfinished.iter().map(Unfinished::instance);
    let mut printed = BTreeSet::new();
    for instance in accounts.chain(unfinished) {
        let name = shortest(instance);
        if is_plain(instance.authority()) && printed.insert(name) {
            print(name)?;
        }
    }
    Ok(())
}

fn script(shell: Shell, command: Command) -> Result<String, BoxError> {
    let mut command = command
        // In place of their texts.
        .mut_subcommand("environment", |topic| topic.about("Show variables and files"))
        .mut_subcommand("json", |topic| topic.about("Show the output of --json"));
    let commands: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
    let commands = commands.join(" ");
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "gts-oauth", &mut script);
    let script = without_hidden(&String::from_utf8(script)?);
    Ok(match shell {
        // clap_complete has two names for the states of a command with a hyphen (clap-rs/clap#6421).
        Shell::Bash => script.replace("gts__subcmd__oauth", "gts__oauth") + &names(BASH),
        // Arguments with an account have the hint `Username`, which is for users of the machine, and
        // those with an instance `Hostname`.
        Shell::Zsh => {
            let script = script.replace(":SCOPES:_default'", ":SCOPES:_gts_oauth_scopes'");
            let script = script.replace(":_users'", ":_gts_oauth_accounts'");
            let script = script.replace(":_hosts'", ":_gts_oauth_instances'");
            let script = with_fields(&script);
            // The last lines call the function for the command.
            script.replace(
                "\nif [ \"$funcstack[1]\"",
                &format!("\n{}\nif [ \"$funcstack[1]\"", names(ZSH)),
            )
        }
        Shell::Fish => {
            // What clap_complete offers after `help` has a condition that is never true.
            let names = names(FISH).replace("COMMANDS", &commands);
            script.replace("__fish_complete_users", "__fish_gts_oauth_accounts") + &names
        }
        _ => script,
    })
}

/// Removes the options of this command that are for the scripts only.
fn without_hidden(script: &str) -> String {
    let hidden = ["'--accounts[", "'--instances[", " -l accounts ", " -l instances "];
    let lines = script.lines().filter(|line| !hidden.iter().any(|it| line.contains(it)));
    lines.collect::<Vec<_>>().join("\n").replace(" --accounts --instances", "") + "\n"
}

/// Completes the files of `-F` in zsh, but not those of `-f`.
fn with_fields(script: &str) -> String {
    let is_field =
        |line: &str| ["'*-F+[", "'*--field=[", "'*--form=["].iter().any(|it| line.starts_with(it));
    let lines = script.lines().map(|line| match is_field(line) {
        true => line.replace(":NAME=VALUE:_default'", ":NAME=VALUE:_gts_oauth_field'"),
        false => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

const BASH: &str = include_str!("names.bash");
const ZSH: &str = include_str!("names.zsh");
const FISH: &str = include_str!("names.fish");

/// The functions that complete names, with the known scopes.
fn names(functions: &str) -> String {
    functions.replace("SCOPES", &KNOWN_SCOPES.join(" "))
}

//! `gts-oauth man`: manual pages.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Command};
use clap_mangen::roff::{Roff, bold, roman};
use gts_oauth_ureq::BoxError;

use super::topics;
use crate::exit_code::{self, InvalidUsage};

/// Write manual pages, one for each command
#[derive(Debug, Args)]
#[command(after_help = "Example:
  gts-oauth man ~/.local/share/man/man1

`man` looks there if ~/.local/bin is in PATH.")]
pub(crate) struct ManArgs {
    /// The folder for the pages
    pub(crate) folder: PathBuf,
}

pub(crate) fn run(arguments: &ManArgs, command: Command) -> Result<ExitCode, BoxError> {
    let folder = arguments.folder.display();
    let name = arguments.folder.to_string_lossy();
    if command.find_subcommand(&*name).is_some() && !arguments.folder.exists() {
        return Err(InvalidUsage(format!(
            "expected a folder for the pages. To read about the command, run `gts-oauth {name} \
             --help`; for a folder of this name, pass ./{name}."
        ))
        .into());
    }
    write_pages(&arguments.folder, command)
        .map_err(|error| format!("could not write pages to {folder}: {error}"))?;
    Ok(exit_code::SUCCESS)
}

/// Writes the pages, and adds the sections that `clap_mangen` does not know.
fn write_pages(folder: &Path, command: Command) -> io::Result<()> {
    // A page for each `help` would say nothing.
    let command = without_help(command);
    fs::create_dir_all(folder)?;
    let mut names = Vec::new();
    collect_names(&command, String::new(), &mut names);
    clap_mangen::generate_to(with_usage(command), folder)?;
    for name in names {
        let path = folder.join(format!("{name}.1"));
        let mut page = with_examples(&with_title(&fs::read_to_string(&path)?, &name));
        for (heading, rows) in [
            ("ENVIRONMENT", &topics::VARIABLES[..]),
            ("FILES", &topics::FILES),
            ("EXIT STATUS", &topics::EXIT_CODES),
        ] {
            page.push_str(&section(heading, rows));
        }
        if name == "gts-oauth" {
            page.push_str(&format!(".SH OUTPUT OF --JSON\n.nf\n{}\n.fi\n", json_topic()));
        }
        fs::write(path, page)?;
    }
    Ok(())
}

fn without_help(command: Command) -> Command {
    command.disable_help_subcommand(true).mut_subcommands(without_help)
}

/// Sets the synopsis of each page to the usage in `--help`, because that of `clap_mangen` lists all
/// options, without their values.
fn with_usage(mut command: Command) -> Command {
    // Names the subcommands in full.
    command.build();
    override_usage(command)
}

fn override_usage(mut command: Command) -> Command {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").to_owned();
    command.override_usage(usage).mut_subcommands(override_usage)
}

/// Replaces the title of a page, which `clap_mangen` takes from the name of the command. Words are
/// not hyphenated, because many are names of options and scopes.
fn with_title(page: &str, name: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let lines = page.lines().map(|line| match line.starts_with(".TH ") {
        true => {
            format!(".TH {name} 1 \"\" \"gts-oauth {version}\" \"User Commands\"\n.nh\n.ad l\n")
        }
        false => format!("{line}\n"),
    });
    lines.collect()
}

/// Names the section of the examples, and keeps their lines as they are.
fn with_examples(page: &str) -> String {
    let Some((before, after)) = page.split_once(".SH EXTRA\n") else {
        return page.to_owned();
    };
    let end = after.find("\n.SH ").map_or(after.len(), |end| end + 1);
    let (examples, after) = after.split_at(end);
    let headings = ["Examples:\n", "Example:\n"];
    let examples = headings.iter().find_map(|it| examples.strip_prefix(it)).unwrap_or(examples);
    let (examples, notes) = examples.split_once("\n\n").unwrap_or((examples, ""));
    // The section is indented already.
    let lines = |text: &str| -> String {
        text.lines().map(|line| format!("{}\n", line.strip_prefix("  ").unwrap_or(line))).collect()
    };
    // The exit codes have a section of their own.
    let notes = notes.split("\n\n").filter(|it| !it.is_empty() && !it.starts_with("Exit codes:"));
    let notes: String = notes.map(|it| format!(".SH NOTES\n.nf\n{}.fi\n", lines(it))).collect();
    format!("{before}.SH EXAMPLES\n.nf\n{}.fi\n{notes}{after}", lines(examples))
}

/// The names of the pages.
fn collect_names(command: &Command, parent: String, names: &mut Vec<String>) {
    let name = match parent.is_empty() {
        true => command.get_name().to_owned(),
        false => format!("{parent}-{}", command.get_name()),
    };
    for subcommand in command.get_subcommands().filter(|it| !it.is_hide_set()) {
        collect_names(subcommand, name.clone(), names);
    }
    names.push(name);
}

/// The text of `gts-oauth help json` without its title, in roff: a line that starts with a quote or a
/// point would be a command.
fn json_topic() -> String {
    let lines =
        topics::JSON.lines().skip(2).map(|line| line.replace('\\', "\\e").replace('-', "\\-"));
    lines
        .map(|line| if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line })
        .collect::<Vec<_>>()
        .join("\n")
}

/// A section of a page, in roff.
fn section(heading: &str, rows: &[(&str, &str)]) -> String {
    let mut section = Roff::new();
    section.control("SH", [heading]);
    for (name, text) in rows {
        section.control("TP", []).text([bold(*name)]).text([roman(*text)]);
    }
    section.to_roff()
}

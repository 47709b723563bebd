//! What shells and the manual want to know of the command line.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::CommandFactory as _;
use gts_oauth_ureq::BoxError;

use crate::arguments::{Arguments, Completions, Man};
use crate::exit;

pub(crate) fn completions(wanted: &Completions) -> Result<ExitCode, BoxError> {
    let mut text = Vec::new();
    clap_complete::generate(
        wanted.shell,
        &mut Arguments::command(),
        "gts-oauth",
        &mut text,
    );
    io::stdout().write_all(&text)?;
    Ok(exit::DONE)
}

pub(crate) fn man(wanted: &Man) -> Result<ExitCode, BoxError> {
    let folder = wanted.folder.display();
    std::fs::create_dir_all(&wanted.folder)
        .and_then(|()| clap_mangen::generate_to(Arguments::command(), &wanted.folder))
        .map_err(|error| format!("no pages can be written to {folder}: {error}"))?;
    Ok(exit::DONE)
}

//! Opening a URL in the user's browser.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::store::TOKEN;

/// Names programs that open a URL, as the desktops' own openers read it.
const BROWSER: &str = "BROWSER";

/// Programs that need the terminal.
const TEXT_BROWSERS: [&str; 8] =
    ["browsh", "elinks", "links", "links2", "lynx", "w3m", "www-browser", "netrik"];

/// A program that fails later has opened a browser, which the user has closed.
const STARTED_AFTER: Duration = Duration::from_secs(10);

/// Whether the user has named a browser.
pub(super) fn is_named() -> bool {
    env::var_os(BROWSER).is_some_and(|programs| !programs.is_empty())
}

/// Whether there is a program that might open a URL.
pub(super) fn is_available() -> bool {
    programs("").iter().any(|(program, _)| is_installed(program.get_program()))
}

/// Opens a URL, and returns when the program has ended. Calls `uses_terminal` with whether the
/// program that starts runs in the terminal. The error has the reasons why no program could open it.
pub(super) fn open(url: &str, uses_terminal: impl Fn(bool)) -> Result<(), String> {
    let mut reasons = Vec::new();
    for (mut program, is_named) in programs(url) {
        let name = program.get_program().to_string_lossy().into_owned();
        let start = Instant::now();
        match run(&mut program, &uses_terminal) {
            Ok(()) => return Ok(()),
            Err(_) if start.elapsed() > STARTED_AFTER => return Ok(()),
            Err(Fault::NotStarted(error)) if is_missing(&error) && !is_named => {}
            Err(Fault::NotStarted(error)) if is_missing(&error) => {
                reasons.push(format!("{name} of {BROWSER} was not found"));
            }
            Err(Fault::NotStarted(error)) => reasons.push(format!("{name}: {error}")),
            Err(Fault::Failed(status)) => reasons.push(format!("{name} failed ({status})")),
        }
    }
    match reasons.is_empty() {
        true => Err("no browser was found".to_owned()),
        false => Err(reasons.join("; ")),
    }
}

fn is_missing(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

enum Fault {
    NotStarted(io::Error),
    Failed(String),
}

fn run(program: &mut Command, uses_terminal: impl Fn(bool)) -> Result<(), Fault> {
    let name = Path::new(program.get_program()).file_name().and_then(OsStr::to_str);
    let is_text_browser = name.is_some_and(|name| TEXT_BROWSERS.contains(&name));
    if is_text_browser {
        // The program before it might not have used it.
        uses_terminal(true);
    } else {
        program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // Ctrl-C is for the login, and does not end a browser that it started.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(program, 0);
    }
    // A token of this command, which no browser needs.
    program.env_remove(TOKEN);
    let mut child = program.spawn().map_err(Fault::NotStarted)?;
    if !is_text_browser {
        uses_terminal(false);
    }
    let status = child.wait().map_err(Fault::NotStarted)?;
    match status.success() {
        true => Ok(()),
        false => Err(Fault::Failed(status.to_string())),
    }
}

/// The programs to try, and whether the user named them: then the desktop's, and Debian's default.
fn programs(url: &str) -> Vec<(Command, bool)> {
    let named = env::var(BROWSER).unwrap_or_default();
    let named = named.split(':').filter_map(|text| Some((program(text, url)?, true)));
    let mut default = Command::new("x-www-browser");
    default.arg(url);
    let other = open::commands(url).into_iter().chain([default]);
    named.chain(other.map(|program| (program, false))).collect()
}

/// Parses an entry of `BROWSER`: `%s` is the URL, `%c` a colon. Without `%s`, the URL is the last
/// argument. `None` if it is empty.
fn program(text: &str, url: &str) -> Option<Command> {
    let mut words = text.split_whitespace().map(|word| {
        let parts = word.split("%%").map(|part| part.replace("%c", ":").replace("%s", url));
        parts.collect::<Vec<_>>().join("%")
    });
    let mut program = Command::new(words.next()?);
    program.args(words);
    if !text.replace("%%", "").contains("%s") {
        program.arg(url);
    }
    Some(program)
}

fn is_installed(program: &OsStr) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    // A path remains as it is.
    env::split_paths(&path).any(|folder| {
        let file = folder.join(program);
        file.is_file() || file.with_extension("exe").is_file()
    })
}

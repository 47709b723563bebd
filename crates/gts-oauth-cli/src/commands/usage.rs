//! Errors of the command line, with hints for those who know similar programs: gh, toot, curl.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{CommandFactory as _, Parser as _};

use super::Cli;

/// Commands that do not exist, and what to run instead. The first word is the command before them.
const COMMANDS: [(&str, &[&str], &str); 19] = [
    (
        "",
        &["whoami", "me", "list", "ls", "show", "info", "account", "accounts"],
        "gts-oauth status",
    ),
    ("", &["auth", "who", "users", "sessions"], "gts-oauth status"),
    ("", &["signin", "sign-in", "authorize", "add", "connect", "register"], LOGIN),
    ("", &["setup", "init"], LOGIN),
    (
        "",
        &["refresh", "renew", "reauth"],
        "gts-oauth login INSTANCE` or `gts-oauth login --add-scopes SCOPES",
    ),
    ("", &["signout", "sign-out", "remove", "rm", "delete"], "gts-oauth logout"),
    ("", &["revoke", "invalidate"], "gts-oauth logout` or `gts-oauth tokens revoke ID"),
    ("", &["use", "select", "activate", "default"], "gts-oauth switch"),
    ("", &["curl", "http", "get", "request", "call"], "gts-oauth api PATH"),
    ("", &["timeline", "home"], "gts-oauth api /api/v1/timelines/home"),
    ("", &["notifications"], "gts-oauth api /api/v1/notifications"),
    ("", &["post", "toot"], "gts-oauth api /api/v1/statuses -f status=TEXT"),
    ("", &["version"], "gts-oauth --version"),
    ("", &["config", "env", "variables", "files"], "gts-oauth help environment"),
    ("tokens", &["show", "status"], "gts-oauth tokens"),
    ("tokens", &["create", "add", "new"], "gts-oauth login INSTANCE --print-token"),
    ("tokens", &["delete", "rm", "remove", "end", "logout"], "gts-oauth tokens revoke ID"),
    ("help", &["scopes", "scope"], "gts-oauth login --help"),
    ("help", &["env", "variables", "files", "config"], "gts-oauth help environment"),
];

const LOGIN: &str = "gts-oauth login INSTANCE";

/// Options that do not exist, and a hint. The first word is their command, or empty for any.
const OPTIONS: [(&str, &[&str], &str); 24] = [
    (
        "api",
        &["-d", "--data", "--data-raw", "--data-urlencode"],
        "to send a field, use `-f NAME=VALUE`; to send a body, use `--input FILE`",
    ),
    ("api", &["--data-binary", "-T", "--upload-file"], "to send a body, use `--input FILE`"),
    ("api", &["-q", "--jq", "-t", "--template"], "to select parts of the output, pass it to jq"),
    ("api", &["-G", "--get"], "to send the fields in the query, use `-X GET`"),
    ("api", &["-L", "--location"], "redirects are reported and not followed"),
    ("api", &["-k", "--insecure"], "certificates are always checked"),
    ("api", &["--json"], "the response is printed as it is, which is JSON"),
    ("", &["--json"], "`gts-oauth help json` lists the commands that have it"),
    ("api", &["--slurp"], "with `--paginate`, the lists of all pages are printed as one"),
    ("api", &["-s"], "to print no body, use `--silent`"),
    ("api", &["--request"], "to set the method, use `-X METHOD`"),
    ("api", &["-o", "--output"], "to write to a file, use `> FILE`"),
    (
        "login",
        &["--hostname", "--host", "--server", "--url", "--instance", "-i"],
        "did you mean `gts-oauth login INSTANCE`?",
    ),
    ("login", &["-u", "--user", "--username"], "to accept only one account, use `--expect NAME`"),
    ("login", &["-s"], "to request scopes, use `--scopes SCOPES`"),
    ("login", &["-w", "--web"], "a login opens a browser if it can; to force it, use `--browser`"),
    (
        "logout",
        &["-f", "-y", "--yes"],
        "it does not ask; to delete a token that cannot be revoked, use `--force`",
    ),
    ("status", &["-t", "--show-token"], "to print the token, run `gts-oauth token`"),
    ("status", &["--all", "--active"], "without an account, it shows all, the current one first"),
    ("login", &["--token"], "to store a token, use `--with-token < FILE`"),
    (
        "",
        &["-u", "--user", "--username", "--hostname", "--host"],
        "to use another account, pass `-a @name@host`",
    ),
    ("", &["-d", "--debug", "--trace"], "to show requests, use `--verbose`"),
    ("tokens", &["--revoke", "--delete"], "to revoke a token, use `gts-oauth tokens revoke ID`"),
    ("token", &["--revoke", "--delete"], "to revoke the token, use `gts-oauth logout`"),
];

/// Replaces what clap suggests by a hint, if there is one for what was typed.
pub(crate) fn explain(mut error: Error, typed: &[String]) -> Error {
    if error.kind() == ErrorKind::MissingSubcommand {
        // The help, as without options.
        return Cli::try_parse_from(["gts-oauth"]).err().unwrap_or(error);
    }
    let invalid = |kind| match error.get(kind) {
        Some(ContextValue::String(word)) => Some(word.clone()),
        _ => None,
    };
    let hint = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            invalid(ContextKind::InvalidSubcommand).and_then(|word| command_hint(&word, typed))
        }
        ErrorKind::UnknownArgument => {
            let option = invalid(ContextKind::InvalidArg).unwrap_or_default();
            // To write it behind `--` helps only if it is a value, and few of those begin with `-`.
            error.remove(ContextKind::Suggested);
            if let Some(ContextValue::String(similar)) = error.get(ContextKind::SuggestedArg) {
                if strsim::damerau_levenshtein(similar, &option) > 2 {
                    error.remove(ContextKind::SuggestedArg);
                }
            }
            if typed.iter().any(|it| it == "--with-token") && !option.starts_with('-') {
                hide_token(&mut error, ContextKind::InvalidArg);
            }
            order_hint(&option, typed).or_else(|| {
                let hint = option_hint(&option, typed).or_else(|| word_hint(&option, typed));
                hint.map(str::to_owned)
            })
        }
        ErrorKind::TooManyValues => {
            let is_token = invalid(ContextKind::InvalidArg).is_some_and(|it| it == "--with-token");
            is_token.then(|| {
                hide_token(&mut error, ContextKind::InvalidValue);
                TOKEN_IS_READ.to_owned()
            })
        }
        _ => None,
    };
    if error.kind() == ErrorKind::UnknownArgument {
        // Clap's has only what was typed, and what it suggests.
        if let Some(usage) = usage(typed) {
            error.insert(ContextKind::Usage, ContextValue::StyledStr(usage));
        }
    }
    if let Some(hint) = hint {
        for kind in [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg] {
            error.remove(kind);
        }
        let hint = ContextValue::StyledStrs(vec![StyledStr::from(hint)]);
        error.insert(ContextKind::Suggested, hint);
    }
    error
}

const TOKEN_IS_READ: &str = "the token is read from standard input, such as `--with-token < FILE`";

/// Replaces a token that was typed as an argument by mistake.
fn hide_token(error: &mut Error, kind: ContextKind) {
    error.insert(kind, ContextValue::String("[secret]".to_owned()));
}

/// The words before and after the first `word` that was typed, without options.
fn around<'a>(word: &str, typed: &'a [String]) -> (Vec<&'a str>, Vec<&'a str>) {
    let words = typed.iter().map(String::as_str).filter(|it| !it.starts_with('-'));
    let words: Vec<&str> = words.collect();
    let position = words.iter().position(|it| *it == word).unwrap_or(words.len());
    let after = words.get(position + 1..).unwrap_or_default().to_vec();
    (words[..position].to_vec(), after)
}

fn command_hint(word: &str, typed: &[String]) -> Option<String> {
    let (before, after) = around(word, typed);
    let parent = before.first().copied().unwrap_or_default();
    // `gh auth login`
    let next = after.first().filter(|_| word == "auth" && parent.is_empty());
    let instead = match next {
        Some(next) if is_command(next) => Some(format!("gts-oauth {next}")),
        Some(next) => instead_of(parent, next).or(instead_of(parent, word)).map(str::to_owned),
        None => instead_of(parent, word).map(str::to_owned),
    };
    match instead {
        Some(instead) => Some(format!("did you mean `{instead}`?")),
        None if parent == "help" => Some(topic_hint(word)),
        None => None,
    }
}

fn instead_of(parent: &str, word: &str) -> Option<&'static str> {
    let is_it =
        |(before, words, _): &&(&str, &[&str], &str)| *before == parent && words.contains(&word);
    COMMANDS.iter().find(is_it).map(|(_, _, instead)| *instead)
}

fn option_hint(option: &str, typed: &[String]) -> Option<&'static str> {
    let command = typed.iter().find(|it| is_command(it)).map(String::as_str).unwrap_or_default();
    let is_it = |(of, options, _): &&(&str, &[&str], &str)| {
        [command, ""].contains(of) && options.contains(&option)
    };
    OPTIONS.iter().find(is_it).map(|(_, _, hint)| *hint)
}

/// The hint for an option of a command that was typed before it.
fn order_hint(option: &str, typed: &[String]) -> Option<String> {
    let at = typed.iter().position(|it| it.split('=').next() == Some(option))?;
    if typed[..at].iter().any(|it| is_command(it)) {
        return None;
    }
    let cli = Cli::command();
    let command = typed[at..].iter().find_map(|it| cli.find_subcommand(it))?;
    let is_it = |it: &clap::Arg| {
        let long = it.get_long().is_some_and(|long| option == format!("--{long}"));
        long || it.get_short().is_some_and(|short| option == format!("-{short}"))
    };
    let name = command.get_name();
    command
        .get_arguments()
        .any(is_it)
        .then(|| format!("write it after the command: `gts-oauth {name} {option}`"))
}

/// The hint for a word too many.
fn word_hint(word: &str, typed: &[String]) -> Option<&'static str> {
    if word.starts_with('-') {
        return None;
    }
    let is_typed = |words: &[&str]| typed.iter().any(|it| words.contains(&&**it));
    let command = typed.iter().find(|it| is_command(it)).map_or("", String::as_str);
    if is_typed(&["--with-token"]) {
        Some(TOKEN_IS_READ)
    } else if is_typed(&["--scopes", "--add-scopes"]) {
        Some("to request several scopes, separate them by commas: `read,write`")
    } else if command == "api" && is_typed(&["GET", "POST", "PUT", "PATCH", "DELETE"]) {
        Some("to set the method, use `-X METHOD`")
    } else if command == "api" && word.contains('=') {
        Some("to send a field, use `-f NAME=VALUE`")
    } else if command == "demo" && word == "serve" {
        Some("to keep the server running, use `--serve`")
    } else if command == "token" && is_typed(&["revoke"]) {
        Some("to revoke a token, use `gts-oauth tokens revoke ID`")
    } else {
        None
    }
}

/// The hint for a help topic that does not exist.
fn topic_hint(word: &str) -> String {
    let cli = Cli::command();
    let names = cli.get_subcommands().map(clap::Command::get_name);
    let nearest = names.min_by_key(|name| strsim::damerau_levenshtein(name, word));
    match nearest.filter(|name| strsim::jaro(name, word) > 0.8) {
        Some(name) => format!("did you mean `gts-oauth help {name}`?"),
        None => "`gts-oauth help` lists the commands and topics".to_owned(),
    }
}

/// The usage of the command that was typed.
fn usage(typed: &[String]) -> Option<StyledStr> {
    let mut cli = Cli::command();
    // Passes the name of the program on.
    cli.build();
    let mut command = &mut cli;
    for word in typed.iter().filter(|it| !it.starts_with('-')) {
        match command.find_subcommand(word) {
            Some(_) => command = command.find_subcommand_mut(word)?,
            None => break,
        }
    }
    Some(command.render_usage())
}

fn is_command(name: &str) -> bool {
    Cli::command().find_subcommand(name).is_some()
}

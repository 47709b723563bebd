//! `gts-oauth completions` in real shells.

use std::fs;
use std::path::Path;
use std::process::Command;

use gts_oauth_fake::Fault;
use rexpect::session::spawn_command;
use serde_json::json;
use tempfile::TempDir;

use crate::support::optional::program;
use crate::support::shell::{Shell, logged_in, served};

/// The package that loads completions by the name of the command.
const BASH_COMPLETION: &str = "/usr/share/bash-completion/bash_completion";

/// The timeout for expected output, in milliseconds.
const PATIENCE: u64 = 60_000;

/// What is typed, and what Tab makes of it. `HOST` is that of the only account.
const COMPLETED: [(&str, &str); 26] = [
    ("gts-oauth log", "gts-oauth log"), // in and out
    ("gts-oauth logo", "gts-oauth logout "),
    ("gts-oauth login --no-b", "gts-oauth login --no-browser "),
    ("gts-oauth help env", "gts-oauth help environment "),
    ("gts-oauth help js", "gts-oauth help json "),
    ("gts-oauth help swi", "gts-oauth help switch "),
    ("gts-oauth completions po", "gts-oauth completions powershell "),
    ("gts-oauth completions --acc", "gts-oauth completions --acc"), // hidden
    ("gts-oauth login http", "gts-oauth login http://HOST "),
    ("gts-oauth api -F file=@cat", "gts-oauth api -F file=@cat.png "),
    ("gts-oauth api /x --form x=@cat", "gts-oauth api /x --form x=@cat.png "),
    ("gts-oauth api -F file=@my", "gts-oauth api -F file=@my file.png "),
    ("gts-oauth login x --scopes=read,read:acc", "gts-oauth login x --scopes=read,read:accounts "),
    ("gts-oauth api -X PA", "gts-oauth api -X PATCH "),
    ("gts-oauth tokens rev", "gts-oauth tokens revoke "),
    ("gts-oauth login --store k", "gts-oauth login --store keyring "),
    ("gts-oauth logout @al", "gts-oauth logout @alice@HOST "),
    ("gts-oauth token @alice@127", "gts-oauth token @alice@HOST "),
    ("gts-oauth status --json @", "gts-oauth status --json @alice@HOST "),
    ("gts-oauth switch ", "gts-oauth switch @alice@HOST "),
    ("gts-oauth switch @b", "gts-oauth switch @b"),
    ("gts-oauth token @alice@127.0.0.1 @", "gts-oauth token @alice@127.0.0.1 @"), // only one
    ("gts-oauth api -a @alice@", "gts-oauth api -a @alice@HOST "),
    ("gts-oauth tokens --account @", "gts-oauth tokens --account @alice@HOST "),
    ("gts-oauth login x --scopes read:acc", "gts-oauth login x --scopes read:accounts "),
    (
        "gts-oauth login x --add-scopes read,write:stat",
        "gts-oauth login x --add-scopes read,write:statuses ",
    ),
];

/// A home folder with the completions of a shell at the path of its help text.
fn home_with_completions(shell: &str, path: &str) -> TempDir {
    let home = tempfile::tempdir().expect("a folder");
    let script = Shell::new().run(&["completions", shell]).stdout;
    let file = home.path().join(path);
    fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    fs::write(file, script).expect("a file");
    for picture in ["cat.png", "my file.png"] {
        fs::write(home.path().join(picture), "").expect("a file");
    }
    home
}

/// A shell that reads only its own start-up file. Its `gts-oauth` knows the accounts of `accounts`.
fn command(program: &Path, home: &TempDir, accounts: &Shell, arguments: &[&str]) -> Command {
    let inner = accounts.command(&[] as &[&str]);
    let mut command = Command::new(program);
    command.args(arguments).env_clear();
    command.current_dir(home.path()).env("HOME", home.path()).env("ZDOTDIR", home.path());
    command.env("GTS_OAUTH", inner.get_program());
    command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.envs([("PATH", "/usr/bin:/bin"), ("TERM", "dumb"), ("LC_ALL", "C.UTF-8")]);
    command
}

/// Both shells read it, and print `READY` when they wait for a line.
const START_UP: &str = "\
PS1='READY '
gts-oauth() {
    case $2 in
        --accounts | --instances) \"$GTS_OAUTH\" \"$@\" ;;
        *) printf 'TYPED<%s>\\n' \"gts-oauth $* \" ;;
    esac
}
if [ -n \"$ZSH_VERSION\" ]; then
    unsetopt zle_bracketed_paste prompt_cr prompt_sp
    fpath=(~/.zfunc $fpath)
    autoload -Uz compinit && compinit -u -D
else
    bind 'set bell-style none'
fi
";

/// As the start-up file of Debian has it.
const WITH_PACKAGE: &str = ". /usr/share/bash-completion/bash_completion\n";

/// Without the package, a word is split at each @, too.
const WITHOUT_PACKAGE: &str = ". ~/.local/share/bash-completion/completions/gts-oauth\n";

/// Types each line at an interactive shell, and checks what it makes of it: the command prints its
/// arguments.
fn assert_completes(program: &Path, home: &TempDir, start_up: &str, more: &str) {
    let (accounts, served) = logged_in();
    fs::write(home.path().join(start_up), format!("{START_UP}{more}")).expect("a file");
    let shell = command(program, home, &accounts, &["-i"]);
    let mut session = spawn_command(shell, Some(PATIENCE)).expect("a terminal");
    for (typed, completed) in COMPLETED {
        session.exp_string("READY ").expect("a prompt");
        session.send(typed).expect("it listens");
        session.send("\t").expect("it listens");
        session.send_line("").expect("it listens");
        let (_, line) = session.exp_regex("TYPED<[^>]*>").expect("the arguments");
        let completed = completed.replace("HOST", &served.origin()["http://".len()..]);
        let expected = format!("TYPED<{} >", completed.trim_end());
        assert_eq!(line, expected, "{typed}");
    }
    session.send_line("exit").expect("it listens");
    session.exp_eof().expect("the end");
}

#[test]
fn bash_completes_options_accounts_and_scopes() {
    let Some(bash) = program("bash") else {
        return;
    };
    if program(BASH_COMPLETION).is_none() {
        return;
    }
    let home = home_with_completions("bash", ".local/share/bash-completion/completions/gts-oauth");
    assert_completes(&bash, &home, ".bashrc", WITH_PACKAGE);
}

#[test]
fn bash_completes_the_same_without_its_package() {
    let Some(bash) = program("bash") else {
        return;
    };
    let home = home_with_completions("bash", ".local/share/bash-completion/completions/gts-oauth");
    assert_completes(&bash, &home, ".bashrc", WITHOUT_PACKAGE);
}

/// A server chooses the names of its users.
#[test]
fn names_of_a_server_are_not_run_by_bash() {
    let Some(bash) = program("bash") else {
        return;
    };
    let (shell, served) = (Shell::new(), served());
    let folder = tempfile::tempdir().expect("a folder");
    let trap = folder.path().join("trap");
    let names = ["`touch TRAP`", "$(touch TRAP)", "a;touch TRAP", "a b", "*"];
    for (user, name) in ["u1", "u2", "u3", "u4", "u5"].into_iter().zip(names) {
        let name = name.replace("TRAP", trap.to_str().expect("a path"));
        let patch = Fault::Patched(json!({ "username": name, "acct": name }));
        served.fail(patch.at("/api/v1/accounts/verify_credentials"));
        shell.log_in(&served, &served.account(user));
    }
    shell.log_in(&served, &served.account("bob"));
    assert_eq!(shell.stored().matches("\"@").count(), 6, "{}", shell.stored());

    let script = folder.path().join("completions");
    fs::write(&script, shell.run(&["completions", "bash"]).stdout).expect("a file");
    let offered = |typed: &str| {
        // As bash does when the user presses Tab after a word.
        let complete = r#". "$0"; COMP_LINE="$2" COMP_POINT=${#2} COMP_WORDS=($2 '')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); previous="${COMP_WORDS[COMP_CWORD - 1]}"
            _gts_oauth_names "$1" '' "$previous"; printf '%s\n' "${COMPREPLY[@]}""#;
        let inner = shell.command(&[] as &[&str]);
        let mut command = Command::new(&bash);
        command.args(["-c", complete]).arg(&script).arg(inner.get_program()).arg(typed);
        command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = command.output().expect("bash runs");
        String::from_utf8(output.stdout).expect("text")
    };
    let origin = served.origin();
    let bob = format!("@bob@{}", &origin["http://".len()..]);
    assert_eq!(offered("gts-oauth token "), format!("{bob}\n"));
    assert!(!trap.exists());
    // One account is enough.
    let more = offered(&format!("gts-oauth token {bob} "));
    assert!(!more.contains('@'), "{more}");
}

#[test]
fn zsh_completes_options_accounts_and_scopes() {
    let Some(zsh) = program("zsh") else {
        return;
    };
    let home = home_with_completions("zsh", ".zfunc/_gts-oauth");
    assert_completes(&zsh, &home, ".zshrc", "");
}

#[test]
fn fish_completes_options_accounts_and_scopes() {
    let Some(fish) = program("fish") else {
        return;
    };
    let (accounts, served) = logged_in();
    let home = home_with_completions("fish", ".config/fish/completions/gts-oauth.fish");
    for (typed, completed) in COMPLETED {
        let script =
            format!("function gts-oauth; $GTS_OAUTH $argv; end; complete --do-complete '{typed}'");
        let mut fish = command(&fish, &home, &accounts, &["-c", &script]);
        let output = fish.output().expect("fish");
        let shown = String::from_utf8(output.stdout).expect("UTF-8");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{typed}");
        // Names, each with a description behind a tab.
        let names: Vec<_> = shown.lines().filter_map(|line| line.split('\t').next()).collect();
        let completed = completed.replace("HOST", &served.origin()["http://".len()..]);
        let (before, _) = typed.rsplit_once(' ').expect("words");
        let expected = match completed.ends_with(' ') {
            true => vec![completed[before.len() + 1..].trim_end()],
            false if typed == "gts-oauth log" => vec!["login", "logout"],
            false => Vec::new(),
        };
        assert_eq!(names, expected, "{typed}");
    }
}

#[test]
fn account_names_need_no_keyring_and_no_quotes() {
    let shell = Shell::new();
    assert_eq!(shell.run(&["completions", "--accounts"]).stdout, "");
    let served = served();
    let reply = |url: &str| served.account("alice").visit(url).ok();
    shell.talk(&["login", &served.origin(), "--scopes", "write"], reply);
    let names = shell.run(&["completions", "--accounts"]);
    assert_eq!((names.code, &*names.stderr), (Some(0), ""));
    assert_eq!(names.stdout, served.origin().replace("http://", "@unknown@") + "\n");
}

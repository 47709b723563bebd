//! `gts-oauth completions` in real shells.

use std::fs;
use std::path::Path;
use std::process::Command;

use rexpect::session::{PtySession, spawn_command};
use tempfile::TempDir;

use crate::support::optional::program;
use crate::support::shell::Shell;

/// The package that loads completions by the name of the command.
const BASH_COMPLETION: &str = "/usr/share/bash-completion/bash_completion";

/// The timeout for expected output, in milliseconds.
const PATIENCE: u64 = 60_000;

/// What is typed, and what Tab adds to it.
const COMPLETED: [(&str, &str); 5] = [
    ("gts-oauth log", "gts-oauth log"), // in and out
    ("gts-oauth logo", "gts-oauth logout "),
    ("gts-oauth login --no-b", "gts-oauth login --no-browser "),
    ("gts-oauth tokens inv", "gts-oauth tokens invalidate "),
    ("gts-oauth login --store k", "gts-oauth login --store keyring "),
];

/// A home folder with the completions of a shell at the path of its help text.
fn home_with_completions(shell: &str, path: &str) -> TempDir {
    let home = tempfile::tempdir().expect("a folder");
    let script = Shell::new().run(&["completions", shell]).stdout;
    let file = home.path().join(path);
    fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    fs::write(file, script).expect("a file");
    home
}

/// An interactive shell that reads only its own start-up file.
fn start(program: &Path, home: &TempDir, start_up: &str, arguments: &[&str]) -> PtySession {
    fs::write(home.path().join(start_up), START_UP).expect("a file");
    let mut command = Command::new(program);
    command.args(arguments).env_clear();
    command.env("HOME", home.path()).env("ZDOTDIR", home.path());
    command.envs([("PATH", "/usr/bin:/bin"), ("TERM", "dumb"), ("LC_ALL", "C.UTF-8")]);
    spawn_command(command, Some(PATIENCE)).expect("a terminal")
}

/// Both shells read it, and print `READY` when they wait for a line.
const START_UP: &str = "\
PS1='READY '
gts-oauth() { printf 'TYPED<%s>\\n' \"gts-oauth $* \"; }
if [ -n \"$ZSH_VERSION\" ]; then
    unsetopt zle_bracketed_paste prompt_cr prompt_sp
    fpath=(~/.zfunc $fpath)
    autoload -Uz compinit && compinit -u -D
else
    bind 'set bell-style none'
    . /usr/share/bash-completion/bash_completion
fi
";

/// Types each line, and checks what the shell makes of it: the command prints its arguments.
fn assert_completes(mut session: PtySession) {
    for (typed, completed) in COMPLETED {
        session.exp_string("READY ").expect("a prompt");
        session.send(typed).expect("it listens");
        session.send("\t").expect("it listens");
        session.send_line("").expect("it listens");
        let (_, line) = session.exp_regex("TYPED<[^>]*>").expect("the arguments");
        let expected = format!("TYPED<{} >", completed.trim_end());
        assert_eq!(line, expected, "{typed}");
    }
    session.send_line("exit").expect("it listens");
    session.exp_eof().expect("the end");
}

#[test]
fn bash_completes_options_of_subcommands() {
    let Some(bash) = program("bash") else {
        return;
    };
    if program(BASH_COMPLETION).is_none() {
        return;
    }
    let home = home_with_completions("bash", ".local/share/bash-completion/completions/gts-oauth");
    assert_completes(start(&bash, &home, ".bashrc", &["-i"]));
}

#[test]
fn zsh_completes_options_of_subcommands() {
    let Some(zsh) = program("zsh") else {
        return;
    };
    let home = home_with_completions("zsh", ".zfunc/_gts-oauth");
    assert_completes(start(&zsh, &home, ".zshrc", &["-i"]));
}

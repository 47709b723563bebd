//! Help texts as snapshots. `UPDATE_EXPECT=1 cargo test` rewrites them.

use std::process::Command;

use expect_test::expect_file;

use crate::support::optional::program;
use crate::support::shell::Shell;

/// The arguments that select each command.
const COMMANDS: [&[&str]; 12] = [
    &[],
    &["login"],
    &["status"],
    &["token"],
    &["switch"],
    &["api"],
    &["tokens"],
    &["tokens", "revoke"],
    &["logout"],
    &["demo"],
    &["completions"],
    &["man"],
];

fn help(command: &[&str]) -> String {
    let outcome = Shell::new().run(&[command, &["--help"]].concat());
    assert_eq!((outcome.code, &*outcome.stderr), (Some(0), ""));
    outcome.stdout
}

#[test]
fn the_help_of_every_command_is_as_it_was_reviewed() {
    for command in COMMANDS {
        let name = match command {
            [] => "gts-oauth".to_owned(),
            _ => command.join("-"),
        };
        expect_file![format!("help/{name}.txt")].assert_eq(&help(command));
    }
}

#[test]
fn the_help_of_every_command_has_an_example() {
    for command in COMMANDS {
        let help = help(command);
        let (_, examples) = help.split_once("\nExample").expect("an example");
        let typed = format!("  gts-oauth {}", command.join(" "));
        let piped = format!("(gts-oauth {}", command.join(" "));
        let shown = examples.contains(typed.trim_end()) || examples.contains(&piped);
        assert!(shown, "{command:?}: {examples}");
    }
}

/// Returns the lines that are wider than a terminal of 80 columns.
fn wide_lines(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.trim_end().chars().count() > 80).collect()
}

#[test]
fn help_fits_80_columns_without_a_terminal() {
    let topics = [&["help", "environment"][..], &["help", "json"]].map(<[_]>::to_vec);
    let long = COMMANDS.map(|command| [command, &["--help"]].concat());
    let short = COMMANDS.map(|command| [command, &["-h"]].concat());
    for arguments in topics.iter().chain(&long).chain(&short) {
        for columns in [None, Some("80"), Some("200")] {
            let shell = Shell::new();
            let mut command = shell.command(arguments);
            command.env_remove("COLUMNS").envs(columns.map(|it| ("COLUMNS", it)));
            let shown = shell.run_to(&mut command, "").stdout;
            assert_eq!(wide_lines(&shown), [""; 0], "{arguments:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn help_fits_a_terminal_of_80_columns() {
    let help = COMMANDS.map(|it| format!("\"$GTS_OAUTH\" {} --help", it.join(" ")));
    let script = format!("stty cols 80 rows 24; {}", help.join("; "));
    let shell = Shell::new();
    let mut session = crate::support::pty::at_shell(&shell, "sh", &["-c", &script]);
    let shown = session.exp_eof().expect("the end");
    assert_eq!(shown.matches("Print help").count(), COMMANDS.len());
    let plain = anstream::adapter::strip_str(&shown).to_string();
    assert_eq!(wide_lines(&plain), [""; 0]);
}

#[test]
fn no_command_is_missing_here() {
    let help = help(&[]);
    let (_, commands) = help.split_once("\nCommands:\n").expect("commands");
    let listed = commands.lines().take_while(|line| !line.is_empty());
    // Longer descriptions continue on the next line.
    let names = listed.filter(|line| !line.starts_with("   "));
    let listed = names.filter_map(|line| line.split_whitespace().next());
    for name in listed.filter(|name| *name != "help") {
        assert!(COMMANDS.contains(&&[name][..]), "{name}");
    }
}

#[test]
fn help_topics_are_as_they_were_reviewed() {
    for topic in ["environment", "json"] {
        let shown = Shell::new().run(&["help", topic]);
        assert_eq!((shown.code, &*shown.stderr), (Some(0), ""));
        assert_eq!(Shell::new().run(&[topic]).stdout, shown.stdout);
        expect_file![format!("help/topic-{topic}.txt")].assert_eq(&shown.stdout);
    }
}

#[test]
fn mistyped_command_is_suggested() {
    let outcome = Shell::new().run(&["logn"]);
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.stderr.contains("'login'"), "{}", outcome.stderr);
}

#[test]
fn completions_know_every_command_in_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let outcome = Shell::new().run(&["completions", shell]);
        assert_eq!((outcome.code, &*outcome.stderr), (Some(0), ""));
        for word in ["login", "status", "revoke", "--with-token"] {
            let word = if shell == "fish" { word.trim_start_matches('-') } else { word };
            assert!(outcome.stdout.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn every_command_has_a_page_in_the_manual() {
    let folder = tempfile::tempdir().expect("a folder");
    let pages = folder.path().join("man1");
    let outcome = Shell::new().run(&["man".as_ref(), pages.as_os_str()]);
    assert_eq!((outcome.code, &*outcome.stderr), (Some(0), ""));
    for command in COMMANDS {
        let name = [&["gts-oauth"], command].concat().join("-");
        let page = std::fs::read_to_string(pages.join(format!("{name}.1"))).expect("a page");
        assert!(page.contains(".SH SYNOPSIS"), "{page}");
        assert!(page.contains(".SH EXAMPLES\n.nf\ngts\\-oauth"), "{page}");
        assert!(!page.contains("\nExample") && !page.contains("Exit codes:"), "{page}");
        let footer = format!(" \"gts-oauth {}\" \"User Commands\"\n", env!("CARGO_PKG_VERSION"));
        assert!(page.contains(&footer), "{page}");
        for heading in ["ENVIRONMENT", "FILES", "\"EXIT STATUS\""] {
            assert!(page.contains(&format!(".SH {heading}\n")), "{page}");
        }
    }
}

#[test]
fn pages_of_the_manual_fit_80_columns() {
    let Some(groff) = program("groff") else {
        return;
    };
    let pages = tempfile::tempdir().expect("a folder");
    Shell::new().run(&["man".as_ref(), pages.path().as_os_str()]);
    for command in COMMANDS {
        let name = [&["gts-oauth"], command].concat().join("-");
        let mut groff = Command::new(&groff);
        // As `man` at a terminal of 80 columns, without bold and underlined text.
        groff.args(["-mandoc", "-Tutf8", "-rLL=78n", "-P-c", "-P-b", "-P-u"]);
        let output = groff.arg(pages.path().join(format!("{name}.1"))).output().expect("groff");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{name}");
        let shown = String::from_utf8(output.stdout).expect("UTF-8");
        assert_eq!(wide_lines(&shown), [""; 0], "{name}");
        let usage = help(command);
        let usage = usage.lines().find_map(|line| line.strip_prefix("Usage: ")).expect("usage");
        assert!(shown.contains(&format!("\nSYNOPSIS\n       {usage}\n")), "{shown}");
        assert!(!shown.contains('\u{2010}'), "{name} has hyphenated words");
    }
}

#[test]
fn a_manual_that_cannot_be_written_is_told() {
    let outcome = Shell::new().run(&["man", "/dev/null/man1"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("/dev/null/man1"), "{}", outcome.stderr);
}

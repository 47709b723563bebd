//! Help texts as snapshots. `UPDATE_EXPECT=1 cargo test` rewrites them.

use expect_test::expect_file;

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
    &["tokens", "invalidate"],
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

#[test]
fn no_command_is_missing_here() {
    let help = help(&[]);
    let (_, commands) = help.split_once("\nCommands:\n").expect("commands");
    let listed = commands.lines().take_while(|line| !line.is_empty());
    let listed = listed.filter_map(|line| line.split_whitespace().next());
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
        for word in ["login", "status", "invalidate", "--with-token"] {
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
    for command in COMMANDS.iter().filter(|command| **command != ["man"]) {
        let name = [&["gts-oauth"], *command].concat().join("-");
        let page = std::fs::read_to_string(pages.join(format!("{name}.1"))).expect("a page");
        assert!(page.contains(".SH SYNOPSIS"), "{page}");
        assert!(page.contains(".SH EXAMPLES\n.nf\n  gts\\-oauth"), "{page}");
        assert!(!page.contains("\nExample"), "{page}");
        let footer = format!(" \"gts-oauth {}\"\n", env!("CARGO_PKG_VERSION"));
        assert!(page.contains(&footer), "{page}");
        for heading in ["ENVIRONMENT", "FILES", "\"EXIT STATUS\""] {
            assert!(page.contains(&format!(".SH {heading}\n")), "{page}");
        }
    }
}

#[test]
fn a_manual_that_cannot_be_written_is_told() {
    let outcome = Shell::new().run(&["man", "/dev/null/man1"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("/dev/null/man1"), "{}", outcome.stderr);
}

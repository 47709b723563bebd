//! Command lines that are not valid.

use crate::support::shell::{Outcome, Shell};

fn run(line: &str) -> Outcome {
    let outcome = Shell::new().run(&line.split(' ').collect::<Vec<_>>());
    assert_eq!((outcome.code, &*outcome.stdout), (Some(2), ""), "{line}");
    outcome
}

#[test]
fn commands_of_similar_programs_have_hints() {
    for (typed, hint) in [
        ("whoami", "`gts-oauth status`"),
        ("me", "`gts-oauth status`"),
        ("list --json", "`gts-oauth status`"),
        ("auth login --hostname example.org", "`gts-oauth login`"),
        ("auth status", "`gts-oauth status`"),
        ("auth whoami", "`gts-oauth status`"),
        ("auth refresh -s write", "`gts-oauth login --add-scopes SCOPES`"),
        ("auth", "`gts-oauth status`"),
        ("-v use alice", "`gts-oauth switch`"),
        ("revoke", "`gts-oauth logout` or `gts-oauth tokens revoke ID`"),
        ("post hello", "`gts-oauth api /api/v1/statuses -f status=TEXT`"),
        ("tokens show", "`gts-oauth tokens`"),
        ("tokens create", "`gts-oauth login INSTANCE --print-token`"),
        ("timeline", "`gts-oauth api /api/v1/timelines/home`"),
        ("tokens delete ID", "`gts-oauth tokens revoke ID`"),
        ("help scopes", "`gts-oauth login --help`"),
        ("help env", "`gts-oauth help environment`"),
        ("help environs", "`gts-oauth help environment`"),
        ("help foo", "`gts-oauth help` lists"),
    ] {
        let outcome = run(typed);
        assert!(outcome.stderr.contains(hint), "{typed}: {}", outcome.stderr);
        assert_eq!(outcome.stderr.matches("tip:").count(), 1, "{}", outcome.stderr);
    }
}

#[test]
fn options_of_similar_programs_have_hints() {
    for (typed, hint) in [
        ("api /api/v1/statuses -d status=hello", "`-f NAME=VALUE`"),
        ("api /api/v1/statuses --data=status=hello", "`-f NAME=VALUE`"),
        ("api /api/v1/statuses -q .acct", "jq"),
        ("api /api/v1/notifications --paginate --slurp", "printed as one"),
        ("api /api/v1/notifications -s", "`--silent`"),
        ("login --hostname example.org", "`gts-oauth login INSTANCE`"),
        ("status -d", "`--verbose`"),
        ("token -u alice", "`-a @name@host`"),
        ("api GET /api/v1/notifications", "`-X METHOD`"),
        ("api /api/v1/statuses status=hello", "`-f NAME=VALUE`"),
        ("token revoke ID", "`gts-oauth tokens revoke ID`"),
        ("login --web example.org", "`--browser`"),
        ("logout --yes", "`--force`"),
        ("tokens --revoke ID", "`gts-oauth tokens revoke ID`"),
        ("status --show-token", "`gts-oauth token`"),
        ("login --scopes read write example.org", "`read,write`"),
    ] {
        let outcome = run(typed);
        assert!(outcome.stderr.contains(hint), "{typed}: {}", outcome.stderr);
        assert!(!outcome.stderr.contains("as a value"), "{}", outcome.stderr);
    }
}

#[test]
fn token_that_is_typed_as_an_argument_is_not_repeated() {
    for typed in [
        "login example.org --with-token ZTK1MWMWZDGTMDM3OS0",
        "login example.org --with-token=ZTK1MWMWZDGTMDM3OS0",
        "login example.org --with-token=ZTK1MWMWZDGTMDM3OS0 --json",
        "login --with-token ZTK1MWMWZDGTMDM3OS0",
    ] {
        let shown = run(typed).stderr;
        assert!(!shown.contains("ZTK1"), "{typed}: {shown}");
        assert!(shown.contains("--with-token < FILE"), "{typed}: {shown}");
    }
}

#[test]
fn only_similar_options_are_suggested() {
    let outcome = run("login --insecure-htp x");
    assert!(
        outcome.stderr.contains("tip: a similar argument exists: '--insecure-http'"),
        "{}",
        outcome.stderr
    );
    // Not --verbose.
    for typed in ["tokens --revokes", "login --version"] {
        let outcome = run(typed);
        assert!(!outcome.stderr.contains("tip:"), "{typed}: {}", outcome.stderr);
    }
}

#[test]
fn usage_has_nothing_that_clap_suggests() {
    for (typed, usage) in [
        ("tokens --debug", "gts-oauth tokens [OPTIONS] [COMMAND]"),
        ("tokens revoke --debug", "gts-oauth tokens revoke [OPTIONS] <ID>"),
        ("login example.org --usr bob", "gts-oauth login [OPTIONS] [INSTANCE]"),
    ] {
        let shown = run(typed).stderr;
        assert!(shown.contains(&format!("\nUsage: {usage}\n")), "{typed}: {shown}");
    }
}

#[test]
fn errors_of_the_command_line_begin_as_others() {
    let shown = run("login --port x").stderr;
    assert!(shown.starts_with("gts-oauth: invalid value 'x' for '--port <PORT>'"), "{shown}");
}

#[test]
fn options_without_a_command_show_the_help() {
    let shown = run("-v").stderr;
    assert_eq!(shown, Shell::new().run(&[] as &[&str]).stderr);
    assert!(shown.contains("\nCommands:\n  login "), "{shown}");
}

#[test]
fn errors_fit_80_columns() {
    for typed in [
        "login example.org --scopes a\"b",
        "login example.org --timeout 0",
        "demo --dialect dos",
        "api /api/v1/statuses -d status=hello",
        "revoke",
    ] {
        let shown = run(typed).stderr;
        let wide: Vec<_> = shown.lines().filter(|line| line.chars().count() > 80).collect();
        assert_eq!(wide, [""; 0], "{typed}");
        assert!(shown.lines().any(|line| line.chars().count() > 60), "{shown}");
    }
}

#[test]
fn arguments_that_mean_something_else_are_explained() {
    for (typed, explanation) in [
        ("logout all", "`gts-oauth logout --all`"),
        ("man status", "`gts-oauth status --help`"),
        ("login @alice@example.org --expect bob", "of @alice@example.org and of @bob"),
        ("login example.org --expect @@", "expected a name, or @name@host"),
        ("login example.org --expect @bob@foo@bar", "expected a name, or @name@host"),
        ("switch ", "a value is required"),
        ("token -a ", "a value is required"),
        ("--json status", "write it after the command: `gts-oauth status --json`"),
        ("-a alice api /x", "write it after the command: `gts-oauth api -a`"),
        ("switch --json", "`gts-oauth help json`"),
        ("demo serve", "`--serve`"),
        ("api -L /x", "not followed"),
        ("api -k /x", "certificates are always checked"),
        (
            "login @alice@https://example.org",
            "run `gts-oauth login https://example.org --expect @alice`",
        ),
        ("status ", "a value is required"),
    ] {
        let outcome = run(typed);
        let message = outcome.stderr.replace('\n', " ");
        assert!(message.contains(explanation), "{typed}: {message}");
    }
    assert!(!std::path::Path::new("status").exists());
}

#[test]
fn tip_is_a_part_of_its_own_in_json() {
    let outcome = run("help login --json");
    let error: serde_json::Value = serde_json::from_str(&outcome.stderr).expect("JSON");
    let text = error["error"].as_str().expect("a text");
    assert!(text.contains("'--json'; tip: "), "{text}");
}

#[cfg(target_os = "linux")]
#[test]
fn help_that_cannot_be_printed_is_an_error() {
    for arguments in [&["help"][..], &["login", "--help"], &["--version"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a device");
        let mut command = Shell::new().command(arguments);
        let output = command.stdout(full).output().expect("it runs");
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(message.contains("could not write to standard output"), "{message}");
    }
}

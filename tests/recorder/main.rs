//! Records a real GoToSocial: plays the story of the recordings on it, and writes its responses in
//! their format and under their names. Ids, secrets and times are replaced by the recorded ones, so
//! that only real differences are left.
//!
//! The server is a new one without a rate limit (`advanced-rate-limit-requests: 0`), with two
//! accounts, `alice` and `bob`. All variables but the last three are required, and paths are relative
//! to the workspace. The folder must be new or empty:
//!
//! ```text
//! GTS_OAUTH_LIVE=http://127.0.0.1:8085 \
//! GTS_OAUTH_LIVE_EMAIL=alice@example.org GTS_OAUTH_LIVE_PASSWORD=… \
//! GTS_OAUTH_LIVE_OTHER_EMAIL=bob@example.org GTS_OAUTH_LIVE_OTHER_PASSWORD=… \
//! GTS_OAUTH_RECORD=tests/transcripts/gotosocial-0.23.0 \
//! GTS_OAUTH_LIVE_HOOK=./prepare GTS_OAUTH_LIVE_SIGN_IN=./sign-in GTS_OAUTH_RECORD_PART=1 \
//!   cargo test -p gts-oauth-tests --test recorder -- --ignored
//! git diff --no-index tests/transcripts/gotosocial-0.22.0-rc2 tests/transcripts/gotosocial-0.23.0
//! ```
//!
//! `GTS_OAUTH_LIVE_HOOK` is a program that prepares the server, and exits with 0 if it did. Its
//! argument is `six-requests` or `default-limit` (the rate limit, after a restart), `unlimited`,
//! `expired-codes` (without it, the recorder waits for five minutes) or `split-domain`: then it prints
//! the origin of a server with an account domain, that domain, and the server's host unless it is the
//! origin's. Recordings that need what it cannot do are skipped.
//!
//! `GTS_OAUTH_LIVE_SIGN_IN` is a program that signs in on other servers. Its arguments are `alice` or
//! `bob`, and an authorization URL. It allows the app, and prints the callback URL or the code. The
//! pages for browsers are skipped then.
//!
//! The differences from the recordings and what was skipped are printed. The command fails if anything
//! was skipped, unless `GTS_OAUTH_RECORD_PART` is set.

#[path = "../fidelity/mod.rs"]
mod fidelity;
mod live;
mod mask;
mod transcript;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use fidelity::compare::differences;
use fidelity::script::Script;
use fidelity::stage::{Setup, Stage};
use gts_oauth_fake::{Dialect, Served, Server};
use gts_oauth_tests::{Recording, recordings};
use live::{Live, Place};
use mask::{Mask, Masked, secrets_of};

/// The recordings whose story is played.
const STORY: &str = "gotosocial-0.22.0-rc2";

/// Plays the story, and writes the transcripts into this folder. Returns the differences from the
/// recordings, and the names of those that were skipped.
fn record(stage: impl Stage, folder: &Path) -> (Vec<String>, Vec<String>) {
    fs::create_dir_all(folder).expect("a folder for the transcripts");
    assert!(names(folder).is_empty(), "{} is not empty", folder.display());
    let story = recordings(STORY);
    let mut script = Script::new(&story, Masked::new(stage, Mask::new(&story)));
    let (mut found, mut skipped) = (Vec::new(), Vec::new());
    for recording in &story {
        let Some(response) = script.play(recording) else {
            skipped.push(recording.name.clone());
            continue;
        };
        let file = folder.join(format!("{}.json", recording.name));
        let mask = &script.stage.mask;
        let transcript = transcript::write(recording, &response, &script.learnt, mask);
        fs::write(file, transcript).expect("the transcript is written");
        let different = differences(recording, &script.learnt, &response);
        found.extend(different.iter().map(ToString::to_string));
    }
    (found, skipped)
}

#[test]
#[ignore = "needs a real GoToSocial, in GTS_OAUTH_LIVE"]
fn record_a_real_server() {
    let folder = env::var_os("GTS_OAUTH_RECORD").map(PathBuf::from);
    let folder = folder.expect("set GTS_OAUTH_RECORD to a new folder");
    let (found, skipped) = record(Live::from_environment(), &workspace().join(folder));
    report(&format!("{} differences from {STORY}:\n{}", found.len(), found.join("\n")));
    report(&format!("{} skipped: {}", skipped.len(), skipped.join(" ")));
    let is_allowed = env::var_os("GTS_OAUTH_RECORD_PART").is_some();
    assert!(skipped.is_empty() || is_allowed, "set GTS_OAUTH_RECORD_PART to record only a part");
}

/// Prints this even though the output of passing tests is captured.
fn report(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Tests run in their package's folder, and not in the one where they were started.
fn workspace() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the workspace").to_owned()
}

/// The fake on a port, and how it is prepared.
fn served(dialect: Dialect) -> Live {
    let serve = move |account_domain: Option<&str>| -> Served {
        let builder = Server::builder(82).dialect(dialect).rate_limit(None);
        let builder = match account_domain {
            Some(domain) => builder.account_domain(domain),
            None => builder,
        };
        builder.serve().expect("a free loopback port")
    };
    let mut first = serve(None);
    let users = ["alice", "bob"].map(|name| {
        let account = first.account(name);
        (name.to_owned(), account.email(), account.password().to_owned())
    });
    let origin = first.origin();
    let prepare = move |setup: Setup| {
        match setup {
            Setup::Unlimited => first.rate_limit(None),
            Setup::SixRequests => first.rate_limit(6),
            Setup::DefaultLimit => first.rate_limit(300),
            Setup::ExpiredCodes => first.advance(Duration::from_secs(301)),
            Setup::SplitDomain => {
                first = serve(Some("domain.example"));
                for name in ["alice", "bob"] {
                    first.account(name);
                }
                let account_domain = "domain.example".to_owned();
                return Some(Place { account_domain, ..Place::at(&first.origin()) });
            }
        }
        Some(Place::at(&first.origin()))
    };
    Live::new(&origin, users, Box::new(prepare))
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("the folder of transcripts");
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text")).collect()
}

#[test]
fn served_fake_is_recorded_as_committed() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let (found, skipped) = record(served(Dialect::GoToSocial), folder.path());
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(skipped.is_empty(), "{skipped:?}");
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("transcripts").join(STORY);
    assert_eq!(names(folder.path()), names(&committed));
    let story = recordings(STORY);
    let secrets = |recording: &Recording| secrets_of(&recording.response());
    let recorded: BTreeSet<String> = story.iter().flat_map(secrets).collect();
    for expected in &story {
        let file = folder.path().join(format!("{}.json", expected.name));
        let text = fs::read_to_string(file).expect("a transcript");
        let mut written: Recording = serde_json::from_str(&text).expect("a recording");
        written.name.clone_from(&expected.name);
        for secret in secrets(&written) {
            assert!(recorded.contains(&secret), "{}: {secret}", expected.name);
        }
        assert_eq!(written.request.body, expected.request.body, "{}", expected.name);
        assert!(!text.contains("domain.example"), "{}", expected.name);
    }
}

/// Words as secrets are: long, with letters and digits. Ids are shorter here.
fn random_words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c));
    let is_random = |word: &str| {
        word.len() > 26
            && word.contains(|c: char| c.is_ascii_digit())
            && word.contains(|c: char| c.is_ascii_alphabetic())
    };
    words.filter(move |word| is_random(word))
}

#[test]
fn other_dialects_leave_no_secrets_in_transcripts() {
    for dialect in [Dialect::GoToSocial018, Dialect::GoToSocial020] {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let (found, _) = record(served(dialect), folder.path());
        assert!(!found.is_empty(), "{dialect:?} differs from the recordings");
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("transcripts").join(STORY);
        let read = |folder: &Path, name: &str| fs::read_to_string(folder.join(name)).expect(name);
        let recorded: String = names(&committed).iter().map(|it| read(&committed, it)).collect();
        for name in names(folder.path()) {
            let text = read(folder.path(), &name);
            let response = text.split("\"response\": {").nth(1).expect("a response");
            for word in random_words(response) {
                assert!(recorded.contains(word), "{dialect:?}, {name}: {word}");
            }
        }
    }
}

#[test]
fn recordings_are_skipped_where_server_cannot_be_prepared() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let (mut prepare, users, origin) = served(Dialect::GoToSocial).into_parts();
    let possible = move |setup: Setup| match setup {
        Setup::ExpiredCodes => prepare(setup),
        _ => None,
    };
    let (found, skipped) = record(Live::new(&origin, users, Box::new(possible)), folder.path());
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert_eq!(skipped.len(), 3 + 3 + 7, "{skipped:?}");
}

#[test]
fn pages_are_skipped_where_program_signs_in() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let server = Server::builder(82).rate_limit(None).serve().expect("a free loopback port");
    let server = Arc::new(server);
    let users = ["alice", "bob"].map(|name| (name.to_owned(), String::new(), String::new()));
    let prepared = Arc::clone(&server);
    let prepare = move |setup| {
        let is_expiry = setup == Setup::ExpiredCodes;
        is_expiry.then(|| prepared.advance(Duration::from_secs(301)));
        is_expiry.then(|| Place::at(&prepared.origin()))
    };
    let browser = Arc::clone(&server);
    let sign_in = move |person: &str, url: &str| {
        browser.account(person).visit(url).expect("the app is allowed")
    };
    let live = Live::new(&server.origin(), users, Box::new(prepare));
    let (found, skipped) = record(live.with_own_pages(Box::new(sign_in)), folder.path());
    assert!(found.is_empty(), "{}", found.join("\n"));
    let pages = recordings(STORY).iter().filter(|it| it.is_from_browser()).count();
    assert_eq!(skipped.len(), pages + 3 + 3 + 7, "{skipped:?}");
}

#[test]
fn committed_transcripts_are_written_as_they_are() {
    for server in ["gotosocial-0.18.3", "gotosocial-0.20.0-more", STORY] {
        let story = recordings(server);
        let mask = Mask::new(&story);
        for recording in &story {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("transcripts").join(server);
            let file = folder.join(format!("{}.json", recording.name));
            let committed = fs::read_to_string(file).expect("a transcript");
            // The text of a page is lost, because the page is cut.
            if !committed.contains("\"cut\": true") {
                let learnt = fidelity::learnt::Learnt::default();
                let response = recording.response();
                let written = transcript::write(recording, &response, &learnt, &mask);
                assert_eq!(written, committed, "{server}, {}", recording.name);
            }
        }
    }
}

/// Records with the documented command, with programs of this text, in a workspace folder.
#[cfg(unix)]
fn run_command(hook: &str, sign_in: &str, variables: &[(&str, &str)]) -> (bool, String) {
    use std::os::unix::fs::PermissionsExt as _;
    let live = served(Dialect::GoToSocial);
    let folder = tempfile::tempdir().expect("a folder for the test");
    let up: PathBuf = workspace().components().skip(1).map(|_| "..").collect();
    let relative = up.join(folder.path().strip_prefix("/").expect("an absolute path"));
    for (name, text) in [("prepare", hook), ("sign-in", sign_in)] {
        let program = folder.path().join(name);
        fs::write(&program, format!("#!/bin/sh\n{text}\n")).expect("a program");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("its mode");
    }
    let mut command = Command::new(env::current_exe().expect("this program"));
    command.args(["--exact", "record_a_real_server", "--ignored"]);
    command.env("GTS_OAUTH_LIVE", live.origin()).env_remove("GTS_OAUTH_RECORD_PART");
    for (name, variable) in [("alice", ""), ("bob", "OTHER_")] {
        let (email, password) = live.credentials(name);
        command.env(format!("GTS_OAUTH_LIVE_{variable}EMAIL"), email);
        command.env(format!("GTS_OAUTH_LIVE_{variable}PASSWORD"), password);
    }
    command.env("GTS_OAUTH_RECORD", relative.join("new"));
    command.env("GTS_OAUTH_LIVE_HOOK", relative.join("prepare"));
    match sign_in.is_empty() {
        true => command.env_remove("GTS_OAUTH_LIVE_SIGN_IN"),
        false => command.env("GTS_OAUTH_LIVE_SIGN_IN", relative.join("sign-in")),
    };
    let output = command.envs(variables.iter().copied()).output().expect("the command runs");
    let printed = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    (output.status.success(), printed.into_owned())
}

/// A program that does nothing, and only reports that codes have expired.
#[cfg(unix)]
const PREPARES_NOTHING: &str = "test \"$1\" = expired-codes";

#[cfg(unix)]
#[test]
fn command_fails_where_recordings_are_skipped() {
    let (succeeded, printed) = run_command(PREPARES_NOTHING, "", &[]);
    assert!(!succeeded, "{printed}");
    assert!(printed.contains("13 skipped: 58-"), "{printed}");
    assert!(printed.contains("prepare failed: split-domain"), "{printed}");
    assert!(printed.contains("set GTS_OAUTH_RECORD_PART"), "{printed}");
}

#[cfg(unix)]
#[test]
fn command_prints_differences_where_it_succeeds() {
    let part = [("GTS_OAUTH_RECORD_PART", "1")];
    let (succeeded, printed) = run_command(PREPARES_NOTHING, "", &part);
    assert!(succeeded, "{printed}");
    // The code had not expired.
    assert!(printed.contains("118-token-code-expired, status:"), "{printed}");
    assert!(printed.contains("13 skipped: 58-"), "{printed}");
}

#[cfg(unix)]
#[test]
fn command_starts_program_that_signs_in() {
    let (succeeded, printed) =
        run_command(PREPARES_NOTHING, "echo \"sign in $1\" >&2; exit 1", &[]);
    assert!(!succeeded, "{printed}");
    assert!(printed.contains("sign in alice"), "{printed}");
}

#[test]
#[should_panic(expected = "is not empty")]
fn folder_with_transcripts_is_refused() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    fs::write(folder.path().join("1-register.json"), "{}").expect("a transcript");
    record(served(Dialect::GoToSocial), folder.path());
}

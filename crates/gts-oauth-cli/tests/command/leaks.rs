//! No secret is in what the command prints, in its pages, in arguments and environment of the
//! browser that it starts, or in a file beside the credentials.

use std::path::Path;
use std::{fs, thread};

use gts_oauth_fake::{Dialect, Served};
use gts_oauth_tests::leaks::{leaks, received_secrets};

use crate::support::shell::{Outcome, Shell, opener, speaking};
use crate::support::web::Tab;

/// Keeps what it gets, as a browser would.
const BROWSER: &str = r#"tr '\0' '\n' <"/proc/$$/cmdline" >"$0.arguments"
tr '\0' '\n' <"/proc/$$/environ" >"$0.part" && mv "$0.part" "$0.environment""#;

/// Text, by its place.
type Places = Vec<(String, Vec<u8>)>;

#[cfg(target_os = "linux")]
#[test]
fn no_secret_leaves_the_credentials() {
    for &dialect in Dialect::ALL {
        let (shell, served) = (Shell::new(), speaking(dialect));
        let mut places = log_in(&shell, &served);
        for line in [
            "status --verbose",
            "status --json --verbose",
            "api /api/v1/accounts/verify_credentials --verbose",
            "api /api/v1/nothing --verbose",
            "api -f status=hello /api/v1/statuses --verbose",
            "tokens --verbose",
            "logout --verbose",
        ] {
            add(&mut places, line, shell.run(&Vec::from_iter(line.split(' '))));
        }
        let mut secrets = received_secrets(&served.requests());
        assert!(secrets.len() >= 4, "{}: {secrets:?}", dialect.name());
        if dialect == Dialect::Sharkey {
            // Its client id, which is public, contains the code in base64.
            for code in served.requests().iter().filter_map(|it| it.field("code")) {
                secrets.remove(&code);
            }
        }
        for (place, text) in &places {
            let found = leaks(text, &secrets);
            assert!(found.is_empty(), "{}, {place}: {found:?}", dialect.name());
        }
        for place in ["output", "messages", "page", "arguments", "environment", "file"] {
            assert!(places.iter().any(|(it, _)| it.contains(place)), "{place} is missing");
        }
    }
}

/// Two logins of the same account: the second one revokes the token of the first one.
fn log_in(shell: &Shell, served: &Served) -> Places {
    let alice = served.account("alice");
    let browser = opener(BROWSER);
    let program = browser.path().join("opener");
    let mut places = Places::new();
    for _ in 0..2 {
        let mut command = shell.command(&["login", &served.origin(), "--browser", "--verbose"]);
        command.env("BROWSER", &program);
        let outcome = shell.talk_about(&mut command, |shown| {
            let tab = Tab::open(shown.link.as_ref().expect("a link"));
            let page = tab.get(&alice.visit(&tab.address).expect("a redirect"));
            places.push(("head of the page".to_owned(), page.head.into_bytes()));
            places.push(("page".to_owned(), page.body.into_bytes()));
            None
        });
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        while !program.with_extension("environment").exists() {
            thread::yield_now();
        }
        for kind in ["arguments", "environment"] {
            let path = program.with_extension(kind);
            places.push((format!("{kind} of the browser"), fs::read(path).expect("its text")));
        }
        add(&mut places, "login", outcome);
        add_files(&mut places, shell);
    }
    places
}

fn add(places: &mut Places, line: &str, outcome: Outcome) {
    places.push((format!("output of {line}"), outcome.stdout.into_bytes()));
    places.push((format!("messages of {line}"), outcome.stderr.into_bytes()));
}

/// Adds all files but that of the credentials.
fn add_files(places: &mut Places, shell: &Shell) {
    let credentials = shell.file();
    let folder = credentials.parent().and_then(Path::parent).expect("a folder");
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path != credentials {
                places.push((format!("file {}", path.display()), fs::read(path).expect("a file")));
            }
        }
    }
}

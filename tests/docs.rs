//! The tables of the manual name tests, which must exist.

use std::fs;
use std::path::{Path, PathBuf};

use gts_oauth_tests::SERVERS;

const TRAPS: &str = include_str!("../crates/gts-oauth-core/docs/traps.md");
const RFCS: &str = include_str!("../crates/gts-oauth-core/docs/rfcs.md");

/// The folders of the tests, by the names of their packages in the tables.
const PACKAGES: [(&str, &str); 9] = [
    ("core", "crates/gts-oauth-core/tests/core"),
    ("fake", "crates/gts-oauth-fake/tests/fake"),
    ("prompt", "crates/gts-oauth-prompt/tests/prompt"),
    ("cli", "crates/gts-oauth-cli/tests/command"),
    ("conformance", "crates/gts-oauth-conformance/tests/broken"),
    ("examples", "examples/tests/examples"),
    ("web_backend", "examples/web_backend/tests"),
    ("logins", "tests/logins"),
    ("servers", "tests/servers"),
];

/// The rows of a table, by their cells.
fn rows(table: &'static str) -> Vec<Vec<&'static str>> {
    let rows = table.lines().filter(|line| line.starts_with("| "));
    let cells = |row: &'static str| {
        let row = row.trim_start_matches("| ").trim_end_matches(" |");
        row.split(" | ").collect()
    };
    // The first row is the head.
    rows.map(cells).skip(1).collect()
}

/// The file and the function of a test such as `core::login::run::…`. Without a file: `main.rs`.
fn place(test: &str) -> Option<(PathBuf, &str)> {
    let (package, rest) = test.split_once("::")?;
    let folder = PACKAGES.iter().find(|(name, _)| *name == package)?.1;
    let (file, name) = rest.rsplit_once("::").unwrap_or(("main", rest));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    Some((root.join(folder).join(format!("{}.rs", file.replace("::", "/"))), name))
}

fn assert_is_there(test: &str) {
    let (file, name) = place(test).unwrap_or_else(|| panic!("{test} names no package"));
    let source = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{test}: {error}"));
    let declared = format!("#[test]\nfn {name}(");
    let should_panic = format!("#[should_panic]\nfn {name}(");
    let there = source.contains(&declared) || source.contains(&should_panic);
    assert!(there, "{test} is not in {}", file.display());
}

/// Asserts that the row names existing tests, or the reason why there is none.
fn assert_shown(row: &[&str]) {
    let shown_by = row.last().expect("a cell");
    if let Some(reason) = shown_by.strip_prefix("none: ") {
        assert!(reason.len() > 20, "{row:?} gives no reason");
        return;
    }
    let tests: Vec<&str> = shown_by.split('`').skip(1).step_by(2).collect();
    assert!(!tests.is_empty(), "{row:?} names no test");
    for test in tests {
        assert_is_there(test);
    }
}

#[test]
fn all_traps_are_shown_by_existing_tests() {
    let rows = rows(TRAPS);
    let numbers: Vec<String> = rows.iter().map(|row| row[0].to_owned()).collect();
    let expected: Vec<String> = (1..=54).map(|number: u8| number.to_string()).collect();
    assert_eq!(numbers, expected);
    for row in &rows {
        assert_eq!(row.len(), 4, "{row:?}");
        assert_shown(row);
    }
}

#[test]
fn what_the_rfcs_ask_is_shown_by_tests_that_exist() {
    let rows = rows(RFCS);
    for rfc in ["6749", "6750", "7009", "7636", "8252", "8414", "9207", "9700"] {
        let listed = |row: &&Vec<&str>| row[0].starts_with(rfc);
        assert!(rows.iter().filter(listed).count() > 1, "{rfc}");
    }
    for row in &rows {
        assert_eq!(row.len(), 4, "{row:?}");
        assert_shown(row);
    }
}

#[test]
fn every_recorded_server_is_named_in_the_readme() {
    let readme = include_str!("../README.md");
    for server in SERVERS {
        let name = server.split('-').next().expect("a name");
        assert!(readme.to_lowercase().contains(name), "{name}");
    }
}

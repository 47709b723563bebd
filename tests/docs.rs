//! The tables of the manual name tests, which must exist.

use std::collections::BTreeMap;
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
    let expected: Vec<String> = (1..=59).map(|number: u8| number.to_string()).collect();
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

/// The texts of the repository, and of its crates.
fn texts() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders = vec![root.clone()];
    for folder in fs::read_dir(root.join("crates")).expect("the crates") {
        let folder = folder.expect("a crate").path();
        folders.extend([folder.join("docs/guides"), folder.join("docs"), folder]);
    }
    let files = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten();
    let files = files.map(|file| file.expect("a file").path());
    files.filter(|file| file.extension().is_some_and(|it| it == "md")).collect()
}

#[test]
fn links_to_files_lead_somewhere() {
    let mut links = 0;
    for file in texts() {
        let text = fs::read_to_string(&file).expect("a text");
        let inline = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let below = text.lines().filter(|line| line.starts_with('['));
        let below = below.filter_map(|line| line.split("]: ").nth(1));
        let sources = text.split(" src=\"").skip(1).filter_map(|rest| rest.split('"').next());
        for link in inline.chain(below).chain(sources) {
            // rustdoc checks links to items.
            let is_file = link.contains(['/', '.']) && !link.contains("::");
            if link.contains("://") || !is_file {
                continue;
            }
            let path = link.split('#').next().expect("a path");
            let target = file.parent().expect("a folder").join(path);
            assert!(target.exists(), "{}: {link} leads nowhere", file.display());
            links += 1;
        }
    }
    assert!(links > 10, "only {links} links were found");
}

#[test]
fn each_direct_dependency_is_explained() {
    let table = include_str!("../crates/gts-oauth-core/docs/dependencies.md");
    let explained: BTreeMap<&str, &str> = rows(table)
        .into_iter()
        .filter_map(|row| Some((row[0].strip_prefix('`')?.strip_suffix('`')?, row[1])))
        .collect();
    let mut used: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (short, manifest) in manifests() {
        for dependency in dependencies(&manifest) {
            used.entry(dependency).or_default().push(short.clone());
        }
    }
    for (name, crates) in &used {
        let listed = explained.get(&**name).unwrap_or_else(|| panic!("no row for {name}"));
        let mut listed: Vec<&str> = listed.split(", ").collect();
        listed.sort_unstable();
        let mut crates: Vec<&str> = crates.iter().map(|it| &**it).collect();
        crates.sort_unstable();
        assert_eq!(crates, listed, "{name}");
    }
    let left: Vec<_> = explained.keys().filter(|name| !used.contains_key(**name)).collect();
    assert!(left.is_empty(), "no crate depends on {left:?}");
}

/// The manifests of the published crates, by their names without the prefix.
fn manifests() -> Vec<(String, String)> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let folders = fs::read_dir(crates).expect("the crates");
    folders
        .map(|folder| {
            let folder = folder.expect("a crate");
            let name = folder.file_name().into_string().expect("a name");
            let short = name.strip_prefix("gts-oauth-").expect("one of our crates");
            let manifest =
                fs::read_to_string(folder.path().join("Cargo.toml")).expect("a manifest");
            (short.to_owned(), manifest)
        })
        .collect()
}

/// The crates of others that a manifest depends on, on any target, tests excluded.
fn dependencies(manifest: &str) -> Vec<String> {
    let (mut found, mut inside) = (Vec::new(), false);
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]") && !line.contains("dev-");
        } else if inside && !line.starts_with("gts-oauth") {
            found.extend(
                line.split(['.', ' ']).next().filter(|it| !it.is_empty()).map(str::to_owned),
            );
        }
    }
    found
}

//! The examples are short, and each compiles in a fresh crate, with the dependencies that its first
//! comment adds. `GTS_OAUTH_PACKAGES` is a folder of unpacked packages to use instead of the crates
//! of this workspace.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The files of each example, the one with `main` first.
const EXAMPLES: [&[&str]; 6] = [
    &["embed.rs"],
    &["bot.rs"],
    &["text_ui.rs"],
    &["test_your_bot/main.rs", "test_your_bot/bot.rs", "test_your_bot/tests.rs"],
    &["stacks/async_loop.rs"],
    &["stacks/post_only.rs"],
];

/// The most lines of an example, without its first comment.
const LIMITS: [(&str, usize); 4] = [
    ("bot.rs", 100),
    ("text_ui.rs", 160),
    ("stacks/async_loop.rs", 60),
    ("stacks/post_only.rs", 60),
];

#[test]
fn examples_are_short() {
    for (file, limit) in LIMITS {
        let text = fs::read_to_string(workspace().join("examples").join(file)).expect("a file");
        let lines = text.lines().filter(|line| !line.starts_with("//!")).count();
        assert!(lines <= limit, "{file} has {lines} lines, of at most {limit}");
    }
}

#[test]
fn examples_compile_in_a_fresh_crate() {
    for files in EXAMPLES {
        let folder = tempfile::tempdir().expect("a temporary folder");
        copy(files, folder.path());
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let check = Command::new(cargo)
            .args(["check", "--quiet", "--offline", "--all-targets", "--target-dir"])
            // One folder for all, so that each dependency is checked once.
            .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("copied"))
            .current_dir(folder.path())
            .output()
            .expect("cargo");
        let errors = String::from_utf8_lossy(&check.stderr);
        assert!(check.status.success(), "{files:?}:\n{errors}");
        // Cargo warns about packages that an example does not depend on.
        assert!(packages().is_some() || errors.is_empty(), "{files:?}:\n{errors}");
    }
}

fn copy(files: &[&str], folder: &Path) {
    let source = folder.join("src");
    fs::create_dir(&source).expect("a folder");
    for (index, file) in files.iter().enumerate() {
        let from = workspace().join("examples").join(file);
        let name = if index == 0 { "main.rs".as_ref() } else { from.file_name().expect("a name") };
        fs::copy(&from, source.join(name)).unwrap_or_else(|error| panic!("{file}: {error}"));
    }
    let main = fs::read_to_string(source.join("main.rs")).expect("a file");
    fs::write(folder.join("Cargo.toml"), manifest(&main)).expect("a file");
    // The same versions, which are downloaded already.
    fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).expect("a file");
}

/// The manifest after each `cargo add` of the first comment.
fn manifest(main: &str) -> String {
    let (mut normal, mut dev) = (String::new(), String::new());
    for line in main.lines().filter_map(|line| line.strip_prefix("//! cargo add ")) {
        let (dependencies, line) = match line.strip_prefix("--dev ") {
            Some(line) => (&mut dev, line),
            None => (&mut normal, line),
        };
        let (line, features) = line.split_once(" --features ").unwrap_or((line, ""));
        let features: Vec<&str> = features.split(',').filter(|it| !it.is_empty()).collect();
        let (names, is_bare) = match line.strip_suffix(" --no-default-features") {
            Some(names) => (names, true),
            None => (line, false),
        };
        for name in names.split(' ') {
            let place = place(name);
            *dependencies += &format!(
                "{name} = {{ {place}, default-features = {}, features = {features:?} }}\n",
                !is_bare
            );
        }
    }
    assert!(!normal.is_empty(), "the first comment adds no dependency:\n{main}");
    let patch = packages().map(|packages| patch(&packages)).unwrap_or_default();
    format!(
        "[package]\nname = \"fresh\"\nedition = \"2024\"\n\
         [dependencies]\n{normal}[dev-dependencies]\n{dev}{patch}"
    )
}

/// What takes all of our packages from a folder, those that other packages depend on included.
fn patch(packages: &Path) -> String {
    let mut patch = "[patch.crates-io]\n".to_owned();
    for folder in fs::read_dir(packages).expect("the packages") {
        let path = folder.expect("a package").path();
        let manifest = fs::read_to_string(path.join("Cargo.toml")).expect("a manifest");
        let name = manifest.lines().find_map(|line| line.strip_prefix("name = ")).expect("a name");
        patch += &format!("{name} = {{ path = {:?} }}\n", path.display().to_string());
    }
    patch
}

fn packages() -> Option<PathBuf> {
    env::var_os("GTS_OAUTH_PACKAGES").map(PathBuf::from)
}

/// The folder of one of our crates, the version of its package, or the version of another crate.
fn place(name: &str) -> String {
    let folder = workspace().join("crates").join(name);
    if folder.is_dir() {
        return match packages() {
            Some(_) => format!("version = {:?}", env!("CARGO_PKG_VERSION")),
            None => format!("path = {:?}", folder.display().to_string()),
        };
    }
    let manifest = include_str!("../Cargo.toml");
    let start = format!("{name} = ");
    let line = manifest.lines().find_map(|line| line.strip_prefix(&*start));
    let version = line.and_then(|line| line.split('"').nth(1));
    format!("version = {:?}", version.unwrap_or_else(|| panic!("no version of {name}")))
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace")
}

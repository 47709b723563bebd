//! The layout of core, the fake, the prompts and the command: folders are layers, and imports point down.

mod graph;
mod imports;
#[path = "../source/mod.rs"]
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use graph::Sources;
use imports::{tokens, writes};
use source::{File, files, in_workspace, split};

/// The folders and files at the root of each crate, top to bottom: each imports only what stands
/// below it. The root file itself is above them all.
const LAYERS: [(&str, &[&str]); 4] = [
    (
        "crates/gts-oauth-core/src",
        &[
            "login",
            "authorization",
            "renewal",
            "app",
            "session",
            "discovery",
            "exchange",
            "wire",
            "types",
            "transport",
            "error",
            "time",
            "manual", // documentation only
        ],
    ),
    (
        "crates/gts-oauth-fake/src",
        &[
            "serve",
            "account",
            "builder",
            "server",
            "fault",
            "route",
            "recorded_request",
            "post",
            "endpoints",
            "dialects",
            "entities",
            "state",
            "dialect",
            "http",
        ],
    ),
    ("crates/gts-oauth-prompt/src", &["loopback", "terminal", "input"]),
    (
        "crates/gts-oauth-cli/src",
        &["commands", "store", "http", "credentials", "output", "exit_code", "secrets"],
    ),
];

/// How many folders and files a crate may have at its root, beside `lib.rs` or `main.rs`.
const MOST_AT_A_ROOT: usize = 14;

/// The only file that changes the stage and the revision of a login.
const LOGIN_WRITER: &str = "crates/gts-oauth-core/src/login/mod.rs";

#[test]
fn imports_point_down() {
    let mut faults = Vec::new();
    for (root, layers) in LAYERS {
        let sources = Sources::read(root, &files(root, ".rs"));
        faults.extend(sources.faults.clone());
        faults.extend(sources.upward(layers));
    }
    assert_none(&faults);
}

#[test]
fn no_folders_import_each_other() {
    let mut faults = Vec::new();
    for (root, _) in LAYERS {
        faults.extend(Sources::read(root, &files(root, ".rs")).circles());
    }
    assert_none(&faults);
}

#[test]
fn every_layer_is_listed() {
    let mut faults = Vec::new();
    for (root, layers) in LAYERS {
        let units = units_of(root);
        let listed = |unit: &&String| layers.contains(&unit.as_str());
        let unlisted = units.iter().filter(|unit| !listed(unit));
        faults.extend(unlisted.map(|unit| format!("{root}/{unit} is in no layer of LAYERS")));
        let gone = layers.iter().filter(|&&layer| !units.contains(layer));
        faults.extend(gone.map(|layer| format!("LAYERS lists {layer}, which is not in {root}")));
    }
    assert_none(&faults);
}

#[test]
fn roots_are_short() {
    let mut faults = Vec::new();
    for (root, _) in LAYERS {
        let entries = entries_of(root);
        if entries.len() > MOST_AT_A_ROOT {
            let entries_text = entries.join(" ");
            let count = entries.len();
            faults.push(format!(
                "{root} has {count} entries, of at most {MOST_AT_A_ROOT}: {entries_text}"
            ));
        }
    }
    assert_none(&faults);
}

#[test]
fn one_file_writes_stage_and_revision() {
    let mut faults = Vec::new();
    for file in files("crates/gts-oauth-core/src", ".rs") {
        if file.path != LOGIN_WRITER {
            let writes = writes(&tokens(&split(&file.text).0)).into_iter();
            faults.extend(writes.map(|(line, field)| {
                let path = &file.path;
                format!("{path}:{line} writes `{field}`, which only {LOGIN_WRITER} may do")
            }));
        }
    }
    if !in_workspace(LOGIN_WRITER).is_file() {
        faults.push(format!("{LOGIN_WRITER}, which should write them, is not there"));
    }
    assert_none(&faults);
}

/// What an error means is decided in core. The command uses statuses only to print them.
#[test]
fn command_has_no_rule_about_statuses() {
    const PRINTING: [&str; 3] = ["http/verbose.rs", "api/mod.rs", "demo/narrated_http.rs"];
    let mut faults = Vec::new();
    for File { path, text } in files("crates/gts-oauth-cli/src", ".rs") {
        let prints = PRINTING.iter().any(|file| path.ends_with(file));
        let code = split(&text).0;
        for rule in ["StatusCode", "as_u16", "is_client_error", "is_server_error", ".status()"] {
            let allowed = prints && rule == ".status()";
            if code.contains(rule) && !allowed {
                faults.push(format!("{path} has `{rule}`: use Error::cause or Error::remedy"));
            }
        }
    }
    assert_none(&faults);
}

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// The names of what is at the root of a crate, beside `lib.rs` and `main.rs`.
fn entries_of(root: &str) -> Vec<String> {
    let entries = fs::read_dir(in_workspace(root)).expect("a folder");
    let names = entries.map(|entry| entry.expect("readable").file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned());
    let mut names: Vec<String> =
        names.filter(|name| name != "lib.rs" && name != "main.rs").collect();
    names.sort();
    names
}

fn units_of(root: &str) -> BTreeSet<String> {
    let name = |entry: String| entry.trim_end_matches(".rs").to_owned();
    entries_of(root).into_iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A crate of these files, by their paths below `src`.
    fn sources(files: &[(&str, &str)]) -> Sources {
        let file = |(path, text): &(&str, &str)| File {
            path: format!("src/{path}"),
            text: (*text).to_owned(),
        };
        let files: Vec<File> = files.iter().map(file).collect();
        Sources::read("src", &files)
    }

    /// What a source of the module `a::x` imports, as `unit>unit` of the folders.
    fn edges(text: &str) -> Vec<String> {
        let sources = sources(&[
            ("lib.rs", "mod a; mod b; mod c; pub use b::Thing; pub use http;"),
            ("a/mod.rs", "mod x; mod y; pub(crate) use y::Other;"),
            ("a/x.rs", text),
            ("a/y.rs", "pub(crate) struct Other;"),
            ("b.rs", "pub struct Thing;"),
            ("c/mod.rs", "pub(crate) mod d;"),
            ("c/d.rs", "pub(crate) fn e() {}"),
        ]);
        assert_none(&sources.faults);
        let edges = sources.edges.values().flat_map(BTreeMap::keys);
        edges.map(|(from, to)| format!("{from}>{to}")).collect()
    }

    #[test]
    fn circle_is_found() {
        let circle = sources(&[
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "use crate::b::B;"),
            ("b/mod.rs", "mod deep;"),
            ("b/deep.rs", "fn f() {\n    crate::c::c()\n}"),
            ("c.rs", "use super::a;"),
        ]);
        let circles = circle.circles();
        assert_eq!(circles.len(), 1);
        assert!(circles[0].starts_with("src: a circle of a, b, c\n"));
        assert!(circles[0].contains("src/b/deep.rs:2 imports crate::c::c"));
        let upward = circle.upward(&["a", "b", "c"]);
        let expected = "src: c is below a, but:\n    src/c.rs:1 imports super::a";
        assert_eq!(upward, [expected]);
    }

    #[test]
    fn circle_in_a_folder_is_found() {
        let below = sources(&[
            ("lib.rs", "mod a;"),
            ("a/mod.rs", "mod b; mod c; mod d; pub use c::C;"),
            ("a/b/mod.rs", "use super::C;"),
            ("a/c.rs", "use super::b; use super::d::D;"),
            ("a/d.rs", "use super::c::C;"),
        ]);
        assert!(below.circles()[0].starts_with("src/a: a circle of b, c, d\n"));
        // Of files alone it is none.
        let files = sources(&[
            ("lib.rs", "mod a;"),
            ("a/mod.rs", "mod c; mod d;"),
            ("a/c.rs", "use super::d::D;"),
            ("a/d.rs", "use super::c::C;"),
        ]);
        assert_none(&files.circles());
    }

    #[test]
    fn comments_and_strings_import_nothing() {
        let source = "// use crate::b::Thing;\n/* crate::b */ /// [`crate::b`]\n\
                      const S: &str = \"crate::b::Thing\";\n";
        assert_eq!(edges(source), [""; 0]);
    }

    #[test]
    fn groups_are_read() {
        let source =
            "use crate::{\n    b::{self, Thing as Other},\n    c::{d::*},\n};\nuse std::fmt;";
        assert_eq!(edges(source), ["a>b", "a>c"]);
        assert_eq!(edges("use {crate::b, ::http::Request};"), ["a>b"]);
    }

    #[test]
    fn paths_in_code_and_macros_are_read() {
        assert_eq!(edges("fn f() { crate::c::d::e::<u8>() }"), ["a>c"]);
        assert_eq!(edges("vec![crate::b::Thing { a: 1 }]"), ["a>b"]);
        assert_eq!(edges("pub(crate) struct X; pub(super) fn f() {}"), [""; 0]);
    }

    #[test]
    fn super_is_resolved() {
        assert_eq!(edges("use super::y::Other;"), ["x>y"]);
        assert_eq!(edges("use super::super::b::Thing;"), ["a>b"]);
        assert_eq!(edges("mod in_x { use super::super::y; }"), ["x>y"]);
        assert_eq!(edges("mod in_x { } use super::y;"), ["x>y"]);
        assert_eq!(edges("use self::inner::Y; mod inner { struct Y; }"), [""; 0]);
    }

    #[test]
    fn exports_of_an_enclosing_module_are_resolved() {
        assert_eq!(edges("use crate::Thing;"), ["a>b"]);
        assert_eq!(edges("use crate::{Thing as Other, http::Request};"), ["a>b"]);
        assert_eq!(edges("use super::Other;"), ["x>y"]);
        assert_eq!(edges("use crate::a::Other;"), ["x>y"]);
    }

    #[test]
    fn imports_from_the_root_itself_are_faults() {
        for (import, fault) in [
            ("use crate::Own;", "crate::Own, which the root itself holds"),
            ("use crate::None;", "crate::None, which is not found"),
            ("use super::*;", "super, which the root itself holds"),
            ("use crate as all;", "crate, which the root itself holds"),
        ] {
            let sources = sources(&[("lib.rs", "mod a; struct Own;"), ("a.rs", import)]);
            assert_eq!(sources.faults, [format!("src/a.rs:1 imports {fault}")]);
        }
    }

    #[test]
    fn writes_are_found() {
        let lines = "self.stage = next;\nlogin.revision += 1;\nreplace(&mut self.stage, next);\n\
                     self.stage.take();\nif self.stage == other {}\nmatch &self.stage {}\n\
                     stage = self.revision;\nCase { stage: self.stage }";
        let found = writes(&tokens(lines));
        let found: Vec<usize> = found.iter().map(|(line, _)| *line).collect();
        assert_eq!(found, [1, 2, 3, 4]);
    }
}

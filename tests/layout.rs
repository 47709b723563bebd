//! The layout of core, the fake and the command: folders are layers, and imports point down.

mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use source::{File, files, in_workspace, split};

/// The folders and files at the root of each crate, top to bottom: each imports only what stands
/// below it. The root file itself is above them all.
const LAYERS: [(&str, &[&str]); 3] = [
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
            "classify",
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
            "recorded_request",
            "endpoints",
            "dialects",
            "entities",
            "state",
            "dialect",
            "http",
        ],
    ),
    (
        "crates/gts-oauth-cli/src",
        &["commands", "store", "http", "credentials", "output", "exit_code"],
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

/// A module by the names from the root of its crate; the root is empty.
type Module = Vec<String>;

/// Where and how a module imports something: `src/run.rs:3 imports crate::login::Login`.
type Place = String;

/// The modules of a crate, and what they import.
#[derive(Default)]
struct Sources {
    root: String,
    modules: BTreeSet<Module>,
    /// Modules that are folders.
    folders: BTreeSet<Module>,
    /// What a module names by a `use`: a name and its path; a glob has no name.
    bindings: Vec<(Module, Option<String>, Vec<String>)>,
    /// What a module defines.
    definitions: BTreeSet<(Module, String)>,
    /// Macros, which are found without a path, and where they are written.
    macros: BTreeMap<String, Module>,
    /// Of each folder: which of its units imports which, and where.
    edges: BTreeMap<Module, BTreeMap<(String, String), Vec<Place>>>,
    /// Imports from the root that lead nowhere else.
    faults: Vec<String>,
}

impl Sources {
    fn read(root: &str, files: &[File]) -> Self {
        let root = root.to_owned();
        let mut sources = Sources { root, ..Sources::default() };
        let mut parsed = Vec::new();
        for file in files {
            let module = sources.module_of(&file.path);
            for length in 0..module.len() {
                sources.folders.insert(module[..length].to_vec());
            }
            if file.path.ends_with("/mod.rs") {
                sources.folders.insert(module.clone());
            }
            let (code, _) = split(&file.text);
            let parser = Parser::run(module, &code);
            sources.modules.extend(parser.modules);
            sources.definitions.extend(parser.definitions);
            sources.macros.extend(parser.macros);
            parsed.push((&file.path, parser.imports));
        }
        // Which names are modules is known only now.
        let mut imports = Vec::new();
        for (file, of_file) in parsed {
            for import in of_file {
                if let Some(path) = sources.absolute(&import) {
                    if let Some(name) = &import.binds {
                        let binding = (import.module.clone(), name.clone(), path.clone());
                        sources.bindings.push(binding);
                    }
                    imports.push((file, import, path));
                }
            }
        }
        for (file, import, path) in imports {
            sources.import(file, &import, &path);
        }
        sources
    }

    fn module_of(&self, path: &str) -> Module {
        let path = path.strip_prefix(&self.root).expect("a file of the crate");
        let path = path.trim_start_matches('/').trim_end_matches(".rs");
        let mut module: Module = path.split('/').map(str::to_owned).collect();
        let last = module.last().expect("a name").as_str();
        if last == "mod" || (module.len() == 1 && (last == "lib" || last == "main")) {
            module.pop();
        }
        module
    }

    /// The path of an import from the root of the crate; `None` if it is of another crate.
    fn absolute(&self, import: &Import) -> Option<Vec<String>> {
        let mut module = import.module.clone();
        let mut rest = import.path.as_slice();
        match rest.first()?.as_str() {
            "crate" => (module, rest) = (Vec::new(), &rest[1..]),
            "self" | "super" => {
                while let Some(first @ ("self" | "super")) = rest.first().map(String::as_str) {
                    if first == "super" {
                        module.pop();
                    }
                    rest = &rest[1..];
                }
            }
            name => {
                module.push(name.to_owned());
                rest = &rest[1..];
                // A path of a module's own submodule, or a name that it re-exports.
                if !self.modules.contains(&module) {
                    return import.binds.as_ref().map(|_| {
                        let mut path = vec![String::from("::")];
                        path.extend(import.path.iter().cloned());
                        path
                    });
                }
            }
        }
        module.extend(rest.iter().cloned());
        Some(module)
    }

    fn import(&mut self, file: &str, import: &Import, path: &[String]) {
        let from = &import.module;
        let written = import.path.join("::");
        let place = format!("{file}:{} imports {written}", import.line);
        match self.target(from, path, 0) {
            Target::Module(to) if to.is_empty() && !from.is_empty() => {
                self.faults.push(format!("{place}, which the root itself holds"));
            }
            Target::Module(to) => {
                let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
                if let (Some(unit), Some(other)) = (from.get(shared), to.get(shared)) {
                    let edges = self.edges.entry(from[..shared].to_vec()).or_default();
                    let edge = (unit.clone(), other.clone());
                    edges.entry(edge).or_default().push(place);
                }
            }
            Target::OtherCrate => {}
            Target::Unknown => self.faults.push(format!("{place}, which is not found")),
        }
    }

    /// The module that is imported from. An enclosing module stands for what it re-exports.
    fn target(&self, from: &[String], path: &[String], steps: usize) -> Target {
        if path.first().is_some_and(|first| first == "::") {
            return Target::OtherCrate;
        }
        let is_module = |length: &usize| self.modules.contains(&path[..*length]);
        let length = (1..=path.len()).take_while(is_module).last().unwrap_or(0);
        let (module, rest) = path.split_at(length);
        let encloses = from.starts_with(module) && from != module;
        let (true, Some(name)) = (encloses, rest.first()) else {
            return Target::Module(module.to_vec());
        };
        if steps < 20 {
            if let Some(exported) = self.exported(module, name) {
                let exported = [&exported[..], &rest[1..]].concat();
                return self.target(from, &exported, steps + 1);
            }
        }
        if self.definitions.contains(&(module.to_vec(), name.clone())) {
            return Target::Module(module.to_vec());
        }
        match self.macros.get(name) {
            Some(module) => Target::Module(module.clone()),
            None if module.is_empty() => Target::Unknown,
            None => Target::Module(module.to_vec()),
        }
    }

    /// What a name stands for that a module has by a `use`.
    fn exported(&self, module: &[String], name: &str) -> Option<Vec<String>> {
        let of_module = || self.bindings.iter().filter(|(of, ..)| of == module);
        let named = of_module().find(|(_, bound, _)| bound.as_deref() == Some(name));
        if let Some((.., path)) = named {
            return Some(path.clone());
        }
        let globs = of_module().filter(|(_, bound, _)| bound.is_none());
        let mut globs = globs.map(|(.., path)| path);
        let has = |glob: &&Vec<String>| {
            let defined = (glob.to_vec(), name.to_owned());
            let bound = |(of, bound, _): &(Module, Option<String>, Vec<String>)| {
                of == *glob && bound.as_deref() == Some(name)
            };
            self.definitions.contains(&defined) || self.bindings.iter().any(bound)
        };
        let glob = globs.find(has)?;
        Some([&glob[..], &[name.to_owned()]].concat())
    }

    /// The imports at the root that point up the list.
    fn upward(&self, layers: &[&str]) -> Vec<String> {
        let layer = |unit: &str| layers.iter().position(|layer| *layer == unit);
        let mut faults = Vec::new();
        for ((unit, other), places) in self.edges.get(&Vec::new()).into_iter().flatten() {
            if let (Some(above), Some(below)) = (layer(unit), layer(other)) {
                if above > below {
                    let root = &self.root;
                    let places = shown(places);
                    faults.push(format!("{root}: {unit} is below {other}, but:{places}"));
                }
            }
        }
        faults
    }

    /// The units of each folder that import each other. Files import each other only at the
    /// root: below it, a circle goes through at least one folder.
    fn circles(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (folder, edges) in &self.edges {
            for group in groups(edges) {
                let is_folder = |unit: &String| {
                    let unit = [&folder[..], std::slice::from_ref(unit)].concat();
                    self.folders.contains(&unit)
                };
                if !folder.is_empty() && !group.iter().any(is_folder) {
                    continue;
                }
                let folder = [std::slice::from_ref(&self.root), folder].concat().join("/");
                let units: Vec<&str> = group.iter().map(String::as_str).collect();
                let mut fault = format!("{folder}: a circle of {}", units.join(", "));
                for ((unit, other), places) in edges {
                    if group.contains(unit) && group.contains(other) {
                        let places = shown(places);
                        write!(fault, "\n  {unit} to {other}:{places}").expect("a string");
                    }
                }
                faults.push(fault);
            }
        }
        faults
    }
}

enum Target {
    Module(Module),
    OtherCrate,
    Unknown,
}

fn shown(places: &[Place]) -> String {
    places.iter().map(|place| format!("\n    {place}")).collect()
}

/// The groups of units of which each leads to each other.
fn groups<T>(edges: &BTreeMap<(String, String), T>) -> Vec<BTreeSet<String>> {
    let reached = |start: &String| {
        let mut reached = BTreeSet::new();
        let mut open = vec![start.clone()];
        while let Some(unit) = open.pop() {
            let of_unit = edges.keys().filter(|(from, _)| *from == unit);
            for (_, to) in of_unit {
                if reached.insert(to.clone()) {
                    open.push(to.clone());
                }
            }
        }
        reached
    };
    let from: BTreeSet<&String> = edges.keys().map(|(from, _)| from).collect();
    let reached: BTreeMap<&String, _> = from.iter().map(|unit| (*unit, reached(unit))).collect();
    let mut groups = BTreeSet::new();
    for (unit, others) in &reached {
        let back = |other: &&String| reached.get(*other).is_some_and(|it| it.contains(*unit));
        let group: BTreeSet<String> = others.iter().filter(back).cloned().collect();
        if !group.is_empty() {
            groups.insert(group);
        }
    }
    groups.into_iter().collect()
}

struct Token<'code> {
    text: &'code str,
    line: usize,
}

/// Names, and marks of one or two characters.
fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let of_a_name = |character: char| character.is_alphanumeric() || character == '_';
            let length = if of_a_name(first) {
                rest.find(|character| !of_a_name(character)).unwrap_or(rest.len())
            } else {
                let second = rest[first.len_utf8()..].chars().next();
                match (first, second) {
                    (':', Some(':')) | ('=', Some('>')) => 2,
                    (mark, Some('=')) if mark.is_ascii_punctuation() && mark != '.' => 2,
                    _ => first.len_utf8(),
                }
            };
            let text = &rest[..length];
            tokens.push(Token { text, line: index + 1 });
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

/// A path as it is written, in a `use` or elsewhere.
struct Import {
    module: Module,
    path: Vec<String>,
    line: usize,
    /// What a `use` names; a glob has no name.
    binds: Option<Option<String>>,
}

/// Reads one file.
struct Parser<'code> {
    tokens: Vec<Token<'code>>,
    at: usize,
    /// The module of the file, and in it the module that is read.
    module: Module,
    modules: Vec<Module>,
    definitions: Vec<(Module, String)>,
    macros: Vec<(String, Module)>,
    imports: Vec<Import>,
}

impl<'code> Parser<'code> {
    fn run(module: Module, code: &'code str) -> Self {
        let mut parser = Parser {
            tokens: tokens(code),
            at: 0,
            modules: vec![module.clone()],
            module,
            definitions: Vec::new(),
            macros: Vec::new(),
            imports: Vec::new(),
        };
        parser.items();
        parser
    }

    fn peek(&self, ahead: usize) -> &'code str {
        self.tokens.get(self.at + ahead).map_or("", |token| token.text)
    }

    fn items(&mut self) {
        // How deep in braces the modules are that are open here.
        let mut open = vec![0];
        let mut depth = 0;
        while self.at < self.tokens.len() {
            match (self.peek(0), self.peek(1)) {
                ("{", _) => depth += 1,
                ("}", _) => {
                    if open.len() > 1 && open.last() == Some(&depth) {
                        open.pop();
                        self.module.pop();
                    }
                    depth -= 1;
                }
                ("mod", name) if self.peek(2) == "{" => {
                    self.module.push(name.to_owned());
                    self.modules.push(self.module.clone());
                    depth += 1;
                    open.push(depth);
                    self.at += 2;
                }
                // In a type, `use<'a>` says what is captured.
                ("use", next) if next != "<" => {
                    self.at += 1;
                    self.tree(&[]);
                }
                ("crate" | "self" | "super", "::") => {
                    self.path();
                    continue;
                }
                ("macro_rules", "!") => {
                    let name = self.peek(2).to_owned();
                    self.macros.push((name, self.module.clone()));
                }
                (
                    "struct" | "enum" | "union" | "trait" | "fn" | "const" | "static" | "type",
                    name,
                ) if open.last() == Some(&depth) => {
                    let definition = (self.module.clone(), name.to_owned());
                    self.definitions.push(definition);
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// A path in code or in a macro.
    fn path(&mut self) {
        let line = self.tokens[self.at].line;
        let mut path = vec![self.peek(0).to_owned()];
        self.at += 1;
        let is_name =
            |text: &str| text.starts_with(|first: char| first.is_alphabetic() || first == '_');
        while self.peek(0) == "::" && is_name(self.peek(1)) {
            path.push(self.peek(1).to_owned());
            self.at += 2;
        }
        self.add(path, line, None);
    }

    /// The tree of a `use`; stands at the end of it afterwards.
    fn tree(&mut self, prefix: &[String]) {
        let mut path = prefix.to_vec();
        loop {
            let Some(token) = self.tokens.get(self.at) else {
                return;
            };
            let line = token.line;
            match token.text {
                "::" if path.is_empty() => path.push("::".to_owned()),
                "::" => {}
                "{" => {
                    self.at += 1;
                    while self.at < self.tokens.len() && self.peek(0) != "}" {
                        self.tree(&path);
                        if self.peek(0) == "," {
                            self.at += 1;
                        }
                    }
                    self.at += 1;
                    return;
                }
                "*" => {
                    self.add(path, line, Some(None));
                    self.at += 1;
                    return;
                }
                "self" if !path.is_empty() && path.last().is_some_and(|last| last != "self") => {}
                "r" if self.peek(1) == "#" => self.at += 1,
                name => path.push(name.to_owned()),
            }
            self.at += 1;
            match self.peek(0) {
                "as" => {
                    let name = self.peek(1).to_owned();
                    self.at += 2;
                    self.add(path, line, Some(Some(name)));
                    return;
                }
                "::" => {}
                _ if self.tokens[self.at - 1].text == "::" => {}
                _ => {
                    let name = path.last().cloned();
                    self.add(path, line, Some(name));
                    return;
                }
            }
        }
    }

    fn add(&mut self, path: Vec<String>, line: usize, binds: Option<Option<String>>) {
        let module = self.module.clone();
        self.imports.push(Import { module, path, line, binds });
    }
}

/// Where `stage` or `revision` of a value is written, or lent to be written.
fn writes(tokens: &[Token<'_>]) -> Vec<(usize, String)> {
    const ASSIGN: [&str; 3] = ["=", "+=", "-="];
    const CHANGE: [&str; 4] = ["take", "replace", "insert", "as_mut"];
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let mut writes = Vec::new();
    for (at, token) in tokens.iter().enumerate().skip(1) {
        if text(at - 1) != "." || !matches!(text(at), "stage" | "revision") {
            continue;
        }
        // The start of `self.login.stage`.
        let mut start = at;
        while start >= 2 && text(start - 1) == "." {
            start -= 2;
        }
        let lent = start >= 2 && text(start - 1) == "mut" && text(start - 2) == "&";
        let changed = text(at + 1) == "." && CHANGE.contains(&text(at + 2));
        if lent || changed || ASSIGN.contains(&text(at + 1)) {
            writes.push((token.line, token.text.to_owned()));
        }
    }
    writes
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

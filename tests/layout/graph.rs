//! The modules of a crate, the imports between them, and their circles.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::imports::{Import, Module, Parser, Place};
use crate::source::{File, split};

/// The modules of a crate, and what they import.
#[derive(Default)]
pub(crate) struct Sources {
    pub(crate) root: String,
    pub(crate) modules: BTreeSet<Module>,
    /// Modules that are folders.
    pub(crate) folders: BTreeSet<Module>,
    /// What a module names by a `use`: a name and its path; a glob has no name.
    pub(crate) bindings: Vec<(Module, Option<String>, Vec<String>)>,
    /// What a module defines.
    pub(crate) definitions: BTreeSet<(Module, String)>,
    /// Macros, which are found without a path, and where they are written.
    pub(crate) macros: BTreeMap<String, Module>,
    /// Of each folder: which of its units imports which, and where.
    pub(crate) edges: BTreeMap<Module, BTreeMap<(String, String), Vec<Place>>>,
    /// Imports from the root that lead nowhere else.
    pub(crate) faults: Vec<String>,
}

impl Sources {
    pub(crate) fn read(root: &str, files: &[File]) -> Self {
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

    pub(crate) fn module_of(&self, path: &str) -> Module {
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
    pub(crate) fn absolute(&self, import: &Import) -> Option<Vec<String>> {
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

    pub(crate) fn import(&mut self, file: &str, import: &Import, path: &[String]) {
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
    pub(crate) fn target(&self, from: &[String], path: &[String], steps: usize) -> Target {
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
    pub(crate) fn exported(&self, module: &[String], name: &str) -> Option<Vec<String>> {
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
    pub(crate) fn upward(&self, layers: &[&str]) -> Vec<String> {
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
    pub(crate) fn circles(&self) -> Vec<String> {
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

pub(crate) enum Target {
    Module(Module),
    OtherCrate,
    Unknown,
}

pub(crate) fn shown(places: &[Place]) -> String {
    places.iter().map(|place| format!("\n    {place}")).collect()
}

/// The groups of units of which each leads to each other.
pub(crate) fn groups<T>(edges: &BTreeMap<(String, String), T>) -> Vec<BTreeSet<String>> {
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

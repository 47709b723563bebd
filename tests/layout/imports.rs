//! The imports that one source file has, read from its tokens.

/// A module by the names from the root of its crate; the root is empty.
pub(crate) type Module = Vec<String>;
/// Where and how a module imports something: `src/run.rs:3 imports crate::login::Login`.
pub(crate) type Place = String;

pub(crate) struct Token<'code> {
    pub(crate) text: &'code str,
    pub(crate) line: usize,
}

/// Names, and marks of one or two characters.
pub(crate) fn tokens(code: &str) -> Vec<Token<'_>> {
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
pub(crate) struct Import {
    pub(crate) module: Module,
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
    /// What a `use` names; a glob has no name.
    pub(crate) binds: Option<Option<String>>,
}

/// Reads one file.
pub(crate) struct Parser<'code> {
    pub(crate) tokens: Vec<Token<'code>>,
    pub(crate) at: usize,
    /// The module of the file, and in it the module that is read.
    pub(crate) module: Module,
    pub(crate) modules: Vec<Module>,
    pub(crate) definitions: Vec<(Module, String)>,
    pub(crate) macros: Vec<(String, Module)>,
    pub(crate) imports: Vec<Import>,
}

impl<'code> Parser<'code> {
    pub(crate) fn run(module: Module, code: &'code str) -> Self {
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

    pub(crate) fn peek(&self, ahead: usize) -> &'code str {
        self.tokens.get(self.at + ahead).map_or("", |token| token.text)
    }

    pub(crate) fn items(&mut self) {
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
    pub(crate) fn path(&mut self) {
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
    pub(crate) fn tree(&mut self, prefix: &[String]) {
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

    pub(crate) fn add(&mut self, path: Vec<String>, line: usize, binds: Option<Option<String>>) {
        let module = self.module.clone();
        self.imports.push(Import { module, path, line, binds });
    }
}

/// Where `stage` or `revision` of a value is written, or lent to be written.
pub(crate) fn writes(tokens: &[Token<'_>]) -> Vec<(usize, String)> {
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
